import Quant

/// Everything that a benchmark found out, as `report.json` has it.
public struct BenchReport: Codable, Sendable, Equatable {
  /// Name and version of this layout.
  public static let schema = "vitq.bench/1"

  /// ``schema``, or that of the program that wrote the report.
  public var schema = Self.schema
  /// Where it was measured.
  public var machine: Machine
  /// The model before quantization.
  public var model: ModelSummary
  /// What all configurations share.
  public var parameters: Parameters
  /// The results, in the order of the grid.
  public var configurations: [ConfigurationReport]
}

/// The model that was measured.
public struct ModelSummary: Codable, Sendable, Equatable {
  /// Its name: the file's or folder's.
  public var name: String
  /// Version of ONNX's operator set; nil where the model imports none.
  public var opset: Int?
  /// Nodes of the graph.
  public var nodes: Int
  /// Shape of the input, with the batch as 1 in a benchmark; empty where there are several inputs.
  public var inputShape: [Int]

  enum CodingKeys: String, CodingKey {
    case name, opset, nodes
    case inputShape = "input_shape"
  }

  /// A model of `nodes` nodes called `name`.
  public init(name: String, opset: Int?, nodes: Int, inputShape: [Int]) {
    self.name = name
    self.opset = opset
    self.nodes = nodes
    self.inputShape = inputShape
  }
}

/// What all configurations of a report share.
public struct Parameters: Codable, Sendable, Equatable {
  /// How quantization was done beyond the configuration: `ort`, `optimum-2022`, `vitq`.
  public var preset: String
  /// Which values of an activation share a scale: `image`, `token`; nil for the whole tensor.
  public var range: String?
  /// How much the engine rewrites the graph: `none`, `basic`, `all`.
  public var optimizationLevel: String
  /// Nominal duration of each side of each cell in seconds.
  public var duration: Double
  /// Runs before the first that counts.
  public var warmups: Int
  /// Folder of the images; nil where accuracy was not measured.
  public var images: String?
  /// Which of them were taken, in words; nil for all.
  public var imageSelection: String?

  enum CodingKeys: String, CodingKey {
    case preset, range, images
    case imageSelection = "image_selection"
    case optimizationLevel = "optimization_level"
    case duration = "duration_seconds"
    case warmups = "warmup_runs"
  }
}

/// The results of one configuration.
public struct ConfigurationReport: Codable, Sendable, Equatable {
  /// A size before and after quantization.
  public struct Bytes: Codable, Sendable, Equatable {
    /// Bytes of the fp32 model's file.
    public var original: Int
    /// Bytes of the quantized model's file.
    public var optimized: Int
  }

  /// ``Configuration/operatorsToQuantize``.
  public var operatorsToQuantize: [QuantizedOperator]
  /// ``Configuration/nodeExclusion``.
  public var nodeExclusion: [NodeGroup]
  /// ``Configuration/perChannel``.
  public var perChannel: Bool
  /// How many nodes were quantized, by operator.
  public var quantizedNodes: [String: Int]
  /// Size of the model.
  public var modelBytes: Bytes
  /// Nil where accuracy was not measured.
  public var accuracy: Accuracy?
  /// A cell for each batch size and input length.
  public var time: [TimeCell]

  enum CodingKeys: String, CodingKey {
    case accuracy, time
    case operatorsToQuantize = "operators_to_quantize"
    case nodeExclusion = "node_exclusion"
    case perChannel = "per_channel"
    case quantizedNodes = "quantized_nodes"
    case modelBytes = "model_bytes"
  }
}

/// Times of one configuration at one batch size and input length.
public struct TimeCell: Codable, Sendable, Equatable {
  /// Images in a batch.
  public var batchSize: Int
  /// A column of the published ViT-Base card; it changes nothing for images.
  public var inputLength: Int
  /// The fp32 model.
  public var baseline: TimeMetrics
  /// The quantized model.
  public var optimized: TimeMetrics

  enum CodingKeys: String, CodingKey {
    case baseline, optimized
    case batchSize = "batch_size"
    case inputLength = "input_length"
  }

  /// How many times as fast the quantized model is, by mean latency.
  public var speedup: Double { baseline.latencyMean / optimized.latencyMean }
}
