import Foundation
import OnnxParse
import Testing

let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The small models that `make_cases.py` writes.
let caseNames = ["attributes", "storage", "subgraph", "types"]

func casePath(_ name: String) -> String {
  repository.appending(path: "Tests/OnnxParseTests/Cases/\(name).onnx").path
}

func caseBytes(_ name: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(filePath: casePath(name))))
}

/// The models of the project's fixtures, relative to the repository.
func fixturePaths() throws -> [String] {
  let folder = repository.appending(path: "fixtures").path
  return try FileManager.default.subpathsOfDirectory(atPath: folder)
    .filter { $0.hasSuffix(".onnx") }.sorted().map { "fixtures/\($0)" }
}

/// The description of the error that `body` throws; "" where it throws none.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}

/// Calls `body` with the path of an empty folder, which is removed afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

/// A model that is valid: `y = x MatMul w`.
func validModel() -> Model {
  let graph = Graph(
    name: "g",
    nodes: [
      Node(name: "MatMul_0", opType: "MatMul", inputs: ["x", "w"], outputs: ["m"]),
      Node(name: "Relu_1", opType: "Relu", inputs: ["m"], outputs: ["y"]),
    ],
    inputs: [ValueInfo(name: "x", dataType: .float, dims: [.symbol("batch"), .size(2)])],
    outputs: [ValueInfo(name: "y", dataType: .float, dims: [.symbol("batch"), .size(3)])],
    initializers: [TensorProto(name: "w", dims: [2, 3], floats: [1, 2, 3, 4, 5, 6])])
  return Model(opsetImports: [OperatorSetID(version: 17)], graph: graph)
}

/// Writes the wire format by hand.
enum Wire {
  static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  static func number(_ field: UInt64, _ value: UInt64) -> [UInt8] {
    varint(field << 3) + varint(value)
  }

  static func message(_ field: UInt64, _ content: [UInt8]) -> [UInt8] {
    varint(field << 3 | 2) + varint(UInt64(content.count)) + content
  }

  static func text(_ field: UInt64, _ text: String) -> [UInt8] { message(field, Array(text.utf8)) }
}
