import Foundation
import OnnxParse
import Testing

@Suite struct FileTests {
  @Test func replacesTheFileThatItWasReadFrom() throws {
    try withFolder { folder in
      let path = folder + "/model.onnx"
      try validModel().save(to: path)
      var model = try Model.load(path: path)
      let weights = model.graph.initializers[0]
      model.producerName = String(repeating: "n", count: 100_000)
      try model.save(to: path)
      // The old file is still mapped under the weights.
      #expect(try weights.floats() == [1, 2, 3, 4, 5, 6])
      #expect(try Model.load(path: path) == model)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model.onnx"])
    }
  }

  @Test func readsAgainWhatWasReleased() throws {
    try withFolder { folder in
      var model = validModel()
      let values = (0..<600_000).map { Float($0) }
      model.graph.initializers.append(TensorProto(name: "big", dims: [600_000], floats: values))
      try model.save(to: folder + "/m.onnx")
      let big = try Model.load(path: folder + "/m.onnx").graph.initializers[1]
      let bytes = try big.rawBytes()
      bytes.releasePages()
      bytes.slice(3..<bytes.count - 5).releasePages()
      #expect(try big.floats() == values)
      // What is in no file has nowhere to be read from again.
      let owned = Bytes([1, 2, 3])
      owned.releasePages()
      #expect(owned.array == [1, 2, 3])
    }
  }

  @Test func writesWhatItEncodes() throws {
    try withFolder { folder in
      var model = validModel()
      let values = (0..<600_000).map { Float($0) }
      model.graph.initializers.append(TensorProto(name: "big", dims: [600_000], floats: values))
      try model.save(to: folder + "/m.onnx")
      let written = try Data(contentsOf: URL(filePath: folder + "/m.onnx"))
      #expect(try [UInt8](written) == model.encoded())
      #expect(
        try Model.load(path: folder + "/m.onnx").graph.initializers[1].floats() == values)
    }
  }

  @Test func keepsLinksAndPermissions() throws {
    try withFolder { folder in
      let (path, link) = (folder + "/model.onnx", folder + "/link.onnx")
      try validModel().save(to: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      var model = validModel()
      model.producerName = "second"
      try model.save(to: link)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
      #expect(try Model.load(path: path).producerName == "second")
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func aCheckSeesWhatIsWrittenAndCanRefuseIt() throws {
    struct Refusal: Error {}
    try withFolder { folder in
      let path = folder + "/model.onnx"
      try validModel().save(to: path)
      var model = validModel()
      model.producerName = "second"
      #expect(throws: Refusal.self) {
        try model.save(to: path) { written in
          #expect(written.producerName == "second" && written.file == path)
          #expect(try Model.load(path: path).producerName != "second")
          throw Refusal()
        }
      }
      #expect(try Model.load(path: path).producerName != "second")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model.onnx"])
      try model.save(to: path) { _ in }
      #expect(try Model.load(path: path).producerName == "second")
    }
  }

  @Test func saysWhyAFileCannotBeReadOrWritten() throws {
    try withFolder { folder in
      let missing = folder + "/none/model.onnx"
      #expect(
        message { _ = try Model.load(path: missing) }
          == "\(missing): can't be read: No such file or directory")
      #expect(
        message { try validModel().save(to: missing) }
          == "\(missing): can't be written: No such file or directory")
      #expect(
        message { _ = try Model.load(path: folder) }
          == "\(folder): can't be read: not a regular file")
      #expect(
        message { try validModel().save(to: folder) }
          == "\(folder): can't be written: not a regular file")
      #expect(
        message { try validModel().save(to: "/dev/null") }
          == "/dev/null: can't be written: not a regular file")
    }
  }

  /// A pipe without a writer would keep its reader for ever.
  @Test func aPipeIsNoModel() throws {
    try withFolder { folder in
      let path = folder + "/pipe.onnx"
      try #require(mkfifo(path, 0o600) == 0)
      #expect(
        message { _ = try Model.load(path: path) } == "\(path): can't be read: not a regular file")
    }
  }

  @Test func messagesAreShortLines() throws {
    let name = "a\nb\u{1B}[31m\u{202E}" + String(repeating: "c", count: 900)
    let text = OnnxError(.invalid("\"\(name)\""), place: name).description
    #expect(text.hasPrefix("a\\nb\\u{1B}[31m\\u{202E}ccc"))
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F })
    #expect(text.count < 900)
  }

  @Test func leavesNothingBehindWhereItFails() throws {
    try withFolder { folder in
      var model = validModel()
      model.graph.nodes[0].name = "a\0b"
      #expect(
        message { try model.save(to: folder + "/model.onnx") }
          == "\(folder)/model.onnx: graph.node[0] \"a\\0b\": invalid model: "
          + "the text \"a\\0b\" holds a NUL character")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }

  @Test func readsAndWritesTensorFiles() throws {
    try withFolder { folder in
      let tensor = TensorProto(name: "x", dims: [2, 2], floats: [1, -2, 3.5, .infinity])
      try tensor.save(to: folder + "/input_0.pb")
      let again = try TensorProto.load(path: folder + "/input_0.pb")
      #expect(again == tensor)
      #expect(try TensorProto(decoding: tensor.encoded()) == tensor)
      let bytes = try tensor.encoded()
      #expect(throws: OnnxError.self) { try TensorProto(decoding: Array(bytes.dropLast())) }
    }
  }
}
