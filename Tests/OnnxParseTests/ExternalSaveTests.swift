import Foundation
import OnnxParse
import Testing

/// Weights written into a file beside the model.
@Suite struct ExternalSaveTests {
  private static func model(_ seed: Float) -> Model {
    var model = validModel()
    model.graph.initializers.append(
      TensorProto(name: "big", dims: [4096], floats: (0..<4096).map { Float($0) + seed }))
    model.graph.initializers.append(
      TensorProto(name: "odd", dims: [300], floats: Array(repeating: seed, count: 300)))
    return model
  }

  private static func files(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private static func seed(_ path: String) throws -> Float? {
    try Model.open(path: path).graph.initializers[1].floats().first
  }

  @Test func largeTensorsLieBesideTheModel() throws {
    try withFolder { folder in
      let path = folder + "/m.onnx"
      let model = Self.model(3)
      try model.save(to: path, externalData: .always)
      #expect(try Self.files(folder) == ["m.onnx", "m.onnx.data"])
      let stored = try Model.load(path: path)
      let places = stored.graph.initializers.map { tensor -> [String] in
        guard case .external(let entries) = tensor.payload else { return [] }
        return entries.map { "\($0.key) \($0.value)" }
      }
      #expect(
        places == [
          [], ["location m.onnx.data", "offset 0", "length 16384"],
          ["location m.onnx.data", "offset 16384", "length 1200"],
        ])
      let read = try Model.open(path: path)
      #expect(read.graph == model.graph)
    }
  }

  @Test func whatFitsStaysInside() throws {
    try withFolder { folder in
      try Self.model(1).save(to: folder + "/m.onnx")
      #expect(try Self.files(folder) == ["m.onnx"])
    }
  }

  /// The old pair stays whole until the new model has its name, and goes then.
  @Test func aPairReplacesAPair() throws {
    try withFolder { folder in
      let path = folder + "/m.onnx"
      for seed in [Float(1), 2, 3] {
        try Self.model(seed).save(to: path, externalData: .always)
        #expect(try Self.seed(path) == seed)
        #expect(try Self.files(folder).count == 2)
      }
      try Data().write(to: URL(filePath: folder + "/m.onnx.5.data"))
      try Self.model(4).save(to: path, externalData: .always)
      // Nobody's file is nobody's to remove.
      #expect(try Self.files(folder).contains("m.onnx.5.data"))
    }
  }

  @Test func aRefusedPairLeavesNothing() throws {
    struct Refusal: Error {}
    try withFolder { folder in
      let path = folder + "/m.onnx"
      try Self.model(1).save(to: path, externalData: .always)
      #expect(throws: Refusal.self) {
        try Self.model(2).save(to: path, externalData: .always) { written in
          #expect(try written.graph.initializers[1].floats().first == 2)
          throw Refusal()
        }
      }
      #expect(try Self.files(folder) == ["m.onnx", "m.onnx.data"])
      #expect(try Self.seed(path) == 1)
    }
  }

  @Test func aFolderWithoutRoomForANameIsSaid() throws {
    try withFolder { folder in
      for name in ["m.onnx.data"] + (1...9).map({ "m.onnx.\($0).data" }) {
        try Data().write(to: URL(filePath: "\(folder)/\(name)"))
      }
      let text = message {
        try Self.model(1).save(to: folder + "/m.onnx", externalData: .always)
      }
      #expect(text.contains("m.onnx.data and nine like it are there"), "\(text)")
    }
  }

  /// What was not read from the old file is nowhere else.
  @Test func aFileThatIsStillReferredToStays() throws {
    try withFolder { folder in
      let path = folder + "/m.onnx"
      try Self.model(1).save(to: path, externalData: .always)
      try Model.load(path: path).save(to: path, externalData: .always)
      #expect(try Self.seed(path) == 1)
    }
  }

  @Test func weightsOfAModelThatGetsNoNameGo() throws {
    try withFolder { folder in
      let path = folder + "/m.onnx"
      #expect(throws: OnnxError.self) {
        try Self.model(1).save(to: path, externalData: .always) { _ in
          // A folder of that name can't be replaced by a file.
          try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        }
      }
      let left = try Self.files(folder)
      #expect(left == ["m.onnx"])
    }
  }
}
