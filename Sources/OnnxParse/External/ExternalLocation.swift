/// Where a tensor's values are: the entries of `external_data`, read.
struct ExternalLocation: Equatable {
  /// Path of the file, from the model's folder: names without `..`, none empty.
  let components: [String]
  /// First byte of the values in the file.
  let offset: Int
  /// Number of bytes; nil where the file does not say, so that it is what the shape takes.
  let length: Int?

  /// The path as the model has it.
  var path: String { components.joined(separator: "/") }

  /// Reads `entries`. Keys that are not location, offset or length, such as checksum, say nothing
  /// about where the values are.
  ///
  /// - Parameter standIns: Files to be read instead of those that the entries name.
  /// - Throws: ``OnnxError`` where the location is missing, is absolute or leaves the folder, or a
  ///   number is none.
  init(_ entries: [StringPair], standIns: [String: String] = [:]) throws(OnnxError) {
    let named = try Self.value("location", of: entries) ?? ""
    let location = standIns[named] ?? named
    guard !location.isEmpty else {
      throw OnnxError(.invalid("external_data has no location"))
    }
    let slash = UInt8(ascii: "/")
    guard location.utf8.first != slash else {
      throw OnnxError(
        .invalid("the location \"\(location)\" is absolute; it must be in the model's folder"))
    }
    let parts = pathNames(location).filter { $0 != "." }
    guard !parts.contains(".."), !parts.isEmpty, location.utf8.last != slash else {
      throw OnnxError(.invalid("the location \"\(location)\" is no file in the model's folder"))
    }
    guard !location.utf8.contains(0) else {
      throw OnnxError(.invalid("the location holds a NUL character"))
    }
    components = parts
    offset = try Self.number("offset", of: entries) ?? 0
    length = try Self.number("length", of: entries)
  }

  private static func value(
    _ key: String, of entries: [StringPair]
  ) throws(OnnxError) -> String? {
    let values = entries.filter { $0.key == key }.map(\.value)
    guard values.count <= 1 else { throw OnnxError(.invalid("external_data has \(key) twice")) }
    return values.first
  }

  private static func number(
    _ key: String, of entries: [StringPair]
  ) throws(OnnxError) -> Int? {
    guard let text = try value(key, of: entries) else { return nil }
    guard let number = Int(text), number >= 0, !text.hasPrefix("+") else {
      throw OnnxError(.invalid("\(key) \"\(text)\" of external_data is no number of bytes"))
    }
    return number
  }
}
