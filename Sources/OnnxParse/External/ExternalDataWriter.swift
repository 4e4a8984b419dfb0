#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes the weights of a model into a file beside it.
///
/// The file is `MODEL.data`, as ONNX's own library calls it. Where that is there already, it belongs
/// to the model that is being replaced, and stays until the new one has its name: then a reader finds
/// the old pair or the new one, whenever the writing ends.
final class ExternalDataWriter {
  /// Smaller tensors stay in the model, as with ONNX's own library.
  private static let smallest = 1_024
  /// A page, so that a reader can map a tensor by itself and give its memory back.
  private static let alignment = 4_096

  /// The name that the model knows the file by.
  let location: String
  private let path: String
  private let writer: FileWriter
  private var offset = 0
  /// The file that the new one stands for, to be removed.
  private var outdated: String?

  /// - Throws: ``OnnxError`` where the file can't be made.
  init(besideModel path: String) throws(OnnxError) {
    let (folder, base) = folderAndName(path)
    let names = ["\(base).data"] + (1...9).map { "\(base).\($0).data" }
    let taken = names.filter { access(folder + $0, F_OK) == 0 }
    guard let free = names.first(where: { !taken.contains($0) }) else {
      throw OnnxError(
        .unwritable("\(names[0]) and nine like it are there; remove those that no model needs"))
    }
    location = free
    self.path = folder + free
    let old = (try? Model.load(path: path))?.externalLocations ?? []
    outdated = taken.first { old.contains($0) }.map { folder + $0 }
    writer = try FileWriter(path: self.path)
  }

  /// The name that the file has until ``commit()``, in the same folder.
  var temporaryName: String {
    folderAndName(writer.temporaryPath).name
  }

  /// Writes the large initializers of `model` and gives the model that refers to them.
  ///
  /// - Throws: ``OnnxError`` where they can't be written.
  func moveWeights(of model: Model) throws(OnnxError) -> Model {
    var model = model
    // What has not been read from the old file is still only there.
    let unread = model.externalLocations
    if let old = outdated, unread.contains(folderAndName(old).name) { outdated = nil }
    for index in model.graph.initializers.indices {
      let tensor = model.graph.initializers[index]
      guard case .raw(let bytes) = tensor.payload, bytes.count >= Self.smallest else { continue }
      model.graph.initializers[index].payload = .external(append(bytes))
      // One tensor at a time is in memory, however many there are in the file they come from.
      bytes.releasePages()
    }
    try writer.finish()
    return model
  }

  private func append(_ bytes: Bytes) -> [StringPair] {
    let padding = (Self.alignment - offset % Self.alignment) % Self.alignment
    [UInt8](repeating: 0, count: padding).withUnsafeBytes { writer.append($0) }
    bytes.withUnsafeBytes { writer.append($0) }
    let start = offset + padding
    offset = start + bytes.count
    return [
      StringPair(key: "location", value: location), StringPair(key: "offset", value: "\(start)"),
      StringPair(key: "length", value: "\(bytes.count)"),
    ]
  }

  /// Gives the file its name; before the model that refers to it has its own.
  ///
  /// - Throws: ``OnnxError`` where that fails.
  func commit() throws(OnnxError) { try writer.commit() }

  /// Removes the file of the model that has been replaced.
  func removeOutdated() {
    // What can't be removed is in nobody's way.
    if let outdated { unlink(outdated) }
  }

  /// Removes the file again, where the model that refers to it can't have its name.
  func withdraw() { unlink(path) }
}
