import OnnxParse
import Testing

/// Functions of the model's own, expanded where they are called.
@Suite struct FunctionTests {
  private static func alpha(_ value: Attribute.Value = .undefined, ref: String = "") -> Attribute {
    Attribute(name: "alpha", value: value, refAttrName: ref, declaredType: ref.isEmpty ? 0 : 1)
  }

  /// twice(x) = leaky(leaky(x)), leaky(x; slope = 0.5) = LeakyRelu(x; alpha = slope) + x
  private static func model(_ calls: [Node], output: String = "y") -> Model {
    let leaky = FunctionProto(
      name: "leaky", domain: "own", inputs: ["a"], outputs: ["b"],
      attributeDefaults: [Attribute(name: "slope", value: .float(0.5))],
      nodes: [
        Node(
          name: "relu", opType: "LeakyRelu", inputs: ["a"], outputs: ["t"],
          attributes: [alpha(ref: "slope")]),
        Node(name: "sum", opType: "Add", inputs: ["t", "a"], outputs: ["b"]),
      ], opsetImports: [OperatorSetID(version: 17)])
    let twice = FunctionProto(
      name: "twice", domain: "own", inputs: ["a"], outputs: ["c"],
      nodes: [
        Node(name: "first", opType: "leaky", domain: "own", inputs: ["a"], outputs: ["b"]),
        Node(
          name: "second", opType: "leaky", domain: "own", inputs: ["b"], outputs: ["c"],
          attributes: [Attribute(name: "slope", value: .float(0.25))]),
      ],
      opsetImports: [OperatorSetID(version: 17), OperatorSetID(domain: "own", version: 1)])
    return Model(
      opsetImports: [OperatorSetID(version: 17), OperatorSetID(domain: "own", version: 1)],
      graph: Graph(
        nodes: calls, inputs: [ValueInfo(name: "x", dataType: .float, dims: [.size(2)])],
        outputs: [ValueInfo(name: output, dataType: .float, dims: [.size(2)])]),
      functions: [leaky, twice])
  }

  private static func call(_ name: String, _ input: String, _ output: String) -> Node {
    Node(name: name, opType: "twice", domain: "own", inputs: [input], outputs: [output])
  }

