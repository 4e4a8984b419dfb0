import OnnxParse
import Testing

@Suite struct BrokenFileTests {
  private static let header = Wire.number(1, 8) + Wire.message(8, Wire.number(2, 17))

  private func fault(_ bytes: [UInt8]) -> String {
    message { _ = try Model(decoding: bytes, file: "m.onnx") }
  }

  /// The opset comes last in this file, so that every part of it is too little.
  @Test func refusesEveryTruncation() throws {
    let bytes = try caseBytes("subgraph")
    for count in 0..<bytes.count {
      #expect(throws: OnnxError.self) { try Model(decoding: Array(bytes[..<count])) }
    }
  }

  @Test(arguments: caseNames) func survivesCorruption(_ name: String) throws {
    let bytes = try caseBytes(name)
    var random = SplitMix(state: 42)
    var refused = 0
    for _ in 0..<4000 {
      let mutated = mutate(bytes, &random)
      do {
        // What is read must be written so that it is read again.
        let encoded = try Model(decoding: mutated).encoded()
        #expect(try Model(decoding: encoded).encoded() == encoded)
      } catch {
        refused += 1
      }
    }
    #expect(refused > 1000)
  }

  private func mutate(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let index = Int.random(in: 0..<result.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: result.remove(at: index)
      case 1: result.insert(UInt8.random(in: .min ... .max, using: &random), at: index)
      case 2: result[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 3: result[index] = [0, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
      case 4:
        let end = Int.random(in: index..<min(index + 40, result.count), using: &random)
        result.insert(contentsOf: result[index...end], at: index)
      default: result[index] = UInt8.random(in: .min ... .max, using: &random)
      }
    }
    return result
  }

  @Test func boundsNesting() {
    var graph: [UInt8] = []
    for _ in 0..<3400 { graph = Wire.message(1, Wire.message(5, Wire.message(6, graph))) }
    let bytes = Self.header + Wire.message(7, graph)
    #expect(fault(bytes).hasSuffix("messages nest deeper than 100 levels"))
    var type: [UInt8] = []
    for _ in 0..<5000 { type = Wire.message(4, Wire.message(1, type)) }
    let value = Wire.text(1, "x") + Wire.message(2, type)
    #expect(
      fault(Self.header + Wire.message(7, Wire.message(11, value)))
        .hasSuffix("messages nest deeper than 100 levels"))
  }

  @Test func boundsTheMemoryOfEmptyMessages() {
    let nodes = Array(repeatElement([UInt8(0x0a), 0], count: 500_000).joined())
    #expect(
      fault(Self.header + Wire.message(7, nodes)).hasSuffix(
        "hold more messages than any model needs"))
  }

  private static let broken: [(bytes: [UInt8], fault: String)] = [
    ([], "the file is empty"),
    ([0x08], "byte 1 (in ModelProto): not a valid ONNX file: ends within a number"),
    ([0x00, 0x01], "field number 0 is out of range"),
    ([0x0b], "field 1 has wire type 3, which ONNX does not use"),
    ([0x0c], "field 1 has wire type 4, which ONNX does not use"),
    ([0x3e], "field 7 has wire type 6, which ONNX does not use"),
    ([0x38, 0x01], "graph has wire type 0 instead of 2"),
    ([0x0a, 0x00], "ir_version has wire type 2 instead of 0"),
    (Array(repeating: 0xff, count: 12), "a field's tag takes more than 5 bytes"),
    ([0x08] + Array(repeating: 0xff, count: 12), "a number takes more than 10 bytes"),
    ([0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f], "field 7 claims 4294967295 bytes, but 0 are left"),
    (
      Wire.message(7, [0x0a, 0x05, 0x00]),
      "byte 2 (in GraphProto): not a valid ONNX file: field 1 claims 5 bytes, but 1 are left"
    ),
    (Wire.message(7, Wire.text(2, "a\0b")), "name holds a NUL character"),
    (
      Wire.message(7, Wire.message(2, [0xff, 0xfe])),
      "graph.name: not a valid ONNX file: the text is not UTF-8"
    ),
    (Wire.message(7, tensor(Wire.message(4, [0, 0, 0]))), "float_data ends within an element"),
    (Wire.message(7, tensor(Wire.message(7, [0x80]))), "int64_data ends within an element"),
    (
      Wire.message(7, tensor(Wire.message(7, Array(repeating: 0x80, count: 11)))),
      "int64_data holds an overlong number"
    ),
    (
      Wire.message(7, tensor(Wire.message(4, [0, 0, 0, 0]) + Wire.message(9, [0, 0, 0, 0]))),
      "graph.initializer[0] \"w\": invalid model: holds data twice, as raw_data and as float_data"
    ),
    (
      Wire.message(7, attribute(Wire.number(20, 2) + [0x15, 0, 0, 0, 0])),
      "graph.node[0].attribute[0] \"a\": invalid model: its type is int, but it holds a value of type float"
    ),
    (
      Wire.message(7, attribute(Wire.number(3, 1) + [0x15, 0, 0, 0, 0])),
      "holds values of two types, float and int"
    ),
    (Wire.message(7, attribute(Wire.number(20, 4))), "invalid model: t is missing"),
    (Wire.message(7, attribute(Wire.number(20, 99))), "unsupported: attribute type number 99"),
    (Wire.number(5, 3), "there is no graph in it"),
  ]

  private static func tensor(_ content: [UInt8]) -> [UInt8] {
    Wire.message(5, Wire.text(8, "w") + content)
  }

  private static func attribute(_ content: [UInt8]) -> [UInt8] {
    Wire.message(1, Wire.text(4, "Op") + Wire.message(5, Wire.text(1, "a") + content))
  }

  @Test(arguments: broken) func namesTheFault(_ bytes: [UInt8], _ expected: String) {
    let all = bytes.first == 0x3a && bytes.count > 6 ? bytes + Self.header : bytes
    #expect(fault(all).hasPrefix("m.onnx: "))
    #expect(fault(all).contains(expected), "\(fault(all))")
  }

  /// A length that lies inside the file but outside its message must not reach the neighbour.
  @Test func keepsLengthsInsideTheirMessage() {
    let graph: [UInt8] = Wire.message(7, [0x12, 0x04]) + Self.header
    #expect(fault(graph).contains("field 2 claims 4 bytes, but 0 are left"))
  }

  /// Raw data that look like the place of other data are data.
  @Test func takesRawDataForWhatTheyAre() throws {
    let place: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    let content = Wire.number(1, 16) + Wire.number(2, 2) + Wire.message(9, place)
    let bytes = Self.header + Wire.message(7, Self.tensor(content))
    #expect(try Model(decoding: bytes).graph.initializers[0].uint8s() == place)
  }
}

/// A small seeded generator, so that a failure can be seen again.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
