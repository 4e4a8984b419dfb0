import Quant
import Testing

@Suite struct NodeSelectorTests {
  static let names = [
    "/vit/layer.0/query/MatMul", "/vit/layer.0/key/MatMul", "/vit/layer.10/query/MatMul",
    "/classifier/Gemm", "odd[1]",
  ]

  @Test(
    arguments: [
      ("/classifier/Gemm", [3]),
      ("/classifier/Gem", []),
      ("*/query/*", [0, 2]),
      ("/vit/layer.?/*", [0, 1]),
      ("/vit/layer.[0-3]/*/MatMul", [0, 1]),
      ("/vit/layer.[!1]/*", [0, 1]),
      ("*", [0, 1, 2, 3, 4]),
      ("*MatMul*MatMul*", []),
      (#"/layer\.\d+\/query/"#, [0, 2]),
      ("/^/classifier/", [3]),
      ("/MatMul$/", [0, 1, 2]),
      // A name with characters of patterns is still its own exact selector.
      ("odd[1]", [4]),
      ("odd[[]1]", [4]),
      ("odd[", []),
    ])
  func selects(_ text: String, _ expected: [Int]) throws {
    #expect(try NodeSelector(text).matches(in: Self.names) == expected)
  }

  @Test func manyRunsTakeNoExponentialTime() throws {
    let name = String(repeating: "a", count: 2000)
    let pattern = String(repeating: "*a", count: 100) + "b"
    #expect(try NodeSelector(pattern).matches(in: [name]).isEmpty)
  }

  @Test(arguments: ["", "/(/", "/[a/"]) func refusesWhatIsNoPattern(_ text: String) {
    #expect(throws: QuantizationError.self) { try NodeSelector(text) }
  }
}
