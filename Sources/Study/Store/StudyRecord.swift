import Bench
import Foundation
import Quant

/// What a study is made of: enough to tell whether two are of the same.
public struct StudyRecord: Codable, Sendable, Equatable {
  /// Name and version of this layout.
  public static let schema = "vitq.study-record/1"

  /// ``schema``, or that of the program that wrote the file.
  public var schema = Self.schema
  /// Name of the model.
  public var model: String
  /// SHA-256 of the model's file.
  public var modelDigest: ContentDigest
  /// Folder of the images.
  public var imagesPath: String
  /// Digest of the images that are studied.
  public var imagesDigest: ContentDigest
  /// Number of images that are studied.
  public var imageCount: Int
  /// Preset that the reference started from.
  public var preset: String
  /// Operators of the reference.
  public var operators: [QuantizedOperator]
  /// Groups that the reference leaves in fp32.
  public var excludedGroups: [NodeGroup]
  /// Whether each column of a weight has a scale of its own.
  public var perChannel: Bool
  /// Which values of an activation share a scale.
  public var range: ActivationRange
  /// The rest of how constants are quantized, and which nodes are chosen or excluded by name.
  public var constants: String
  /// How images become pixels.
  public var preprocessing: String
  /// Which MatMuls the reference quantizes.
  public var matMulScope: QuantizationOptions.MatMulScope
  /// What is taken together.
  public var kinds: [Subject.Kind]
  /// Selectors of the single nodes; empty for all.
  public var nodes: [String]
  /// Whether all combinations of the groups are run.
  public var isFactorial: Bool
  /// How much the engine rewrites the graph: `none`, `basic`, `all`.
  public var optimizationLevel: String
  /// Bytes that values between two steps may take.
  public var checkpointBytes: Int

  enum CodingKeys: String, CodingKey {
    case schema, model, preset, operators, range, constants, preprocessing, kinds, nodes
    case modelDigest = "model_sha256"
    case imagesPath = "images"
    case imagesDigest = "images_sha256"
    case imageCount = "image_count"
    case excludedGroups = "node_exclusion"
    case perChannel = "per_channel"
    case matMulScope = "matmul_scope"
    case isFactorial = "factorial"
    case optimizationLevel = "optimization_level"
    case checkpointBytes = "checkpoint_bytes"
  }
}

extension StudyRecord {
  init(
    model: String, modelDigest: ContentDigest, imagesPath: String, imagesDigest: ContentDigest,
    imageCount: Int, options: StudyOptions
  ) {
    self.model = model
    self.modelDigest = modelDigest
    self.imagesPath = imagesPath
    self.imagesDigest = imagesDigest
    self.imageCount = imageCount
    let quantization = options.quantization
    preset = quantization.preset.rawValue
    operators = QuantizedOperator.allCases.filter(quantization.operators.contains)
    excludedGroups = NodeGroup.allCases.filter(quantization.excludedGroups.contains)
    perChannel = quantization.perChannel
    range = quantization.range
    let names = [quantization.includeNodes, quantization.excludeNodes].map { $0.map(\.text) }
    constants =
      "\(quantization.weightQuantization), nodes \(names[0]), without \(names[1])"
    preprocessing = "\(options.processor)"
    matMulScope = quantization.matMulScope
    kinds = Subject.Kind.allCases.filter(options.kinds.contains)
    nodes = options.nodes.map(\.text)
    isFactorial = options.isFactorial
    optimizationLevel = options.session.optimization.rawValue
    checkpointBytes = options.checkpointBytes
  }

  /// What of `old` is not the same, in a word; nil where nothing is. Names and places may differ.
  func difference(from old: StudyRecord) -> String? {
    if modelDigest != old.modelDigest { return "model" }
    if imagesDigest != old.imagesDigest || imageCount != old.imageCount { return "set of images" }
    var same = old
    same.model = model
    same.imagesPath = imagesPath
    return same == self ? nil : "choice of options"
  }

  /// Reads what ``encoded()`` wrote to `path`.
  ///
  /// - Throws: ``StudyError/unreadable(file:why:)``.
  static func load(path: String) throws(StudyError) -> StudyRecord {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(file: path, why: "can't be read")
    }
    do {
      return try JSONDecoder().decode(StudyRecord.self, from: data)
    } catch {
      throw .unreadable(file: path, why: "is not what a study writes there")
    }
  }

  /// The record as JSON.
  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }
}
