import Bench
import Imaging
import OnnxParse
import ViTEngine
import ViTKernel

/// Classifies images with one model or two, and keeps what each says of each image: the one entry to
/// everything in this module.
public struct EvalRunner {
  private let model: EvalModel
  private let candidate: EvalModel?
  private let images: ImageSet
  private let labels: ClassLabels?
  private let options: EvalOptions

  /// An evaluation of `model` over `images`, against `candidate` where there is one.
  ///
  /// - Parameter labels: Names of the classes; nil where they are not known.
  public init(
    model: EvalModel, candidate: EvalModel? = nil, images: ImageSet, labels: ClassLabels?,
    options: EvalOptions
  ) {
    self.model = model
    self.candidate = candidate
    self.images = images
    self.labels = labels
    self.options = options
  }

  /// Runs the images of the shard, in batches that are those of the whole.
  ///
  /// Threads of their own decode images and make pixels of them while the models run.
  ///
  /// - Parameter progress: Is told of every batch and every image that is passed over, on the calling
  ///   thread.
  /// - Throws: ``ImageError`` of the first image that can't be used, unless such are passed over;
  ///   ``BenchError`` where models and images do not go together; what running models throws.
  public func run(progress: (EvalProgress) -> Void = { _ in }) throws -> EvalPart {
    if !options.skipsBad { try images.check() }
    let executor = try options.session.makeExecutor()
    let classifiers = try ([model] + [candidate].compactMap { $0 }).map {
      try Classifier(
        $0, options: options.session, executor: executor, batchSize: options.batchSize)
    }
    try check(classifiers)
    let machine = Machine.current(executor)
    let record = try record(machine, batchSize: classifiers[0].batchSize)
    let start = monotonicTime()
    let rows = try rows(classifiers, progress)
    return EvalPart(
      shard: options.shard, record: record, machine: machine,
      model: summary(model, classifiers[0]),
      labels: labels?.names ?? (0..<classifiers[0].classCount).map { "\($0)" },
      seconds: (monotonicTime() - start) / .seconds(1), rows: rows)
  }

  private func check(_ classifiers: [Classifier]) throws(BenchError) {
    let classes = classifiers[0].classCount
    if let labels, labels.names.count != classes {
      throw .invalid(
        "the model has \(classes) classes, config.json names \(labels.names.count); it is of another "
          + "model")
    }
    try Scores.check(labels: images.entries.compactMap(\.label), classes: classes)
    guard let candidate, let other = classifiers.dropFirst().first else { return }
    let names = "\(model.name) and \(candidate.name)"
    guard other.classCount == classes else {
      throw .invalid(
        "\(names) have \(classes) and \(other.classCount) classes, and should have the same")
    }
    guard other.batchSize == classifiers[0].batchSize else {
      throw .invalid(
        "\(names) run batches of \(classifiers[0].batchSize) and \(other.batchSize); give --batch-size"
      )
    }
  }

  /// A row for each image of the shard, in order.
  private func rows(
    _ classifiers: [Classifier], _ progress: (EvalProgress) -> Void
  ) throws -> [EvalRow] {
    let size = classifiers[0].batchSize
    let total = images.entries.count
    let batches = options.shard.range(of: (total + size - 1) / size)
    let own = min(batches.lowerBound * size, total)..<min(batches.upperBound * size, total)
    let loader = ImageLoader(images, for: classifiers)
    // A thread without an image has nothing to do.
    let threads = max(1, min(options.loaders, own.count))
    let queue = OrderedQueue(
      count: own.count, threads: threads, capacity: max(2 * min(size, own.count), 4 * threads)
    ) { loader.load(own.lowerBound + $0) }
    defer { queue.cancel() }
    var rows: [EvalRow] = []
    for first in stride(from: own.lowerBound, to: own.upperBound, by: size) {
      rows += try batch(first..<min(first + size, own.upperBound), queue, classifiers, progress)
      progress(.evaluating(done: rows.count, of: own.count))
    }
    return rows
  }

  private func batch(
    _ indices: Range<Int>, _ queue: OrderedQueue<ImageLoader.Loaded>, _ classifiers: [Classifier],
    _ progress: (EvalProgress) -> Void
  ) throws -> [EvalRow] {
    var rows: [EvalRow] = []
    var usable: [(row: Int, pixels: [[Float]])] = []
    for index in indices {
      guard let loaded = queue.next() else { break }
      var row = EvalRow(index: index, images.entries[index], digest: loaded.digest)
      switch loaded.pixels {
      case .success(let pixels): usable.append((rows.count, pixels))
      case .failure(let error as ImageError) where options.skipsBad:
        row.fault = error.fault
        progress(.skipped("\(error)"))
      case .failure(let error): throw error
      }
      rows.append(row)
    }
    if usable.isEmpty { return rows }
    let scores = try classifiers.enumerated().map { position, classifier in
      try classifier.scores(usable.map { $0.pixels[position] })
    }
    for (position, (row, _)) in usable.enumerated() {
      rows[row].baseline = Answer(scores: scores[0][position])
      guard scores.count > 1 else { continue }
      rows[row].candidate = Answer(scores: scores[1][position])
      var sums = LogitErrorSums()
      try sums.add(baseline: scores[0][position], candidate: scores[1][position])
      rows[row].logits = sums
    }
    return rows
  }

  private func summary(_ model: EvalModel, _ classifier: Classifier) -> ModelSummary {
    ModelSummary(
      name: model.name, opset: model.model.opset.map { Int($0) },
      nodes: model.model.graph.nodes.count, inputShape: [1] + classifier.input.imageShape)
  }

  private func record(_ machine: Machine, batchSize: Int) throws -> EvalRecord {
    EvalRecord(
      models: try ([model] + [candidate].compactMap { $0 }).map {
        EvalRecord.Model(
          name: $0.name, digest: $0.digest, bytes: try $0.model.encoded().count,
          preprocessing: $0.processor)
      },
      images: EvalRecord.Images(
        path: images.path, listing: try images.listing(), count: images.entries.count,
        isLabelled: images.isLabelled, isNamedByLabel: images.isNamedByLabel,
        sample: options.sample, appliesOrientation: images.appliesOrientation),
      skipsBad: options.skipsBad, batchSize: batchSize,
      optimizationLevel: options.session.optimization.rawValue,
      arithmetic: "\(machine.instructionSet), \(options.session.gemmBackend.rawValue), OpenBLAS "
        + "\(machine.openblasVersion) \(machine.openblasKernel)")
  }
}

extension ImageSet {
  /// A digest of what is known without reading a file: names, labels, sizes of files, contents of
  /// arrays.
  fileprivate func listing() throws -> ContentDigest {
    let lines = try entries.indices.map { index in
      let size =
        switch entries[index].content {
        case .file: "\(byteCount(index))"
        case .element: ContentDigest(try content(index)).hex
        }
      return "\(digestName(index))\n\(size)\n"
    }
    return ContentDigest(Array(lines.joined().utf8))
  }
}
