"""The engines that run in this process, each as a function that runs one batch."""

import numpy


def pixels(batch):
    return numpy.random.default_rng(0).standard_normal((batch, 3, 224, 224), dtype=numpy.float32)


def onnxruntime(path, threads, batch):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = {session.get_inputs()[0].name: pixels(batch)}
    return lambda: session.run(None, inputs)


def openvino(path, threads, batch):
    import openvino as ov

    core = ov.Core()
    model = core.read_model(path)
    model.reshape([batch, 3, 224, 224])
    request = core.compile_model(model, "CPU", {
        "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads,
        "PERFORMANCE_HINT": "LATENCY"}).create_infer_request()
    values = pixels(batch)
    return lambda: request.infer([values])


def pytorch(architecture, threads, batch):
    import torch
    from transformers import ViTConfig, ViTForImageClassification

    size, heads = {"tiny": (192, 3), "small": (384, 6), "base": (768, 12)}[architecture]
    config = ViTConfig(
        hidden_size=size, num_attention_heads=heads, intermediate_size=4 * size, num_labels=1000)
    torch.set_num_threads(threads)
    model = ViTForImageClassification(config).eval()
    values = torch.from_numpy(pixels(batch))

    def forward():
        torch.set_num_threads(threads)
        with torch.inference_mode():
            model(values)

    return forward


def peers(files, architecture, threads, batch):
    """The peers as (engine, precision, function)."""
    return [
        ("pytorch", "fp32", pytorch(architecture, threads, batch)),
        ("onnxruntime", "fp32", onnxruntime(files.fp32, threads, batch)),
        ("openvino", "fp32", openvino(files.fp32, threads, batch)),
        ("onnxruntime", "dynamic int8", onnxruntime(files.onnxruntime_int8, threads, batch)),
        ("openvino", "static int8 (NNCF)", openvino(files.nncf_int8, threads, batch)),
    ]
