import ViTKernel

extension OperatorRegistry {
  /// Operators over quantized tensors beside QuantizeLinear and its kin.
  static let quantizedOperators: [Entry] =
    quantizedProducts + quantizedElements + [
      Entry(
        name: "QLinearMatMul", versions: [10, 21], inputs: 8...8, types: .quantized, kernel: .int8
      ) { _ in .quantized(.qLinearMatMul) },
      Entry(
        name: "QLinearConv", versions: [10], inputs: 8...9, attributes: convAttributes,
        types: .quantized, kernel: .int8
      ) { attributes throws(EngineError) in
        .quantized(.qLinearConv(try convParameters(attributes), channelsLast: false))
      },
      Entry(
        name: "ConvInteger", versions: [10], inputs: 2...4, attributes: convAttributes,
        types: .quantized, kernel: .int8
      ) { attributes throws(EngineError) in
        .quantized(.convInteger(try convParameters(attributes)))
      },
    ]

  private static let convAttributes: [AttributeName] = [
    "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides",
  ]

  /// Products of com.microsoft.
  private static let quantizedProducts: [Entry] = [
    Entry(
      domain: .microsoft, name: "QGemm", versions: [1], inputs: 6...9,
      attributes: ["alpha", "transA", "transB"], types: .quantized, kernel: .int8
    ) { attributes throws(EngineError) in
      .quantized(
        .qGemm(
          GemmParameters(
            alpha: try attributes.float("alpha", default: 1),
            transposeA: try attributes.flag("transA"), transposeB: try attributes.flag("transB"))))
    },
    Entry(
      domain: .microsoft, name: "MatMulIntegerToFloat", versions: [1], inputs: 4...7,
      types: .quantized, kernel: .int8
    ) { _ in .quantized(.matMulIntegerToFloat) },
    Entry(
      domain: .microsoft, name: "DynamicQuantizeMatMul", versions: [1], inputs: 3...5,
      kernel: .int8
    ) { _ in .quantized(.dynamicQuantizeMatMul) },
    Entry(
      domain: .microsoft, name: "QAttention", versions: [1], inputs: 5...9,
      attributes: [
        "num_heads", "unidirectional", "scale", "mask_filter_value", "do_rotary",
        "past_present_share_buffer",
      ], types: .quantized, kernel: .int8
    ) { attributes throws(EngineError) in try quantizedAttention(attributes) },
    Entry(
      domain: .microsoft, name: "MatMulNBits", versions: [1], inputs: 3...6,
      attributes: ["K", "N", "bits", "block_size", "accuracy_level", "weight_prepacked"],
      kernel: .float32
    ) { attributes throws(EngineError) in try matMulNBits(attributes) },
  ]

  private static func quantizedAttention(
    _ attributes: AttributeReader
  ) throws(EngineError) -> Operator {
    for name in ["do_rotary", "past_present_share_buffer"] where try attributes.flag(name) {
      throw EngineError(.unsupported("QAttention with \(name)"), node: attributes.label)
    }
    guard attributes.node.inputs.count < 9 || attributes.node.inputs[8].isEmpty else {
      throw EngineError(.unsupported("QAttention with a past"), node: attributes.label)
    }
    let scale = try attributes.float("scale", default: 0)
    return .quantized(
      .attention(
        QuantizedAttentionParameters(
          heads: try attributes.required("num_heads"), scale: scale == 0 ? nil : scale,
          isCausal: try attributes.flag("unidirectional"),
          maskValue: try attributes.float("mask_filter_value", default: -10_000))))
  }

  private static func matMulNBits(
    _ attributes: AttributeReader
  ) throws(EngineError) -> Operator {
    guard try attributes.int("weight_prepacked", default: 0) == 0 else {
      throw EngineError(
        .unsupported("MatMulNBits of a weight that is packed for one processor"),
        node: attributes.label)
    }
    // accuracy_level lets a runtime compute with fewer bits, which it need not.
    let (inputs, outputs) = (try attributes.required("K"), try attributes.required("N"))
    let blockSize = try attributes.required("block_size")
    let bits = try attributes.int("bits", default: 4)
    do {
      return .quantized(
        .matMulNBits(
          try BlockWeightParameters(
            inputs: inputs, outputs: outputs, bits: bits, blockSize: blockSize)))
    } catch {
      throw EngineError(attributes.label, error)
    }
  }

