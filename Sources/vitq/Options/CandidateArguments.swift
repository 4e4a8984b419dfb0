import ArgumentParser
import Bench
import Eval
import Imaging
import OnnxParse
import Quant

/// What a model is compared with.
struct CandidateArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Compare with int8, the model quantized as the options below say, with what a plan file (.json) "
        + "says, or with another model.", valueName: "what"))
  var compare: String?

  @OptionGroup(title: "What to compare with: how int8 is quantized")
  var quantization: QuantizationArguments

  private static let int8 = "int8"

  func validate() throws {
    if let compare, compare != Self.int8, quantization.isGiven {
      throw ValidationError(
        "the options that say what is quantized go with --compare int8, not with \(compare)")
    }
  }

  /// What `model`, which was read from `location`, is compared with; nil where nothing says so.
  func candidate(of model: EvalModel, at location: ModelLocation) throws -> EvalModel? {
    switch compare {
    case nil where !quantization.isGiven: return nil
    case nil, Self.int8: return try model.int8(quantization.options())
    case let file? where file.hasSuffix(".json"):
      let plan = try PlanFile.load(path: file)
      if let digest = plan.modelDigest, model.digest.hex != digest {
        warn("\(file): made for another model than \(location.model), by its SHA-256")
      }
      do {
        return try model.int8(plan.quantizationOptions)
      } catch let error as QuantizationError {
        throw CommandError("\(file): \(error)")
      }
    case let path?:
      let other = try ModelLocation(path)
      if let own = try location.labels(), let others = try other.labels(), own != others {
        throw CommandError("\(path): its config.json has other labels than \(location.model)'s")
      }
      return try EvalModel(other)
    }
  }
}

extension EvalModel {
  /// The model at `location`.
  init(_ location: ModelLocation) throws {
    guard let preprocessor = location.preprocessor else {
      throw CommandError(
        "\(location.folder): \(ModelLocation.preprocessorName) is missing, so how an image becomes "
          + "pixels is not known")
    }
    self.init(
      name: location.name, model: try Model.open(path: location.model),
      digest: try ContentDigest(file: location.model), processor: try .load(path: preprocessor))
  }

  /// The model quantized as `options` say; warnings go to standard error.
  func int8(_ options: QuantizationOptions) throws -> EvalModel {
    let (quantized, plan) = try quantized(options)
    plan.warnings.forEach(warn)
    return quantized
  }
}
