import Bench
import Imaging
import OnnxParse
import ViTEngine
import ViTKernel

/// A model that is compiled to classify images.
public struct Classifier {
  /// What it takes.
  let input: PixelInput
  /// Most images at a time.
  let batchSize: Int
  /// Number of classes.
  public let classCount: Int
  /// How images become pixels.
  let processor: ImageProcessor
  private let plan: Plan
  private let output: Tensor

  /// `model` on the threads of `executor`.
  ///
  /// - Parameter batchSize: Most images at a time; nil for one, or as many as the model was exported
  ///   for.
  /// - Throws: ``BenchError`` where the model takes no images or gives no scores, ``EngineError``.
  public init(
    _ model: EvalModel, options: SessionOptions, executor: Executor, batchSize: Int? = nil
  ) throws {
    let session = try Session(model: model.model, options: options, executor: executor)
    input = try PixelInput(of: session, processor: model.processor)
    if let batchSize { try input.check(batchSizes: [batchSize]) }
    self.batchSize = batchSize ?? input.fixedBatch ?? 1
    processor = ImageProcessor(model.processor)
    plan = try input.plan(of: session, batchSize: self.batchSize)
    output = try Scores(of: session, plan, batchSize: self.batchSize).tensor
    classCount = output.shape[1]
  }

  /// The scores of each of the images whose pixels are `images`.
  ///
  /// Where there are fewer than a batch they are repeated, which leaves the range of every activation
  /// as it is.
  ///
  /// - Precondition: There is an image, and no more than a batch.
  /// - Throws: ``EngineError``, ``BenchError``.
  func scores(_ images: [[Float]]) throws -> [[Float]] {
    precondition(!images.isEmpty && images.count <= batchSize)
    try input.fill(plan, with: images.count == 1 ? images[0] : images.flatMap { $0 })
    try plan.run()
    let scores = output.elements(of: Float.self)
    return images.indices.map { Array(scores[$0 * classCount..<($0 + 1) * classCount]) }
  }

  /// The best of the classes for `image`, which lies at `place`.
  ///
  /// - Throws: ``BenchError`` or ``ImageError`` where the model can't take the image, ``EngineError``.
  public func answer(for image: RGBImage, at place: String, top: Int) throws -> Answer {
    let pixels = try input.pixels(of: image, processor: processor, place: place)
    return Answer(scores: try scores([pixels])[0], top: top)
  }
}
