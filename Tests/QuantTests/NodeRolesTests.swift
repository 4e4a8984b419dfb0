import OnnxParse
import Quant
import Synth
import TestSupport
import Testing

/// Roles are found by structure; the exporter's names tell whether they are right.
@Suite struct NodeRolesTests {
  static let exports = [
    "vit_opset11", "vit_opset13", "vit_opset17", "vit_opset20", "vit_sdpa_opset17",
    "vit_gelu_new_opset11", "vit_gelu_tanh_opset17", "vit_gelu_tanh_opset20",
    "vit_quick_gelu_opset17",
  ]
  static let quantized = [
    "vit_opset11_per_channel_all", "vit_opset11_per_tensor_const", "vit_opset17_per_channel_const",
    "vit_opset17_per_tensor_all",
  ]

  @Test(arguments: exports + quantized) func findsEveryNodeOf(_ name: String) throws {
    let model = try Model.load(path: Fixtures.path("golden/models/\(name)/model.onnx"))
    try expectNamesToAgree(model, layers: 2)
  }

  @Test func findsEveryNodeOfTheEmbeddedModel() throws {
    let model = try Model.load(path: Fixtures.path("vit-fashion/model.onnx"))
    try expectNamesToAgree(model, layers: 6)
    let roles = NodeRoles(of: model)
    #expect(roles.places.count == 48 + 1 + 81)
    #expect(!roles.places.values.contains { $0.role == .other || $0.block == nil })
  }

  @Test func findsEveryNodeOfASynthesizedModel() throws {
    let architecture = Architecture(
      name: "three-layers", hiddenSize: 32, layerCount: 3, headCount: 2, intermediateSize: 64,
      imageSize: 32, patchSize: 16)
    try expectNamesToAgree(Synth.model(architecture, labelCount: 7), layers: 3)
  }

  @Test(arguments: ["vit_opset11", "vit_gelu_tanh_opset17"])
  func findsEveryNodeOfWhatQuantizationWrites(_ name: String) throws {
    let model = try Model.load(path: Fixtures.path("golden/models/\(name)/model.onnx"))
    var options = QuantizationOptions()
    options.operators = [.matMul, .add]
    options.matMulScope = .all
    let quantized = try DynamicQuantizer(options: options).quantize(model).model
    try expectNamesToAgree(quantized, layers: 2)
  }

  @Test(arguments: exports) func countsToALayer(_ name: String) throws {
    let model = try Model.load(path: Fixtures.path("golden/models/\(name)/model.onnx"))
    let roles = NodeRoles(of: model)
    for layer in 0..<2 {
      let own = roles.places.values.filter { $0.layer == layer }
      let products: [NodeRole] = [
        .query, .key, .value, .scores, .context, .attentionOutput, .fc1, .fc2,
      ]
      for role in products { #expect(own.count { $0.role == role } == 1, "\(role)") }
      #expect(own.count { $0.role == .biasAdd } == 6)
      #expect(own.count { $0.role == .residualAdd } == 2)
    }
    for role: NodeRole in [.classifier, .positionAdd] {
      #expect(roles.places.values.count { $0.role == role } == 1, "\(role)")
    }
  }

  private func expectNamesToAgree(_ model: Model, layers: Int) throws {
    let roles = NodeRoles(of: model)
    #expect(roles.layerCount == layers)
    for (position, node) in model.graph.nodes.enumerated() {
      guard ["MatMul", "MatMulInteger", "Gemm", "Add"].contains(node.opType) else {
        #expect(roles[position] == nil)
        continue
      }
      #expect(roles[position] == ExporterName(node.name).place, "\(node.name)")
    }
  }
}

/// What the name says that `torch.onnx.export` gives a node of Hugging Face's ViT, such as
/// `/vit/layers.0/attention/q_proj/MatMul`; quantized products end in `_quant`.
private struct ExporterName {
  let place: NodePlace?

  init(_ name: String) {
    let parts = name.split(separator: "/").map(String.init)
    guard let first = parts.first, let last = parts.last else {
      place = nil
      return
    }
    let isAdd = last.contains("Add")
    if first == "classifier" {
      place =
        isAdd
        ? NodePlace(role: .biasAdd, of: .classifier, block: .head)
        : NodePlace(role: .classifier, block: .head)
    } else if parts[1] == "embeddings" {
      place = NodePlace(role: .positionAdd, block: .embedding)
    } else if parts[1] == "layernorm" {
      place = NodePlace(role: .layerNormAdd, block: .head)
    } else if let layer = Int(parts[1].split(separator: ".")[1]) {
      place = Self.place(layer, Array(parts[2...]), isAdd: isAdd)
    } else {
      place = nil
    }
  }

  private static let linear: [String: NodeRole] = [
    "q_proj": .query, "k_proj": .key, "v_proj": .value, "o_proj": .attentionOutput, "fc1": .fc1,
    "fc2": .fc2,
  ]

  private static func place(_ layer: Int, _ parts: [String], isAdd: Bool) -> NodePlace? {
    let isMLP = ["mlp", "layernorm_after", "Add_1"].contains(parts[0])
    let block: ModelBlock = isMLP ? .mlp : .attention
    func place(_ role: NodeRole, of product: NodeRole? = nil) -> NodePlace {
      NodePlace(role: role, of: product, layer: layer, block: block)
    }
    if parts.count == 1 { return place(.residualAdd) }
    if parts[0].hasPrefix("layernorm") { return place(.layerNormAdd) }
    if let role = linear[parts[1]] { return isAdd ? place(.biasAdd, of: role) : place(role) }
    if parts[1] == "activation_fn" { return place(.geluAdd) }
    return place(parts[1].hasPrefix("MatMul_1") ? .context : .scores)
  }
}