  @Test func callsAreReplacedByBodies() throws {
    var model = Self.model([Self.call("one", "x", "m"), Self.call("two", "m", "y")])
    try model.inlineFunctions()
    try model.check()
    #expect(model.functions.isEmpty)
    #expect(
      model.graph.nodes.map(\.name) == [
        "one/first/relu", "one/first/sum", "one/second/relu", "one/second/sum",
        "two/first/relu", "two/first/sum", "two/second/relu", "two/second/sum",
      ])
    #expect(Set(model.graph.nodes.flatMap(\.outputs)).count == 8)
    let slopes = model.graph.nodes.compactMap { $0.attribute("alpha")?.value }
    #expect(slopes == [.float(0.5), .float(0.25), .float(0.5), .float(0.25)])
    #expect(model.graph.nodes[3].outputs == ["m"] && model.graph.nodes[7].outputs == ["y"])
  }

  @Test func aNameThatIsTakenIsNotTakenAgain() throws {
    var model = Self.model([
      Node(opType: "Neg", inputs: ["x"], outputs: ["one/first/t"]),
      Self.call("one", "one/first/t", "y"),
    ])
    try model.inlineFunctions()
    try model.check()
    #expect(model.graph.nodes[1].outputs == ["one/first/t_1"])
  }

  @Test func anInputThatIsAnOutputIsCopied() throws {
    var model = Self.model([
      Node(name: "n", opType: "same", domain: "own", inputs: ["x"], outputs: ["y", "z"])
    ])
    model.functions = [
      FunctionProto(
        name: "same", domain: "own", inputs: ["a"], outputs: ["a", "b"],
        nodes: [Node(opType: "Neg", inputs: ["a"], outputs: ["b"])],
        opsetImports: [OperatorSetID(version: 17)])
    ]
    try model.inlineFunctions()
    try model.check()
    #expect(model.graph.nodes.map(\.opType) == ["Neg", "Identity"])
    #expect(model.graph.nodes[1].inputs == ["x"] && model.graph.nodes[1].outputs == ["y"])
  }

  /// What a branch defines hides the function's values; what it reads of them is the caller's.
  @Test func branchesAreRenamed() throws {
    func branch(_ operation: String) -> Attribute.Value {
      .graph(
        Graph(
          nodes: [Node(name: "n", opType: operation, inputs: ["a"], outputs: ["t"])],
          outputs: [ValueInfo(name: "t", dataType: .float, dims: nil)]))
    }
    var model = Self.model([
      Node(name: "c", opType: "choose", domain: "own", inputs: ["x", "flag"], outputs: ["y"])
    ])
    model.graph.inputs.append(ValueInfo(name: "flag", dataType: .bool, dims: []))
    model.functions = [
      FunctionProto(
        name: "choose", domain: "own", inputs: ["a", "f"], outputs: ["t"],
        nodes: [
          Node(
            name: "if", opType: "If", inputs: ["f"], outputs: ["t"],
            attributes: [
              Attribute(name: "then_branch", value: branch("Neg")),
              Attribute(name: "else_branch", value: branch("Abs")),
            ])
        ], opsetImports: [OperatorSetID(version: 17)])
    ]
    try model.inlineFunctions()
    try model.check()
    guard case .graph(let then)? = model.graph.nodes[0].attribute("then_branch")?.value else {
      Issue.record("no branch")
      return
    }
    #expect(then.nodes[0].inputs == ["x"])
    #expect(then.outputs.map(\.name) == then.nodes[0].outputs)
    #expect(model.graph.nodes[0].outputs == ["y"])
  }

  @Test func anAttributeThatNobodyGivesIsLeftOut() throws {
    var model = Self.model([Self.call("one", "x", "y")])
    model.functions[0].attributeDefaults = []
    model.functions[0].attributes = ["slope"]
    try model.inlineFunctions()
    #expect(model.graph.nodes[0].attributes.isEmpty)
    #expect(model.graph.nodes[2].attribute("alpha")?.value == .float(0.25))
  }

  @Test func whatCannotBeInlinedIsSaid() throws {
    var recursive = Self.model([Self.call("one", "x", "y")])
    recursive.functions[0].nodes[1] = Node(
      opType: "twice", domain: "own", inputs: ["t"], outputs: ["b"])
    #expect(message { try recursive.inlineFunctions() }.contains("the function twice calls itself"))

    var older = Self.model([Self.call("one", "x", "y")])
    older.functions[0].opsetImports = [OperatorSetID(version: 13)]
    #expect(
      message { try older.inlineFunctions() }.contains(
        "the function leaky uses version 13 of ONNX's operators, the model 17"))

    var tooMany = Self.model([
      Node(name: "one", opType: "twice", domain: "own", inputs: ["x", "x"], outputs: ["y"])
    ])
    #expect(
      message { try tooMany.inlineFunctions() }.contains("node[0] \"one\": invalid model: 2 inputs")
    )
  }

  /// Thirty functions of two calls each: 2^30 nodes.
  @Test func aBombIsRefused() throws {
    var model = Self.model([Self.call("one", "x", "y")])
    model.functions = (0..<30).map { level in
      let inner = level == 29 ? ("Neg", "") : ("f\(level + 1)", "own")
      return FunctionProto(
        name: level == 0 ? "twice" : "f\(level)", domain: "own", inputs: ["a"], outputs: ["c"],
        nodes: [
          Node(opType: inner.0, domain: inner.1, inputs: ["a"], outputs: ["b"]),
          Node(opType: inner.0, domain: inner.1, inputs: ["b"], outputs: ["c"]),
        ],
        opsetImports: [OperatorSetID(version: 17), OperatorSetID(domain: "own", version: 1)])
    }
    #expect(message { try model.inlineFunctions() }.contains("more than 200000 nodes"))
  }

  private static func apply(_ graph: Graph, _ output: String) -> Node {
    Node(
      opType: "apply", domain: "own", inputs: ["flag"], outputs: [output],
      attributes: [Attribute(name: "body", value: .graph(graph))])
  }

  /// A call within a graph that a call of the same function gives is the caller's: no recursion.
  @Test func aGraphThatACallGivesIsTheCallers() throws {
    let inner = Graph(
      nodes: [Node(opType: "Neg", inputs: ["x"], outputs: ["w"])],
      outputs: [ValueInfo(name: "w", type: nil)])
    let outer = Graph(
      nodes: [Self.apply(inner, "v")], outputs: [ValueInfo(name: "v", type: nil)])
    var model = Self.model([Self.apply(outer, "y")])
    model.graph.inputs.append(ValueInfo(name: "flag", dataType: .bool, dims: []))
    model.functions = [
      FunctionProto(
        name: "apply", domain: "own", inputs: ["f"], outputs: ["r"], attributes: ["body"],
        nodes: [
          Node(
            opType: "If", inputs: ["f"], outputs: ["r"],
            attributes: ["then_branch", "else_branch"].map {
              Attribute(name: $0, value: .undefined, refAttrName: "body", declaredType: 5)
            })
        ], opsetImports: [OperatorSetID(version: 17)])
    ]
    try model.check()
    try model.inlineFunctions()
    try model.check()
    #expect(model.graph.nodes.map(\.opType) == ["If"])
    guard case .graph(let branch)? = model.graph.nodes[0].attribute("else_branch")?.value else {
      Issue.record("no branch")
      return
    }
    #expect(branch.nodes.map(\.opType) == ["If"] && branch.nodes[0].outputs == ["v"])
  }

  /// What a branch reads before it defines the same name is the value around it.
  @Test func aNameIsHiddenFromWhereItIsDefined() throws {
    let branch = Graph(
      nodes: [
        Node(opType: "Exp", inputs: ["t"], outputs: ["u"]),
        Node(opType: "Abs", inputs: ["u"], outputs: ["t"]),
      ], outputs: [ValueInfo(name: "t", type: nil)],
      quantizationAnnotations: [TensorAnnotation(tensorName: "t", parameters: [])])
    var model = Self.model([
      Node(name: "c", opType: "f", domain: "own", inputs: ["x"], outputs: ["y"])
    ])
    model.functions = [
      FunctionProto(
        name: "f", domain: "own", inputs: ["a"], outputs: ["b"],
        nodes: [
          Node(opType: "Neg", inputs: ["a"], outputs: ["t"]),
          Node(
            opType: "If", inputs: ["t"], outputs: ["b"],
            attributes: [Attribute(name: "then_branch", value: .graph(branch))]),
        ], opsetImports: [OperatorSetID(version: 17)])
    ]
    try model.inlineFunctions()
    try model.check()
    guard case .graph(let then)? = model.graph.nodes[1].attribute("then_branch")?.value else {
      Issue.record("no branch")
      return
    }
    #expect(then.nodes[0].inputs == model.graph.nodes[0].outputs)
    #expect(then.nodes[1].outputs != model.graph.nodes[0].outputs)
    #expect(then.outputs.map(\.name) == then.nodes[1].outputs)
    #expect(then.quantizationAnnotations.map(\.tensorName) == then.nodes[1].outputs)
  }

  /// Only operators have versions that matter; a function is found by its name.
  @Test func onlyWhatIsUsedHasToAgree() throws {
    var model = Self.model([Self.call("one", "x", "y")])
    model.functions[1].opsetImports = [
      OperatorSetID(version: 13), OperatorSetID(domain: "own", version: 9),
      OperatorSetID(domain: "none", version: 1),
    ]
    try model.inlineFunctions()
    #expect(
      model.opsetImports == [OperatorSetID(version: 17), OperatorSetID(domain: "own", version: 1)])

    let branch = Graph(
      nodes: [Node(opType: "Neg", domain: "none", inputs: ["a"], outputs: ["n"])],
      outputs: [ValueInfo(name: "n", type: nil)])
    var within = Self.model([Self.call("one", "x", "y")])
    within.opsetImports.append(OperatorSetID(domain: "none", version: 2))
    within.functions[0].opsetImports.append(OperatorSetID(domain: "none", version: 1))
    within.functions[0].nodes[1].attributes = [Attribute(name: "g", value: .graph(branch))]
    #expect(
      message { try within.inlineFunctions() }.contains("uses version 1 of none, the model 2"))
  }
}
