import Foundation
import Imaging
import TestSupport
import Testing

struct ImageSetTests {
  private let labels = ClassLabels(["T-shirt/top", "Trouser", "Dress", "7"])
  private let temporary: TemporaryFolder
  private var folder: URL { temporary.url }

  init() throws { temporary = try TemporaryFolder() }

  @Test func foldersAreNamesOrIds() {
    #expect(labels.id(of: "Trouser") == 1)
    #expect(labels.id(of: "t_shirt_top") == 0)
    #expect(labels.id(of: "2") == 2)
    #expect(labels.id(of: "7") == 3)
    #expect(labels.id(of: "4") == nil)
    #expect(ClassLabels(["a-b", "a b"]).id(of: "ab") == nil)
    // A number is no other number, and nothing is no name.
    let digits = ClassLabels(["0", "1", "?", "10"])
    #expect(digits.id(of: "10") == 3 && digits.id(of: "2") == 2)
    for name in ["-1", "1.0", "1e0", "!!!", ""] { #expect(digits.id(of: name) == nil, "\(name)") }
  }

  /// ImageNet has two cranes: the bird and the machine.
  @Test func aNameOfTwoClassesIsThatOfNone() throws {
    let labels = ClassLabels(["crane", "heron", "crane"])
    #expect(labels.id(of: "crane") == nil && labels.id(of: "2") == 2)
    try write([], to: folder.appendingPathComponent("crane/a.png"))
    let images = try ImageSet(folder: folder.path, labels: labels)
    let error = #expect(throws: ImageError.self) { try images.check() }
    #expect(error?.description.contains("name of the classes 0, 2; give the id") == true)
  }

  @Test func namesMustBeUTF8() throws {
    try write([], to: folder.appendingPathComponent("Dress/b.png"))
    let path = Array((folder.path + "/Dress/\u{FF}.png").utf8)
    // One byte that no character begins with.
    let bytes = path.filter { $0 != 0xC3 }.map { CChar(bitPattern: $0 == 0xBF ? 0xFF : $0) } + [0]
    let file = open(bytes, O_CREAT | O_WRONLY, 0o600)
    try #require(file >= 0)
    close(file)
    let images = try ImageSet(folder: folder.path, labels: labels)
    #expect(images.entries.count == 2)
    let error = #expect(throws: ImageError.self) { try images.content(1) }
    #expect(error?.description.hasSuffix("its name is not UTF-8") == true, "\(error as Any)")
  }

  @Test func whatIsNoImageIsLeftInTheFile() throws {
    let path = folder.path + "/large.png"
    try #require(FileManager.default.createFile(atPath: path, contents: Data()))
    try #require(truncate(path, 1 << 40) == 0)
    let error = #expect(throws: ImageError.self) { try RGBImage.load(path: path) }
    #expect(error?.description == "\(path): not a PNG or JPEG file")
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    try handle.write(contentsOf: Data([0xFF, 0xD8, 0xFF]))
    try handle.close()
    let tooLarge = #expect(throws: ImageError.self) { try RGBImage.load(path: path) }
    #expect(tooLarge?.description.contains("more than the limit of 1073741824") == true)
  }

  @Test func whatCannotBeUsedIsReported() throws {
    for name in ["Dress/a.png", "Dress/b.png", "unknown/c.png"] {
      try write([], to: folder.appendingPathComponent(name))
    }
    try FileManager.default.createDirectory(
      atPath: folder.path + "/Dress/d.png", withIntermediateDirectories: true)
    let images = try ImageSet(folder: folder.path, labels: labels)
    var faults: [String] = []
    #expect(images.usable { faults.append("\($0)") }.entries.isEmpty)
    #expect(faults.count == 4 && faults[2].contains("a folder in a label's folder"))
  }

  @Test func listsSorted() throws {
    for file in [
      "Trouser/b.png", "Dress/9.png", "Trouser/a.PNG", "Dress/.hidden", "Dress/note.txt",
    ]
      + ["Dress/Makefile", "notes.txt"]
    {
      try write([], to: folder.appendingPathComponent(file))
    }
    let images = try ImageSet(folder: folder.path, labels: labels)
    #expect(
      images.entries.map(\.name) == ["Dress/9.png", "Trouser/a.PNG", "Trouser/b.png"])
    #expect(images.entries[0].content == .file(folder.path + "/Dress/9.png"))
    #expect(images.entries.map(\.label) == [2, 1, 1])
    // Those that are hidden count for nothing.
    #expect(images.passedOver == 3)
  }

  @Test func namesTheNearestLabels() throws {
    try write([], to: folder.appendingPathComponent("Trousers/a.png"))
    try write([], to: folder.appendingPathComponent("Dress/b.png"))
    let images = try ImageSet(folder: folder.path, labels: labels)
    #expect(images.entries.map(\.label) == [2, nil])
    let error = #expect(throws: ImageError.self) { try images.check() }
    let description = try #require(error?.description)
    #expect(description.contains("\"Trousers\" is no label or id of the model's 4 classes"))
    #expect(description.contains("nearest are \"Trouser\", "))
  }

  @Test func aSplitIsNoLabel() throws {
    try write([], to: folder.appendingPathComponent("train/Dress/a.png"))
    let error = #expect(throws: ImageError.self) {
      try ImageSet(folder: folder.path, labels: labels)
    }
    #expect(error?.description.contains("if it is a split, give its folder") == true)
  }

  /// Listing does not look into files; what is called an image and is none is an error when it is read.
  @Test func anImageThatCannotBeReadIsNotPassedOver() throws {
    for file in ["Dress/a.png", "Dress/b.BMP"] {
      try write([0x42, 0x4d], to: folder.appendingPathComponent(file))
    }
    let images = try ImageSet(folder: folder.path, labels: labels)
    #expect(images.entries.count == 2)
    let error = #expect(throws: ImageError.self) { try images.image(1) }
    #expect(error?.file == folder.path + "/Dress/b.BMP")
  }

  @Test(arguments: ["Dress/a.txt", "Dress/deep/a.png", "a.png"])
  func refusesAFolderWithoutLabelledImages(_ file: String) throws {
    try write([], to: folder.appendingPathComponent(file))
    #expect(throws: ImageError.self) { try ImageSet(folder: folder.path, labels: labels) }
  }

  @Test func readsLabels() throws {
    let file = folder.appendingPathComponent("config.json")
    try write(Array(#"{"id2label": {"1": "dog", "0": "cat"}, "model_type": "vit"}"#.utf8), to: file)
    #expect(try ClassLabels.load(path: file.path).names == ["cat", "dog"])
    try write(Array(#"{"id2label": {"1": "dog", "2": "cat"}}"#.utf8), to: file)
    let error = #expect(throws: ImageError.self) { try ClassLabels.load(path: file.path) }
    #expect(error?.description == "\(file.path): \"id2label\" has no name for class 0")
    try write(Array(#"{"label2id": {"dog": 1, "cat": 0}}"#.utf8), to: file)
    #expect(try ClassLabels.load(path: file.path).names == ["cat", "dog"])
    try write(Array(#"{"label2id": {"dog": 1, "cat": 1}}"#.utf8), to: file)
    #expect(throws: ImageError.self) { try ClassLabels.load(path: file.path) }
  }

  private func write(_ bytes: [UInt8], to file: URL) throws {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }
}
