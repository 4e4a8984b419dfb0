import Bench
import OnnxParse
import Quant
import ViTEngine
import ViTKernel

/// The model under study, and what all its variants share: threads, packed and quantized weights.
struct StudyModel {
  let model: Model
  let options: QuantizationOptions
  let sessionOptions: SessionOptions
  let executor: Executor
  let input: PixelInput
  private let weights = SharedWeights()
  private let constants = QuantizedConstants()

  init(
    model: Model, options: QuantizationOptions, sessionOptions: SessionOptions, input: PixelInput,
    executor: Executor
  ) {
    self.model = model
    self.options = options
    self.sessionOptions = sessionOptions
    self.input = input
    self.executor = executor
  }

  /// The ONNX model of `variant`, and what was done to each node.
  func quantized(
    _ variant: Variant
  ) throws(QuantizationError) -> (model: Model, plan: QuantizationPlan) {
    var options = options
    options.perChannel = variant.form.perChannel
    options.range = variant.form.range
    options.choosesAllNodes = true
    options.nodeChoices = Dictionary(
      variant.nodes.map { name in
        let form = variant.exceptions[name]
        return (
          name, NodeChoice(quantize: true, perChannel: form?.perChannel, range: form?.range)
        )
      }, uniquingKeysWith: { first, _ in first })
    return try DynamicQuantizer(options: options, constants: constants).quantize(model)
  }

  /// `variant` compiled for batches of `batchSize` images.
  func compile(_ variant: Variant, batchSize: Int = 1) throws -> CompiledVariant {
    let (quantized, plan) = try quantized(variant)
    let session = try Session(
      model: quantized, options: sessionOptions, executor: executor, weights: weights)
    let compiled = try input.plan(of: session, batchSize: batchSize)
    let bytes = plan.constantBytes
    return CompiledVariant(
      variant: variant, plan: compiled,
      scores: try Scores(of: session, compiled, batchSize: batchSize).tensor,
      savedBytes: bytes.before - bytes.after)
  }
}

/// A variant that can be run on one image at a time.
struct CompiledVariant {
  let variant: Variant
  let plan: Plan
  /// The logits of the last run, [images, classes], in the plan's own memory.
  let scores: Tensor
  /// Bytes of constants that quantization saves.
  let savedBytes: Int

  /// Number of steps.
  var count: Int { plan.stepDescriptions.count }
}
