import OnnxParse
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// If, which is resolved when its condition is known once the shapes are.
@Suite struct ConditionalTests {
  private static let none = [Dimension]?.none

  private static func branch(_ node: Node, _ output: String) -> Graph {
    Graph(
      nodes: [node], inputs: [],
      outputs: [ValueInfo(name: output, dataType: .float, dims: none)])
  }

  /// y = condition ? x + 1 : -x, with the nodes before that make the condition.
  private static func model(_ nodes: [Node], inputs: [ValueInfo] = []) -> Model {
    let then = branch(Node(name: "plus", opType: "Add", inputs: ["x", "one"], outputs: ["r"]), "r")
    let otherwise = branch(Node(name: "minus", opType: "Neg", inputs: ["x"], outputs: ["r"]), "r")
    return Model(
      opsetImports: [OperatorSetID(version: 17)],
      graph: Graph(
        nodes: nodes + [
          Node(
            name: "choice", opType: "If", inputs: ["condition"], outputs: ["y"],
            attributes: [
              Attribute(name: "then_branch", value: .graph(then)),
              Attribute(name: "else_branch", value: .graph(otherwise)),
            ])
        ],
        inputs: [ValueInfo(name: "x", dataType: .float, dims: [.symbol("n")])] + inputs,
        outputs: [ValueInfo(name: "y", dataType: .float, dims: none)],
        initializers: [
          TensorProto(name: "one", dims: [], floats: [1]),
          TensorProto(name: "two", dims: [1], int64s: [2]),
        ]))
  }

  private static let byLength = [
    Node(opType: "Shape", inputs: ["x"], outputs: ["length"]),
    Node(opType: "Equal", inputs: ["length", "two"], outputs: ["condition"]),
  ]

  @Test(arguments: OptimizationLevel.allCases)
  func theShapeChooses(_ level: OptimizationLevel) throws {
    let session = try Session(
      model: Self.model(Self.byLength), options: .test(optimization: level))
    func run(_ values: [Float]) throws -> [Float]? {
      try session.run(["x": Tensor(values, shape: [values.count])])["y"]?.elements(of: Float.self)
    }
    #expect(try run([1, 2]) == [2, 3])
    #expect(try run([1, 2, 3]) == [-1, -2, -3])
    #expect(try run([5, 6]) == [6, 7])
  }

  @Test func aConditionFromTheDataIsRefused() throws {
    let nodes = [
      Node(opType: "ReduceMax", inputs: ["x"], outputs: ["most"]),
      Node(opType: "Greater", inputs: ["most", "one"], outputs: ["condition"]),
    ]
    let session = try Session(model: Self.model(nodes), options: .test())
    #expect {
      // Few elements would be taken for a shape, for which the model is compiled.
      _ = try session.run(["x": Tensor(.float32, shape: [2_000])])
    } throws: { error in
      "\(error)".contains("node \"choice\" (If)")
        && "\(error)".contains("If with a condition that is computed from the data")
    }
  }

  @Test func aBranchThatGivesTooFewIsRefused() throws {
    var model = Self.model(Self.byLength)
    model.graph.nodes[2].outputs = ["y", "z"]
    let session = try Session(model: model, options: .test())
    #expect {
      _ = try session.run(["x": Tensor([Float(1)], shape: [1])])
    } throws: { "\($0)".contains("If: a branch gives 1 of 2 outputs") }
  }

  @Test func otherControlFlowIsNamed() throws {
    var model = Self.model([])
    model.graph.nodes = [Node(name: "l", opType: "Loop", inputs: ["", "", "x"], outputs: ["y"])]
    #expect {
      _ = try Session(model: model, options: .test())
    } throws: { "\($0)".contains("operator Loop: control flow other than If") }
  }
}
