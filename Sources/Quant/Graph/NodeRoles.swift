import OnnxParse

/// What each MatMul, Gemm and Add of a Vision Transformer does.
///
/// Decided by structure alone: which products a Softmax reads and which read it, which products an
/// activation function lies between, what is constant. Names count for nothing. Models that are
/// quantized are read as well: MatMulInteger counts as a product, quantizing and dequantizing as
/// nothing.
///
/// Read are encoders as Hugging Face and timm export them: queries, keys and values from a product
/// each or from one, layer normalization and GELU fused or spelled out, with or without biases,
/// layer scale and masks.
public struct NodeRoles: Sendable, Hashable, Codable {
  /// The places of all MatMul, MatMulInteger, Gemm and Add nodes of the main graph, by the node's
  /// position in `model.graph.nodes`.
  public let places: [Int: NodePlace]
  /// The number of encoder layers: of attentions.
  public let layerCount: Int

  /// Finds the roles in the main graph of `model`.
  public init(of model: Model) {
    let flow = ActivationFlow(of: model.graph.bypassingQuantization())
    let encoder = EncoderParts(of: flow)
    var assignment = RoleAssignment(flow: flow, encoder: encoder)
    assignment.assign()
    places = assignment.places
    layerCount = encoder.attentions.count
  }

  /// The place of node `position`; nil where it is no MatMul, MatMulInteger, Gemm or Add.
  public subscript(position: Int) -> NodePlace? { places[position] }
}
