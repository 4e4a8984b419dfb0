import Foundation
import OnnxParse
import TestSupport
import Testing

/// A model file with one fault, and what `vitq run` says of it.
struct BrokenModel: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]
  let message: String

  init(_ description: String, _ bytes: [UInt8], says message: String) {
    testDescription = description
    self.bytes = bytes
    self.message = message
  }

  /// `change` breaks the model `y = x + c`, which is sound.
  init(
    _ description: String, says message: String, _ change: (inout Model) -> Void
  ) throws {
    var model = Self.sound
    change(&model)
    self.init(description, try model.encoded(), says: message)
  }

  static let sound = Model(
    opsetImports: [OperatorSetID(version: 17)],
    graph: Graph(
      name: "sound",
      nodes: [Node(name: "sum", opType: "Add", inputs: ["x", "c"], outputs: ["y"])],
      inputs: [ValueInfo(name: "x", dataType: .float, dims: [.size(2)])],
      outputs: [ValueInfo(name: "y", dataType: .float, dims: [.size(2)])],
      initializers: [TensorProto(name: "c", dims: [2], floats: [1, 2])]))

  static var all: [BrokenModel] {
    get throws {
      let encoded = try sound.encoded()
      return [
        BrokenModel("empty", [], says: "not a valid ONNX file: the file is empty"),
        BrokenModel("text", Array("not a model\n".utf8), says: "not a valid ONNX file"),
        BrokenModel("cut off", Array(encoded.dropLast(10)), says: "not a valid ONNX file"),
        BrokenModel(
          // graph, node, attribute, graph, node, attribute, ... without end.
          "nested without end", nested(depth: 5000), says: "nest deeper than"),
        try BrokenModel("no opset", says: "opset_import is missing") { $0.opsetImports = [] },
        try BrokenModel("unknown opset", says: "opset 99") { $0.opsetImports[0].version = 99 },
        try BrokenModel(
          "undefined value", says: "\"sum\""
        ) { $0.graph.nodes[0].inputs[1] = "nowhere" },
        try BrokenModel(
          "name defined twice", says: "\"x\": invalid model: the name is defined a second time"
        ) {
          $0.graph.nodes[0].outputs = ["x"]
        },
        try BrokenModel("too few bytes", says: "\"c\"") { $0.graph.initializers[0].dims = [3] },
        try BrokenModel("dimensions that overflow", says: "\"c\"") {
          $0.graph.initializers[0].dims = [1 << 40, 1 << 40]
        },
        try BrokenModel("unknown operator", says: "unsupported: operator LSTM") {
          $0.graph.nodes[0].opType = "LSTM"
          $0.graph.nodes[0].inputs = ["x"]
        },
        try BrokenModel("shapes that do not broadcast", says: "\"sum\"") {
          $0.graph.initializers[0] = TensorProto(name: "c", dims: [3], floats: [1, 2, 3])
        },
        try BrokenModel("an output that nothing defines", says: "\"z\"") {
          $0.graph.outputs[0].name = "z"
        },
      ]
    }
  }

  private static func nested(depth: Int) -> [UInt8] {
    // Field 7 of ModelProto, 1 of GraphProto, 5 of NodeProto, 6 of AttributeProto.
    let tags: [UInt8] = [0x0A, 0x2A, 0x32]
    var bytes: [UInt8] = []
    for level in (0..<depth).reversed() {
      bytes = [level == 0 ? 0x3A : tags[(level - 1) % 3]] + varint(bytes.count) + bytes
    }
    return bytes
  }

  private static func varint(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
  }
}

struct BrokenModelTests {
  /// Shapes of an input, nil for an open dimension.
  private static let tooLarge: [[Int64?]] = [
    [1 << 40, 1 << 40], [1 << 40], [100_000, 100_000], [nil, 1 << 32],
  ]

  @Test func theUnbrokenModelRuns() throws {
    let folder = try TemporaryFolder()
    let model = try folder.write(BrokenModel.sound.encoded(), as: "model.onnx")
    let input = try folder.write(TensorProto(dims: [2], floats: [10, 20]).encoded(), as: "x.pb")
    let result = try Command.run("run", model, "--input", input)
    #expect(result.status == 0 && result.errors == "")
    #expect(result.output == "y: float32 [2], min 11, max 22, mean 16.5\n  11 22\n")
  }

  @Test(arguments: try BrokenModel.all)
  func isRefused(broken: BrokenModel) throws {
    let folder = try TemporaryFolder()
    let model = try folder.write(broken.bytes, as: "broken.onnx")
    let input = try folder.write(TensorProto(dims: [2], floats: [10, 20]).encoded(), as: "x.pb")
    let result = try Command.run("run", model, "--input", input)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("vitq: error: \(model): "), "\(result.errors)")
    #expect(result.errors.contains(broken.message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  /// `quantize` and `profile` make inputs of the shapes that the file declares.
  @Test(arguments: tooLarge)
  func inputsTooLargeForMemoryAreRefused(sizes: [Int64?]) throws {
    let folder = try TemporaryFolder()
    var model = BrokenModel.sound
    model.graph.nodes = [Node(name: "r", opType: "Relu", inputs: ["x"], outputs: ["y"])]
    model.graph.inputs[0] = ValueInfo(
      name: "x", dataType: .float, dims: sizes.map { $0.map { .size($0) } ?? .symbol("N") })
    model.graph.outputs[0] = ValueInfo(name: "y", dataType: .float, dims: nil)
    model.graph.initializers = []
    let path = try folder.write(model.encoded(), as: "large.onnx")
    for command in [["quantize", path, folder.path("out.onnx")], ["profile", path]] {
      let result = try Command.run(command)
      #expect(result.status == 2, "\(command): \(result.errors)")
      let message = try #require(result.errors.split(separator: "\n").last)
      #expect(message.contains("\"x\"") || message.contains("\"r\""), "\(message)")
      #expect(message.contains("more than"), "\(message)")
    }
  }

  @Test func whatQuantizeCannotReadIsSaidWithTheFile() throws {
    let folder = try TemporaryFolder()
    var old = BrokenModel.sound
    old.opsetImports[0].version = 10
    var external = BrokenModel.sound
    external.graph.nodes[0].opType = "MatMul"
    external.graph.initializers[0].payload = .external([
      StringPair(key: "location", value: "w.bin")
    ])
    for (model, message) in [
      (old, "the model uses opset 10"), (external, "graph.tensor \"c\": can't be read"),
    ] {
      let path = try folder.write(model.encoded(), as: "model.onnx")
      let result = try Command.run("quantize", path, folder.path("out.onnx"))
      #expect(result.status == 2)
      #expect(result.errors.hasPrefix("vitq: error: \(path): \(message)"), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1)
    }
  }

  @Test func aFolderWithoutAModelIsRefused() throws {
    let folder = try TemporaryFolder()
    let result = try Command.run("inspect", folder.path(""))
    #expect(result.status == 2)
    #expect(result.errors.contains("the folder has no model.onnx"))
  }

  @Test func aMissingFileIsRefused() throws {
    let result = try Command.run("inspect", "nowhere.onnx")
    #expect(result.status == 2)
    #expect(result.errors == "vitq: error: nowhere.onnx: no such file or folder\n")
  }
}
