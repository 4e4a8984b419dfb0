import ViTKernel

extension OperatorRegistry {
  /// Operators of transformers: attention, rotary embedding, normalisations, and what ONNX Runtime's
  /// optimiser fuses.
  static let transformerOperators: [Entry] = attention + rows + contributed

  private static let attention: [Entry] = [
    Entry(
      name: "Attention", versions: [23, 24, 25], inputs: 3...7,
      earlierInputs: EarlierInputs(before: 24, count: 3...6),
      attributes: [
        "is_causal", "kv_num_heads", "q_num_heads", "qk_matmul_output_mode", "scale", "softcap",
        "softmax_precision", AttributeName("left_window_size", since: 25),
        AttributeName("right_window_size", since: 25),
      ], kernel: .float32
    ) { attributes throws(EngineError) in
      .transformer(.attention(try attentionParameters(attributes)))
    },
    Entry(
      name: "LinearAttention", versions: [27], inputs: 3...6,
      attributes: ["chunk_size", "kv_num_heads", "q_num_heads", "scale", "update_rule"]
    ) { attributes throws(EngineError) in
      let name = try attributes.string("update_rule") ?? LinearAttentionRule.gatedDelta.rawValue
      guard let rule = LinearAttentionRule(rawValue: name) else {
        throw attributes.invalid("attribute update_rule is \"\(name)\"")
      }
      let scale = try attributes.float("scale", default: 0)
      return .transformer(
        .linearAttention(
          LinearAttentionParameters(
            heads: try attributes.required("q_num_heads"),
            keyHeads: try attributes.required("kv_num_heads"), scale: scale == 0 ? nil : scale,
            rule: rule)))
    },
    Entry(
      name: "CausalConvWithState", versions: [27], inputs: 2...4, attributes: ["activation"]
    ) { attributes throws(EngineError) in
      let activation = try attributes.choice("activation", of: ["none", "silu", "swish"])
      return .transformer(.causalConvolution(swish: activation != "none"))
    },
    Entry(
      name: "RotaryEmbedding", versions: [23], inputs: 3...4,
      attributes: ["interleaved", "num_heads", "rotary_embedding_dim"], kernel: .float32
    ) { attributes throws(EngineError) in
      .transformer(.rotaryEmbedding(try rotaryParameters(attributes)))
    },
  ]

  private static let rows: [Entry] = [
    Entry(
      name: "RMSNormalization", versions: [23], inputs: 2...2,
      attributes: ["axis", "epsilon", "stash_type"], kernel: .float32
    ) { attributes throws(EngineError) in
      .transformer(try rmsNormalization(attributes))
    },
    // ONNX Runtime's own, which it puts among ONNX's.
    Entry(
      name: "SimplifiedLayerNormalization", versions: [1], inputs: 2...2,
      attributes: ["axis", "epsilon", "stash_type"], kernel: .float32
    ) { attributes throws(EngineError) in
      .transformer(try rmsNormalization(attributes))
    },
    Entry(
      name: "SwiGLU", versions: [28], inputs: 2...2, attributes: ["alpha"], kernel: .float32
    ) { attributes throws(EngineError) in
      .transformer(.swiGLU(alpha: try attributes.float("alpha", default: 1)))
    },
  ]

  private static func attentionParameters(
    _ attributes: AttributeReader
  ) throws(EngineError) -> AttentionParameters {
    let mode = try attributes.int("qk_matmul_output_mode", default: 0)
    guard let scores = AttentionScores(rawValue: mode) else {
      throw attributes.invalid("attribute qk_matmul_output_mode is \(mode)")
    }
    return AttentionParameters(
      heads: try attributes.int("q_num_heads"), keyHeads: try attributes.int("kv_num_heads"),
      scale: try attributes.float("scale"), softcap: try attributes.float("softcap", default: 0),
      isCausal: try attributes.flag("is_causal"),
      leftWindow: try window("left_window_size", attributes),
      rightWindow: try window("right_window_size", attributes), scores: scores)
  }

  /// How far a query sees on one side; nil where -1 says that there is no limit.
  private static func window(
    _ name: String, _ attributes: AttributeReader
  ) throws(EngineError) -> Int? {
    let size = try attributes.int(name, default: -1)
    guard size >= -1 else { throw attributes.invalid("attribute \(name) is \(size)") }
    return size < 0 ? nil : size
  }

  static func rotaryParameters(
    _ attributes: AttributeReader
  ) throws(EngineError) -> RotaryParameters {
    let heads = try attributes.int("num_heads", default: 0)
    let rotated = try attributes.int("rotary_embedding_dim", default: 0)
    guard heads >= 0, rotated >= 0 else {
      throw attributes.invalid("num_heads is \(heads), rotary_embedding_dim \(rotated)")
    }
    return RotaryParameters(
      heads: heads == 0 ? nil : heads, rotated: rotated == 0 ? nil : rotated,
      interleaved: try attributes.flag("interleaved"))
  }

  private static func rmsNormalization(
    _ attributes: AttributeReader
  ) throws(EngineError) -> TransformerOperator {
    let stash = try attributes.int("stash_type", default: 1)
    guard stash == 1 else { throw attributes.invalid("attribute stash_type is \(stash)") }
    return .rmsNormalization(
      axis: try attributes.int("axis", default: -1),
      epsilon: try attributes.float("epsilon", default: 1e-5))
  }
}