  /// Operators of com.microsoft over elements, axes and windows.
  private static let quantizedElements: [Entry] = [
    binary("QLinearAdd", .add),
    binary("QLinearMul", .mul),
    Entry(
      domain: .microsoft, name: "QLinearWhere", versions: [1], inputs: 9...9, types: .quantized,
      kernel: .int8
    ) { _ in .quantized(.qLinearWhere) },
    Entry(
      domain: .microsoft, name: "QLinearSigmoid", versions: [1], inputs: 4...5, types: .quantized,
      kernel: .int8
    ) { _ in .quantized(.qLinearUnary(.sigmoid)) },
    Entry(
      domain: .microsoft, name: "QLinearLeakyRelu", versions: [1], inputs: 4...5,
      attributes: ["alpha"], types: .quantized, kernel: .int8
    ) { attributes throws(EngineError) in
      .quantized(
        .qLinearUnary(.leakyRelu(alpha: try attributes.float("alpha", default: 0.01))))
    },
    Entry(
      domain: .microsoft, name: "QLinearSoftmax", versions: [1], inputs: 5...5,
      attributes: ["axis", "opset"], types: .quantized, kernel: .int8
    ) { attributes throws(EngineError) in
      let flattens = try attributes.required("opset") < 13
      return .quantized(
        .qLinearSoftmax(
          axis: try attributes.int("axis", default: flattens ? 1 : -1), flattens: flattens))
    },
    Entry(
      domain: .microsoft, name: "QLinearGlobalAveragePool", versions: [1], inputs: 5...5,
      attributes: ["channels_last"], types: .quantized
    ) { attributes throws(EngineError) in
      .quantized(
        .qLinearAveragePool(
          PoolParameters(), countsPadding: false,
          channelsLast: try attributes.flag("channels_last")))
    },
    Entry(
      domain: .microsoft, name: "QLinearAveragePool", versions: [1], inputs: 4...5,
      attributes: [
        "auto_pad", "ceil_mode", "channels_last", "count_include_pad", "kernel_shape", "pads",
        "strides",
      ], types: .quantized
    ) { attributes throws(EngineError) in
      .quantized(
        .qLinearAveragePool(
          try window(attributes), countsPadding: try attributes.flag("count_include_pad"),
          channelsLast: try attributes.flag("channels_last")))
    },
    Entry(
      domain: .microsoft, name: "QLinearConv", versions: [1], inputs: 8...9,
      attributes: convAttributes + ["channels_last"], types: .quantized, kernel: .int8
    ) { attributes throws(EngineError) in
      .quantized(
        .qLinearConv(
          try convParameters(attributes),
          channelsLast: try attributes.flag("channels_last")))
    },
    Entry(
      domain: .microsoft, name: "QLinearConcat", versions: [1], inputs: 5...Int.max,
      attributes: ["axis"], types: .quantized, kernel: .int8
    ) { attributes throws(EngineError) in
      guard attributes.node.inputs.count % 3 == 2 else {
        throw attributes.invalid(
          "\(attributes.node.inputs.count) inputs; QLinearConcat takes 2 and 3 for each part")
      }
      return .quantized(.qLinearConcat(axis: try attributes.required("axis")))
    },
    Entry(
      domain: .microsoft, name: "QuantizeLinear", versions: [1], inputs: 2...3,
      attributes: ["axis"], types: .quantized, kernel: .int8
    ) { attributes throws(EngineError) in
      .quantizeLinear(
        axis: try attributes.int("axis", default: 1), blockSize: 0, outputType: nil)
    },
    Entry(
      domain: .microsoft, name: "DequantizeLinear", versions: [1], inputs: 2...3,
      attributes: ["axis"], types: .quantized, kernel: .int8
    ) { attributes throws(EngineError) in
      .dequantizeLinear(axis: try attributes.int("axis", default: 1), blockSize: 0)
    },
  ]

  private static func binary(_ name: String, _ operation: BinaryOperation) -> Entry {
    Entry(
      domain: .microsoft, name: name, versions: [1], inputs: 7...8, types: .quantized,
      kernel: .int8
    ) { _ in .quantized(.qLinearBinary(operation)) }
  }
}
