import OnnxParse
import Quant
import Testing

/// Encoders that the fixtures do not have, node by node.
@Suite struct NodeRolesShapeTests {
  /// A graph under construction in which every node is called like its output.
  private struct Encoder {
    var nodes: [Node] = []
    var constants: [TensorProto] = []

    @discardableResult
    mutating func add(_ opType: String, _ inputs: [String], _ output: String) -> String {
      nodes.append(Tiny.node(opType, inputs, output, name: output))
      return output
    }

    mutating func constant(_ name: String, _ dims: [Int64]) -> String {
      constants.append(Tiny.weight(name, dims))
      return name
    }

    mutating func product(_ input: String, _ output: String) -> String {
      add("MatMul", [input, constant("W_" + output, [4, 4])], output)
    }

    mutating func linear(_ input: String, _ output: String) -> String {
      let bias = constant("b_" + output, [4])
      return add("Add", [product(input, output), bias], output + "_bias")
    }

    mutating func norm(_ input: String, _ output: String) -> String {
      add(
        "LayerNormalization", [input, constant("g_" + output, [4]), constant("s_" + output, [4])],
        output)
    }

    /// softmax(q k^T * scale) v
    mutating func attention(_ query: String, _ key: String, _ value: String) -> String {
      let columns = add("Transpose", [key], "columns")
      let scores = add("MatMul", [query, columns], "scores")
      let scaled = add("Mul", [scores, constant("scale", [])], "scaled")
      return add("MatMul", [add("Softmax", [scaled], "probabilities"), value], "context")
    }

    func roles(inputs: [String] = ["x"]) -> [String: NodePlace] {
      let model = Tiny.model(inputs: inputs.map(Tiny.float), nodes, constants: constants)
      let places = NodeRoles(of: model).places
      return Dictionary(uniqueKeysWithValues: places.map { (nodes[$0].name, $1) })
    }
  }

  private func place(_ role: NodeRole, of: NodeRole? = nil, _ block: ModelBlock) -> NodePlace {
    let isInLayer = block == .attention || block == .mlp
    return NodePlace(role: role, of: of, layer: isInLayer ? 0 : nil, block: block)
  }

