import ArgumentParser
import Quant

extension QuantizationOptions.Preset: ExpressibleByArgument {}
extension QuantizedOperator: ExpressibleByArgument {}
extension NodeGroup: ExpressibleByArgument {}
extension WeightType: ExpressibleByArgument {}
extension ActivationRange: ExpressibleByArgument {}

/// Whether each column of a weight has a scale of its own.
enum Granularity: String, EnumerableFlag {
  case perChannel
  case perTensor

  static func help(for value: Granularity) -> ArgumentHelp? {
    value == .perChannel ? "A scale for each column of a weight." : "A scale for each weight."
  }
}

/// What is quantized: the options that `bench` and `quantize` share.
struct QuantizationArguments: ParsableArguments {
  @Option(
    name: .customLong("op"),
    help: ArgumentHelp("Operators to quantize, such as MatMul,Add.", valueName: "operators"))
  var operators: CommaList<QuantizedOperator>?

  @Option(
    help: ArgumentHelp(
      "Groups of nodes to leave in fp32, such as gelu,residual: residual are the Adds that close "
        + "a skip connection, gather those that read a Gather, softmax those that a Softmax reads.",
      valueName: "groups"))
  var exclude: CommaList<NodeGroup>?

  @Flag(exclusivity: .exclusive)
  var granularity: Granularity?

  @Option(
    help: ArgumentHelp("The choices to start from; vitq by default.", valueName: "name"))
  var preset: QuantizationOptions.Preset?

  @Option(
    help: ArgumentHelp(
      "What of an activation of a weight shares a scale: tensor, the default; image, so that an "
        + "image's result does not depend on its batch; token.", valueName: "range"))
  var range: ActivationRange?

  /// True where anything was chosen.
  var isGiven: Bool { isOneConfiguration || preset != nil || range != nil }

  /// False where nothing says which configuration is meant, so that several may be.
  var isOneConfiguration: Bool { operators != nil || exclude != nil || granularity != nil }

  /// The preset with the choices that were made beside it.
  func options() -> QuantizationOptions {
    var options = QuantizationOptions(preset: preset ?? .vitq)
    if let range { options.range = range }
    if let operators { options.operators = Set(operators.elements) }
    if let exclude { options.excludedGroups = Set(exclude.elements) }
    if let granularity { options.perChannel = granularity == .perChannel }
    return options
  }
}
