import CZip
import Foundation
import ViTKernel

/// NumPy's `.npz` format: named arrays in a zip file, compressed or not.
public struct Npz {
  /// Elements as they lie in a file, without a copy: row-major and little-endian.
  public struct RawArray: Sendable {
    /// Type of the elements.
    public let elementType: ElementType
    /// Sizes of the dimensions.
    public let shape: [Int]
    /// The bytes of the elements.
    public let bytes: ArraySlice<UInt8>
  }

  private let file: String
  private let archive: Archive
  /// Names of the arrays, in the order of the file.
  public let names: [String]

  /// Opens the file at `path`.
  ///
  /// - Throws: ``TensorFileError`` where it can't be read or is no zip file.
  public init(path: String) throws(TensorFileError) {
    file = path
    archive = try Archive(path: path)
    names = archive.names.filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
  }

  /// The elements of the array `name`.
  ///
  /// - Parameter byteLimit: Most bytes that it may take, half of the machine's memory by default.
  /// - Throws: ``TensorFileError`` where there is none, it is damaged, larger, or no array.
  public func rawArray(
    _ name: String, byteLimit: Int = Int(ProcessInfo.processInfo.physicalMemory / 2)
  ) throws(TensorFileError) -> RawArray {
    let bytes = try archive.content(of: name + ".npy", byteLimit: byteLimit)
    do {
      let (header, start) = try Npy.layout(of: bytes)
      return RawArray(
        elementType: header.elementType, shape: header.shape, bytes: bytes[start...])
    } catch {
      throw TensorFileError(file: file, reason: "\(name): \(error.reason)")
    }
  }

  /// The array `name` as a tensor.
  ///
  /// - Throws: As ``rawArray(_:byteLimit:)``.
  public func tensor(_ name: String) throws(TensorFileError) -> Tensor {
    let array = try rawArray(name)
    let tensor = Tensor(array.elementType, shape: array.shape)
    tensor.overwrite(with: array.bytes)
    return tensor
  }
}

/// An open zip file.
private final class Archive {
  private let path: String
  private let handle: OpaquePointer
  let names: [String]

  init(path: String) throws(TensorFileError) {
    var code: Int32 = 0
    guard let handle = zip_open(path, ZIP_RDONLY, &code) else {
      var fault = zip_error_t()
      zip_error_init_with_code(&fault, code)
      defer { zip_error_fini(&fault) }
      let why = zip_error_strerror(&fault).map { String(cString: $0) } ?? "error \(code)"
      throw TensorFileError(file: path, reason: "can't be read as a .npz file: \(why)")
    }
    self.path = path
    self.handle = handle
    names = (0..<max(0, zip_get_num_entries(handle, 0))).compactMap { index in
      zip_get_name(handle, UInt64(index), 0).map { String(cString: $0) }
    }
  }

  deinit { zip_discard(handle) }

  func content(of name: String, byteLimit: Int) throws(TensorFileError) -> [UInt8] {
    var status = zip_stat_t()
    zip_stat_init(&status)
    guard zip_stat(handle, name, 0, &status) == 0, let member = zip_fopen(handle, name, 0) else {
      throw TensorFileError(file: path, reason: "\(name): \(archiveFault)")
    }
    defer { zip_fclose(member) }
    guard status.size <= UInt64(byteLimit) else {
      throw TensorFileError(
        file: path, reason: "\(name): \(status.size) bytes, more than the limit of \(byteLimit)")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.size))
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    // The read that finds the end compares the checksum.
    while true {
      let count = zip_fread(member, &piece, UInt64(piece.count))
      if count == 0 { break }
      guard count > 0, bytes.count + Int(count) <= status.size else {
        let why = zip_file_strerror(member).map { String(cString: $0) } ?? "damaged"
        throw TensorFileError(file: path, reason: "\(name): \(count < 0 ? why : "damaged")")
      }
      bytes += piece.prefix(Int(count))
    }
    guard bytes.count == status.size else {
      throw TensorFileError(file: path, reason: "\(name): shorter than the file says")
    }
    return bytes
  }

  private var archiveFault: String {
    zip_strerror(handle).map { String(cString: $0) } ?? "can't be read"
  }
}
