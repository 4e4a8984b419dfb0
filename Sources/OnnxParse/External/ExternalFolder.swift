#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The files beside a model that hold its weights, each mapped once.
///
/// What a model names is only opened where it lies in the model's own folder, reached by folders and
/// not by links: a file from somewhere else could be any file of the reader's. (So did
/// CVE-2022-25882, CVE-2024-27318, CVE-2026-27489 and CVE-2026-34447 with ONNX's own library.) Each
/// name is opened from the folder above it without following links, and what was opened is looked at,
/// so that nothing can be exchanged in between.
final class ExternalFolder {
  private let path: String
  private let descriptor: Int32
  /// By the bytes of the path: strings that differ in them may be equal, files are not.
  private var regions: [[UInt8]: ByteRegion] = [:]

  /// The folder of the model at `model`; the way to it may lead over links.
  ///
  /// - Throws: ``OnnxError`` where it can't be opened.
  init(ofModel model: String) throws(OnnxError) {
    let folder = folderAndName(model).folder
    path = folder.isEmpty ? "." : folder
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw OnnxError(.unreadable(systemMessage()), file: path) }
  }

  deinit { close(descriptor) }

  /// The values at `location`, of which there are `byteCount` bytes.
  ///
  /// - Throws: ``OnnxError`` where the file can't be used, or does not hold that many there.
  func bytes(at location: ExternalLocation, byteCount: Int) throws(OnnxError) -> Bytes {
    if let length = location.length, length != byteCount {
      throw OnnxError(
        .invalid("length \(length) in \"\(location.path)\"; the shape takes \(byteCount) bytes"))
    }
    let region = try region(location)
    guard location.offset <= region.count, byteCount <= region.count - location.offset else {
      throw OnnxError(
        .invalid(
          "\(byteCount) bytes at \(location.offset) of \"\(location.path)\", which has "
            + "\(region.count)"))
    }
    return Bytes(region: region, offset: location.offset, count: byteCount)
  }

  private func region(_ location: ExternalLocation) throws(OnnxError) -> ByteRegion {
    let key = Array(location.path.utf8)
    if let known = regions[key] { return known }
    let file = try opened(location)
    defer { close(file) }
    let region = try ByteRegion(mapping: file, name: location.path)
    regions[key] = region
    return region
  }

  /// Opens the file at `location` from folder to folder.
  private func opened(_ location: ExternalLocation) throws(OnnxError) -> Int32 {
    var folder = descriptor
    defer { if folder != descriptor { close(folder) } }
    for name in location.components.dropLast() {
      let inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard inner >= 0 else { throw fault(location, at: name, in: folder) }
      if folder != descriptor { close(folder) }
      folder = inner
    }
    let name = location.components[location.components.count - 1]
    // A pipe would wait for its writer.
    let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { throw fault(location, at: name, in: folder) }
    do throws(OnnxError) {
      try check(file, location)
      return file
    } catch {
      close(file)
      throw error
    }
  }

  /// A regular file that has this name only: another name may be that of a file elsewhere.
  private func check(_ file: Int32, _ location: ExternalLocation) throws(OnnxError) {
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw OnnxError(.unreadable("\"\(location.path)\": \(systemMessage())"))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw OnnxError(.unreadable("\"\(location.path)\" is not a regular file"))
    }
    guard status.st_nlink <= 1 else {
      throw OnnxError(
        .unreadable(
          "\"\(location.path)\" has other names as well (hard links), so it may be any file; copy "
            + "it"))
    }
  }

  private func fault(
    _ location: ExternalLocation, at name: String, in folder: Int32
  ) -> OnnxError {
    let why = systemMessage()
    var status = stat()
    let isLink =
      fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
      && status.st_mode & S_IFMT == S_IFLNK
    guard isLink else { return OnnxError(.unreadable("\"\(location.path)\" in \(path): \(why)")) }
    return OnnxError(
      .unreadable(
        "\"\(location.path)\": \"\(name)\" is a link, and weights are not read over links; copy the "
          + "model's folder with cp -rL"))
  }
}
