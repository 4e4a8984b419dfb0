import Bench
import Imaging
import OnnxParse
import Quant

/// A model that is evaluated.
public struct EvalModel: Sendable {
  /// What reports call it.
  public let name: String
  /// The model.
  public let model: Model
  /// SHA-256 of its file.
  public let digest: ContentDigest
  /// How images become its pixels.
  public let processor: ProcessorConfig

  /// A model called `name`, whose file has the digest `digest`.
  public init(name: String, model: Model, digest: ContentDigest, processor: ProcessorConfig) {
    self.name = name
    self.model = model
    self.digest = digest
    self.processor = processor
  }

  /// The model quantized as `options` say, and what was done to each node.
  ///
  /// - Throws: ``QuantizationError``, or ``OnnxError`` where the result can't be encoded.
  public func quantized(
    _ options: QuantizationOptions
  ) throws -> (model: EvalModel, plan: QuantizationPlan) {
    let (quantized, plan) = try DynamicQuantizer(options: options).quantize(model)
    let digest = ContentDigest(try quantized.encoded())
    return (
      EvalModel(name: "int8", model: quantized, digest: digest, processor: processor), plan
    )
  }
}
