import Foundation
import OnnxParse
import Testing

/// Weights in files beside the model: what is read, and every way to another file that is refused.
@Suite struct ExternalDataTests {
  private static let values: [Float] = [1, 2, 3, 4, 5, 6]

  /// Writes `folder`/m.onnx, whose weight is at `entries`.
  private static func write(
    _ entries: [(String, String)], in folder: String, name: String = "m.onnx"
  ) throws -> String {
    var model = validModel()
    model.graph.initializers[0].payload = .external(
      entries.map { StringPair(key: $0.0, value: $0.1) })
    try model.save(to: "\(folder)/\(name)")
    return "\(folder)/\(name)"
  }

  /// The bytes of ``values`` after `padding` others.
  private static func writeData(to path: String, padding: Int = 0) throws {
    let data = Data(repeating: 7, count: padding) + values.withUnsafeBytes { Data($0) }
    try data.write(to: URL(filePath: path))
  }

  private static func fault(_ location: String, in folder: String) throws -> String {
    let model = try write([("location", location)], in: folder)
    return message { _ = try Model.open(path: model) }
  }

  @Test func valuesAreReadWhereTheyAre() throws {
    try withFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/sub", withIntermediateDirectories: false)
      try Self.writeData(to: folder + "/sub/w.bin", padding: 5)
      let model = try Self.write(
        [("location", "./sub/w.bin"), ("offset", "5"), ("length", "24"), ("checksum", "0")],
        in: folder)
      #expect(try Model.open(path: model).graph.initializers[0].floats() == Self.values)
      var read = try Model.load(path: model)
      #expect(try read.readExternalData() == ["sub/w.bin"])
      // Written again, they are in the model's own file.
      try read.save(to: folder + "/one.onnx")
      #expect(
        try Model.load(path: folder + "/one.onnx").graph.initializers[0].floats() == Self.values)
    }
  }

  @Test func whatALoadedModelHasNotReadIsSaid() throws {
    try withFolder { folder in
      try Self.writeData(to: folder + "/w.bin")
      let model = try Model.load(path: Self.write([("location", "w.bin")], in: folder))
      #expect(message { _ = try model.graph.initializers[0].floats() }.contains("\"w.bin\""))
    }
  }

  @Test func tensorsOfAttributesAreReadToo() throws {
    try withFolder { folder in
      try Self.writeData(to: folder + "/w.bin")
      var model = validModel()
      var weight = model.graph.initializers.removeFirst()
      weight.payload = .external([StringPair(key: "location", value: "w.bin")])
      let name = weight.name
      model.graph.nodes.insert(
        Node(
          opType: "Constant", inputs: [], outputs: [name],
          attributes: [Attribute(name: "value", value: .tensor(weight))]), at: 0)
      try model.save(to: folder + "/m.onnx")
      let read = try Model.open(path: folder + "/m.onnx")
      guard case .tensor(let tensor)? = read.graph.nodes[0].attribute("value")?.value else {
        Issue.record("no tensor")
        return
      }
      #expect(try tensor.floats() == Self.values)
    }
  }

  /// CVE-2022-25882 and what came after it: an absolute path, and a way up.
  @Test(arguments: [
    ("/etc/passwd", "is absolute"), ("../w.bin", "is no file in the model's folder"),
    ("a/../../w.bin", "is no file in the model's folder"),
    ("a/..", "is no file in the model's folder"), (".", "is no file in the model's folder"),
    ("sub/", "is no file in the model's folder"), ("", "has no location"),
  ])
  func aPathOutOfTheFolderIsRefused(_ location: String, _ why: String) throws {
    try withFolder { folder in
      try Self.writeData(to: folder + "/w.bin")
      let inner = folder + "/inner/a"
      try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
      let text = try Self.fault(location, in: folder + "/inner")
      #expect(text.contains(why), "\(text)")
      #expect(text.hasPrefix("\(folder)/inner/m.onnx: graph.tensor"), "\(text)")
    }
  }

  /// CVE-2024-27318 and CVE-2026-27489: the last name is a link.
  @Test func aLinkIsRefused() throws {
    try withFolder { folder in
      try Self.writeData(to: folder + "/w.bin")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link.bin", withDestinationPath: folder + "/w.bin")
      let text = try Self.fault("link.bin", in: folder)
      #expect(text.contains("\"link.bin\" is a link"), "\(text)")
    }
  }

  /// CVE-2026-34447: a folder on the way is a link.
  @Test func aLinkOnTheWayIsRefused() throws {
    try withFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/model/real", withIntermediateDirectories: true)
      try Self.writeData(to: folder + "/w.bin")
      try Self.writeData(to: folder + "/model/real/w.bin")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/model/up", withDestinationPath: folder)
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/model/inside", withDestinationPath: folder + "/model/real")
      for (location, name) in [("up/w.bin", "up"), ("inside/w.bin", "inside")] {
        let text = try Self.fault(location, in: folder + "/model")
        #expect(text.contains("\"\(name)\" is a link"), "\(text)")
      }
    }
  }

  @Test func aHardLinkIsRefused() throws {
    try withFolder { folder in
      try Self.writeData(to: folder + "/secret")
      try FileManager.default.linkItem(atPath: folder + "/secret", toPath: folder + "/w.bin")
      #expect(try Self.fault("w.bin", in: folder).contains("has other names as well (hard links)"))
    }
  }

  @Test func whatIsNoFileIsRefused() throws {
    try withFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/dir", withIntermediateDirectories: false)
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      for name in ["dir", "pipe"] {
        #expect(try Self.fault(name, in: folder).contains("\"\(name)\" is not a regular file"))
      }
      #expect(try Self.fault("gone.bin", in: folder).contains("No such file"))
      #expect(try Self.fault("gone/w.bin", in: folder).contains("No such file"))
    }
  }

  /// The way to the folder may lead over links; it is the user's own.
  @Test func theFolderItselfMayBeALink() throws {
    try withFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/real", withIntermediateDirectories: false)
      try Self.writeData(to: folder + "/real/w.bin")
      _ = try Self.write([("location", "w.bin")], in: folder + "/real")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link", withDestinationPath: folder + "/real")
      let model = try Model.open(path: folder + "/link/m.onnx")
      #expect(try model.graph.initializers[0].floats() == Self.values)
    }
  }

  @Test(arguments: [
    ([("offset", "1")], "24 bytes at 1 of \"w.bin\", which has 24"),
    ([("offset", "9223372036854775807")], "24 bytes at 9223372036854775807 of"),
    ([("offset", "-1")], "offset \"-1\" of external_data is no number"),
    ([("offset", "9223372036854775808")], "is no number of bytes"),
    ([("offset", "0x10")], "is no number of bytes"),
    ([("length", "23")], "length 23 in \"w.bin\"; the shape takes 24 bytes"),
    ([("length", "48")], "length 48 in \"w.bin\"; the shape takes 24 bytes"),
    ([("length", "")], "length \"\" of external_data is no number"),
    ([("offset", "0"), ("offset", "0")], "external_data has offset twice"),
  ])
  func numbersThatDoNotFitAreRefused(_ entries: [(String, String)], _ why: String) throws {
    try withFolder { folder in
      try Self.writeData(to: folder + "/w.bin")
      let model = try Self.write([("location", "w.bin")] + entries, in: folder)
      let text = message { _ = try Model.open(path: model) }
      #expect(text.contains(why), "\(text)")
    }
  }

  /// Unicode joins U+0600 to what follows it and U+0301 to what goes before it, so that for Swift
  /// such a slash is no slash. For the system it is one.
  @Test func aSlashWithinACharacterIsOne() throws {
    try withFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/model/real", withIntermediateDirectories: true)
      try Self.writeData(to: folder + "/secret")
      try Self.writeData(to: folder + "/\u{301}secret")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/model/l\u{600}", withDestinationPath: folder)
      for (location, why) in [
        ("l\u{600}/secret", "is a link"), ("../\u{301}secret", "is no file in the model's folder"),
        ("/\u{301}secret", "is absolute"), ("real/\u{301}/..", "is no file in the model's folder"),
      ] {
        let text = try Self.fault(location, in: folder + "/model")
        #expect(text.contains(why), "\(location): \(text)")
      }
    }
  }

  /// Composed and decomposed, the same string for Swift and two names for the system.
  @Test func equalStringsMayBeTwoFiles() throws {
    try withFolder { folder in
      let names = ["\u{e9}.bin", "e\u{301}.bin"]
      var model = validModel()
      for (index, name) in names.enumerated() {
        let values = [Float(index), 5]
        try Data(values.withUnsafeBytes { Array($0) }).write(
          to: URL(filePath: "\(folder)/staged"))
        #expect(rename("\(folder)/staged", "\(folder)/\(name)") == 0)
        model.graph.initializers.append(
          TensorProto(
            name: "w\(index)", dims: [2], dataType: .float,
            payload: .external([StringPair(key: "location", value: name)])))
      }
      try model.save(to: folder + "/m.onnx")
      let read = try Model.open(path: folder + "/m.onnx").graph.initializers
      #expect(try read[1].floats() == [0, 5])
      #expect(try read[2].floats() == [1, 5])
    }
  }

  /// Lists of sparse tensors, and the defaults of a function's attributes.
  @Test func tensorsInEveryPlaceAreRead() throws {
    try withFolder { folder in
      try Self.writeData(to: folder + "/w.bin")
      let entries = [StringPair(key: "location", value: "w.bin")]
      let sparse = SparseTensorProto(
        values: TensorProto(dims: [6], dataType: .float, payload: .external(entries)),
        indices: TensorProto(dims: [6], int64s: [0, 1, 2, 3, 4, 5]), dims: [8])
      let dense = TensorProto(dims: [2, 3], dataType: .float, payload: .external(entries))
      var model = validModel()
      model.functions = [
        FunctionProto(
          name: "f", domain: "own", inputs: [], outputs: [],
          attributeDefaults: [
            Attribute(name: "dense", value: .tensor(dense)),
            Attribute(name: "sparse", value: .sparseTensors([sparse])),
          ], nodes: [], opsetImports: [OperatorSetID(version: 17)])
      ]
      try model.save(to: folder + "/m.onnx")
      var read = try Model.load(path: folder + "/m.onnx")
      #expect(try read.readExternalData() == ["w.bin"])
      let defaults = read.functions[0].attributeDefaults.map(\.value)
      guard case .tensor(let first) = defaults[0], case .sparseTensors(let list) = defaults[1]
      else {
        Issue.record("no tensors")
        return
      }
      #expect(try first.floats() == Self.values)
      #expect(try list[0].values.floats() == Self.values)
    }
  }

  @Test func stringsHaveNoExternalForm() throws {
    try withFolder { folder in
      try Self.writeData(to: folder + "/w.bin")
      var model = validModel()
      model.graph.initializers[0] = TensorProto(
        name: "w", dims: [2, 3], dataType: .string,
        payload: .external([StringPair(key: "location", value: "w.bin")]))
      try model.save(to: folder + "/m.onnx")
      let text = message { _ = try Model.open(path: folder + "/m.onnx") }
      #expect(text.contains("tensor \"w\": unsupported: elements of type string"), "\(text)")
    }
  }
}
