import Foundation
import Imaging
import TensorIO
import ViTEngine
import ViTKernel

/// Reads the file for an input of a model: a tensor, or an image where the input takes pixels.
enum InputFile {
  private static let imageExtensions: Set<String> = ["png", "jpg", "jpeg"]

  static func read(
    _ path: String, for input: ValueDescription, of location: ModelLocation
  ) throws -> Tensor {
    guard imageExtensions.contains(URL(filePath: path).pathExtension.lowercased()) else {
      guard TensorFile(path: path) != nil else {
        throw CommandError(
          "\(path): not an input: the name must end in .npy, .pb, .png, .jpg or .jpeg")
      }
      return try TensorFile.read(path)
    }
    guard input.elementType.isFloatingPoint, input.dimensions?.count == 4 else {
      throw CommandError(
        "\(path): input \"\(input.name)\" takes \(input.elementType) \(input.shapeText), "
          + "not an image's pixels")
    }
    guard let configuration = location.preprocessor else {
      throw CommandError(
        "\(path): \(ModelLocation.preprocessorName) is missing in \(location.folder), so how an "
          + "image becomes pixels is not known; give a tensor instead")
    }
    let processor = ImageProcessor(try ProcessorConfig.load(path: configuration))
    let (values, shape) = try processor.pixels(path: path)
    return Reference.cast(Tensor(values, shape: [1] + shape), to: input.elementType)
  }
}
