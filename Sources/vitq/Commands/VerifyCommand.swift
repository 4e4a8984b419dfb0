import ArgumentParser
import TensorIO

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Run ONNX test folders and compare the outputs with the expected ones.",
    discussion: """
      A test is a folder with model.onnx and test_data_set_N/input_M.pb, output_M.pb; folders are \
      searched through. Values may differ by atol + rtol * |expected|; integers may not differ. \
      Outputs of a dynamically quantized model that another engine stored mostly differ by more: a \
      rounding that falls to the other side grows from layer to layer. Give such a model a larger \
      --atol; docs/quantization.md says how large. Exits with 1 if any test fails.
      """)

  @Argument(help: ArgumentHelp("Folders with tests.", valueName: "dir"))
  var folders: [String]

  @Option(help: ArgumentHelp("Allowed difference relative to the expected value.", valueName: "r"))
  var rtol = Tolerance().relative

  @Option(help: ArgumentHelp("Allowed absolute difference.", valueName: "a"))
  var atol = Tolerance().absolute

  @Flag(help: "Tests of what the engine says that it does not have are listed, but fail nothing.")
  var allowUnsupported = false

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  func validate() throws {
    if !(rtol >= 0 && atol >= 0) { throw ValidationError("--rtol and --atol must not be negative") }
  }

  func run() throws {
    let tolerance = Tolerance(relative: rtol, absolute: atol)
    let cases = try folders.flatMap { try TestCase.find(under: $0) }
    var (passed, unsupported) = (0, 0)
    for test in cases {
      switch test.run(options: engine.session, tolerance: tolerance) {
      case .passed:
        passed += 1
        try emit("ok    \(test.path)")
      case .differs(let how): try emit("FAIL  \(test.path): \(how)")
      case .failed(let why): try emit("ERROR \(test.path): \(why)")
      case .unsupported(let what):
        unsupported += 1
        try emit("SKIP  \(test.path): \(what)")
      }
    }
    let skipped = unsupported > 0 ? ", \(unsupported) can't be run" : ""
    try emit("\(passed) of \(cases.count) tests passed\(skipped)")
    if passed + (allowUnsupported ? unsupported : 0) < cases.count {
      throw ExitCode(Status.negative)
    }
  }
}
