import Bench
import Imaging
import OnnxParse
import Quant
import ViTEngine
import ViTKernel

/// Variants before their first image: compiled once, and placed on their bases.
struct StudyPreparation {
  let variants: [VariantTable.Entry]
  /// Those that the options' shard runs: its own, the fp32 model, and the reference.
  let own: [Int]
  let study: StudyModel
  let images: Evaluation
  /// The class of each image; nil where images have no labels.
  let labels: [Int]?
  /// The two models that variants share their beginnings with.
  let bases: [VariantTable.Base: CompiledVariant]
  /// Each variant's branch from its base; nil for the fp32 model, and for what is not run.
  let branches: [Sweep.Branch?]
  /// Bytes of constants that each variant saves.
  let savedBytes: [Int]
  /// Seconds that the steps of each base take, up to each step.
  let elapsed: [VariantTable.Base: [Double]]
  /// Images of each pass over the model.
  let passes: [StudyPass]

  init(
    model: Model, images: ImageSet, options: StudyOptions, variants table: VariantTable,
    progress: (StudyProgress) -> Void
  ) throws {
    try images.check()
    variants = table.entries
    let own = variants.indices.filter { $0 <= VariantTable.all || options.shard.owns($0) }
    self.own = own
    let executor = try options.session.makeExecutor()
    let session = try Session(model: model, options: options.session, executor: executor)
    let input = try PixelInput(of: session, processor: options.processor)
    try input.check(batchSizes: [1])
    study = StudyModel(
      model: model, options: options.quantization, sessionOptions: options.session, input: input,
      executor: executor)
    self.images = Evaluation(
      images: images, processor: ImageProcessor(options.processor), input: input)
    labels = images.isLabelled ? images.entries.map { $0.label ?? -1 } : nil
    let entries = variants
    let fp32 = try study.compile(entries[VariantTable.fp32].variant)
    let all = try study.compile(entries[VariantTable.all].variant)
    if let labels { try Scores.check(labels: labels, classes: fp32.scores.count) }
    bases = [.fp32: fp32, .all: all]
    var branches: [Sweep.Branch?] = []
    var savedBytes: [Int] = []
    var done = 0
    for (index, entry) in entries.enumerated() {
      guard index <= VariantTable.all || options.shard.owns(index) else {
        branches.append(nil)
        savedBytes.append(0)
        continue
      }
      progress(.preparing(done: done, of: own.count))
      done += 1
      let base = entry.base == .fp32 ? fp32 : all
      switch index {
      case VariantTable.fp32:
        branches.append(nil)
        savedBytes.append(0)
      default:
        let compiled = index == VariantTable.all ? all : try study.compile(entry.variant)
        branches.append(Sweep.branch(compiled, index: index, from: base))
        savedBytes.append(compiled.savedBytes)
      }
    }
    progress(.preparing(done: own.count, of: own.count))
    self.branches = branches
    self.savedBytes = savedBytes
    elapsed = [.fp32: try Self.elapsed(of: fp32), .all: try Self.elapsed(of: all)]
    passes = Self.passes(
      images.entries.count, bytesOfImage: max(Self.liveBytes(fp32.plan), Self.liveBytes(all.plan)),
      limit: options.checkpointBytes)
  }

  /// The sweep of all variants that begin as `base` does.
  func sweep(_ base: VariantTable.Base) -> Sweep? {
    guard let compiled = bases[base] else { return nil }
    let own = zip(branches, variants).compactMap { branch, entry in
      entry.base == base ? branch : nil
    }
    return Sweep(model: study, base: compiled, branches: own)
  }

  /// Seconds that variant `index` takes for an image from where it leaves its base.
  func seconds(of index: Int) -> Double {
    guard let branch = branches[index],
      let times = elapsed[variants[index].base], let total = times.last
    else { return 0 }
    return total - times[branch.prefix]
  }

  /// What running all variants costs.
  func cost(subjects: Int) -> StudyCost {
    let count = images.images.entries.count
    let whole = elapsed.values.reduce(0) { $0 + ($1.last ?? 0) }
    let partial = branches.indices.reduce(0) { $0 + seconds(of: $1) }
    let full = own.reduce(0) { $0 + (elapsed[variants[$1].base]?.last ?? 0) }
    return StudyCost(
      subjects: subjects, variants: own.count,
      images: count, passes: passes.count, seconds: Double(count) * (2 * whole + partial),
      secondsWithoutReuse: Double(count) * full,
      logitBytes: own.count * count * (bases[.fp32]?.scores.byteCount ?? 0))
  }

  /// Median over a few runs of the seconds up to each step; one element more than there are steps.
  private static func elapsed(of variant: CompiledVariant) throws -> [Double] {
    var runs: [[Int64]] = []
    for _ in 0..<4 {
      var times = [Int64](repeating: 0, count: variant.count)
      try variant.plan.run(adding: &times)
      runs.append(times)
    }
    var sum = 0.0
    // The first run finds nothing in the caches.
    return [0]
      + (0..<variant.count).map { step in
        sum += Double(runs.dropFirst().map { $0[step] }.sorted()[1]) / 1e9
        return sum
      }
  }

  /// The most bytes that are alive between two steps of `plan`.
  private static func liveBytes(_ plan: Plan) -> Int {
    (0...plan.stepDescriptions.count).reduce(0) { most, step in
      max(
        most,
        plan.liveValues(before: step).reduce(0) { $0 + (plan.tensor($1)?.byteCount ?? 0) })
    }
  }

  private static func passes(_ count: Int, bytesOfImage: Int, limit: Int) -> [StudyPass] {
    let size = max(1, min(count, limit / max(1, bytesOfImage)))
    let starts = Array(stride(from: 0, to: count, by: size))
    return starts.enumerated().map { index, start in
      StudyPass(index: index, count: starts.count, images: start..<min(start + size, count))
    }
  }
}

/// Images whose values are in memory at the same time.
struct StudyPass {
  let index: Int
  /// Number of passes.
  let count: Int
  let images: Range<Int>
}

/// What a study will do.
public struct StudyCost: Codable, Sendable, Equatable {
  /// Nodes, roles, layers and groups.
  public var subjects: Int
  /// Models to run, equal ones counted once.
  public var variants: Int
  /// Images that each runs over.
  public var images: Int
  /// Times that the images are gone through, since their values do not fit into memory at once.
  public var passes: Int
  /// About how long the runs will take.
  public var seconds: Double
  /// About how long they would take if every model ran from its first step on.
  public var secondsWithoutReuse: Double
  /// Bytes of the logits that a store will hold.
  public var logitBytes: Int
}
