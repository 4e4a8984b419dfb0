import Imaging
import ViTEngine

/// Labels images with a model, one at a time: what dynamic quantization makes of an
/// image depends on the others in its batch.
package struct Evaluation {
  package let images: ImageSet
  package let processor: ImageProcessor
  package let input: PixelInput

  package init(images: ImageSet, processor: ImageProcessor, input: PixelInput) {
    self.images = images
    self.processor = processor
    self.input = input
  }

  /// The label of each image; -1 where it has none.
  var labels: [Int] { images.entries.map { $0.label ?? -1 } }

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
    if let fault = images.entries[index].fault { throw fault }
    return try input.pixels(
      of: try images.image(index), processor: processor, place: images.place(of: index))
  }
}
