import ArgumentParser
import Bench
import Study

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Render a report again, or compare two.",
    discussion: """
      REPORT is a report.json of bench, eval, profile, study or tune, or the folder that it lies in. Two of \
      bench, profile or study are compared: before and after a change, or two machines; what differs besides the times is \
      said. One is written as report.html, report.md and report.csv, two as comparison.html, \
      comparison.md and comparison.csv. --between compares two variants of a study by the logits that it \
      kept: fp32, all, in:SUBJECT (only it quantized) or out:SUBJECT (all but it).
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case markdown
  }

  @Argument(
    help: ArgumentHelp("The report; the one before, where there are two.", valueName: "report"))
  var report: String

  @Argument(help: ArgumentHelp("The one to compare it with.", valueName: "other"))
  var other: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Compare two variants of a study.", valueName: "variant"))
  var between: [String] = []

  @Option(help: ArgumentHelp("Write HTML, Markdown and CSV into this folder.", valueName: "dir"))
  var out: String?

  @Option(help: "How to print it.")
  var format: Format = .text

  /// How many steps of a profile are printed, as many as `profile` prints.
  private static let longestSteps = 20

  func validate() throws {
    if !between.isEmpty && (between.count != 2 || other != nil) {
      throw ValidationError("--between takes two variants of one study")
    }
  }

  func run() throws {
    if let candidate = between.first, let baseline = between.last {
      let study = try StudyFolder(path: report)
      return try emit(study.text(comparing: candidate, with: baseline), terminator: "")
    }
    let first = try SavedReport(report)
    guard let other else { return try render(first) }
    switch (first, try SavedReport(other)) {
    case (.bench(let a), .bench(let b)):
      try render(ReportComparison(a, b, names: (report, other)))
    case (.profile(let a), .profile(let b)):
      try render(ReportComparison(a, b, names: (report, other)))
    case (.study(let a), .study(let b)):
      try render(ReportComparison(a, b, names: (report, other)))
    case (.tune, .tune): throw CommandError("two searches are not compared")
    case (.eval, .eval):
      throw CommandError(
        "two evaluations are not compared; vitq eval --compare compares two models in one")
    default:
      throw CommandError("\(report) and \(other) are reports of different commands")
    }
  }

  private func render(_ saved: SavedReport) throws {
    let text: String
    let files: [ReportFolder.File]
    switch saved {
    case .bench(let report):
      text = format == .text ? report.text() : report.markdown()
      files = try report.forms()
    case .eval(let report):
      text = format == .text ? report.text() : report.markdown()
      files = try report.forms()
    case .profile(let report):
      text =
        format == .text
        ? report.text(longest: Self.longestSteps) : report.markdown(longest: Self.longestSteps)
      files = try report.forms()
    case .study(let report):
      text = format == .text ? report.text() : report.markdown()
      files = try report.forms()
    case .tune(let report):
      text = format == .text ? report.text() : report.markdown()
      files = try report.forms()
    }
    if let out { try ReportFolder.write(files, to: out) }
    try emit(text, terminator: "")
  }

  private func render(_ comparison: ReportComparison) throws {
    if let out { try ReportFolder.write(comparison.forms(), to: out) }
    try emit(format == .text ? comparison.text() : comparison.markdown(), terminator: "")
  }
}
