import ViTKernel

extension OperatorRegistry {
  /// com.microsoft's operators over floats that ONNX Runtime's optimiser writes.
  static let contributed: [Entry] = contributedAttention + activations + contributedProducts + sums

  private static let contributedAttention: [Entry] = [
    Entry(
      domain: .microsoft, name: "Attention", versions: [1], inputs: 2...7,
      attributes: [
        "do_rotary", "mask_filter_value", "num_heads", "past_present_share_buffer",
        "qkv_hidden_sizes", "rotary_embedding_dim", "scale", "unidirectional",
      ], kernel: .float32
    ) { attributes throws(EngineError) in
      for name in ["do_rotary", "past_present_share_buffer"] where try attributes.flag(name) {
        throw attributes.unsupported("attribute \(name)")
      }
      try refuse(inputsFrom: 6, attributes)
      return .transformer(
        .packedAttention(
          PackedAttentionParameters(
            shared: try sharedAttention(attributes),
            widths: try attributes.ints("qkv_hidden_sizes"))))
    },
    Entry(
      domain: .microsoft, name: "MultiHeadAttention", versions: [1], inputs: 1...10,
      attributes: ["mask_filter_value", "num_heads", "scale", "unidirectional"], kernel: .float32
    ) { attributes throws(EngineError) in
      try refuse(inputsFrom: 8, attributes)
      return .transformer(
        .multiHeadAttention(MultiHeadParameters(shared: try sharedAttention(attributes))))
    },
    Entry(
      domain: .microsoft, name: "RotaryEmbedding", versions: [1], inputs: 4...4,
      attributes: [
        "interleaved", "is_packed_batching", "num_heads", "rotary_embedding_dim", "scale",
      ], kernel: .float32
    ) { attributes throws(EngineError) in
      if try attributes.flag("is_packed_batching") {
        throw attributes.unsupported("attribute is_packed_batching")
      }
      return .transformer(.contributedRotary(try rotaryParameters(attributes)))
    },
  ]

  private static let activations: [Entry] = [
    Entry(
      domain: .microsoft, name: "Gelu", versions: [1], inputs: 1...1, kernel: .float32
    ) { _ in .unary(.gelu(.none)) },
    Entry(
      domain: .microsoft, name: "QuickGelu", versions: [1], inputs: 1...1, attributes: ["alpha"],
      kernel: .float32
    ) { attributes throws(EngineError) in
      .unary(.swish(alpha: try attributes.float("alpha", default: 1.702)))
    },
    Entry(
      domain: .microsoft, name: "BiasGelu", versions: [1], inputs: 2...2, kernel: .float32
    ) { _ in .transformer(.biasGelu(.none)) },
    Entry(
      domain: .microsoft, name: "FastGelu", versions: [1], inputs: 1...2, kernel: .float32
    ) { attributes in
      attributes.hasInput(1) ? .transformer(.biasGelu(.tanh)) : .unary(.gelu(.tanh))
    },
  ]

  private static let contributedProducts: [Entry] = [
    Entry(
      domain: .microsoft, name: "FusedMatMul", versions: [1], inputs: 2...2,
      attributes: ["alpha", "transA", "transB", "transBatchA", "transBatchB"], kernel: .float32
    ) { attributes throws(EngineError) in
      .transformer(
        .fusedMatMul(
          FusedMatMulParameters(
            alpha: try attributes.float("alpha", default: 1),
            a: OperandTransposition(
              matrix: try attributes.flag("transA"), batch: try attributes.flag("transBatchA")),
            b: OperandTransposition(
              matrix: try attributes.flag("transB"), batch: try attributes.flag("transBatchB")))))
    },
    Entry(
      domain: .microsoft, name: "FusedGemm", versions: [1], inputs: 2...3,
      attributes: [
        "activation", "activation_alpha", "activation_beta", "activation_gamma", "alpha", "beta",
        "transA", "transB",
      ], kernel: .float32
    ) { attributes throws(EngineError) in
      .transformer(.fusedGemm(try gemmParameters(attributes), try gemmActivation(attributes)))
    },
    Entry(
      domain: .microsoft, name: "FusedConv", versions: [1], inputs: 2...4,
      attributes: [
        "activation", "activation_params", "auto_pad", "dilations", "group", "kernel_shape", "pads",
        "strides",
      ], kernel: .float32
    ) { attributes throws(EngineError) in
      .transformer(.fusedConv(try convParameters(attributes), try convActivation(attributes)))
    },
  ]

