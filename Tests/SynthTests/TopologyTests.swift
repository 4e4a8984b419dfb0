import Foundation
import OnnxParse
import Synth
import TestSupport
import Testing

struct TopologyTests {
  static let twoLayers = Architecture(
    name: "two-layers", hiddenSize: 192, layerCount: 2, headCount: 3, intermediateSize: 768,
    imageSize: 224, patchSize: 16)

  @Test func matchesTheExporterNodeForNode() throws {
    let golden = try String(contentsOf: goldenFile, encoding: .utf8)
      .split(separator: "\n").map(String.init)
    let graph = Synth.model(Self.twoLayers, labelCount: 3).graph
    let lines = graph.initializers.map(text) + graph.nodes.map(text)
    for (index, (line, expected)) in zip(lines, golden).enumerated() where line != expected {
      Issue.record("line \(index + 1): \(line)\nexpected: \(expected)")
    }
    #expect(lines.count == golden.count)
  }

  /// The numbers that the exporter gave the first and the last weight of a model of twelve layers.
  @Test func numbersWeightsAsTheExporterDoes() {
    let names = Synth.model(.vitTiny, labelCount: 1).graph.initializers.map(\.name)
      .filter { $0.hasPrefix("onnx::") }
    #expect(names.count == 72)
    #expect(names.first == "onnx::MatMul_1327")
    #expect(names.last == "onnx::MatMul_1482")
  }

  private var goldenFile: URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "topology.txt")
  }
}

private func text(_ tensor: TensorProto) -> String {
  "\(tensor.name) \(tensor.dataTypeNumber) \(list(tensor.dims))"
}

private func text(_ node: Node) -> String {
  let parts = [
    node.opType, node.name, node.inputs.joined(separator: ","),
    node.outputs.joined(separator: ","),
  ]
  return (parts + node.attributes.map { "\($0.name)=\(text($0.value))" }).joined(separator: " ")
}

private func text(_ value: Attribute.Value) -> String {
  switch value {
  case .int(let value): return "\(value)"
  case .float(let value): return "\(value)"
  case .ints(let values): return list(values)
  case .tensor(let tensor):
    guard case .raw(let bytes) = tensor.payload else { return "not raw" }
    let hex = bytes.array.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "\(tensor.dataTypeNumber)[\(list(tensor.dims))]:\(hex)"
  default: return "\(value)"
  }
}

private func list(_ values: [Int64]) -> String {
  values.map(String.init).joined(separator: ",")
}
