import ArgumentParser
import OnnxParse
import Synth

extension Architecture: ExpressibleByArgument {
  /// The architecture of that name, or of that size alone.
  public init?(argument: String) {
    guard let architecture = Architecture.named(argument) else { return nil }
    self = architecture
  }

  /// The whole names.
  public static var allValueStrings: [String] { all.map(\.name) }
}

struct SynthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth",
    abstract: "Write a ViT of a known architecture with seeded random weights.",
    discussion: """
      The topology is that of Hugging Face's export for opset 11. A folder receives config.json and \
      preprocessor_config.json as well.
      """)

  @Argument(
    help: ArgumentHelp(
      "vit-tiny-patch16-224, -small-, -base- or -large-, or the size alone.",
      valueName: "architecture"))
  var architecture: Architecture

  @Argument(help: ArgumentHelp("A file that ends in .onnx, or a folder.", valueName: "out"))
  var output: String

  @Option(help: ArgumentHelp("Seed of the weights.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Number of labels.", valueName: "n"))
  var labels = 1000

  func validate() throws {
    if !(1...1_000_000).contains(labels) {
      throw ValidationError("--labels must be between 1 and 1000000")
    }
  }

  func run() throws {
    let location = try OutputLocation(output)
    let model = Synth.model(architecture, seed: seed, labelCount: labels)
    try model.save(to: location.model)
    if location.folder != nil {
      try location.write(
        architecture.configuration(labelCount: labels), as: ModelLocation.configurationName)
      try location.write(
        architecture.preprocessorConfiguration(), as: ModelLocation.preprocessorName)
    }
    let count = model.graph.initializers.reduce(0) { $0 + $1.dims.reduce(1, *) }
    try emit("\(location.model): \(architecture.name), \(count) parameters, seed \(seed)")
  }
}
