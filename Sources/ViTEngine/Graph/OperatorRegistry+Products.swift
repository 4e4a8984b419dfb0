import ViTKernel

extension OperatorRegistry {
  /// Matrix products, convolution, normalisations and reductions.
  static let products: [Entry] =
    [
      Entry(
        name: "MatMul", versions: [1, 9, 13], inputs: 2...2, types: .numbers, kernel: .float32
      ) { _ in .matMul },
      Entry(
        name: "Gemm", versions: [7, 9, 11, 13], inputs: 2...3,
        earlierInputs: EarlierInputs(before: 11, count: 3...3),
        attributes: ["alpha", "beta", "transA", "transB"], kernel: .float32
      ) { attributes throws(EngineError) in
        .gemm(try gemmParameters(attributes))
      },
      Entry(
        name: "Conv", versions: [1, 11, 22], inputs: 2...3,
        attributes: ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"],
        kernel: .float32
      ) { attributes throws(EngineError) in
        .conv(try convParameters(attributes))
      },
      Entry(
        name: "Softmax", versions: [1, 11, 13], inputs: 1...1, attributes: ["axis"],
        kernel: .float32
      ) {
        attributes throws(EngineError) in
        let flattens = attributes.since < 13
        return .softmax(
          axis: try attributes.int("axis", default: flattens ? 1 : -1), flattens: flattens)
      },
      Entry(name: "LogSoftmax", versions: [1, 11, 13], inputs: 1...1, attributes: ["axis"]) {
        attributes throws(EngineError) in
        let flattens = attributes.since < 13
        return .logSoftmax(
          axis: try attributes.int("axis", default: flattens ? 1 : -1), flattens: flattens)
      },
      Entry(
        // Version 1 is ONNX Runtime's, which its optimiser writes into models of any opset.
        name: "LayerNormalization", versions: [1, 17], inputs: 2...3,
        attributes: ["axis", "epsilon", "stash_type"], kernel: .float32
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
    reduction("ReduceSum", [1, 11, 13], .sum, axesAreInputSince: 13),
    reduction("ReduceMean", [1, 11, 13, 18], .mean, axesAreInputSince: 18),
    reduction("ReduceMax", [1, 11, 12, 13, 18, 20], .max, axesAreInputSince: 18),
    reduction("ReduceMin", [1, 11, 12, 13, 18, 20], .min, axesAreInputSince: 18),
    reduction("ReduceProd", [1, 11, 13, 18], .prod, axesAreInputSince: 18),
    reduction("ReduceL1", [1, 11, 13, 18], .l1, axesAreInputSince: 18),
    reduction("ReduceL2", [1, 11, 13, 18], .l2, axesAreInputSince: 18),
    reduction("ReduceSumSquare", [1, 11, 13, 18], .sumSquare, axesAreInputSince: 18),
    reduction("ReduceLogSum", [1, 11, 13, 18, 28], .logSum, axesAreInputSince: 18),
    reduction("ReduceLogSumExp", [1, 11, 13, 18, 28], .logSumExp, axesAreInputSince: 18),
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
      ], types: .numbers,
      kernel: [.prod, .l1, .logSum, .logSumExp].contains(operation) ? .reference : .float32
    ) { attributes throws(EngineError) in
      let readsAxes = attributes.since >= axesAreInputSince
      return .reduce(
        operation, axes: readsAxes ? nil : try attributes.ints("axes") ?? [],
        keepDims: try attributes.int("keepdims", default: 1) != 0,
        emptyMeansNone: try attributes.int("noop_with_empty_axes", default: 0) != 0)
    }
  }

  static func gemmParameters(
    _ attributes: AttributeReader
  ) throws(EngineError) -> GemmParameters {
    GemmParameters(
      alpha: try attributes.float("alpha", default: 1),
      beta: try attributes.float("beta", default: 1), transposeA: try attributes.flag("transA"),
      transposeB: try attributes.flag("transB"))
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

  static func convParameters(
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
    Entry(
      name: "DynamicQuantizeLinear", versions: [11], inputs: 1...1, types: .quantized,
      kernel: .int8
    ) { _ in
      .dynamicQuantizeLinear
    },
    Entry(
      name: "QuantizeLinear", versions: [10, 13, 19, 21, 23, 24, 25, 28], inputs: 2...3,
      attributes: [
        AttributeName("axis", since: 13), AttributeName("saturate", since: 19),
        AttributeName("block_size", since: 21), AttributeName("output_dtype", since: 21),
        AttributeName("precision", since: 23),
      ], types: .narrow, kernel: .int8
    ) { attributes throws(EngineError) in try quantizeLinear(attributes) },
    Entry(
      name: "DequantizeLinear", versions: [10, 13, 19, 21, 23, 24, 25, 28], inputs: 2...3,
      attributes: [
        AttributeName("axis", since: 13), AttributeName("block_size", since: 21),
        AttributeName("output_dtype", since: 23),
      ], types: .narrow, kernel: .int8
    ) {
      attributes throws(EngineError) in
      if let type = try elementTypeOrZero("output_dtype", attributes), type.computed != .float32 {
        throw attributes.invalid("attribute output_dtype is \(type), no float")
      }
      return .dequantizeLinear(
        axis: try attributes.int("axis", default: 1),
        blockSize: try attributes.int("block_size", default: 0))
    },
    Entry(
      name: "MatMulInteger", versions: [10], inputs: 2...4, types: .quantized, kernel: .int8
    ) { _ in .matMulInteger },
  ]

  /// Bytes and what has kernels for them, or any other type that is declared.
  private static func quantizeLinear(
    _ attributes: AttributeReader
  ) throws(EngineError) -> Operator {
    let axis = try attributes.int("axis", default: 1)
    let blockSize = try attributes.int("block_size", default: 0)
    let output = try elementTypeOrZero("output_dtype", attributes)
    let zeroPoint = attributes.types.input(2)
    if let output, let zeroPoint, output != zeroPoint {
      throw attributes.invalid("attribute output_dtype is \(output), the zero point \(zeroPoint)")
    }
    let type = zeroPoint ?? output
    var precision = try elementTypeOrZero("precision", attributes)
    if precision == .float32 { precision = nil }
    guard let type, precision != nil || ![.int8, .uint8].contains(type) else {
      guard precision == nil else {
        throw attributes.invalid("attribute precision without a declared type of the result")
      }
      return .quantizeLinear(axis: axis, blockSize: blockSize, outputType: type)
    }
    return .quantizeNarrow(
      NarrowQuantization(
        axis: axis, blockSize: blockSize, type: type,
        saturates: try attributes.flag("saturate", default: true), precision: precision))
  }

  /// The element type that an attribute names, where 0 leaves it open.
  private static func elementTypeOrZero(
    _ name: String, _ attributes: AttributeReader
  ) throws(EngineError) -> ElementType? {
    try attributes.int(name, default: 0) == 0 ? nil : try attributes.elementType(name)
  }
}
