import ViTKernel

extension OperatorRegistry {
  /// Matrix products, convolution, normalisations and reductions.
  static let products: [Entry] =
    [
      Entry(name: "MatMul", versions: [9, 13], inputs: 2...2) { _ in .matMul },
      Entry(
        name: "Gemm", versions: [11, 13], inputs: 2...3,
        attributes: ["alpha", "beta", "transA", "transB"]
      ) { attributes throws(EngineError) in
        .gemm(
          GemmParameters(
            alpha: try attributes.float("alpha", default: 1),
            beta: try attributes.float("beta", default: 1),
            transposeA: try attributes.int("transA", default: 0) != 0,
            transposeB: try attributes.int("transB", default: 0) != 0))
      },
      Entry(
        name: "Conv", versions: [11], inputs: 2...3,
        attributes: ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"]
      ) { attributes throws(EngineError) in
        .conv(try convParameters(attributes))
      },
      Entry(name: "Softmax", versions: [11, 13], inputs: 1...1, attributes: ["axis"]) {
        attributes throws(EngineError) in
        let flattens = attributes.since < 13
        return .softmax(
          axis: try attributes.int("axis", default: flattens ? 1 : -1), flattens: flattens)
      },
      Entry(name: "LogSoftmax", versions: [11, 13], inputs: 1...1, attributes: ["axis"]) {
        attributes throws(EngineError) in
        let flattens = attributes.since < 13
        return .logSoftmax(
          axis: try attributes.int("axis", default: flattens ? 1 : -1), flattens: flattens)
      },
      Entry(
        name: "LayerNormalization", versions: [17], inputs: 2...3,
        attributes: ["axis", "epsilon", "stash_type"]
      ) {
        attributes throws(EngineError) in
        let stash = try attributes.int("stash_type", default: 1)
        guard stash == 1 else { throw attributes.invalid("attribute stash_type is \(stash)") }
        return .layerNormalization(
          axis: try attributes.int("axis", default: -1),
          epsilon: try attributes.float("epsilon", default: 1e-5))
      },
    ] + reductions

  private static let reductions: [Entry] = [
    reduction("ReduceSum", [11, 13], .sum, axesAreInputSince: 13),
    reduction("ReduceMean", [11, 13, 18], .mean, axesAreInputSince: 18),
    reduction("ReduceMax", [11, 12, 13, 18, 20], .max, axesAreInputSince: 18),
    reduction("ReduceMin", [11, 12, 13, 18, 20], .min, axesAreInputSince: 18),
    reduction("ReduceProd", [11, 13, 18], .prod, axesAreInputSince: 18),
    reduction("ReduceL1", [11, 13, 18], .l1, axesAreInputSince: 18),
    reduction("ReduceL2", [11, 13, 18], .l2, axesAreInputSince: 18),
    reduction("ReduceSumSquare", [11, 13, 18], .sumSquare, axesAreInputSince: 18),
    reduction("ReduceLogSum", [11, 13, 18], .logSum, axesAreInputSince: 18),
    reduction("ReduceLogSumExp", [11, 13, 18], .logSumExp, axesAreInputSince: 18),
  ]

  private static func reduction(
    _ name: String, _ versions: [Int64], _ operation: ReduceOperation, axesAreInputSince: Int64
  ) -> Entry {
    Entry(
      name: name, versions: versions, inputs: 1...2,
      earlierInputs: EarlierInputs(before: axesAreInputSince, count: 1...1),
      attributes: [
        "keepdims", AttributeName("axes", until: axesAreInputSince - 1),
        AttributeName("noop_with_empty_axes", since: axesAreInputSince),
      ]
    ) { attributes throws(EngineError) in
      let readsAxes = attributes.since >= axesAreInputSince
      return .reduce(
        operation, axes: readsAxes ? nil : try attributes.ints("axes") ?? [],
        keepDims: try attributes.int("keepdims", default: 1) != 0,
        emptyMeansNone: try attributes.int("noop_with_empty_axes", default: 0) != 0)
    }
  }

  /// The `auto_pad` of convolutions and pooling.
  static func autoPad(_ attributes: AttributeReader) throws(EngineError) -> AutoPad {
    switch try attributes.string("auto_pad") ?? "NOTSET" {
    case "NOTSET": return .notSet
    case "SAME_UPPER": return .sameUpper
    case "SAME_LOWER": return .sameLower
    case "VALID": return .valid
    case let other: throw attributes.invalid("attribute auto_pad is \"\(other)\"")
    }
  }

  private static func convParameters(
    _ attributes: AttributeReader
  ) throws(EngineError) -> ConvParameters {
    ConvParameters(
      dilations: try attributes.ints("dilations") ?? [],
      group: try attributes.int("group", default: 1),
      kernelShape: try attributes.ints("kernel_shape") ?? [],
      pads: try attributes.ints("pads") ?? [],
      strides: try attributes.ints("strides") ?? [], autoPad: try autoPad(attributes))
  }

  /// Operators of quantized tensors.
  static let quantization: [Entry] = [
    Entry(name: "DynamicQuantizeLinear", versions: [11], inputs: 1...1) { _ in
      .dynamicQuantizeLinear
    },
    Entry(
      name: "QuantizeLinear", versions: [10, 13, 19, 21], inputs: 2...3,
      attributes: [
        AttributeName("axis", since: 13), AttributeName("saturate", since: 19),
        AttributeName("block_size", since: 21), AttributeName("output_dtype", since: 21),
      ]
    ) {
      attributes throws(EngineError) in
      .quantizeLinear(
        axis: try attributes.int("axis", default: 1),
        blockSize: try attributes.int("block_size", default: 0),
        outputType: try quantizedType(attributes))
    },
    Entry(
      name: "DequantizeLinear", versions: [10, 13, 19, 21], inputs: 2...3,
      attributes: [AttributeName("axis", since: 13), AttributeName("block_size", since: 21)]
    ) {
      attributes throws(EngineError) in
      .dequantizeLinear(
        axis: try attributes.int("axis", default: 1),
        blockSize: try attributes.int("block_size", default: 0))
    },
    Entry(name: "MatMulInteger", versions: [10], inputs: 2...4) { _ in .matMulInteger },
  ]

  /// `output_dtype` of QuantizeLinear 21, where 0 leaves it to the zero point.
  private static func quantizedType(
    _ attributes: AttributeReader
  ) throws(EngineError) -> ElementType? {
    guard try attributes.int("output_dtype", default: 0) != 0 else { return nil }
    return try attributes.elementType("output_dtype")
  }
}
