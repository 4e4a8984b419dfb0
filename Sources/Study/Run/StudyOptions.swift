import Bench
import Imaging
import Quant
import ViTEngine

/// What is studied, and how.
public struct StudyOptions: Sendable {
  /// Name of the model in the report.
  public var modelName: String
  /// The reference: what *all* means in *all but one*. Its granularity is that of every variant.
  public var quantization: QuantizationOptions
  /// How models are compiled and run.
  public var session = SessionOptions()
  /// How images become pixels.
  public var processor = ProcessorConfig()
  /// What is taken together.
  public var kinds = Set(Subject.Kind.allCases)
  /// Single nodes to study; empty for all.
  public var nodes: [NodeSelector] = []
  /// Whether each node's own error is taken apart.
  public var measuresNodes = true
  /// Images on which saturation is counted at each node.
  public var saturationImages = 8
  /// Whether all combinations of the groups are run.
  public var isFactorial = false
  /// Images in the batches in which it is measured how far an image's neighbours move its logits; 1
  /// or less to leave that out.
  public var batchSize = 8
  /// Images to study, evenly spread over those there are; nil for all.
  public var imageLimit: Int?
  /// Pairs of runs by which the steps of a variant are timed; 0 for none.
  public var timingRuns = 20
  /// Bytes that the values kept between two steps may take for all images; more images than fit
  /// go through in several passes.
  public var checkpointBytes = 1 << 30
  /// The part of the variants and nodes that is run; the fp32 model and the reference are run in each.
  public var shard = Shard.whole

  /// A study of the model called `modelName`, with Add and MatMul as the preset `vitq` quantizes them.
  public init(modelName: String) {
    self.modelName = modelName
    quantization = QuantizationOptions(preset: .vitq)
    quantization.operators = [.matMul, .add]
  }
}
