import OnnxParse
import Quant
import TestSupport
import Testing

/// The groups in small Vision Transformers of two layers, as PyTorch exports them:
/// `fixtures/golden/models`.
@Suite struct NodeGroupsTests {
  struct Expected: Sendable {
    var model: String
    /// How many normalizations, and nodes of each.
    var layerNorms: (count: Int, nodes: Int)
    var gelus: (count: Int, nodes: Int)
    var residuals: Int
  }

  // Two layers: five normalizations, two GELUs, four skip connections. ViT has no attention mask,
  // and no Add reads its Gather.
  static let exports = [
    Expected(model: "vit_opset11", layerNorms: (5, 9), gelus: (2, 5), residuals: 4),
    Expected(model: "vit_opset13", layerNorms: (5, 9), gelus: (2, 5), residuals: 4),
    Expected(model: "vit_opset17", layerNorms: (5, 1), gelus: (2, 5), residuals: 4),
    Expected(model: "vit_opset20", layerNorms: (5, 1), gelus: (2, 1), residuals: 4),
    Expected(model: "vit_sdpa_opset17", layerNorms: (5, 1), gelus: (2, 5), residuals: 4),
    Expected(model: "vit_gelu_new_opset11", layerNorms: (5, 9), gelus: (2, 8), residuals: 4),
    Expected(model: "vit_gelu_tanh_opset17", layerNorms: (5, 1), gelus: (2, 9), residuals: 4),
    Expected(model: "vit_gelu_tanh_opset20", layerNorms: (5, 1), gelus: (2, 1), residuals: 4),
    // x * Sigmoid(1.702 x) is no GELU, and has no Add.
    Expected(model: "vit_quick_gelu_opset17", layerNorms: (5, 1), gelus: (0, 0), residuals: 4),
  ]

  @Test(arguments: exports) func findsTheGroupsOf(_ expected: Expected) throws {
    let model = try Model.load(path: Fixtures.path("golden/models/\(expected.model)/model.onnx"))
    let groups = NodeGroups.detect(in: model)
    let (norms, gelus) = (expected.layerNorms, expected.gelus)
    #expect(groups[.layernorm]?.count == norms.count * norms.nodes)
    #expect(groups[.gelu]?.count == gelus.count * gelus.nodes)
    #expect(groups[.residual]?.count == expected.residuals)
    #expect(groups[.gather] == [])
    #expect(groups[.softmax] == [])
  }

  @Test func namesTellThatTheRightNodesWereFound() throws {
    let model = try Model.load(path: Fixtures.path("golden/models/vit_opset11/model.onnx"))
    let groups = NodeGroups.detect(in: model)
    func names(_ group: NodeGroup) -> [String] {
      (groups[group] ?? []).map { model.graph.nodes[$0].name }
    }
    #expect(names(.layernorm).allSatisfy { $0.contains("layernorm") })
    #expect(names(.gelu).allSatisfy { $0.contains("act") })
    let adds = model.graph.nodes.indices.filter { model.graph.nodes[$0].opType == "Add" }
    let grouped = Set([.layernorm, .gelu, .residual].flatMap { groups[$0] ?? [] })
    // What is left are biases and the position embedding.
    for position in adds where !grouped.contains(position) {
      let name = model.graph.nodes[position].name
      #expect(!name.contains("layernorm") && !name.contains("act"), "\(name)")
    }
  }

  private func groups(_ nodes: [Node], constants: [TensorProto] = []) -> [NodeGroup: [Int]] {
    NodeGroups.detect(in: Tiny.model(nodes, constants: constants))
  }

  @Test func anAddOfAGatherAndAMaskAreFound() {
    let found = groups(
      [
        Tiny.node("Gather", ["table", "x"], "words"),
        Tiny.node("Add", ["words", "positions"], "embedded"),
        Tiny.node("Add", ["embedded", "mask"], "masked"),
        Tiny.node("Softmax", ["masked"], "y"),
      ],
      constants: ["table", "positions", "mask"].map { Tiny.weight($0, [2, 2]) })
    #expect(found[.gather] == [1])
    #expect(found[.softmax] == [2])
    // The second sum adds to a sum, which is Optimum's sign of a skip connection.
    #expect(found[.residual] == [2])
  }

  @Test func aSkipConnectionIsFoundWithoutABiasBeforeIt() {
    let found = groups(
      [
        Tiny.matMul("x", "W", "h"), Tiny.node("Add", ["h", "x"], "y"),
        Tiny.node("Add", ["h", "b"], "z"),
      ],
      constants: [Tiny.weight("W", [2, 2]), Tiny.weight("b", [2])])
    #expect(found[.residual] == [1])
  }

  @Test func aSumOfTwoBranchesIsNoSkipConnection() {
    let found = groups(
      [
        Tiny.matMul("x", "W", "a"), Tiny.matMul("x", "V", "b"), Tiny.node("Add", ["a", "b"], "y"),
      ],
      constants: [Tiny.weight("W", [2, 2]), Tiny.weight("V", [2, 2])])
    #expect(found[.residual] == [])
  }

  @Test func nodesWithoutTheirInputsBelongNowhere() {
    // Each operator of the patterns, with fewer inputs than it needs.
    let operators = ["Sqrt", "Add", "ReduceMean", "Pow", "Sub", "Div", "Mul", "Erf", "Tanh"]
    let chain = operators.enumerated().map { position, name in
      Tiny.node(name, position == 0 ? [] : ["v\(position - 1)"], "v\(position)")
    }
    #expect(groups(chain).values.flatMap { $0 } == [])
  }
}
