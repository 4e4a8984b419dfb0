import Imaging
import OnnxParse
import ViTEngine
import ViTKernel

/// The one input of an image model: fp32 pixels of shape batch, channels, rows, columns.
package struct PixelInput: Sendable {
  /// The input's name.
  package let name: String
  /// Channels, rows and columns.
  package let imageShape: [Int]
  /// The batch that the model was exported for; nil where it takes any.
  package let fixedBatch: Int?

  /// The pixels that `session` takes; rows and columns that the model leaves open are those that
  /// `processor` makes.
  package init(of session: Session, processor: ProcessorConfig) throws(BenchError) {
    guard let input = session.inputs.first, session.inputs.count == 1 else {
      let names = session.inputs.map { "\"\($0.name)\"" }.joined(separator: ", ")
      throw .invalid("the model should take one input, pixels; it takes \(names)")
    }
    // Whatever its width, a plan takes a float input as float32.
    guard input.elementType.isFloatingPoint, let dimensions = input.dimensions,
      dimensions.count == 4
    else {
      throw .invalid(
        "input \"\(input.name)\" should be floats of shape [batch, 3, height, width]; it is "
          + "\(input.elementType) \(input.shapeText)")
    }
    let open = processor.outputSize.map { [3, $0.height, $0.width] } ?? [3, nil, nil]
    var shape: [Int] = []
    for (dimension, fallback) in zip(dimensions.dropFirst(), open) {
      guard let size = dimension.number ?? fallback, size >= 1 else {
        throw .invalid(
          "input \"\(input.name)\" has the open shape \(input.shapeText); a size in "
            + "preprocessor_config.json would close it")
      }
      shape.append(size)
    }
    guard shape[0] == 3 else {
      throw .invalid(
        "input \"\(input.name)\" \(input.shapeText) has \(shape[0]) channels; images have 3")
    }
    name = input.name
    imageShape = shape
    fixedBatch = dimensions[0].number
  }

  /// Checks that the model takes batches of all `sizes`.
  package func check(batchSizes sizes: [Int]) throws(BenchError) {
    guard let fixedBatch, let other = sizes.first(where: { $0 != fixedBatch }) else { return }
    throw .invalid(
      "the model was exported for batches of \(fixedBatch); it can't run batches of \(other)")
  }

  /// Floats of one image.
  package var imageCount: Int { imageShape.reduce(1, *) }

  /// The pixels that `processor` makes of `image`.
  ///
  /// - Parameter place: Where the image is, for messages.
  /// - Throws: ``BenchError`` where they are not those that the model takes, ``ImageError`` where there
  ///   are too many.
  package func pixels(
    of image: RGBImage, processor: ImageProcessor, place: String
  ) throws -> [Float] {
    let shape = processor.shape(of: image)
    guard shape == imageShape else {
      throw BenchError.invalid(
        "\(place): preprocessor_config.json makes \(shape) of it (channels, rows, columns); "
          + "the model takes \(imageShape)")
    }
    do {
      return try processor.tensor(image)
    } catch {
      throw ImageError(error.kind, file: place)
    }
  }

  /// The model compiled for batches of `size`.
  package func plan(of session: Session, batchSize size: Int) throws(EngineError) -> Plan {
    try session.prepare([name: [size] + imageShape])
  }

  /// Fills the input of `plan` with `pixels`, repeated as often as it has room for them.
  package func fill(_ plan: Plan, with pixels: [Float]) throws(BenchError) {
    guard let tensor = plan.inputs[name] else { throw .invalid("the plan has no input \(name)") }
    let values = (0..<tensor.count).map { pixels[$0 % pixels.count] }
    tensor.copyElements(from: Tensor(values, shape: tensor.shape))
  }
}

extension Dimension {
  fileprivate var number: Int? {
    if case .size(let size) = self { Int(size) } else { nil }
  }
}
