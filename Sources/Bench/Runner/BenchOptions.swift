import Imaging
import Quant
import ViTEngine

/// What a benchmark measures and how.
public struct BenchOptions: Sendable {
  /// Name of the model in the report.
  public var modelName: String
  /// The cells to measure.
  public var grid: Grid
  /// How models are quantized; operators, excluded groups and granularity are each
  /// configuration's own.
  public var quantization: QuantizationOptions
  /// How both models are compiled and run.
  public var session: SessionOptions
  /// How images become pixels.
  public var processor: ProcessorConfig
  /// Which images of a set were taken, in words; nil for all. Only for the record.
  public var imageSelection: String?

  /// Options for the model called `modelName`; the rest is the default of each part.
  public init(
    modelName: String, grid: Grid = .embedded,
    quantization: QuantizationOptions = QuantizationOptions(),
    session: SessionOptions = SessionOptions(), processor: ProcessorConfig = ProcessorConfig()
  ) {
    self.modelName = modelName
    self.grid = grid
    self.quantization = quantization
    self.session = session
    self.processor = processor
  }

  /// The pass that quantizes a model as `configuration` says.
  func quantizer(for configuration: Configuration) -> DynamicQuantizer {
    var quantization = quantization
    quantization.operators = Set(configuration.operatorsToQuantize)
    quantization.excludedGroups = Set(configuration.nodeExclusion)
    quantization.perChannel = configuration.perChannel
    return DynamicQuantizer(options: quantization)
  }
}

extension Grid {
  /// Checks that there is something to measure and that it can be.
  func check() throws(BenchError) {
    guard !configurations.isEmpty else { throw .invalid("no configuration to measure") }
    for configuration in configurations where configuration.operatorsToQuantize.isEmpty {
      throw .invalid("a configuration without operators to quantize")
    }
    guard !batchSizes.isEmpty, batchSizes.allSatisfy({ $0 >= 1 }) else {
      throw .invalid("batch sizes \(batchSizes); there must be one, and each at least 1")
    }
    guard !inputLengths.isEmpty, inputLengths.allSatisfy({ $0 >= 1 }) else {
      throw .invalid("input lengths \(inputLengths); there must be one, and each at least 1")
    }
    guard duration > .zero else { throw .invalid("the duration must be more than 0 s") }
    guard warmups >= 0 else { throw .invalid("\(warmups) warm-ups; at least 0") }
  }
}
