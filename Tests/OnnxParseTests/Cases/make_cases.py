"""Writes the small models of this folder with ONNX's own encoder (onnx 1.23.2, numpy, ml_dtypes).

    python make_cases.py
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper

FOLDER = pathlib.Path(__file__).parent
FLOAT = TensorProto.FLOAT


def value(name, dtype=FLOAT, shape=(2,)):
    return helper.make_tensor_value_info(name, dtype, shape)


def model(graph, domains=("",), **fields):
    result = onnx.ModelProto(ir_version=10, producer_name="make_cases")
    result.graph.CopyFrom(graph)
    for domain in domains:
        imported = result.opset_import.add(version=17)
        if domain:
            imported.domain = domain
    for name, content in fields.items():
        getattr(result, name).extend(content)
    return result


def write(name, proto):
    (FOLDER / name).write_bytes(proto.SerializeToString(deterministic=True))


def small_tensor(name):
    return helper.make_tensor(name, FLOAT, [2], [1.0, 2.0])


def sparse_tensor(name):
    values = helper.make_tensor(name, FLOAT, [2], [3.0, 4.0])
    indices = helper.make_tensor(name + "_indices", TensorProto.INT64, [2], [1, 4])
    return helper.make_sparse_tensor(values, indices, [5])


def empty_graph(name):
    return helper.make_graph([], name, [], [])


def attributes():
    """One node with an attribute of every kind, lists empty and not."""
    node = helper.make_node("Everything", ["x"], ["y"], name="every", domain="test")
    typed = helper.make_tensor_type_proto(FLOAT, [1, "n", None])
    for name, kind, field, content in [
        ("f", "FLOAT", "f", 0.5), ("i", "INT", "i", -7), ("s", "STRING", "s", b"a\x00\xff"),
        ("f0", "FLOAT", "f", 0.0), ("s0", "STRING", "s", b""),
        ("t", "TENSOR", "t", small_tensor("inner")), ("g", "GRAPH", "g", empty_graph("sub")),
        ("sparse", "SPARSE_TENSOR", "sparse_tensor", sparse_tensor("values")),
        ("tp", "TYPE_PROTO", "tp", typed),
        ("floats", "FLOATS", "floats", [1.5, -2.5]), ("ints", "INTS", "ints", [1, -2**63]),
        ("strings", "STRINGS", "strings", [b"one", b""]),
        ("tensors", "TENSORS", "tensors", [small_tensor("a"), small_tensor("b")]),
        ("graphs", "GRAPHS", "graphs", [empty_graph("c")]),
        ("sparses", "SPARSE_TENSORS", "sparse_tensors", [sparse_tensor("d")]),
        ("types", "TYPE_PROTOS", "type_protos", [typed, typed]),
        ("none", "INTS", "ints", []),
    ]:
        attribute = node.attribute.add(name=name, type=getattr(onnx.AttributeProto, kind))
        if isinstance(content, list):
            getattr(attribute, field).extend(content)
        elif isinstance(content, (bytes, float, int)):
            setattr(attribute, field, content)
        else:
            getattr(attribute, field).CopyFrom(content)
    graph = helper.make_graph([node], "attributes", [value("x")], [value("y")])
    write("attributes.onnx", model(graph, ("", "test")))


def storage():
    """Initializers `<type>.raw` and `<type>.typed` of 0, 1, 2, 3, 4 for every type."""
    initializers = []
    for dtype in range(1, 24):
        name = TensorProto.DataType.Name(dtype).lower()
        if dtype == TensorProto.STRING:
            words = [b"zero", b"one", b"\xff", b"", b"four"]
            initializers.append(helper.make_tensor(f"{name}.typed", dtype, [5], words))
            continue
        array = np.arange(5).astype(helper.tensor_dtype_to_np_dtype(dtype))
        raw = onnx.numpy_helper.from_array(array, f"{name}.raw")
        typed = helper.make_tensor(f"{name}.typed", dtype, [5], array)
        initializers += [raw, typed]
    initializers.append(TensorProto(name="empty", dims=[0, 3], data_type=FLOAT))
    initializers.append(TensorProto(name="scalar", data_type=FLOAT, float_data=[7.0]))
    write("storage.onnx", model(helper.make_graph([], "storage", [], [], initializers)))


def subgraph():
    """An If whose branches read a value of the graph around them."""
    branches = {}
    for branch, op in (("then_branch", "Neg"), ("else_branch", "Abs")):
        node = helper.make_node(op, ["x"], [branch], name=op)
        branches[branch] = helper.make_graph([node], branch, [], [value(branch)])
    node = helper.make_node("If", ["condition"], ["y"], name="choose", **branches)
    inputs = [value("x"), value("condition", TensorProto.BOOL, [])]
    write("subgraph.onnx", model(helper.make_graph([node], "g", inputs, [value("y")])))


def types():
    """Values of every type, denotations, metadata, a function, and what vitq does not declare."""
    tensor = helper.make_tensor_type_proto(FLOAT, ["batch", 3, None])
    tensor.denotation = "IMAGE"
    tensor.tensor_type.shape.dim[0].denotation = "DATA_BATCH"
    opaque = onnx.TypeProto()
    opaque.opaque_type.name = "box"
    kinds = {
        "tensor": tensor,
        "unranked": helper.make_tensor_type_proto(FLOAT, None),
        "scalar": helper.make_tensor_type_proto(TensorProto.INT64, []),
        "sparse": helper.make_sparse_tensor_type_proto(FLOAT, [4]),
        "sequence": helper.make_sequence_type_proto(tensor),
        "optional": helper.make_optional_type_proto(helper.make_sequence_type_proto(tensor)),
        "map": helper.make_map_type_proto(TensorProto.STRING, tensor),
        "opaque": opaque,
    }
    values = [helper.make_value_info(name, kind) for name, kind in kinds.items()]
    values[0].metadata_props.add(key="k", value="v")
    node = helper.make_node("Twice", ["tensor"], ["y"], domain="local", name="call")
    node.device_configurations.add(configuration_id="two")
    graph = helper.make_graph(
        [node], "types", values[:1], [value("y")], [small_tensor("w")], value_info=values[1:])
    graph.initializer[0].segment.begin = 3
    graph.metadata_props.add(key="layer", value="")
    graph.quantization_annotation.add(tensor_name="w").quant_parameter_tensor_names.add(
        key="SCALE_TENSOR", value="s")
    add = helper.make_node("Add", ["a", "a"], ["b"])
    elu = helper.make_node("Elu", ["b"], ["c"])
    elu.attribute.add(name="alpha", ref_attr_name="slope", type=onnx.AttributeProto.FLOAT)
    function = helper.make_function(
        "local", "Twice", ["a"], ["c"], [add, elu], [onnx.OperatorSetIdProto(version=17)], ["slope"],
        [helper.make_attribute("gain", 2.0)])
    result = model(graph, ("", "local"), functions=[function])
    result.metadata_props.add(key="author", value="nobody")
    result.training_info.add().algorithm.name = "sgd"
    result.configuration.add(name="two", num_devices=2)
    write("types.onnx", result)


attributes()
storage()
subgraph()
types()
