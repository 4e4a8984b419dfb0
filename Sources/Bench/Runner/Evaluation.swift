import Imaging
import ViTEngine

/// Labels the images of a folder with a model, one at a time: what dynamic quantization makes of an
/// image depends on the others in its batch.
package struct Evaluation {
  package let images: ImageFolder
  package let processor: ImageProcessor
  package let input: PixelInput

  package init(images: ImageFolder, processor: ImageProcessor, input: PixelInput) {
    self.images = images
    self.processor = processor
    self.input = input
  }

  /// The label of each image.
  var labels: [Int] { images.entries.map(\.label) }

  /// Hands `body` the scores that `session` gives each image, in their order.
  func forEachImage(
    of session: Session, progress: (_ done: Int, _ total: Int) -> Void,
    body: (_ index: Int, _ scores: [Float]) throws -> Void
  ) throws {
    let plan = try input.plan(of: session, batchSize: 1)
    let scores = try Scores(of: session, plan)
    try scores.check(labels: labels)
    for index in images.entries.indices {
      try input.fill(plan, with: try pixels(index))
      try plan.run()
      progress(index + 1, images.entries.count)
      try body(index, scores.tensor.elements(of: Float.self))
    }
  }

  /// The class of the greatest of `scores`, -1 where none is a number.
  static func answer(_ scores: [Float]) -> Int { argmax(scores) ?? -1 }

  /// The pixels of the image at `index`.
  package func pixels(_ index: Int) throws -> [Float] {
    let path = images.entries[index].path
    let image = try RGBImage.load(path: path)
    let shape = processor.shape(of: image)
    guard shape == input.imageShape else {
      throw BenchError.invalid(
        "\(path): preprocessor_config.json makes \(shape) of it (channels, rows, columns); "
          + "the model takes \(input.imageShape)")
    }
    do {
      return try processor.tensor(image)
    } catch {
      throw ImageError(error.kind, file: path)
    }
  }
}
