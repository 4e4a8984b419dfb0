import Foundation
import Imaging
import TensorIO
import ViTKernel

extension ImageSet {
  /// The images at `path`, of whatever form they are: a folder with a folder for each label, or with
  /// images side by side that have no labels; a list, `.csv` or `.jsonl`; arrays, `.npz`.
  ///
  /// - Parameters:
  ///   - labels: The model's classes; nil where they are not known, which will do where labels are ids
  ///     or there are none.
  ///   - split: A folder in the folder, or part of the arrays' names; nil for the whole.
  /// - Throws: ``ImageError``, ``TensorFileError`` or ``BenchError`` where it can't be read so.
  public static func load(
    path: String, labels: ClassLabels?, split: String? = nil
  ) throws -> ImageSet {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw BenchError.unreadable(file: path, why: String(cString: strerror(errno)))
    }
    if isFolder.boolValue {
      let folder = split.map { "\(path)/\($0)" } ?? path
      guard try hasFolders(folder) else { return try ImageSet(unlabelledFolder: folder) }
      guard let labels else {
        throw BenchError.invalid(
          "\(folder): has a folder for each label, and the model's labels are not known; config.json "
            + "is missing")
      }
      return try ImageSet(folder: folder, labels: labels)
    }
    let suffix = URL(filePath: path).pathExtension.lowercased()
    if suffix == "npz" { return try ImageSet(npz: path, labels: labels, split: split) }
    guard split == nil else {
      throw BenchError.invalid("\(path): a list has no split; give the list of the split")
    }
    switch suffix {
    case "csv": return try ImageSet(list: path, format: .csv, labels: labels)
    case "jsonl": return try ImageSet(list: path, format: .jsonLines, labels: labels)
    default:
      throw BenchError.invalid(
        "\(path): not a set of images: a folder, or a file that ends in .csv, .jsonl or .npz")
    }
  }

  /// The images of the arrays in the `.npz` file at `path`: uint8, [images, rows, columns, 3] or
  /// [images, rows, columns], with integers as labels, [images] or [images, 1].
  ///
  /// They are called `images` and `labels`, or `x` and `y`; with a `split` such as `test`,
  /// `test_images`, `images_test` or `x_test`. Without labels the images have none.
  ///
  /// - Throws: ``TensorFileError``, ``ImageError`` or ``BenchError`` where the file has no such arrays.
  public init(npz path: String, labels: ClassLabels?, split: String? = nil) throws {
    let file = try Npz(path: path)
    let pairs = Self.arrayNames(split: split)
    guard let names = pairs.first(where: { file.names.contains($0.images) }) else {
      throw BenchError.invalid(
        "\(path): has no array \(pairs.map(\.images).joined(separator: ", ")), only "
          + file.names.joined(separator: ", "))
    }
    let raw = try file.rawArray(names.images)
    guard raw.elementType == .uint8 else {
      throw BenchError.invalid(
        "\(path): \(names.images): images should be uint8, they are \(raw.elementType)")
    }
    let ids = try file.names.contains(names.labels) ? Self.ids(names.labels, of: file, path) : nil
    let array: ImageArray
    do {
      array = try ImageArray(raw.bytes, shape: raw.shape)
    } catch {
      throw ImageError(error.kind, file: "\(path): \(names.images)")
    }
    try self.init(array, key: names.images, ids: ids, labels: labels, path: path)
  }

  private static func arrayNames(split: String?) -> [(images: String, labels: String)] {
    guard let split else { return [("images", "labels"), ("x", "y")] }
    return [
      ("\(split)_images", "\(split)_labels"), ("images_\(split)", "labels_\(split)"),
      ("x_\(split)", "y_\(split)"),
    ]
  }

  private static func ids(_ name: String, of file: Npz, _ path: String) throws -> [Int] {
    let tensor = try file.tensor(name)
    guard tensor.shape.count == 1 || tensor.shape.count == 2 && tensor.shape[1] == 1,
      let values = tensor.integers
    else {
      throw BenchError.invalid(
        "\(path): \(name): labels should be integers of shape [images], they are "
          + "\(tensor.elementType) \(tensor.shape)")
    }
    return values
  }
}

extension Tensor {
  /// The elements, where they are integers that fit.
  fileprivate var integers: [Int]? {
    switch elementType {
    case .int64: elements(of: Int64.self).map { Int($0) }
    case .int32: elements(of: Int32.self).map { Int($0) }
    case .int16: elements(of: Int16.self).map { Int($0) }
    case .int8: elements(of: Int8.self).map { Int($0) }
    case .uint8: elements(of: UInt8.self).map { Int($0) }
    case .uint16: elements(of: UInt16.self).map { Int($0) }
    case .uint32: elements(of: UInt32.self).map { Int($0) }
    case .uint64: elements(of: UInt64.self).map { Int(truncatingIfNeeded: $0) }
    default: nil
    }
  }
}
