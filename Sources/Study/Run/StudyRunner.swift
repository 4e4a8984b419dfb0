import Bench
import Imaging
import OnnxParse
import Quant
import ViTEngine
import ViTKernel

/// Studies what quantizing each node, role, layer and group of a model does: the one entry to
/// everything in this module but tuning.
public struct StudyRunner {
  private let model: Model
  private let images: ImageSet
  private let options: StudyOptions

  /// A study of `model` over `images`.
  public init(model: Model, images: ImageSet, options: StudyOptions) {
    self.model = model
    self.options = options
    self.images = images.spread(over: options.imageLimit)
  }

  /// What ``run(store:progress:)`` would do, and about how long it would take; compiles every model
  /// and runs the two bases a few times.
  ///
  /// - Throws: As ``run(store:progress:)``.
  public func cost(progress: (StudyProgress) -> Void = { _ in }) throws -> StudyCost {
    let setup = try StudySetup(model, options)
    return try prepare(setup, progress).cost(subjects: setup.subjects.subjects.count)
  }

  /// What a store must have been made for to be gone on with.
  ///
  /// - Parameter modelDigest: Of the model's file.
  /// - Throws: ``BenchError`` where an image can't be read.
  public func record(modelDigest: ContentDigest) throws -> StudyRecord {
    StudyRecord(
      model: options.modelName, modelDigest: modelDigest, imagesPath: images.path,
      imagesDigest: try ContentDigest(images), imageCount: images.entries.count,
      options: options)
  }

  /// Runs the study.
  ///
  /// The model and the model with all nodes of the reference quantized run over the images first. Then
  /// every variant runs on them, one image at a time, from where it differs from one of the two, and
  /// is timed there. Last, each node's own error is measured.
  ///
  /// - Parameters:
  ///   - store: Where each finished variant is kept at once, and what is there already is taken
  ///     from; nil to keep everything in memory.
  ///   - progress: Is told of every step as it is done, on the calling thread.
  /// - Throws: ``StudyError``, ``BenchError``, or what reading images, quantizing and running throw.
  public func run(
    record: StudyRecord, store: StudyStore? = nil, progress: (StudyProgress) -> Void = { _ in }
  ) throws -> StudyReport {
    try part(record: record, store: store, keepsLogits: false, progress: progress).report()
  }

  /// Runs the shard that the options name, and keeps its logits in memory.
  ///
  /// - Throws: As ``run(record:store:progress:)``.
  public func part(
    record: StudyRecord, progress: (StudyProgress) -> Void = { _ in }
  ) throws -> StudyPart {
    try part(record: record, store: nil, keepsLogits: true, progress: progress)
  }

  private func part(
    record: StudyRecord, store: StudyStore?, keepsLogits: Bool,
    progress: (StudyProgress) -> Void
  ) throws -> StudyPart {
    let setup = try StudySetup(model, options)
    let preparation = try prepare(setup, progress)
    var results = VariantResults(
      count: preparation.variants.count, labels: preparation.labels, keepsLogits: keepsLogits)
    var run = StudyRun(preparation: preparation, store: store, timingRuns: options.timingRuns)
    for pass in preparation.passes {
      try run.run(pass, into: &results, progress)
    }
    try store?.finish(labels: preparation.labels)
    let local =
      options.measuresNodes
      ? try LocalPass(setup, preparation, options).run { progress(.measuring(done: $0, of: $1)) }
      : []
    let batches = try BatchPass(preparation, size: options.batchSize, shard: options.shard)
      .run(setup.ranges.map(\.variant), progress)
    return try StudyPart(
      options.shard, record, setup, preparation, results, batches: batches, local: local)
  }

  private func prepare(
    _ setup: StudySetup, _ progress: (StudyProgress) -> Void
  ) throws -> StudyPreparation {
    try StudyPreparation(
      model: model, images: images, options: options, variants: setup.variants, progress: progress)
  }
}

extension ImageSet {
  /// So many of the images, evenly spread over all; all where `limit` is nil or more than there are.
  func spread(over limit: Int?) -> ImageSet {
    guard let limit, limit < entries.count else { return self }
    return keeping((0..<limit).map { $0 * entries.count / limit })
  }
}
