import Foundation

extension ImageSet {
  /// How a list of images is written.
  public enum ListFormat: Sendable {
    /// Comma separated values under a header with `path` and, where there are labels, `label`.
    case csv
    /// A JSON object with `path` and `label` in each line.
    case jsonLines
  }

  /// Wrong labels that are told the nearest names.
  private static let helpedFaults = 20

  /// Reads a list of images and their labels: names or ids of classes. Relative paths begin at the
  /// folder of the list. Other columns are not looked at.
  ///
  /// An image whose label `labels` does not know has a fault; without `labels` only ids are known.
  ///
  /// - Throws: ``ImageError`` naming the line where the list is malformed, or labels some images and
  ///   not others, and where it can't be read or is empty.
  public init(
    list path: String, format: ListFormat, labels: ClassLabels?
  ) throws(ImageError) {
    let rows: [ListRow]
    do throws(ImageError) {
      let bytes = try File.read(path)
      let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
      guard let text = String(validating: text, as: UTF8.self) else {
        throw ImageError(.malformed("not UTF-8"))
      }
      rows = try format == .csv ? ListRow.csv(text) : ListRow.jsonLines(text)
      guard !rows.isEmpty else { throw ImageError(.layout("lists no images")) }
    } catch {
      throw ImageError(error.kind, file: error.file.map { "\(path):\($0)" } ?? path)
    }
    let isLabelled = rows.contains { $0.label != .none }
    let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
    var entries: [Entry] = []
    var faults = 0
    for row in rows {
      let file = row.path.hasPrefix("/") ? row.path : folder + row.path
      let place = "\(path):\(row.line)"
      guard isLabelled else {
        entries.append(Entry(name: row.path, content: .file(file), label: nil))
        continue
      }
      guard case .name(let name) = row.label else {
        let why =
          row.label == .none
          ? "no label, though other images have one" : "\"label\" is neither a name nor an id"
        let fault = ImageError(.malformed(why), file: place)
        entries.append(Entry(name: row.path, content: .file(file), label: nil, fault: fault))
        continue
      }
      let label = labels.map { $0.id(of: name) } ?? Int(name).flatMap { $0 >= 0 ? $0 : nil }
      if label == nil { faults += 1 }
      let fault =
        label == nil
        ? (labels ?? ClassLabels([])).fault(
          name, file: place, namesNearest: faults <= Self.helpedFaults) : nil
      entries.append(Entry(name: row.path, content: .file(file), label: label, fault: fault))
    }
    self.init(path: path, entries: entries, isLabelled: isLabelled)
  }
}

/// A line of a list.
private struct ListRow {
  enum Label: Equatable {
    case none
    /// A name or an id.
    case name(String)
    /// A JSON value that is neither.
    case other
  }

  let path: String
  let label: Label
  /// Counting from 1.
  let line: Int

  static func csv(_ text: String) throws(ImageError) -> [ListRow] {
    var records = try CSVReader.records(text)
    guard !records.isEmpty else { return [] }
    let header = records.removeFirst().fields
    guard let path = header.firstIndex(of: "path") else {
      throw ImageError(.malformed("the header has no column \"path\""), file: "1")
    }
    let label = header.firstIndex(of: "label")
    return try records.map { record throws(ImageError) in
      guard record.fields.count == header.count else {
        throw ImageError(
          .malformed("\(record.fields.count) fields under a header of \(header.count)"),
          file: "\(record.line)")
      }
      let name = label.map { record.fields[$0] }
      return try ListRow(
        path: record.fields[path], label: name.map { $0.isEmpty ? .none : .name($0) } ?? .none,
        line: record.line)
    }
  }

  static func jsonLines(_ text: String) throws(ImageError) -> [ListRow] {
    // Of the characters that end a line of text only this one may not stand in a JSON string.
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let blanks = Set(" \t\r".utf8)
    var rows: [ListRow] = []
    for (index, line) in lines.enumerated() where !line.allSatisfy(blanks.contains) {
      let members: [String: JSONValue]
      do throws(ImageError) {
        members = try JSONValue.object(in: Array(line))
      } catch {
        throw ImageError(error.kind, file: "\(index + 1)")
      }
      guard case .string(let path)? = members["path"] else {
        throw ImageError(.malformed("no \"path\""), file: "\(index + 1)")
      }
      let label: Label =
        switch members["label"] {
        case nil, .null: .none
        case .string(let name): .name(name)
        case .number(let id) where id == id.rounded() && abs(id) < 1e9: .name("\(Int(id))")
        default: .other
        }
      rows.append(try ListRow(path: path, label: label, line: index + 1))
    }
    return rows
  }

  private init(path: String, label: Label, line: Int) throws(ImageError) {
    guard !path.isEmpty else { throw ImageError(.malformed("an empty path"), file: "\(line)") }
    self.path = path
    self.label = label
    self.line = line
  }
}
