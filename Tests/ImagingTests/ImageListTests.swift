import Imaging
import TestSupport
import Testing

/// Lists of images: comma separated values and JSON Lines.
struct ImageListTests {
  private let labels = ClassLabels(["cat", "dog, small", "7"])
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func set(
    _ text: String, _ format: ImageSet.ListFormat = .csv, labels: ClassLabels?
  ) throws -> ImageSet {
    try ImageSet(
      list: try folder.write(text.utf8, as: "list"), format: format, labels: labels)
  }

  @Test func readsPathsAndLabels() throws {
    let csv = try set(
      "\u{FEFF}label,path,more\r\ncat,a/1.png,x\r\n\"dog, small\",\"b \"\"2\"\".png\",\r\n\r\n2,/c.png,\n",
      labels: labels)
    let json = try set(
      """
      {"path": "a/1.png", "label": "cat"}

      {"path": "b \\"2\\".png", "label": 1, "more": [1]}
      {"path": "/c.png", "label": "7"}\r
      """, .jsonLines, labels: labels)
    for images in [csv, json] {
      #expect(images.entries.map(\.name) == ["a/1.png", "b \"2\".png", "/c.png"])
      #expect(images.entries.map(\.label) == [0, 1, 2])
      #expect(images.isLabelled && !images.isNamedByLabel)
      #expect(images.entries[0].content == .file(folder.path("a/1.png")))
      #expect(images.entries[2].content == .file("/c.png"))
    }
  }

  @Test func labelsMayBeIdsOrMissing() throws {
    let ids = try set("path,label\na.png,12\nb.png,cat\n", labels: nil)
    #expect(ids.entries.map(\.label) == [12, nil])
    #expect(throws: ImageError.self) { try ids.check() }
    for text in ["path\na.png\n", "path,label\na.png,\n"] {
      let images = try set(text, labels: labels)
      #expect(!images.isLabelled && images.entries.map(\.label) == [nil])
      #expect(throws: Never.self) { try images.check() }
    }
  }

  @Test func aLabelThatIsNotKnownNamesItsLine() throws {
    let images = try set("path,label\na.png,cat\nb.png,cats\n", labels: labels)
    let error = #expect(throws: ImageError.self) { try images.check() }
    #expect(error?.description.hasPrefix(folder.path("list") + ":3: \"cats\" is no label") == true)
    #expect(error?.description.contains("nearest are \"cat\"") == true)
  }

  @Test(arguments: [
    ("", "lists no images"), ("path,label\n", "lists no images"),
    ("file,label\na,b\n", ":1: the header has no column \"path\""),
    ("path,label\na.png\n", ":2: 1 fields under a header of 2"),
    ("path,label\n,cat\n", ":2: an empty path"),
    ("path,label\na.png,cat\nb.png,\n", ":3: no label, though other images have one"),
    ("path,label\na\"b.png,cat\n", ":2: a quote"), ("path,label\n\"a.png,cat\n", ":2: a quote"),
  ])
  func malformedValues(text: String, fault: String) throws {
    let error = #expect(throws: ImageError.self) { try set(text, labels: labels).check() }
    #expect(error?.description.contains(fault) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    ("\n", "lists no images"), ("{\"path\": \"a.png\"}\n[]\n", ":2: not a JSON object"),
    ("{\"label\": 1}", ":1: no \"path\""), ("{\"path\": 3}", ":1: no \"path\""),
    ("{\"path\": \"a\", \"label\": 1.5}", ":1: \"label\" is neither"),
    ("{\"path\": \"a\"", ":1: not valid JSON"),
    (
      "{\"path\": \"a\", \"label\": 0}\n{\"path\": \"b\", \"label\": true}",
      ":2: \"label\" is neither"
    ),
  ])
  func malformedLines(text: String, fault: String) throws {
    let error = #expect(throws: ImageError.self) {
      try set(text, .jsonLines, labels: labels).check()
    }
    #expect(error?.description.contains(fault) == true, "\(String(describing: error))")
  }

  /// A JSON string may hold what ends a line elsewhere.
  @Test func onlyALineFeedEndsALine() throws {
    let images = try set(
      "{\"path\": \"a\u{2028}\u{85}b.png\"}\r\n{\"path\": \"c.png\"}", .jsonLines, labels: nil)
    #expect(images.entries.map(\.name) == ["a\u{2028}\u{85}b.png", "c.png"])
  }

  @Test func aListIsText() throws {
    let path = try folder.write([0x70, 0xFF, 0xFE], as: "list")
    #expect(throws: ImageError.self) { try ImageSet(list: path, format: .csv, labels: nil) }
    #expect(throws: ImageError.self) {
      try ImageSet(list: folder.path("missing"), format: .csv, labels: nil)
    }
  }
}
