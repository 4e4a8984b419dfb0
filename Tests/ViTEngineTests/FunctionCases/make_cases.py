"""Writes the models of this folder, which call functions of their own, and what ONNX Runtime makes of
them (onnx 1.23.2, onnxruntime 1.32.0, numpy).

    python make_cases.py
"""

import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import AttributeProto, TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).parent
FLOAT = TensorProto.FLOAT
node = helper.make_node
generator = np.random.default_rng(0)


def value(name, shape=(2, 3), dtype=FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


X, Y, FLAG = value("x"), value("y"), value("flag", (), TensorProto.BOOL)
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]


def function(name, inputs, outputs, nodes, names=(), opsets=OPSETS, overload="", **defaults):
    result = helper.make_function(
        "own", name, inputs, outputs, nodes, opsets, list(names),
        [helper.make_attribute(key, default) for key, default in defaults.items()])
    result.overload = overload
    return result


def call(name, inputs, outputs, label="", **attributes):
    return node(name, inputs, outputs, label, domain="own", **attributes)


def refer(target, name, to, kind):
    """`target`, whose attribute `name` is the function's attribute `to`."""
    target.attribute.add(name=name, ref_attr_name=to, type=kind)
    return target


def branch(nodes, output, initializers=()):
    return helper.make_graph(nodes, "branch", [], [value(output, None)], list(initializers))


def choose(condition, output, then, otherwise, **fields):
    return node("If", [condition], [output], then_branch=then, else_branch=otherwise, **fields)