  /// As timm exports a block: queries, keys and values from one product, layer scale, and patches
  /// embedded by a product.
  @Test func aFusedProjectionAndAPatchProductAreFound() {
    var encoder = Encoder()
    let patches = encoder.linear("x", "patches")
    let tokens = encoder.add("Concat", [encoder.constant("cls", [1, 4]), patches], "tokens")
    let embedded = encoder.add("Add", [tokens, encoder.constant("table", [5, 4])], "embedded")
    let qkv = encoder.linear(encoder.norm(embedded, "norm1"), "qkv")
    let split = encoder.add("Reshape", [qkv, "shape"], "split")
    let heads = encoder.add("Transpose", [split], "heads")
    let parts = ["q", "k", "v"].map { encoder.add("Gather", [heads, "index_" + $0], $0) }
    let context = encoder.attention(parts[0], parts[1], parts[2])
    let rows = encoder.add("Transpose", [context], "rows")
    let flat = encoder.add("Reshape", [rows, "shape"], "flat")
    let attended = encoder.linear(flat, "proj")
    let layerScale = encoder.add("Mul", [attended, encoder.constant("gamma", [4])], "layerScale")
    let middle = encoder.add("Add", [embedded, layerScale], "middle")
    let active = encoder.add("Gelu", [encoder.linear(encoder.norm(middle, "norm2"), "fc1")], "gelu")
    let end = encoder.add("Add", [middle, encoder.linear(active, "fc2")], "end")
    let pooled = encoder.add("Gather", [encoder.norm(end, "norm"), "index_q"], "pooled")
    _ = encoder.linear(pooled, "head")
    encoder.constants += ["shape", "index_q", "index_k", "index_v"].map {
      TensorProto(name: $0, dims: [1], int64s: [0])
    }
    #expect(
      encoder.roles() == [
        "patches": place(.patchEmbedding, .embedding),
        "patches_bias": place(.biasAdd, of: .patchEmbedding, .embedding),
        "embedded": place(.positionAdd, .embedding),
        "qkv": place(.qkv, .attention), "qkv_bias": place(.biasAdd, of: .qkv, .attention),
        "scores": place(.scores, .attention), "context": place(.context, .attention),
        "proj": place(.attentionOutput, .attention),
        "proj_bias": place(.biasAdd, of: .attentionOutput, .attention),
        "middle": place(.residualAdd, .attention),
        "fc1": place(.fc1, .mlp), "fc1_bias": place(.biasAdd, of: .fc1, .mlp),
        "fc2": place(.fc2, .mlp), "fc2_bias": place(.biasAdd, of: .fc2, .mlp),
        "end": place(.residualAdd, .mlp),
        "head": place(.classifier, .head), "head_bias": place(.biasAdd, of: .classifier, .head),
      ])
  }

  /// A mask that is an input, products without biases, an MLP with a gate, and a head of two products.
  @Test func aMaskAGateAndAPoolerAreFound() {
    var encoder = Encoder()
    let input = encoder.norm("x", "norm1")
    let query = encoder.product(input, "query")
    let key = encoder.product(input, "key")
    let scores = encoder.add("MatMul", [query, encoder.add("Transpose", [key], "kT")], "scores")
    let offset = encoder.add("Add", ["m", encoder.constant("minus", [1])], "offset")
    let masked = encoder.add("Add", [scores, offset], "masked")
    let probabilities = encoder.add("Softmax", [masked], "probabilities")
    let safe = encoder.add(
      "Where", [encoder.add("IsNaN", [probabilities], "nan"), "minus", probabilities], "safe")
    let context = encoder.add("MatMul", [safe, encoder.product(input, "value")], "context")
    let middle = encoder.add("Add", ["x", encoder.product(context, "proj")], "middle")
    let wide = encoder.norm(middle, "norm2")
    let gate = encoder.product(wide, "gate")
    let silu = encoder.add("Mul", [gate, encoder.add("Sigmoid", [gate], "sigmoid")], "silu")
    let gated = encoder.add("Mul", [silu, encoder.product(wide, "up")], "gated")
    let end = encoder.add("Add", [middle, encoder.product(gated, "down")], "end")
    let pooled = encoder.add("Tanh", [encoder.linear(end, "pooler")], "pooled")
    _ = encoder.add("Softmax", [encoder.product(pooled, "classifier")], "y")
    #expect(
      encoder.roles(inputs: ["x", "m"]) == [
        "query": place(.query, .attention), "key": place(.key, .attention),
        "value": place(.value, .attention), "scores": place(.scores, .attention),
        "offset": place(.other, .embedding), "masked": place(.maskAdd, .attention),
        "context": place(.context, .attention), "proj": place(.attentionOutput, .attention),
        "middle": place(.residualAdd, .attention),
        "gate": place(.fc1, .mlp), "up": place(.fc1, .mlp), "down": place(.fc2, .mlp),
        "end": place(.residualAdd, .mlp),
        "pooler": place(.other, .head), "pooler_bias": place(.biasAdd, of: .other, .head),
        "classifier": place(.classifier, .head),
      ])
  }

  @Test func aModelWithoutAttentionHasNoLayers() {
    var encoder = Encoder()
    let wide = encoder.add("Gelu", [encoder.linear("x", "first")], "gelu")
    let end = encoder.linear(wide, "second")
    encoder.add("Add", ["x", end], "y")
    let places = encoder.roles()
    #expect(places.values.allSatisfy { $0.layer == nil && $0.block == nil })
    #expect(places["first_bias"] == NodePlace(role: .biasAdd, of: .other))
    #expect(places["y"]?.role == .residualAdd)
  }

  @Test func nodesWithoutTheirInputsBelongNowhere() {
    var encoder = Encoder()
    for name in ["MatMul", "Gemm", "Add", "Softmax", "MatMulInteger", "Sqrt"] {
      encoder.add(name, [], "no" + name)
      encoder.add(name, ["x"], "one" + name)
      encoder.add(name, ["x", "", "x"], "gap" + name)
    }
    encoder.nodes.append(Node(name: "mute", opType: "Add", inputs: ["x", "x"], outputs: []))
    encoder.add("MatMul", ["x", "x"], "square")
    encoder.add("Softmax", ["square"], "soft")
    encoder.nodes.append(Node(name: "lost", opType: "MatMul", inputs: ["soft", "x"], outputs: []))
    let places = encoder.roles()
    #expect(places["square"]?.role == .scores)
    #expect(places["mute"]?.role == .other)
    #expect(places.count == 4 * 3 + 3)
  }
}
