import ViTKernel

/// An operator with its attributes decoded: what one node of the graph does.
///
/// A case stands for one of ONNX's operators or for several that differ in what they compute only;
/// the two spellings of one thing in different opsets (axes as an attribute or as an input) share a
/// case, and `nil` means that the input gives it. What ``Fused`` holds is made by the engine's own
/// passes.
enum Operator: Sendable {
  case constant(Tensor)
  case identity
  /// Inference: the input, and a mask that keeps everything.
  case dropout
  case unary(UnaryOperation)
  case predicate(FloatPredicate)
  case binary(BinaryOperation)
  case comparison(Comparison)
  case logical(LogicalOperation)
  case variadic(VariadicOperation)
  /// The bounds are inputs where they are nil.
  case clip(lowest: Tensor?, highest: Tensor?)
  case cast(to: ElementType)
  /// Cast to a type that is stored as a wider one: rounded as the type demands.
  case narrow(to: ElementType, saturate: Bool, rounding: PowerRounding)
  /// Cast to the type of the second input.
  case castLike
  case select

  case matMul
  case gemm(GemmParameters)
  case conv(ConvParameters)
  case softmax(axis: Int, flattens: Bool)
  case logSoftmax(axis: Int, flattens: Bool)
  case layerNormalization(axis: Int, epsilon: Float)
  case reduce(ReduceOperation, axes: [Int]?, keepDims: Bool, emptyMeansNone: Bool)

  case dynamicQuantizeLinear
  case quantizeLinear(axis: Int, blockSize: Int, outputType: ElementType?)
  /// QuantizeLinear to a type that is no byte, or by a quotient of lower precision.
  case quantizeNarrow(NarrowQuantization)
  case dequantizeLinear(axis: Int, blockSize: Int)
  case matMulInteger

  case shape(start: Int, end: Int?)
  case size
  case reshape(allowZero: Bool)
  case squeeze(axes: [Int]?)
  case unsqueeze(axes: [Int]?)
  case flatten(axis: Int)
  case transpose(permutation: [Int]?)
  case concat(axis: Int)
  case split(axis: Int, sizes: [Int]?, outputs: Int?)
  /// The bounds are inputs where they are nil.
  case slice(SliceBounds?)
  case gather(axis: Int)
  case expand
  case tile
  /// The amounts are inputs where they are nil.
  case pad(PadMode, PadAmounts?)
  case constantOfShape(Tensor)
  case range
  /// If: the nodes of the branch that the condition chooses.
  case conditional(Branches)

  case image(ImageOperator)
  case indexing(IndexingOperator)
  case transformer(TransformerOperator)
  case quantized(QuantizedOperator)

  case fused(Fused)
}

/// Attributes of Slice before opset 10.
struct SliceBounds: Sendable {
  let starts: [Int]
  let ends: [Int]
  let axes: [Int]?
}

/// Attributes of Pad before opset 11.
struct PadAmounts: Sendable {
  let pads: [Int]
  /// A float.
  let value: Tensor
}

/// Attributes of a QuantizeLinear to any type.
struct NarrowQuantization: Sendable {
  let axis: Int
  let blockSize: Int
  let type: ElementType
  let saturates: Bool
  let precision: ElementType?
}

/// The two branches of an If.
struct Branches: Sendable {
  let then: Branch
  let otherwise: Branch
}

/// A subgraph that reads values of the graph around it and gives `outputs`.
struct Branch: Sendable {
  var nodes: [OperatorNode]
  var outputs: [ValueID]
}

/// A kernel that stands for several nodes.
enum Fused: Sendable {
  /// x [.., K] times a constant weight [K, N], then bias, activation, a factor of each column,
  /// residual. Inputs: x, weight, bias?, residual?, factors?
  case linear(LinearFusion)
  /// The same with a weight that is stored in few bits and computed with in float32. Inputs: x, weight,
  /// scale, zero point?, groups?, bias?, residual?
  case storedLinear(LinearFusion, StoredWeight)
  /// The same over int8. Inputs: quantized x, its scale, its zero point?, weight, weight scale,
  /// weight zero point?, bias?, residual?
  case quantizedLinear(LinearFusion)
  /// Convolution of bytes by a constant weight, in float32. Inputs: quantized image, its scale, its zero
  /// point?, weight, weight scale, weight zero point?, bias?
  case quantizedConv(ConvParameters, Convolution.Layout)
  /// Dynamic quantization of x [.., K] with a scale to each of as many groups of rows as the second
  /// output has elements. Inputs: x. Outputs: bytes, scales, int32 lowest integers
  case rowQuantize
  /// The product of such bytes with a constant weight. Inputs: bytes, scales, lowest integers, weight,
  /// weight scale, weight zero point?, sums of the weight's columns, bias?, residual?
  case rowQuantizedLinear(LinearFusion)
  /// MatMulInteger of two activations with Cast and Mul. Inputs: a, its scale, its zero point?, b,
  /// its scale, its zero point?
  case quantizedMatMul
  /// softmax(query key^T * scale + mask) value over heads. Inputs: query, key, value, mask?
  case attention(AttentionFusion)
  /// Dequantized dynamic quantization of x. Inputs: x
  case fakeQuantize
  /// The same with parameters that are known. Inputs: x, scale, zero point
  case staticFakeQuantize
  /// Operations one after the other. Inputs: x, and what each operation takes
  case elements([ElementOperation])
  /// Sum of two operands of which some are quantized and dequantized first. Inputs: a, b
  case fakeQuantizedAdd(left: Bool, right: Bool)
  /// Convolution whose kernel tiles the image; the output is [B, patches, channels]. Inputs: image,
  /// weight, bias?
  case patchEmbedding(ConvParameters)
}

/// How a weight of integers becomes one of floats.
enum StoredWeight: Hashable, Sendable {
  /// By DequantizeLinear.
  case dequantized(axis: Int, blockSize: Int)
  /// As MatMulNBits stores it.
  case blocks(BlockWeightParameters)
}

/// What is done with the result of a matrix product before it is written.
struct LinearFusion: Sendable {
  var weightIsTransposed = false
  var hasBias = false
  var activation = Activation.none
  var hasResidual = false
  /// After the activation; over float32 only.
  var hasScale = false
}
