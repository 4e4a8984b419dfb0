"""Writes topology.txt: what torch.onnx.export makes of a ViT with two layers, a line per node.

    pip install torch==2.15.0 transformers==5.23.0 onnx==1.23.2
    python Tests/SynthTests/make_topology.py

The parameters are random, because the exporter merges those that are equal.
"""

import pathlib
import tempfile

import onnx
import torch
from transformers import ViTConfig, ViTForImageClassification


def export(path):
    config = ViTConfig(
        hidden_size=192, num_hidden_layers=2, num_attention_heads=3, intermediate_size=768,
        num_labels=3, attn_implementation="eager")
    model = ViTForImageClassification(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_()
        torch.onnx.export(
            model, (torch.zeros(1, 3, 224, 224),), path, dynamo=False, opset_version=11,
            input_names=["pixel_values"], output_names=["logits"],
            dynamic_axes={"pixel_values": {0: "batch_size"}, "logits": {0: "batch_size"}})
    return onnx.load(path)


def text(attribute):
    value = onnx.helper.get_attribute_value(attribute)
    if attribute.type == onnx.AttributeProto.TENSOR:
        dims = ",".join(map(str, value.dims))
        value = f"{value.data_type}[{dims}]:{value.raw_data.hex()}"
    elif attribute.type == onnx.AttributeProto.INTS:
        value = ",".join(map(str, value))
    return f"{attribute.name}={value}"


def lines(graph):
    for tensor in graph.initializer:
        yield f"{tensor.name} {tensor.data_type} {','.join(map(str, tensor.dims))}"
    for node in graph.node:
        parts = [node.op_type, node.name, ",".join(node.input), ",".join(node.output)]
        yield " ".join(parts + [text(attribute) for attribute in node.attribute])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        graph = export(f"{folder}/model.onnx").graph
    target = pathlib.Path(__file__).with_name("topology.txt")
    target.write_text("".join(f"{line}\n" for line in lines(graph)))
