import Bench
import Imaging
import OnnxParse
import Quant
import Study
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// Studies of the embedded model over a few of its images.
@Suite struct StudyRunnerTests {
  /// The error of a whole run of what the quantizer writes for `nodes`.
  private static func error(
    of nodes: [String], form: NodeForm, _ study: EmbeddedStudy
  ) throws -> LogitError {
    let options = study.options
    var quantization = options.quantization
    quantization.perChannel = form.perChannel
    quantization.range = form.range
    quantization.choosesAllNodes = true
    for node in nodes { quantization.nodeChoices[node] = NodeChoice(quantize: true) }
    let model = study.model
    let (quantized, _) = try DynamicQuantizer(options: quantization).quantize(model)
    let sessions = try [model, quantized].map { try Session(model: $0, options: options.session) }
    let processor = ImageProcessor(options.processor)
    let images = study.images
    var sums = LogitErrorSums()
    let limit = try #require(options.imageLimit)
    for index in 0..<limit {
      let image = try images.image(index * images.entries.count / limit)
      let pixels = Tensor(try processor.tensor(image), shape: [1, 3, 28, 28])
      let logits = try sessions.map {
        try #require(try $0.run(["pixel_values": pixels])["logits"]).elements(of: Float.self)
      }
      try sums.add(baseline: logits[0], candidate: logits[1])
    }
    return try #require(sums.error)
  }

