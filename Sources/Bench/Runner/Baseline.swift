import Imaging
import OnnxParse
import ViTEngine

/// The fp32 model, and what it has to be asked only once for all configurations.
struct Baseline {
  let session: Session
  let input: PixelInput
  /// Bytes of its file.
  let modelBytes: Int
  /// How images are labelled, and the fp32 model's own scores for each; nil without images.
  let evaluation: (images: Evaluation, scores: [[Float]])?
  /// Pixels of one image, to be timed with.
  let pixels: [Float]

  init(
    _ session: Session, model: Model, images: ImageSet?, options: BenchOptions,
    progress: (_ done: Int, _ total: Int) -> Void
  ) throws {
    self.session = session
    input = try PixelInput(of: session, processor: options.processor)
    try input.check(batchSizes: options.grid.batchSizes)
    modelBytes = try model.encoded().count
    guard let images else {
      evaluation = nil
      pixels = Self.noise(count: input.imageCount)
      return
    }
    try input.check(batchSizes: [1])
    let labelling = Evaluation(
      images: images, processor: ImageProcessor(options.processor), input: input)
    var scores: [[Float]] = []
    try labelling.forEachImage(of: session, progress: progress) { scores.append($1) }
    evaluation = (labelling, scores)
    pixels = try labelling.pixels(0)
  }

  /// The same values at every call, spread evenly over -1..<1 as normalized pixels are.
  private static func noise(count: Int) -> [Float] {
    var state: UInt32 = 1
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) / Float(1 << 23) - 1
    }
  }
}
