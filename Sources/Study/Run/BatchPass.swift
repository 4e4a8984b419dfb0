import Bench
import ViTEngine
import ViTKernel

/// Measures how far an image's neighbours in a batch move its logits.
///
/// With one range to a tensor, as DynamicQuantizeLinear has it, a batch shares its scales; with one to
/// an image or a token nothing is shared.
struct BatchPass {
  private let preparation: StudyPreparation
  private let size: Int

  private let shard: Shard

  init(_ preparation: StudyPreparation, size: Int, shard: Shard = .whole) {
    self.preparation = preparation
    self.size = size
    self.shard = shard
  }

  /// The effect on each of `variants` that is the shard's; nil for others, and where batches are not asked for, the model takes none of
  /// this size, or there are not enough images for one.
  func run(
    _ variants: [Int], _ progress: (StudyProgress) -> Void
  ) throws -> [BatchEffect?] {
    let fixed = preparation.study.input.fixedBatch
    guard size > 1, fixed == nil, preparation.images.images.entries.count >= size else {
      return variants.map { _ in nil }
    }
    return try variants.enumerated().map { index, variant in
      guard shard.owns(index) else { return nil }
      progress(.batching(done: index, of: variants.count))
      return try effect(on: preparation.variants[variant].variant)
    }
  }

  private func effect(on variant: Variant) throws -> BatchEffect? {
    let alone = try preparation.study.compile(variant)
    let together = try preparation.study.compile(variant, batchSize: size)
    var sums = LogitErrorSums()
    for batch in 0..<preparation.images.images.entries.count / size {
      let pixels = try (batch * size..<(batch + 1) * size).map {
        try preparation.images.pixels($0)
      }
      let joint = try logits(of: together, pixels.flatMap { $0 })
      let width = joint.count / size
      for (index, own) in pixels.enumerated() {
        try sums.add(
          baseline: try logits(of: alone, own),
          candidate: Array(joint[index * width..<(index + 1) * width]))
      }
    }
    return sums.error.map { BatchEffect(batchSize: size, logits: $0) }
  }

  private func logits(of compiled: CompiledVariant, _ pixels: [Float]) throws -> [Float] {
    try preparation.study.input.fill(compiled.plan, with: pixels)
    try compiled.plan.run()
    return compiled.scores.elements(of: Float.self)
  }
}
