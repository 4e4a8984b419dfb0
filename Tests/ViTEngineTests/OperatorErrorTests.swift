import OnnxParse
import Testing
import ViTEngine
import ViTKernel

/// What a model that the engine can't run is told.
@Suite struct OperatorErrorTests {
  private static func message(
    _ node: Node, opset: Int64 = 13, dims: [Dimension] = [.size(2), .size(3)],
    initializers: [TensorProto] = []
  ) -> String {
    let model = Model(
      opsetImports: [OperatorSetID(version: opset), OperatorSetID(domain: "custom", version: 1)],
      graph: Graph(
        nodes: [node], inputs: [ValueInfo(name: "x", dataType: .float, dims: dims)],
        outputs: [ValueInfo(name: "y", dataType: .float, dims: nil)], initializers: initializers))
    do {
      let session = try Session(model: model, options: .test(threads: 1))
      _ = try session.prepare(["x": [2, 3]])
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func anUnknownOperatorIsNamedWithItsOpset() {
    let text = Self.message(Node(name: "n", opType: "StringConcat", inputs: ["x"], outputs: ["y"]))
    #expect(text.contains("node \"n\" (StringConcat)"))
    #expect(text.contains("unsupported: operator StringConcat (opset 13)"))
  }

  @Test func aForeignDomainIsNamed() {
    let text = Self.message(
      Node(name: "n", opType: "Add", domain: "custom", inputs: ["x", "x"], outputs: ["y"]))
    #expect(text.contains("operator Add (domain custom)"))
  }

  @Test func anOperatorBeforeItsBirthIsRefused() {
    let text = Self.message(
      Node(name: "n", opType: "Gelu", inputs: ["x"], outputs: ["y"]))
    #expect(text.contains("operator Gelu at opset 13; supported from version 20"))
  }

  @Test(arguments: [Int64(1), 6, 29, 99])
  func anOpsetOutOfRangeIsRefused(opset: Int64) {
    let text = Self.message(
      Node(opType: "Relu", inputs: ["x"], outputs: ["y"]), opset: opset)
    #expect(text.contains("opset \(opset); versions 7 to 28 are supported"))
  }

  @Test func aMissingAttributeIsNamed() {
    let text = Self.message(
      Node(name: "n", opType: "Concat", inputs: ["x", "x"], outputs: ["y"]))
    #expect(text.contains("node \"n\" (Concat): invalid: attribute axis is missing"))
  }

  @Test func anUnknownAttributeIsNamedWithThoseThatTheVersionHas() {
    func node(_ opType: String, _ attribute: String, _ value: Attribute.Value) -> Node {
      Node(
        name: "n", opType: opType, inputs: ["x"], outputs: ["y"],
        attributes: [Attribute(name: attribute, value: value)])
    }
    // Up to opset 12 the axes are an attribute; passing over it would reduce them all.
    let axes = Self.message(node("ReduceSum", "axes", .ints([1])))
    #expect(
      axes.contains(
        "node \"n\" (ReduceSum): invalid: attribute axes is unknown; ReduceSum (version 13) has "
          + "keepdims, noop_with_empty_axes"))
    #expect(Self.message(node("ReduceSum", "axes", .ints([1])), opset: 11) == "no error")
    let bogus = Self.message(node("Relu", "bogus", .int(1)))
    #expect(bogus.contains("attribute bogus is unknown; Relu (version 13) has none"))
    #expect(Self.message(node("Relu", "__bogus", .int(1))) == "no error")
    // Legal, and without meaning for the types that are supported.
    let to = Attribute(name: "to", value: .int(7))
    let saturate = Attribute(name: "saturate", value: .int(0))
    let cast = Node(
      name: "n", opType: "Cast", inputs: ["x"], outputs: ["y"], attributes: [to, saturate])
    #expect(Self.message(cast, opset: 19) == "no error")
    #expect(Self.message(cast, opset: 18).contains("Cast (version 13) has to"))
  }

  @Test(arguments: [
    ("ReduceSum", Int64(11)), ("ReduceMean", 17), ("Squeeze", 11), ("Unsqueeze", 12),
    ("Split", 11), ("Dropout", 11),
  ])
  func anInputOfALaterVersionIsRefused(opType: String, opset: Int64) {
    let text = Self.message(
      Node(name: "n", opType: opType, inputs: ["x", "a"], outputs: ["y"]), opset: opset,
      initializers: [TensorProto(name: "a", dims: [1], int64s: [1])])
    #expect(text.contains("node \"n\" (\(opType)): invalid: 2 inputs"), "\(text)")
  }

  @Test func anUnsupportedTypeIsToldWithTheSupportedOnes() {
    let text = Self.message(
      Node(
        name: "n", opType: "Cast", inputs: ["x"], outputs: ["y"],
        attributes: [Attribute(name: "to", value: .int(8))]))
    #expect(
      text.contains("element type string in attribute to; numbers and bools are supported"))
  }

  @Test func shapesThatDoNotBroadcastAreGiven() {
    let text = Self.message(
      Node(name: "n", opType: "Add", inputs: ["x", "w"], outputs: ["y"]),
      initializers: [TensorProto(name: "w", dims: [4], floats: [1, 2, 3, 4])])
    #expect(text.contains("node \"n\" (Add)"))
    #expect(text.contains("[[2, 3], [4]] do not broadcast"))
  }

  @Test func anAxisOutOfRangeIsGiven() {
    let text = Self.message(
      Node(
        name: "n", opType: "Softmax", inputs: ["x"], outputs: ["y"],
        attributes: [Attribute(name: "axis", value: .int(5))]))
    #expect(text.contains("node \"n\" (Softmax)"))
    #expect(text.contains("axis 5"))
  }

  @Test func aShapeThatDependsOnTheDataIsRefused() {
    let nodes = Node(name: "n", opType: "Expand", inputs: ["x", "x"], outputs: ["y"])
    #expect(Self.message(nodes).contains("computed from the data"))
  }

  @Test func aShapeTooLargeForMemoryIsRefusedBeforeAnythingIsAllocated() {
    let text = Self.message(
      Node(name: "n", opType: "Tile", inputs: ["x", "r"], outputs: ["y"]),
      initializers: [TensorProto(name: "r", dims: [2], int64s: [1 << 40, 1 << 40])])
    #expect(text.contains("node \"n\" (Tile)"))
  }
}
