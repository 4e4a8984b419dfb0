/// What a MatMul, Gemm or Add does in a Vision Transformer.
public enum NodeRole: String, Sendable, Hashable, Codable, CaseIterable {
  /// The projection that makes the queries.
  case query
  /// The projection that makes the keys.
  case key
  /// The projection that makes the values.
  case value
  /// One projection that makes at least two of queries, keys and values.
  case qkv
  /// Q K^T.
  case scores
  /// P V, the product of what Softmax gives with the values.
  case context
  /// The projection of the context back to the width of the tokens.
  case attentionOutput
  /// The first product of an MLP; both where a gate has one of its own.
  case fc1
  /// The second product of an MLP.
  case fc2
  /// A product of the head that no further product follows.
  case classifier
  /// The product that makes tokens of patches, where it is not a Conv.
  case patchEmbedding
  /// The Add of a product's bias, or of a Conv's.
  case biasAdd
  /// The Add that closes a skip connection.
  case residualAdd
  /// The Add of a constant for each token before the first layer.
  case positionAdd
  /// An Add inside a layer normalization that is spelled out.
  case layerNormAdd
  /// An Add inside the activation of an MLP, GELU or another.
  case geluAdd
  /// An Add between Q K^T and its Softmax: a mask, or a bias by relative position.
  case maskAdd
  /// Anything else.
  case other
}

/// The part of a Vision Transformer that a node belongs to.
public enum ModelBlock: String, Sendable, Hashable, Codable, CaseIterable {
  /// Before the first encoder layer.
  case embedding
  /// Attention of an encoder layer, from the normalization before it to its skip connection.
  case attention
  /// The MLP of an encoder layer, from the normalization before it to its skip connection.
  case mlp
  /// After the last encoder layer.
  case head
}

/// The role of one node and where in the model it lies.
public struct NodePlace: Sendable, Hashable, Codable {
  /// What the node does.
  public var role: NodeRole
  /// Of a ``NodeRole/biasAdd``, the role of the product that it biases; a Conv that embeds patches
  /// counts as ``NodeRole/patchEmbedding``. Otherwise nil.
  public var of: NodeRole?
  /// The encoder layer, from 0; nil outside the encoder.
  public var layer: Int?
  /// The part of the model; nil where the model has no attention, and for a node that computes on
  /// shapes and constants alone.
  public var block: ModelBlock?

  /// A node of `role` in `block` of encoder layer `layer`.
  public init(
    role: NodeRole, of product: NodeRole? = nil, layer: Int? = nil, block: ModelBlock? = nil
  ) {
    self.role = role
    of = product
    self.layer = layer
    self.block = block
  }
}