  @Test func eachVariantHasTheErrorOfItsOwnModel() throws {
    var study = try EmbeddedStudy(images: 5)
    study.options.nodes = [
      try NodeSelector("*layers.2/*MatMul*"), try NodeSelector("*layers.0/*Add*"),
      try NodeSelector("*classifier*"),
    ]
    let report = try study.run()
    #expect(report.subjects.count { $0.subject.kind == .node } > 15)
    #expect(report.subjects.contains { $0.subject.place?.role == .classifier })
    for (index, variant) in report.variants.enumerated() {
      let nodes = variant.nodes.map { report.nodes[$0] }
      #expect(
        try Self.error(of: nodes, form: variant.form, study) == variant.logits,
        "variant \(index)")
    }
  }

  @Test func severalPassesFindTheSameAsOne() throws {
    var study = try EmbeddedStudy(images: 7)
    study.options.kinds = [.layer, .group]
    let whole = try study.run()
    // Room for the values of two images.
    study.options.checkpointBytes = 200_000
    var passes = 0
    let parts = try study.run {
      if case .running(_, _, _, let count, _) = $0 { passes = count }
    }
    #expect(passes > 2)
    #expect(parts.variants == whole.variants)
    #expect(parts.subjects == whole.subjects)
  }

  /// What is left of an interrupted study: the lines written so far, the last one cut off.
  @Test func anInterruptedStudyGoesOn() throws {
    let folder = try TemporaryFolder()
    var study = try EmbeddedStudy(images: 4)
    study.options.kinds = [.layer, .role]
    let record = try study.record()
    let first = try study.run(
      store: try StudyStore(folder: folder.path(""), record: record, resumes: true))
    let path = folder.path("progress.jsonl")
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == first.variants.count)
    let half = lines.prefix(lines.count / 2)
    try (half.joined(separator: "\n") + "\n{\"variant\":").write(
      toFile: path, atomically: true, encoding: .utf8)
    let second = try study.run(
      store: try StudyStore(folder: folder.path(""), record: record, resumes: true))
    #expect(second.variants == first.variants)
    let completed = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(Set(completed) == Set(lines))
  }

  @Test func anotherStudyIsNotGoneOnWith() throws {
    let folder = try TemporaryFolder()
    let study = try EmbeddedStudy(images: 2)
    let record = try study.record()
    _ = try StudyStore(folder: folder.path(""), record: record, resumes: false)
    var other = study
    other.options.imageLimit = 3
    let otherRecord = try other.record()
    #expect(
      throws: StudyError.otherStudy(folder: folder.path(""), what: "set of images")
    ) { _ = try StudyStore(folder: folder.path(""), record: otherRecord, resumes: true) }
    other = study
    other.options.quantization.perChannel = false
    let third = try other.record()
    #expect(
      throws: StudyError.otherStudy(folder: folder.path(""), what: "choice of options")
    ) { _ = try StudyStore(folder: folder.path(""), record: third, resumes: true) }
  }

  /// What is kept under other preprocessing, or was changed since, is not mixed with what is new.
  @Test func otherLogitsAreNotGoneOnWith() throws {
    let folder = try TemporaryFolder()
    var study = try EmbeddedStudy(images: 2)
    study.options.kinds = [.layer]
    let record = try study.record()
    var other = study
    other.options.processor.rescaleFactor = 1
    let otherRecord = try other.record()
    _ = try study.run(
      store: try StudyStore(folder: folder.path(""), record: record, resumes: false))
    #expect(
      throws: StudyError.otherStudy(folder: folder.path(""), what: "choice of options")
    ) { _ = try StudyStore(folder: folder.path(""), record: otherRecord, resumes: true) }
    let store = try StudyStore(folder: folder.path(""), record: record, resumes: true)
    #expect(throws: StudyError.otherLogits(folder.path(""))) { _ = try other.run(store: store) }
  }

  /// A study that begins anew leaves no report of the one that was there.
  @Test func anewMeansWithoutTheOldReport() throws {
    let folder = try TemporaryFolder()
    var study = try EmbeddedStudy(images: 1)
    study.options.kinds = [.group]
    let record = try study.record()
    let store = try StudyStore(folder: folder.path(""), record: record, resumes: false)
    try study.run(store: store).write(to: folder.path(""))
    _ = try StudyStore(folder: folder.path(""), record: record, resumes: false)
    #expect(throws: StudyError.self) { _ = try StudyFolder(path: folder.path("")) }
  }

  /// A file may say anything: what it refers to must be there.
  @Test(arguments: [
    ("\"one_in\" : 2", "\"one_in\" : 9999"), ("\"per_channel\" : 1", "\"per_channel\" : -1"),
  ])
  func aReportThatContradictsItselfIsRefused(old: String, new: String) throws {
    let folder = try TemporaryFolder()
    var study = try EmbeddedStudy(images: 1)
    study.options.kinds = [.layer]
    let text = try study.run().json()
    #expect(text.contains(old))
    let path = try folder.write(text.replacing(old, with: new).utf8, as: "report.json")
    #expect(throws: StudyError.self) { _ = try StudyReport.load(path: path) }
  }

  /// Combinations of groups are quantized as the options for one configuration say.
  @Test func theFactorialHasEveryCombination() throws {
    var study = try EmbeddedStudy(images: 2)
    study.options.kinds = [.group]
    study.options.isFactorial = true
    let report = try study.run()
    let factorial = try #require(report.factorial)
    #expect(factorial.runs.count == 32)
    #expect(factorial.effects.count == 5 + 10)
    #expect(factorial.runs[31] == 1)
    let groups = factorial.factors.map(\.group)
    for combination in [0, 5, 18] {
      var quantization = study.options.quantization
      quantization.excludedGroups = Set(
        groups.indices.filter { combination >> $0 & 1 == 0 }.map { groups[$0] })
      let (_, plan) = try DynamicQuantizer(options: quantization).quantize(study.model)
      let expected = plan.entries.filter { !$0.quantized.isEmpty }.map(\.name)
      let variant = report.variants[factorial.runs[combination]]
      #expect(variant.nodes.map { report.nodes[$0] } == expected)
    }
    // Nothing in this model adds to a Gather or before a Softmax.
    for effect in factorial.effects where effect.groups.contains(.gather) {
      #expect(effect.sqnr == 0 && effect.accuracy == 0)
    }
  }

  @Test func timesAreMeasuredForEveryVariant() throws {
    var study = try EmbeddedStudy(images: 1)
    study.options.kinds = [.layer]
    study.options.timingRuns = 3
    let report = try study.run()
    for variant in report.variants.dropFirst() {
      let timing = try #require(variant.timing)
      #expect(timing.runs == 3)
      #expect(timing.base > 0 && timing.variant > 0)
      #expect(timing.difference10 <= timing.difference && timing.difference <= timing.difference90)
    }
  }

  /// One range to a tensor makes an image depend on its batch; one to an image or a token does not.
  @Test func neighboursMoveAnImageWithOneRangeToATensorOnly() throws {
    var study = try EmbeddedStudy(images: 8)
    study.options.kinds = [.group]
    study.options.batchSize = 4
    let report = try study.run()
    #expect(report.ranges.map(\.range) == ActivationRange.allCases)
    for range in report.ranges {
      let batch = try #require(range.batch)
      #expect(batch.logits.images == 8)
      #expect((batch.logits.maxAbsoluteError == 0) == (range.range != .tensor))
    }
    // Alone, an image is all of the tensor.
    #expect(
      report.variants[report.ranges[1].variant].logits
        == report.variants[report.ranges[0].variant].logits)
  }

  @Test func whatWasKeptCanBeCompared() throws {
    let folder = try TemporaryFolder()
    var study = try EmbeddedStudy(images: 12)
    study.options.kinds = [.layer]
    study.options.batchSize = 1
    let store = try StudyStore(
      folder: folder.path(""), record: try study.record(), resumes: false)
    let report = try study.run(store: store)
    try report.write(to: folder.path(""))
    let kept = try StudyFolder(path: folder.path(""))
    #expect(kept.report == report)
    let layer = try kept.variant("in:layer 2")
    #expect(layer == report.subjects[2].oneIn)
    let (logits, answers) = try kept.compare(layer, with: 0)
    #expect(logits == report.variants[layer].logits)
    #expect(answers == report.variants[layer].accuracy)
    let out = try kept.variant("out:layer 2")
    #expect(
      try kept.compare(out, with: try kept.variant("all")).answers
        == report.variants[out].accuracyAgainstAll)
    for name in ["in:layer 9", "layer 2", "at:layer 2"] {
      #expect(throws: StudyError.self) { try kept.variant(name) }
    }
  }

  @Test func theReportIsReadAgain() throws {
    let folder = try TemporaryFolder()
    var study = try EmbeddedStudy(images: 2)
    study.options.kinds = [.layer]
    study.options.measuresNodes = true
    study.options.nodes = [try NodeSelector("*layers.1/*")]
    let report = try study.run()
    try report.write(to: folder.path(""))
    #expect(try StudyReport.load(path: folder.path("report.json")) == report)
  }
}
