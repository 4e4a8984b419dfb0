import Bench
import OnnxParse
import TensorIO
import ViTKernel

/// What a shard of a study found out; the whole, where there is one shard.
///
/// Every shard runs the fp32 model and the reference over all images; variants, nodes and ranges take
/// turns. So each figure is made on one machine exactly as one run of everything makes it.
public struct StudyPart: Sendable, Equatable {
  /// Name and version of the layout of its file.
  public static let schema = "vitq.study-part/1"

  /// A variant that the shard ran.
  struct Variant: Sendable, Equatable {
    var report: VariantReport
    /// Its logits, a row for each image; empty where they were not kept.
    var logits: [[Float]]
  }

  /// Which part of the study.
  public let shard: Shard
  /// What all shards have: the report without variants and nodes' own errors.
  let skeleton: StudyReport
  /// How many variants all shards have together.
  let variantCount: Int
  /// The class of each image; nil where images have no labels.
  let labels: [Int]?
  /// What was run, by index.
  var variants: [Int: Variant]
  /// The own errors of the shard's nodes.
  var local: [LocalReport]
}

extension StudyPart {
  /// All of one study, put together of `parts`, with the names of their files.
  ///
  /// Machine and names are those of the first part, and so are the times of the reference.
  ///
  /// - Throws: ``BenchError`` where a part is missing, doubled, or of another study.
  public static func merge(
    _ parts: [(part: StudyPart, file: String)]
  ) throws(BenchError) -> StudyPart {
    try Shard.check(parts.map { ($0.part.shard, $0.file) })
    let sorted = parts.sorted { $0.part.shard.index < $1.part.shard.index }
    let first = sorted[0]
    var whole = StudyPart(
      shard: .whole, skeleton: first.part.mergedSkeleton(with: sorted.map(\.part)),
      variantCount: first.part.variantCount, labels: first.part.labels,
      variants: first.part.variants, local: first.part.local)
    for (part, file) in sorted.dropFirst() {
      if let difference = part.difference(from: first.part) {
        throw .invalid("\(file): is of another \(difference) than \(first.file)")
      }
      whole.variants.merge(part.variants) { first, _ in first }
      whole.local += part.local
    }
    let order = Dictionary(
      first.part.skeleton.nodes.enumerated().map { ($1, $0) },
      uniquingKeysWith: { first, _ in first })
    whole.local.sort { (order[$0.node] ?? 0) < (order[$1.node] ?? 0) }
    return whole
  }

  /// The report of a whole study.
  ///
  /// - Throws: ``BenchError`` where it is a part only, or variants are missing.
  public func report() throws(BenchError) -> StudyReport {
    guard shard == .whole else {
      throw .invalid("part \(shard) alone says nothing; merge all parts")
    }
    let known = (0..<variantCount).compactMap { variants[$0]?.report }
    guard known.count == variantCount else {
      throw .invalid("\(known.count) of \(variantCount) variants were run")
    }
    var report = skeleton
    report.variants = known
    report.local = local
    report.accuracy = known.first?.accuracy?.outcomes.originalAccuracy
    report.factorial = skeleton.factorial.map {
      FactorialReport(factors: $0.factors, runs: $0.runs, known)
    }
    guard report.isConsistent else { throw .invalid("the study \(StudyReport.inconsistent)") }
    return report
  }

  /// Writes `report`, the logits and the labels into `folder`, as the store of one run has them.
  ///
  /// - Throws: ``StudyError``, ``BenchError`` or ``OnnxError`` where a file can't be written.
  public func write(_ report: StudyReport, to folder: String) throws {
    let store = try StudyStore(folder: folder, record: report.record, resumes: false)
    for (index, variant) in variants.sorted(by: { $0.key < $1.key }) {
      try store.keep(variant.logits, variant.report.timing, variant: index, pass: 0)
    }
    try store.finish(labels: labels)
    try report.write(to: folder)
  }

  /// The skeleton with the effect of batches from whichever part measured it.
  private func mergedSkeleton(with parts: [StudyPart]) -> StudyReport {
    var merged = skeleton
    for index in merged.ranges.indices {
      merged.ranges[index].batch =
        parts.lazy.compactMap { part in
          index < part.skeleton.ranges.count ? part.skeleton.ranges[index].batch : nil
        }.first
    }
    return merged
  }

  /// What of `other` is not the same, in words; nil where nothing is. Names and places may differ.
  private func difference(from other: StudyPart) -> String? {
    if let difference = skeleton.record.difference(from: other.skeleton.record) {
      return difference
    }
    let (machine, others) = (skeleton.machine, other.skeleton.machine)
    let isAlike =
      machine.instructionSet == others.instructionSet
      && machine.openblasKernel == others.openblasKernel
      && machine.openblasVersion == others.openblasVersion
    guard isAlike else {
      return "set of instructions (VITQ_ISA and OPENBLAS_CORETYPE choose one)"
    }
    let isSame =
      variantCount == other.variantCount && labels == other.labels
      && skeleton.nodes == other.skeleton.nodes && skeleton.subjects == other.skeleton.subjects
      && variants[VariantTable.fp32]?.logits == other.variants[VariantTable.fp32]?.logits
    return isSame ? nil : "choice of options"
  }
}