def write(name, nodes, functions, inputs=(X,), outputs=(Y,), opsets=OPSETS, ir=8):
    graph = helper.make_graph(nodes, name, list(inputs), list(outputs))
    model = helper.make_model(graph, opset_imports=opsets, functions=functions, ir_version=ir)
    model.producer_name, model.producer_version = "make_cases", ""
    feeds = {
        entry.name: np.array(True) if entry.type.tensor_type.elem_type != FLOAT else
        np.array(generator.standard_normal(
            [size.dim_value for size in entry.type.tensor_type.shape.dim]), np.float32)
        for entry in inputs
    }
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"])
    results = session.run(None, feeds)
    data = FOLDER / name / "test_data_set_0"
    data.mkdir(parents=True, exist_ok=True)
    (FOLDER / name / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    for index, (key, array) in enumerate(feeds.items()):
        tensor = numpy_helper.from_array(array, key)
        (data / f"input_{index}.pb").write_bytes(tensor.SerializeToString())
    for index, (entry, array) in enumerate(zip(outputs, results)):
        tensor = numpy_helper.from_array(array, entry.name)
        (data / f"output_{index}.pb").write_bytes(tensor.SerializeToString())


leaky = function(
    "leaky", ["a"], ["b"],
    [refer(node("LeakyRelu", ["a"], ["t"]), "alpha", "slope", AttributeProto.FLOAT),
     node("Add", ["t", "a"], ["b"])], slope=0.5)
bounded = function("bounded", ["a", "lo", "hi"], ["b"], [node("Clip", ["a", "lo", "hi"], ["b"])])
# The branches read what is around them and name their results alike.
conditional = function(
    "conditional", ["a", "f"], ["r"],
    [node("Neg", ["a"], ["n"]),
     choose("f", "r", branch(
         [refer(node("LeakyRelu", ["n"], ["u"]), "alpha", "s", AttributeProto.FLOAT)], "u"),
         branch([node("Add", ["n", "a"], ["u"])], "u"))], s=0.25)
add = [node("Add", ["a", "k"], ["b"])]


def calls():
    twice = function("twice", ["a"], ["c"], [
        call("leaky", ["a"], ["b"]), call("leaky", ["b"], ["c"], slope=0.25)])
    # Values of the caller have the names of values in the bodies.
    write("nested", [
        node("Neg", ["x"], ["t"]), call("twice", ["t"], ["a"], "t"),
        call("twice", ["a"], ["y"], "a")], [leaky, twice])
    write("overloads", [
        call("f", ["x"], ["m"], overload="one"), call("f", ["m"], ["n"], overload="two"),
        call("f", ["n"], ["y"])],
        [function("f", ["a"], ["b"], [node(operator, ["a"], ["b"])], overload=overload)
         for operator, overload in [("Abs", ""), ("Neg", "one"), ("Exp", "two")]], ir=10)
    write("inputs_left_out", [
        call("bounded", ["x", "", "h"], ["m"]), call("bounded", ["m", "l"], ["n"]),
        call("bounded", ["n"], ["y"])], [bounded], inputs=[X, value("l", ()), value("h", ())])
    write("output_read_within", [call("f", ["x"], ["p"]), node("Add", ["p", "x"], ["y"])], [
        function("f", ["x"], ["y"], [
            node("Neg", ["x"], ["p"]), node("Exp", ["p"], ["y"]),
            node("Add", ["p", "y"], ["unused"])])])


def attributes():
    write("constant_from_attribute", [
        call("plus", ["x"], ["m"], c=2.0), call("plus", ["m"], ["y"])], [
        function("plus", ["a"], ["b"], [refer(
            node("Constant", [], ["k"]), "value_float", "c", AttributeProto.FLOAT)] + add, c=1.5)])
    write("tensor_attribute", [
        call("plus", ["x"], ["y"], c=numpy_helper.from_array(np.float32([1, 2, 3])))], [
        function("plus", ["a"], ["b"], [refer(
            node("Constant", [], ["k"]), "value", "c", AttributeProto.TENSOR)] + add, ["c"])])
    write("attribute_handed_on", [
        call("outer", ["x"], ["m"], k=0.125), call("outer", ["m"], ["y"])], [leaky, function(
            "outer", ["a"], ["b"], [refer(
                call("leaky", ["a"], ["b"]), "slope", "k", AttributeProto.FLOAT)], ["k"])])
    mean = refer(node("ReduceMean", ["a"], ["b"]), "axes", "axes", AttributeProto.INTS)
    write("attributes_left_out", [call("mean", ["x"], ["y"])], [function(
        "mean", ["a"], ["b"], [refer(mean, "keepdims", "keep", AttributeProto.INT)],
        ["axes", "keep"])], outputs=[value("y", (1, 1))])


def branches():
    inputs = [X, FLAG]
    write("attribute_in_branch", [
        call("conditional", ["x", "flag"], ["n"], "n", s=0.75),
        call("conditional", ["n", "flag"], ["y"], "u")], [conditional], inputs)
    write("call_in_branch", [
        node("Abs", ["x"], ["u"]), choose(
            "flag", "y", branch([call("conditional", ["u", "flag"], ["w"])], "w"),
            branch([call("leaky", ["u"], ["w"])], "w"))], [conditional, leaky], inputs)
    ones = numpy_helper.from_array(np.ones((2, 3), np.float32), "k")
    write("initializer_in_branch", [call("f", ["x", "flag"], ["y"])], [function(
        "f", ["a", "f"], ["b"], [choose(
            "f", "b", branch([], "k", [ones]), branch([node("Identity", ["a"], ["k"])], "k"))])],
        inputs)


def domains():
    negative = function("f", ["a"], ["b"], [node("Neg", ["a"], ["b"])])
    write("operators_in_functions_only", [call("f", ["x"], ["y"])], [negative], opsets=OPSETS[1:])
    write("long_name_of_the_domain", [
        node("Abs", ["x"], ["m"], domain="ai.onnx"), call("f", ["m"], ["n"]),
        choose("flag", "y", branch([node("Neg", ["n"], ["w"])], "w"),
               branch([node("Abs", ["n"], ["w"])], "w"), domain="ai.onnx")],
        [negative], [X, FLAG], opsets=[helper.make_opsetid("ai.onnx", 17), OPSETS[1]])
    write("other_version_of_its_own", [call("outer", ["x"], ["y"])], [negative, function(
        "outer", ["a"], ["b"], [call("f", ["a"], ["b"])],
        opsets=[OPSETS[0], helper.make_opsetid("own", 2)])])


calls()
attributes()
branches()
domains()
