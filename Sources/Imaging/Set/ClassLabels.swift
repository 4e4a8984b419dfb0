/// The classes that a model tells apart: `id2label` of its `config.json`, or `label2id` where that is
/// missing.
public struct ClassLabels: Sendable, Equatable {
  /// The name of each class, by id.
  public let names: [String]
  private let idsByName: [String: [Int]]
  private let idsByPlainName: [String: [Int]]

  /// Classes called `names`, ids counting from 0.
  public init(_ names: [String]) {
    self.names = names
    idsByName = Dictionary(grouping: names.indices) { names[$0] }
    idsByPlainName = Dictionary(grouping: names.indices) { Self.plain(names[$0]) }
  }

  /// Reads `id2label`, or else `label2id`, from the `config.json` at `path`.
  ///
  /// - Throws: ``ImageError`` where the file can't be read, or where both are missing or do not number
  ///   the classes from 0.
  public static func load(path: String) throws(ImageError) -> ClassLabels {
    do throws(ImageError) {
      return ClassLabels(try names(decoding: File.read(path)))
    } catch {
      throw ImageError(error.kind, file: path)
    }
  }

  private static func names(decoding bytes: [UInt8]) throws(ImageError) -> [String] {
    let members = try JSONValue.object(in: bytes)
    let names: [String]
    if case .object(let namesByID)? = members["id2label"] {
      names = try (0..<namesByID.count).map { id throws(ImageError) in
        guard case .string(let name)? = namesByID[String(id)] else {
          throw ImageError(.malformed("\"id2label\" has no name for class \(id)"))
        }
        return name
      }
    } else if case .object(let idsByName)? = members["label2id"] {
      names = try Self.names(of: idsByName)
    } else {
      throw ImageError(.malformed("\"id2label\" is missing: the names of the classes by id"))
    }
    guard !names.isEmpty else { throw ImageError(.malformed("no class has a name")) }
    return names
  }

  /// The names in the order of their ids, which older files have as texts.
  private static func names(of ids: [String: JSONValue]) throws(ImageError) -> [String] {
    var names: [Int: String] = [:]
    for (name, value) in ids.sorted(by: { $0.key < $1.key }) {
      let id: Int? =
        switch value {
        case .number(let number): Int(exactly: number)
        case .string(let text): Int(text)
        default: nil
        }
      guard let id, (0..<ids.count).contains(id) else {
        throw ImageError(
          .malformed("\"label2id\": the id of \"\(name)\" is none of 0 to \(ids.count - 1)"))
      }
      if let other = names.updateValue(name, forKey: id) {
        throw ImageError(
          .malformed("\"label2id\": \"\(other)\" and \"\(name)\" have the same id \(id)"))
      }
    }
    return names.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The id of the class that a folder called `name` is for.
  ///
  /// A name of a class, a name that differs only in case and in what stands between letters and
  /// digits (a file system has no `T-shirt/top`), or an id. A name of several classes is that of none,
  /// and a number is no other number: -1 is not the class "1".
  public func id(of name: String) -> Int? {
    let equal = ids(called: name)
    guard equal.isEmpty else { return equal.count == 1 ? equal[0] : nil }
    guard Double(name) == nil else {
      return Int(name).flatMap { names.indices.contains($0) ? $0 : nil }
    }
    let plain = Self.plain(name)
    guard !plain.isEmpty, let similar = idsByPlainName[plain], similar.count == 1 else {
      return nil
    }
    return similar[0]
  }

  /// The classes whose name is exactly `name`.
  func ids(called name: String) -> [Int] { idsByName[name] ?? [] }

  /// The three names that need the fewest changed letters to become `name`, nearest first.
  public func nearest(to name: String) -> [String] {
    let plain = Self.plain(name)
    let ranked = names.map { (name: $0, distance: editDistance(Self.plain($0), plain)) }
    return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
  }

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }
}

/// Levenshtein's distance: inserted, removed and replaced characters.
private func editDistance(_ first: String, _ second: String) -> Int {
  let target = Array(second)
  var row = Array(0...target.count)
  for (index, character) in first.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for column in target.indices {
      let replaced = diagonal + (target[column] == character ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
    }
  }
  return row[target.count]
}
