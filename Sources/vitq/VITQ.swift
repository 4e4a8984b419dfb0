import ArgumentParser

/// The root command.
struct VITQ: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vitq",
    abstract: "Run, quantize and measure Vision Transformers in ONNX.",
    discussion: """
      MODEL is an .onnx file, or a folder with model.onnx, config.json and \
      preprocessor_config.json as exported from the Hugging Face Hub.

      Results go to standard output, progress to standard error. Exit status: 0, 1 if the command \
      ran and its answer is no, 2 for bad input, 64 for a wrong command line. VITQ_ISA=portable, \
      avx2, avxvnni, avx512vnni or neon forces an instruction set.
      """,
    version: "0.1.0",
    subcommands: [
      BenchCommand.self, EvalCommand.self, ClassifyCommand.self, RunCommand.self,
      QuantizeCommand.self, InspectCommand.self,
      VerifyCommand.self, ProfileCommand.self, StudyCommand.self, TuneCommand.self,
      MergeCommand.self, ReportCommand.self, SynthCommand.self,
    ])
}
