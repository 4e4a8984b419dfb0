import Foundation
import OnnxParse
import Quant
import TestSupport
import Testing

/// What ONNX Runtime 1.32's `quantize_dynamic` made of small graphs: `fixtures/golden/quantize`.
enum OnnxRuntimeGoldens {
  /// The options of one case, as the fixtures' script passed them.
  struct Case: Decodable, Sendable {
    struct Extra: Decodable, Sendable {
      var WeightSymmetric: Bool
      var MatMulConstBOnly: Bool
    }

    var per_channel: Bool
    var weight_type: String
    var reduce_range: Bool
    var nodes_to_exclude: [String]?
    var nodes_to_quantize: [String]?
    var extra_options: Extra
  }

  private struct Manifest: Decodable {
    var cases: [String: Case]
  }

  static func cases() throws -> [String: Case] {
    let data = try Data(
      contentsOf: Fixtures.folder.appending(path: "golden/quantize/manifest.json"))
    return try JSONDecoder().decode(Manifest.self, from: data).cases
  }

  static func load(_ name: String) throws -> Model {
    try Model.load(path: Fixtures.path("golden/quantize/\(name).onnx"))
  }
}

extension QuantizationOptions {
  init(_ golden: OnnxRuntimeGoldens.Case) throws {
    self.init(preset: .ort)
    perChannel = golden.per_channel
    weightType = golden.weight_type == "QUInt8" ? .uint8 : .int8
    symmetric = golden.extra_options.WeightSymmetric
    reduceRange = golden.reduce_range
    matMulScope = golden.extra_options.MatMulConstBOnly ? .constantOnly : .all
    excludeNodes = try (golden.nodes_to_exclude ?? []).map { try NodeSelector($0) }
    includeNodes = try (golden.nodes_to_quantize ?? []).map { try NodeSelector($0) }
  }
}

/// A model without what may differ: the order of nodes and initializers, and free text.
struct ComparableModel: Equatable {
  struct Constant: Equatable {
    var type: Int32
    var dims: [Int64]
    var bytes: [UInt8]
  }

  var nodes: [String]
  var constants: [String: Constant]
  var inputs: [String]
  var outputs: [String]

  init(_ model: Model) throws {
    nodes = try model.graph.nodes.map { node in
      let attributes = try node.attributes.sorted { $0.name < $1.name }.map(Self.text(of:))
      return
        "\(node.name): \(node.outputs) = \(node.domain).\(node.opType)\(node.inputs)\(attributes)"
    }.sorted()
    constants = [:]
    for tensor in model.graph.initializers {
      constants[tensor.name] = try Constant(
        type: tensor.dataTypeNumber, dims: tensor.dims, bytes: tensor.rawBytes().array)
    }
    inputs = model.graph.inputs.map(\.name)
    outputs = model.graph.outputs.map(\.name)
  }
}

extension ComparableModel {
  private static func text(of attribute: Attribute) throws -> String {
    guard case .tensor(let tensor) = attribute.value else {
      return "\(attribute.name)=\(attribute.value)"
    }
    let bytes = try tensor.rawBytes().array
    return "\(attribute.name)=\(tensor.dataTypeNumber)\(tensor.dims)\(bytes)"
  }
}

/// Expects two models to be equal, and says what differs.
func expectEqual(_ ours: Model, _ theirs: Model) throws {
  let (left, right) = (try ComparableModel(ours), try ComparableModel(theirs))
  let (leftNodes, rightNodes) = (Set(left.nodes), Set(right.nodes))
  #expect(leftNodes.subtracting(rightNodes).sorted() == [], "nodes that only vitq writes")
  #expect(rightNodes.subtracting(leftNodes).sorted() == [], "nodes that only ONNX Runtime writes")
  #expect(left.nodes.count == right.nodes.count)
  let names = Set(left.constants.keys).union(right.constants.keys)
  #expect(names.filter { left.constants[$0] != right.constants[$0] }.sorted() == [], "constants")
  #expect(left.inputs == right.inputs)
  #expect(left.outputs == right.outputs)
}
