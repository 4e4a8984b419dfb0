import Bench
import Foundation
import TensorIO
import ViTKernel

/// A finished study in its folder, to compare what it has without running anything again.
public struct StudyFolder {
  /// The report.
  public let report: StudyReport
  private let path: String

  /// The study in the folder `path`.
  ///
  /// - Throws: ``StudyError`` where its report can't be read.
  public init(path: String) throws(StudyError) {
    self.path = path
    report = try StudyReport.load(path: path + "/report.json")
  }

  /// The index of the variant called `name`: `fp32`, `all`, `in:` or `out:` and the name of a subject.
  ///
  /// - Throws: ``StudyError`` where there is none.
  public func variant(_ name: String) throws(StudyError) -> Int {
    if name == "fp32" { return 0 }
    if name == "all" { return min(1, report.variants.count - 1) }
    let parts = name.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, ["in", "out"].contains(parts[0]) else {
      throw .invalid(
        "\"\(name)\" is no variant: give fp32, all, in:SUBJECT (only it) or out:SUBJECT (all but it)"
      )
    }
    guard let subject = report.subjects.first(where: { $0.subject.name == parts[1] }) else {
      throw .invalid("the study has no subject \"\(parts[1])\"")
    }
    if parts[0] == "in" { return subject.oneIn }
    guard let out = subject.oneOut else {
      throw .invalid("the reference leaves \"\(parts[1])\" in fp32, so nothing is left out")
    }
    return out
  }

  /// The error of `candidate`'s logits against those of `baseline`, and what their answers say; the
  /// latter is nil where the images have no labels.
  ///
  /// - Parameters:
  ///   - candidate: Index of a variant.
  ///   - baseline: Index of another.
  /// - Throws: ``StudyError`` or ``TensorFileError`` where the logits can't be read.
  public func compare(
    _ candidate: Int, with baseline: Int
  ) throws -> (logits: LogitError, answers: PairedComparison?) {
    let (own, reference) = (try logits(candidate), try logits(baseline))
    guard own.count == reference.count, own.count == report.record.imageCount else {
      throw StudyError.invalid(
        "\(path): has logits of \(own.count) and \(reference.count) images, not of "
          + "\(report.record.imageCount)")
    }
    var sums = LogitErrorSums()
    for (first, second) in zip(reference, own) { try sums.add(baseline: first, candidate: second) }
    guard let error = sums.error else { throw StudyError.invalid("\(path): no image was studied") }
    let answers = [reference, own].map { rows in rows.map { argmax($0) ?? -1 } }
    let comparison = try labels().map { labels in
      PairedComparison(
        PairedOutcomes(labels: labels, baseline: answers[0], candidate: answers[1]))
    }
    return (error, comparison)
  }

  /// The logits of a variant, a row for each image.
  private func logits(_ variant: Int) throws -> [[Float]] {
    let file = path + "/" + StudyStore.logitsFile(variant)
    let tensor = try read(file)
    guard tensor.elementType == .float32, tensor.shape.count == 2 else {
      throw StudyError.unreadable(file: file, why: "should be float32 of shape [images, classes]")
    }
    let (values, width) = (tensor.elements(of: Float.self), tensor.shape[1])
    return (0..<tensor.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
  }

  private func labels() throws -> [Int]? {
    guard report.accuracy != nil else { return nil }
    let file = path + "/" + StudyStore.labelsFile
    let tensor = try read(file)
    guard tensor.elementType == .int64, tensor.shape == [report.record.imageCount] else {
      throw StudyError.unreadable(file: file, why: "should be int64 of shape [images]")
    }
    return tensor.elements(of: Int64.self).map { Int($0) }
  }

  private func read(_ file: String) throws -> Tensor {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw StudyError.unreadable(file: file, why: "can't be read")
    }
    return try Npy.decode([UInt8](data), file: file)
  }
}

extension StudyFolder {
  /// What ``compare(_:with:)`` says, in lines, for variants by their names.
  ///
  /// - Throws: As ``variant(_:)`` and ``compare(_:with:)``.
  public func text(comparing candidate: String, with baseline: String) throws -> String {
    let (logits, answers) = try compare(variant(candidate), with: variant(baseline))
    func number(_ value: Double?, _ digits: Int) -> String {
      value.map { fixed($0, digits) } ?? "not finite"
    }
    var lines = [
      "\(candidate) against \(baseline), \(logits.images) images",
      "SQNR             \(number(logits.sqnr, 2)) dB",
      "cosine           \(number(logits.cosine, 8))",
      "largest error    \(number(logits.maxAbsoluteError, 6))",
      "KL               \(number(logits.meanDivergence, 8)) nats",
      "changed answers  \(logits.changed)",
    ]
    if let answers {
      let interval = answers.differenceInterval
      lines += [
        "fixed, broken    \(answers.outcomes.fixed), \(answers.outcomes.broken)",
        "McNemar's p      \(fixed(answers.mcnemarP, 4))",
        "difference       \(fixed(100 * answers.difference, 2)) points, 95 % "
          + "\(fixed(100 * interval.lower, 2)) to \(fixed(100 * interval.upper, 2))",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
