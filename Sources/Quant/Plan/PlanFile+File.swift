import Foundation
import OnnxParse

/// A plan file that can't be read, and why.
public struct PlanFileError: Error, Sendable, Equatable {
  /// The file, where there is one.
  public var file: String?
  /// Where in the file, such as `nodes[3].per_channel`; empty for the whole.
  public var place: String
  /// What is wrong there.
  public var reason: String
}

extension PlanFileError: CustomStringConvertible {
  /// One line: file, place and what is wrong.
  public var description: String {
    [file, place.isEmpty ? nil : place, reason].compactMap(\.self).joined(separator: ": ")
  }
}

extension PlanFile {
  /// Reads the plan file at `path`.
  public static func load(path: String) throws(PlanFileError) -> PlanFile {
    guard access(path, R_OK) == 0 else {
      throw PlanFileError(file: path, place: "", reason: String(cString: strerror(errno)))
    }
    guard let data = try? Data(contentsOf: URL(filePath: path)) else {
      throw PlanFileError(file: path, place: "", reason: "not a regular file")
    }
    return try PlanFile(decoding: data, file: path)
  }

  /// Reads the content of a plan file; `file` is its name in messages.
  public init(decoding data: Data, file: String? = nil) throws(PlanFileError) {
    do {
      self = try JSONDecoder().decode(PlanFile.self, from: data)
    } catch let error as DecodingError {
      throw PlanFileError(error, file: file)
    } catch {
      throw PlanFileError(file: file, place: "", reason: "\(error)")
    }
  }

  /// The content of a plan file: JSON with sorted keys, ending in a line feed.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// Writes the file, all at once.
  ///
  /// - Throws: `OnnxError` where `path` can't be written.
  public func save(to path: String) throws {
    try WholeFile.write(Array(try json().utf8), to: path)
  }
}

extension PlanFileError {
  fileprivate init(_ error: DecodingError, file: String?) {
    self.file = file
    switch error {
    case .typeMismatch(let type, let context):
      place = Self.place(context.codingPath)
      reason = "must be \(Self.name(of: type))"
    case .valueNotFound(let type, let context):
      place = Self.place(context.codingPath)
      reason = "must be \(Self.name(of: type))"
    case .keyNotFound(let key, let context):
      place = Self.place(context.codingPath + [key])
      reason = "is missing"
    case .dataCorrupted(let context):
      place = Self.place(context.codingPath)
      // Without a place it is the parser's, whose words say no more.
      reason = place.isEmpty ? "is not valid JSON" : context.debugDescription
    @unknown default:
      place = ""
      reason = "\(error)"
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    path.reduce(into: "") { place, key in
      if let index = key.intValue {
        place += "[\(index)]"
      } else {
        place += (place.isEmpty ? "" : ".") + key.stringValue
      }
    }
  }

  private static func name(of type: Any.Type) -> String {
    switch type {
    case is Bool.Type: "true or false"
    case is String.Type: "a string"
    case is [Any].Type: "an array"
    default: "an object"
    }
  }
}
