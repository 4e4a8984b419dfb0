import Foundation
import OnnxParse
import Testing

@Suite struct RoundTripTests {
  /// These hold nothing that is written in another order or left out: the bytes must be the same.
  @Test(arguments: ["attributes", "storage", "subgraph"])
  func writesTheReferenceEncodersBytes(_ name: String) throws {
    #expect(try Model.load(path: casePath(name)).encoded() == caseBytes(name))
  }

  @Test func writesTheExportersBytes() throws {
    let path = repository.appending(path: "fixtures/vit-fashion/model.onnx").path
    let original = try Data(contentsOf: URL(filePath: path))
    #expect(try Model.load(path: path).encoded() == [UInt8](original))
  }

  @Test(arguments: caseNames) func losesNothing(_ name: String) throws {
    let model = try Model.load(path: casePath(name))
    let again = try Model(decoding: try model.encoded(), file: casePath(name))
    #expect(again == model)
    #expect(try model.encoded().count == caseBytes(name).count)
  }

  /// With `VITQ_INTEROP_DIR` set, the files stay there for `Tests/interop/check_roundtrip.py`.
  @Test func keepsFixtures() throws {
    let paths = try fixturePaths() + caseNames.map { "Tests/OnnxParseTests/Cases/\($0).onnx" }
    #expect(paths.count > caseNames.count)
    try withFolder { temporary in
      let folder = ProcessInfo.processInfo.environment["VITQ_INTEROP_DIR"] ?? temporary
      for path in paths {
        let original = repository.appending(path: path)
        let copy = URL(filePath: folder).appending(path: path)
        try FileManager.default.createDirectory(
          at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
        let model = try Model.load(path: original.path)
        try model.save(to: copy.path)
        // Bytes instead of values: NaN is not equal to itself.
        let encoded = try Model.load(path: copy.path).encoded()
        #expect(try model.encoded() == encoded, "\(path)")
      }
    }
  }

  @Test func readsEveryKindOfAttribute() throws {
    let node = try #require(try Model.load(path: casePath("attributes")).graph.nodes.first)
    #expect(node.attributes.count == 17)
    #expect(node.attribute("f")?.value == .float(0.5))
    #expect(node.attribute("i")?.value == .int(-7))
    #expect(node.attribute("s")?.value == .string([97, 0, 255]))
    #expect(node.attribute("f0")?.value == .float(0))
    #expect(node.attribute("floats")?.value == .floats([1.5, -2.5]))
    #expect(node.attribute("ints")?.value == .ints([1, .min]))
    #expect(node.attribute("strings")?.value == .strings([Array("one".utf8), []]))
    #expect(node.attribute("none")?.value == .ints([]))
    #expect(node.attribute("graphs")?.value == .graphs([Graph(name: "c")]))
    guard case .tensor(let tensor) = node.attribute("t")?.value,
      case .sparseTensor(let sparse) = node.attribute("sparse")?.value,
      case .types(let types) = node.attribute("types")?.value
    else {
      Issue.record("a message attribute has another type")
      return
    }
    #expect(try tensor.floats() == [1, 2])
    #expect(try sparse.indices.int64s() == [1, 4])
    #expect(
      types.map(\.kind)
        == Array(
          repeating: .tensor(elementType: 1, dims: [.size(1), .symbol("n"), .unknown]), count: 2))
  }

  @Test func readsTypesAndWhatIsNotDeclared() throws {
    let model = try Model.load(path: casePath("types"))
    let kinds = Dictionary(
      uniqueKeysWithValues: (model.graph.inputs + model.graph.valueInfo).map { ($0.name, $0.type) })
    let tensor = try #require(kinds["tensor"] ?? nil)
    let dims: [OnnxParse.Dimension] = [.symbol("batch"), .size(3), .unknown]
    #expect(tensor.kind == .tensor(elementType: 1, dims: dims))
    #expect(tensor.denotation == "IMAGE")
    #expect(tensor.details.dimensions.map(\.denotation) == ["DATA_BATCH", "", ""])
    #expect(kinds["unranked"]??.kind == .tensor(elementType: 1, dims: nil))
    #expect(kinds["scalar"]??.kind == .tensor(elementType: 7, dims: []))
    #expect(kinds["sparse"]??.kind == .sparseTensor(elementType: 1, dims: [.size(4)]))
    #expect(kinds["sequence"]??.kind == .sequence(tensor))
    #expect(kinds["optional"]??.kind == .optional(TypeProto(kind: .sequence(tensor))))
    #expect(kinds["map"]??.kind == .map(keyType: 8, value: tensor))
    #expect(kinds["opaque"]??.unknownFields.map(\.tag) == [7])
    #expect(model.graph.initializers[0].unknownFields.map(\.tag) == [3])
    #expect(model.graph.nodes[0].unknownFields.map(\.tag) == [10])
    #expect(model.unknownFields.map(\.tag) == [20, 26])
    let function = try #require(model.functions.first)
    #expect(function.nodes[1].attributes[0].refAttrName == "slope")
    #expect(function.nodes[1].attributes[0].declaredType == 1)
    #expect(function.attributeDefaults.map(\.name) == ["gain"])
  }

  @Test func keepsUnknownFieldsOfSmallMessages() throws {
    let strange = Wire.number(900, 5) + Wire.message(901, [1, 2, 3])
    let pair = Wire.text(1, "key") + Wire.text(2, "value") + strange
    let opset = Wire.number(2, 17) + strange
    let dimension = Wire.number(1, 4) + strange
    let tensorType = Wire.number(1, 1) + Wire.message(2, Wire.message(1, dimension) + strange)
    let input = Wire.text(1, "x") + Wire.message(2, Wire.message(1, tensorType + strange))
    let bytes =
      Wire.number(1, 8) + Wire.message(7, Wire.text(2, "g") + Wire.message(11, input))
      + Wire.message(8, opset) + Wire.message(14, pair)
    #expect(try Model(decoding: bytes).encoded() == bytes)
  }
}
