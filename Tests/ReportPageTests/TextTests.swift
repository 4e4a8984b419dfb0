import ReportPage
import Testing

struct TextTests {
  @Test(
    arguments: [
      (NumberFormat.integer, 1234.4, "1234"), (.fixed(2), 1.005, "1.00"), (.fixed(1), -0.04, "0.0"),
      (.significant(3), 1234.5, "1234"), (.significant(3), 12.345, "12.3"),
      (.significant(3), 0.012345, "0.0123"), (.significant(3), 0.00001234, "1.23e-05"),
      (.significant(3), 0, "0"), (.percent(1), 0.1234, "12.3 %"), (.signed(1), 0.25, "+0.2"),
      (.signed(1), -0.26, "-0.3"), (.signed(1), 0.01, "0.0"), (.signed(1), -0.01, "0.0"),
      (.fixed(2), .nan, "–"), (.integer, .infinity, "–"), (.fixed(2), 1e300, "1e+300"),
    ] as [(NumberFormat, Double, String)])
  func numbersForPeople(format: NumberFormat, value: Double, text: String) {
    #expect(format.text(value) == text)
  }

  @Test func fieldsThatNeedQuotesHaveThem() {
    let text = CSV.text(header: ["a", "b"], rows: [["x,y", "say \"z\""], ["1\r\n2", ""]])
    #expect(text == "a,b\r\n\"x,y\",\"say \"\"z\"\"\"\r\n\"1\r\n2\",\r\n")
  }

  @Test func csvReadsAsItWasWritten() throws {
    let rows = [
      ["plain", ",", "\"", "\"\"", "\r\n", "\n", "a\rb", "", " x ", "é…\u{1F600}"],
      ["=1+1", "-", "'", ";", "\t", "a,b\"c\"", "\",\"", ",,", "\r", "end"],
    ]
    let header = (0..<10).map { "column \($0)" }
    #expect(try parse(CSV.text(header: header, rows: rows)) == [header] + rows)
  }

  /// RFC 4180's grammar.
  private func parse(_ text: String) throws -> [[String]] {
    var rows: [[String]] = [[]]
    var field: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "\""):
        try #require(field.isEmpty)
        while let inner = bytes.popFirst() {
          if inner != UInt8(ascii: "\"") {
            field.append(inner)
          } else if bytes.first == UInt8(ascii: "\"") {
            field.append(UInt8(ascii: "\""))
            bytes.removeFirst()
          } else {
            break
          }
        }
        try #require(bytes.first == UInt8(ascii: ",") || bytes.first == 13)
      case UInt8(ascii: ","):
        rows[rows.count - 1].append(String(decoding: field, as: UTF8.self))
        field = []
      case 13:
        try #require(bytes.popFirst() == 10)
        rows[rows.count - 1].append(String(decoding: field, as: UTF8.self))
        field = []
        rows.append([])
      default: field.append(byte)
      }
    }
    #expect(rows.last == [])
    return Array(rows.dropLast())
  }
}
