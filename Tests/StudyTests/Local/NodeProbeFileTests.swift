import OnnxParse
import Quant
import Study
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// The quantized node of a probe is that of the file with this node alone quantized.
@Suite struct NodeProbeFileTests {
  static let nodes = [
    "/vit/embeddings/Add", "/vit/layers.0/attention/q_proj/MatMul",
    "/vit/layers.0/attention/MatMul", "/vit/layers.0/attention/MatMul_1",
    "/vit/layers.1/Add", "/vit/layers.1/mlp/fc1/MatMul", "/vit/layers.1/mlp/fc2/Add",
    "/classifier/Gemm",
  ]

  @Test(arguments: ["vit_opset11", "vit_opset17"], nodes)
  func bothIsWhatTheFileComputes(_ name: String, _ node: String) throws {
    var model = try Model.load(path: Fixtures.path("golden/models/\(name)/model.onnx"))
    let position = try #require(model.graph.nodes.firstIndex { $0.name == node })
    var options = QuantizationOptions()
    options.operators = [.matMul, .add]
    options.matMulScope = .all
    let executor = try ProbeSupport.executor.get()
    let probe = try NodeProbe(
      model: model, node: position, options: options, session: .test(), executor: executor)
    let output = model.graph.nodes[position].outputs[0]
    let present = Set(model.graph.outputs.map(\.name))
    for value in probe.inputs + [output] where !present.contains(value) {
      model.graph.outputs.append(ValueInfo(name: value, dataType: .float, dims: nil))
    }
    options.includeNodes = [try NodeSelector(node)]
    let folder = try TemporaryFolder()
    let (quantized, plan) = try DynamicQuantizer(options: options).quantize(model)
    #expect(plan.quantizedCount == 1)
    try quantized.save(to: folder.path("one.onnx"))

    let plain = try Session(model: model, options: .test(), executor: executor)
    let file = try Session(
      model: Model.load(path: folder.path("one.onnx")), options: .test(), executor: executor)
    var generator = SeededGenerator(seed: 7)
    let inputs = try plain.inputShapes().mapValues { shape in
      Tensor(generator.floats(shape.reduce(1, *)), shape: shape)
    }
    let reference = try plain.run(inputs)
    var measurement = probe.empty
    try probe.measure(reference, perturbed: reference, into: &measurement)
    let own = try #require(reference[output]).elements(of: Float.self)
    let theirs = try #require(file.run(inputs)[output]).elements(of: Float.self)
    let expected = try #require(ErrorSums(reference: own, values: theirs))
    #expect(measurement.local.both == expected)
    #expect(expected.noise > 0)
    #expect(measurement.propagated.total == expected)
  }
}
