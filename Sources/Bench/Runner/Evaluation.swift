import Imaging
import ViTEngine

/// Labels the images of a folder with a model, one at a time: what dynamic quantization makes of an
/// image depends on the others in its batch.
struct Evaluation {
  let images: ImageFolder
  let processor: ImageProcessor
  let input: PixelInput

  /// The class that `session` gives each image, -1 where its scores are not numbers.
  func answers(
    of session: Session, progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> [Int] {
    let plan = try input.plan(of: session, batchSize: 1)
    let scores = try Scores(of: session, plan)
    try scores.check(labels: images.entries.map(\.label))
    return try images.entries.indices.map { index in
      try input.fill(plan, with: try pixels(index))
      try plan.run()
      progress(index + 1, images.entries.count)
      return argmax(scores.tensor.elements(of: Float.self)) ?? -1
    }
  }

  /// The pixels of the image at `index`.
  func pixels(_ index: Int) throws -> [Float] {
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