  private static let sums: [Entry] = [
    Entry(
      domain: .microsoft, name: "SkipLayerNormalization", versions: [1], inputs: 3...5,
      attributes: ["epsilon"], kernel: .float32
    ) { attributes throws(EngineError) in
      .transformer(.skipNormalization(try skipParameters(attributes, isCentered: true)))
    },
    Entry(
      domain: .microsoft, name: "SkipSimplifiedLayerNormalization", versions: [1], inputs: 3...4,
      attributes: ["epsilon"], kernel: .float32
    ) { attributes throws(EngineError) in
      .transformer(.skipNormalization(try skipParameters(attributes, isCentered: false)))
    },
  ]

  /// Inputs that only decoding over a shared buffer has.
  private static func refuse(
    inputsFrom position: Int, _ attributes: AttributeReader
  ) throws(EngineError) {
    for place in position..<10 where attributes.hasInput(place) {
      throw attributes.unsupported("input \(place), which belongs to a shared buffer")
    }
  }

  private static func sharedAttention(
    _ attributes: AttributeReader
  ) throws(EngineError) -> ContributedAttention {
    let heads = try attributes.required("num_heads")
    guard heads > 0 else { throw attributes.invalid("attribute num_heads is \(heads)") }
    let scale = try attributes.float("scale", default: 0)
    return ContributedAttention(
      heads: heads, scale: scale == 0 ? nil : scale,
      filter: try attributes.float("mask_filter_value", default: -10_000),
      isCausal: try attributes.flag("unidirectional"))
  }

  private static func skipParameters(
    _ attributes: AttributeReader, isCentered: Bool
  ) throws(EngineError) -> SkipParameters {
    SkipParameters(
      epsilon: try attributes.float("epsilon", default: 1e-12), isCentered: isCentered)
  }

  private static func gemmActivation(
    _ attributes: AttributeReader
  ) throws(EngineError) -> FusedActivation? {
    guard let name = try attributes.string("activation"), !name.isEmpty else { return nil }
    let parameters = [
      try attributes.float("activation_alpha"), try attributes.float("activation_beta"),
    ]
    return try activation(name, parameters.compactMap(\.self), attributes)
  }

  private static func convActivation(
    _ attributes: AttributeReader
  ) throws(EngineError) -> FusedActivation? {
    guard let name = try attributes.string("activation"), !name.isEmpty else { return nil }
    return try activation(name, try attributes.floats("activation_params") ?? [], attributes)
  }

  /// The activation that ONNX's operator of that name is, with its attributes in their order there.
  private static func activation(
    _ name: String, _ parameters: [Float], _ attributes: AttributeReader
  ) throws(EngineError) -> FusedActivation {
    func parameter(_ place: Int, _ fallback: Float) -> Float {
      place < parameters.count ? parameters[place] : fallback
    }
    switch name {
    case "Relu": return .unary(.relu)
    case "Sigmoid": return .unary(.sigmoid)
    case "Tanh": return .unary(.tanh)
    case "Softplus": return .unary(.softplus)
    case "Softsign": return .unary(.softsign)
    case "LeakyRelu": return .unary(.leakyRelu(alpha: parameter(0, 0.01)))
    case "Elu": return .unary(.elu(alpha: parameter(0, 1)))
    case "HardSigmoid":
      return .unary(.hardSigmoid(alpha: parameter(0, 0.2), beta: parameter(1, 0.5)))
    case "Clip":
      return .clip(
        lowest: parameter(0, -.greatestFiniteMagnitude),
        highest: parameter(1, .greatestFiniteMagnitude))
    default: throw attributes.unsupported("activation \(name)")
    }
  }
}
