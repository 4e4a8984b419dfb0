import ArgumentParser
import OnnxParse
import TensorIO
import ViTEngine
import ViTKernel

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a model once.",
    discussion: """
      A FILE without NAME belongs to the first input or output that has none. Tensors are .npy or \
      .pb (TensorProto); an input that takes pixels takes a .png or .jpg, made into pixels as \
      preprocessor_config.json beside the model says. Without --output, a summary of each output \
      is printed.
      """)

  @Argument(help: ArgumentHelp("A file or folder.", valueName: "model"))
  var model: String

  @Option(parsing: .singleValue, help: ArgumentHelp("An input.", valueName: "[name=]file"))
  var input: [NamedFile] = []

  @Option(parsing: .singleValue, help: ArgumentHelp("Write an output.", valueName: "[name=]file"))
  var output: [NamedFile] = []

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  func validate() throws {
    for file in output where TensorFile(path: file.value) == nil {
      throw ValidationError("--output \(file.value): the name must end in .npy or .pb")
    }
  }

  func run() throws {
    let location = try ModelLocation(model)
    let session = try Session(model: Model.open(path: location.model), options: engine.session)
    let targets = try NamedFile.assign(output, to: session.outputs.map(\.name), kind: "output")
    var values: [String: Tensor] = [:]
    for (name, file) in try NamedFile.assign(
      input, to: session.inputs.map(\.name), kind: "input")
    {
      guard let description = session.inputs.first(where: { $0.name == name }) else { continue }
      values[name] = try InputFile.read(file, for: description, of: location)
    }
    let results = try session.run(values)
    for (name, file) in targets {
      if let tensor = results[name] { try TensorFile.write(tensor, name: name, to: file) }
    }
    guard targets.isEmpty else { return }
    for description in session.outputs {
      if let tensor = results[description.name] {
        try emit(TensorSummary(tensor).text(name: description.name))
      }
    }
  }
}
