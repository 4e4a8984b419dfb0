import OnnxParse
import Testing

/// Small models that would take much once their functions are inlined, and calls that mean nothing.
@Suite struct FunctionLimitTests {
  private static let opsets = [
    OperatorSetID(version: 17), OperatorSetID(domain: "own", version: 1),
  ]

  private static func function(
    _ name: String, inputs: [String] = ["a"], outputs: [String] = ["b"], _ nodes: [Node],
    valueInfo: [ValueInfo] = []
  ) -> FunctionProto {
    FunctionProto(
      name: name, domain: "own", inputs: inputs, outputs: outputs, nodes: nodes,
      opsetImports: opsets, valueInfo: valueInfo)
  }

  private static func call(
    _ function: String, _ input: String = "a", _ output: String = "b", name: String = "",
    attributes: [Attribute] = []
  ) -> Node {
    Node(
      name: name, opType: function, domain: "own", inputs: [input], outputs: [output],
      attributes: attributes)
  }

  private static func fault(_ calls: [Node], _ functions: [FunctionProto]) -> String {
    var model = Model(
      opsetImports: opsets,
      graph: Graph(
        nodes: calls, inputs: [ValueInfo(name: "x", dataType: .float, dims: [.size(2)])],
        outputs: [ValueInfo(name: "y", dataType: .float, dims: [.size(2)])]),
      functions: functions)
    return message {
      try model.check()
      try model.inlineFunctions()
    }
  }

  /// 2^30 calls of a body that has no node.
  @Test func callsOfNothingAreCounted() {
    let functions = (0..<30).map { level in
      Self.function(
        "f\(level)", outputs: ["a"],
        [Self.call("f\(level + 1)"), Self.call("f\(level + 1)", "b", "c")])
    }
    let last = Self.function("f30", outputs: ["a"], [])
    let text = Self.fault([Self.call("f0", "x", "y")], functions + [last])
    #expect(text.contains("more than 200000 nodes"), "\(text)")
  }

  /// As many levels as would end the stack.
  @Test func aLongChainOfCallsIsRefused() {
    let functions = (0..<20_000).map { Self.function("f\($0)", [Self.call("f\($0 + 1)")]) }
    let last = Self.function("f20000", [Node(opType: "Neg", inputs: ["a"], outputs: ["b"])])
    let text = Self.fault([Self.call("f0", "x", "y")], functions + [last])
    #expect(text.contains("more than 100 deep"), "\(text.suffix(100))")
  }

  /// A name of a megabyte goes before each of a thousand names: a gigabyte.
  @Test func longNamesAreNotCopiedWithoutEnd() {
    let nodes = (0..<1000).map { index in
      Node(opType: "Neg", inputs: ["a"], outputs: [index == 0 ? "b" : "v\(index)"])
    }
    let name = String(repeating: "n", count: 1 << 20)
    let text = Self.fault([Self.call("f", "x", "y", name: name)], [Self.function("f", nodes)])
    #expect(text.contains("more than 268435456 bytes of names"), "\(text.suffix(100))")
  }

  /// What is copied or looked at with each call, without being a node.
  @Test func whatIsNoNodeIsCountedToo() {
    let types = (0..<50_000).map { ValueInfo(name: "t\($0)", dataType: .float, dims: nil) }
    let function = Self.function(
      "f", [Node(opType: "Neg", inputs: ["a"], outputs: ["b"])], valueInfo: types)
    let calls = (0..<1000).map { Self.call("f", "x", $0 == 0 ? "y" : "y\($0)") }
    let text = Self.fault(calls, [function])
    #expect(text.contains("bytes of names"), "\(text)")
  }

  /// Names that are all alike are numbered without trying each number again; 20,000 calls of one name
  /// would take 200 million trials.
  @Test(.timeLimit(.minutes(1)))
  func equalNamesAreNumberedOnwards() {
    let function = Self.function(
      "f",
      [
        Node(opType: "Neg", inputs: ["a"], outputs: ["t"]),
        Node(opType: "Neg", inputs: ["t"], outputs: ["b"]),
      ])
    let calls = (0..<20_000).map { Self.call("f", "x", $0 == 0 ? "y" : "y\($0)", name: "n") }
    #expect(Self.fault(calls, [function]) == "")
  }

  @Test func aFunctionOfOnnxsOwnDomainIsRefused() {
    for domain in ["", "ai.onnx"] {
      var function = Self.function("Relu", [Node(opType: "Neg", inputs: ["a"], outputs: ["b"])])
      function.domain = domain
      let node = Node(opType: "Relu", inputs: ["x"], outputs: ["y"])
      let text = Self.fault([node], [function])
      #expect(text.contains("the function Relu in ONNX's own domain"), "\(text)")
    }
  }

  @Test func anOutputThatIsAnInputLeftOutIsSaid() {
    let text = Self.fault(
      [Self.call("f", "", "y")], [Self.function("f", outputs: ["a"], [])])
    #expect(
      text.contains("output \"y\" is the input a, which the call leaves out"), "\(text)")
  }

  @Test func anAttributeOfAnotherKindIsSaid() {
    let body = Node(
      opType: "LeakyRelu", inputs: ["a"], outputs: ["b"],
      attributes: [
        Attribute(name: "alpha", value: .undefined, refAttrName: "slope", declaredType: 1)
      ])
    let call = Self.call(
      "f", "x", "y", attributes: [Attribute(name: "slope", value: .int(2))])
    let text = Self.fault([call], [Self.function("f", [body])])
    #expect(
      text.contains("attribute \"slope\" is of type int, where the body takes float"), "\(text)")
  }
}
