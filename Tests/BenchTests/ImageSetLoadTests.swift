import Bench
import Foundation
import Imaging
import TensorIO
import TestSupport
import Testing

/// Sets of images in each of their forms, those of numpy by `make_sets.py`.
struct ImageSetLoadTests {
  private let labels = ClassLabels(["red", "green", "blue"])

  private func path(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Sets/\(name)")
      .path(percentEncoded: false)
  }

  @Test func arraysHaveNumpysImages() throws {
    let images = try ImageSet.load(path: path("colours.npz"), labels: labels)
    #expect(images.entries.map(\.name) == (0..<4).map { "images[\($0)]" })
    #expect(images.entries.map(\.label) == [2, 0, 1, 1])
    for index in 0..<4 {
      let image = try images.image(index)
      #expect(image.width == 3 && image.height == 2)
      #expect(image.samples == (0..<18).map { UInt8((index * 18 + $0) * 7 % 251) })
    }
    let kept = images.keeping([3, 1])
    #expect(try kept.image(0) == images.image(3) && kept.entries.map(\.label) == [1, 0])
    let whole = try ContentDigest(images)
    #expect(try whole != ContentDigest(kept))
  }

  @Test func splitsAndGreyImages() throws {
    let train = try ImageSet.load(path: path("split.npz"), labels: labels, split: "train")
    #expect(train.entries.map(\.label) == [2, 0, 1, 1])
    let test = try ImageSet.load(path: path("split.npz"), labels: nil, split: "test")
    #expect(test.entries.map(\.label) == [2, 0, 1])
    #expect(try test.image(1).samples == [44, 44, 44, 55, 55, 55, 66, 66, 66, 77, 77, 77])
    let unlabelled = try ImageSet.load(path: path("unlabelled.npz"), labels: labels)
    #expect(!unlabelled.isLabelled && unlabelled.entries.count == 3)
  }

  @Test func labelsThatAreNotKnownAreFaults() throws {
    let images = try ImageSet.load(path: path("unknown_label.npz"), labels: labels)
    #expect(images.entries.map(\.label) == [2, 0, nil, nil])
    let error = #expect(throws: ImageError.self) { try images.check() }
    #expect(
      error?.description.contains("images[2]: label 3 is no id of a class; the model has 0 to 2")
        == true)
  }

  @Test(arguments: [
    ("floats.npz", "images should be uint8, they are float32"),
    ("float_labels.npz", "labels should be integers"), ("few_labels.npz", "3 labels for 4 images"),
    ("channels.npz", "images of shape [4, 3, 3, 2]"), ("split.npz", "has no array images, x"),
    ("samples.json", "not a set of images"), ("missing.npz", "No such file"),
  ])
  func saysWhatIsWrong(name: String, fault: String) {
    let error = #expect(throws: (any Error).self) {
      try ImageSet.load(path: path(name), labels: labels)
    }
    #expect("\(error!)".contains(fault), "\(error!)")
  }

  @Test func damagedArraysAreErrors() throws {
    let folder = try TemporaryFolder()
    for name in ["colours.npz", "split.npz"] {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: path(name))))
      let split = name == "split.npz" ? "train" : nil
      for length in stride(from: 0, to: bytes.count, by: 37) {
        let file = try folder.write(bytes.prefix(length), as: "cut.npz")
        #expect(throws: TensorFileError.self) {
          try ImageSet.load(path: file, labels: labels, split: split)
        }
      }
      // Somewhere in the elements of the first array, which a checksum guards.
      var flipped = bytes
      flipped[200] ^= 0x10
      let file = try folder.write(flipped, as: "flipped.npz")
      #expect(throws: TensorFileError.self) {
        try ImageSet.load(path: file, labels: labels, split: split)
      }
    }
    let file = try Npz(path: path("colours.npz"))
    #expect(throws: TensorFileError.self) { try file.rawArray("images", byteLimit: 100) }
    #expect(throws: TensorFileError.self) { try file.rawArray("nothing") }
  }

  @Test func foldersAndLists() throws {
    let folder = try TemporaryFolder()
    for name in ["validation/red", "validation/blue"] {
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: name), withIntermediateDirectories: true)
      try folder.write([1], as: name + "/a.png")
    }
    let images = try ImageSet.load(path: folder.path(""), labels: labels, split: "validation")
    #expect(images.entries.map(\.label) == [2, 0])
    #expect(throws: BenchError.self) {
      try ImageSet.load(path: folder.path("validation"), labels: nil)
    }
    let side = try ImageSet.load(path: folder.path("validation/red"), labels: nil)
    #expect(!side.isLabelled && side.entries.map(\.name) == ["a.png"])
    let list = try folder.write("path,label\nvalidation/red/a.png,blue\n".utf8, as: "l.csv")
    #expect(try ImageSet.load(path: list, labels: labels).entries.map(\.label) == [2])
    #expect(throws: BenchError.self) {
      try ImageSet.load(path: list, labels: labels, split: "test")
    }
  }

  @Test func samplesAreThoseOfAnotherProgram() throws {
    struct Golden: Decodable {
      let count, limit: Int
      let seed: UInt64
      let sample: [Int]
    }
    let data = try Data(contentsOf: URL(filePath: path("samples.json")))
    for golden in try JSONDecoder().decode([Golden].self, from: data) {
      let array = try ImageArray(
        [UInt8](repeating: 0, count: golden.count)[...], shape: [golden.count, 1, 1])
      let all = try ImageSet(array, key: "x", ids: nil, labels: nil, path: "")
      let drawn = all.sample(golden.limit, seed: golden.seed)
      #expect(drawn.entries.map(\.content) == golden.sample.map { .element($0) })
      #expect(all.sample(golden.count, seed: golden.seed).entries == all.entries)
    }
  }
}
