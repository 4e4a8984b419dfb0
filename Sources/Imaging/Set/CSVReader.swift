/// Reads comma separated values as RFC 4180 has them, with LF or CR LF at the ends of lines.
enum CSVReader {
  /// A row, and the line that it begins in, counting from 1.
  struct Record: Equatable {
    var fields: [String]
    let line: Int
  }

  /// The rows of `text`; empty lines are passed over.
  ///
  /// - Throws: ``ImageError`` with the line as its file where quotes do not stand around a field.
  static func records(_ text: String) throws(ImageError) -> [Record] {
    var parser = Parser()
    for byte in text.utf8 { try parser.take(byte) }
    return try parser.finish()
  }

  private struct Parser {
    private enum Place { case start, plain, quoted, closed }

    private var records: [Record] = []
    private var record = Record(fields: [], line: 1)
    private var field: [UInt8] = []
    private var place = Place.start
    private var line = 1

    mutating func take(_ byte: UInt8) throws(ImageError) {
      if byte == UInt8(ascii: "\n") { line += 1 }
      switch (place, byte) {
      case (.quoted, UInt8(ascii: "\"")): place = .closed
      case (.quoted, _): field.append(byte)
      case (.closed, UInt8(ascii: "\"")):
        field.append(byte)
        place = .quoted
      case (_, UInt8(ascii: ",")): endField()
      case (_, UInt8(ascii: "\n")): endRecord()
      case (.start, UInt8(ascii: "\"")): place = .quoted
      case (.closed, UInt8(ascii: "\r")): break
      case (.closed, _), (_, UInt8(ascii: "\"")):
        throw ImageError(.malformed("a quote that is not around a whole field"), file: "\(line)")
      default:
        field.append(byte)
        place = .plain
      }
    }

    mutating func finish() throws(ImageError) -> [Record] {
      if place == .quoted {
        throw ImageError(.malformed("a quote that is not closed"), file: "\(record.line)")
      }
      if place != .start || !record.fields.isEmpty { endRecord() }
      return records
    }

    private mutating func endField() {
      record.fields.append(String(decoding: field, as: UTF8.self))
      field = []
      place = .start
    }

    private mutating func endRecord() {
      if place != .closed, field.last == UInt8(ascii: "\r") { field.removeLast() }
      let isEmpty = record.fields.isEmpty && field.isEmpty && place != .closed
      endField()
      if !isEmpty { records.append(record) }
      record = Record(fields: [], line: line)
    }
  }
}
