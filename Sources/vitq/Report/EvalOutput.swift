import ArgumentParser
import Bench
import Eval
import OnnxParse

/// Where the report of an evaluation goes.
struct EvalOutput {
  /// Folder of its files; nil for none.
  let out: String?
  /// File of the predictions; nil for none.
  let predictions: String?
  /// How it is printed.
  let format: ReportFormat

  /// Checks that the name of a file of predictions says its format.
  static func validate(_ predictions: String?) throws {
    if let predictions, PredictionFormat(path: predictions) == nil {
      throw ValidationError("--predictions \(predictions): the name must end in .csv or .jsonl")
    }
  }

  /// Writes the report of `whole`.
  func write(_ whole: EvalPart) throws {
    let report = try EvalReport(whole)
    if let out { try report.write(to: out, with: whole) }
    if let predictions, let format = PredictionFormat(path: predictions) {
      try WholeFile.write(Array(try whole.predictions(as: format).utf8), to: predictions)
    }
    switch format {
    case .text: try emit(report.text(), terminator: "")
    case .json: try emit(report.json(), terminator: "")
    case .markdown: try emit(report.markdown(), terminator: "")
    }
  }
}
