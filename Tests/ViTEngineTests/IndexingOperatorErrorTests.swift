import OnnxParse
import Testing
import ViTEngine
import ViTKernel

/// Models whose indices, versions or attributes contradict themselves: one line each, and no trap.
@Suite struct IndexingOperatorErrorTests {
  private static func message(
    _ opType: String, _ attributes: [String: Attribute.Value] = [:], opset: Int64 = 18,
    constants: [TensorProto] = []
  ) -> String {
    let model = Model(
      opsetImports: [OperatorSetID(version: opset)],
      graph: Graph(
        nodes: [
          Node(
            opType: opType, inputs: ["x"] + constants.map(\.name), outputs: ["y"],
            attributes: attributes.map { Attribute(name: $0.key, value: $0.value) })
        ],
        inputs: [ValueInfo(name: "x", dataType: .float, dims: [.size(2), .size(3)])],
        outputs: [ValueInfo(name: "y", dataType: .float, dims: nil)], initializers: constants))
    do {
      let session = try Session(model: model, options: .test(threads: 1))
      _ = try session.run(["x": Tensor(.float32, shape: [2, 3])])
      return "no error"
    } catch {
      return error.description
    }
  }

  private static func integers(_ name: String, _ dims: [Int64], _ values: [Int64]) -> TensorProto {
    TensorProto(name: name, dims: dims, int64s: values)
  }

  @Test func indicesOutOfRangeAreRefusedAtRunTime() {
    let far = Self.integers("i", [1, 1], [7])
    #expect(Self.message("GatherElements", constants: [far]).contains("out of range"))
    #expect(Self.message("GatherND", constants: [far]).contains("out of range"))
    let update = TensorProto(name: "u", dims: [1, 1], floats: [1])
    #expect(Self.message("ScatterElements", constants: [far, update]).contains("out of range"))
  }

  @Test func numbersThatNoShapeHasAreRefused() {
    let many = Self.integers("k", [1], [9])
    #expect(Self.message("TopK", constants: [many]).contains("9 elements of axis"))
    #expect(
      Self.message("TopK", constants: [Self.integers("k", [2], [1, 1])])
        .contains("2 numbers as K"))
    #expect(Self.message("TopK", opset: 9).contains("attribute k is missing"))
    #expect(
      Self.message("CumSum", constants: [Self.integers("a", [1], [5])]).contains("axis 5"))
    #expect(Self.message("ArgMax", ["axis": .int(.min)]).contains("axis"))
    #expect(Self.message("Hardmax", ["axis": .int(2)]).contains("axis 2"))
    #expect(Self.message("Trilu", constants: [Self.integers("k", [], [.max])]) == "no error")
  }

  @Test func choicesThatAreNoneAreNamed() {
    func text(_ value: String) -> Attribute.Value { .string(Array(value.utf8)) }
    let (index, update) = (
      Self.integers("i", [1, 1], [0]), TensorProto(name: "u", dims: [1, 1], floats: [1])
    )
    #expect(
      Self.message("ScatterElements", ["reduction": text("xor")], constants: [index, update])
        .contains("attribute reduction is \"xor\""))
    #expect(
      Self.message(
        "ScatterElements", ["reduction": text("max")], opset: 16, constants: [index, update]
      ).contains("attribute reduction is \"max\""))
    #expect(Self.message("Einsum", ["equation": text("ij->")]) == "no error")
    #expect(Self.message("Einsum", ["equation": text("ij->k")]).contains("a new one"))
    #expect(Self.message("Einsum", ["equation": text("ijk->k")]).contains("rank 2"))
    #expect(Self.message("Einsum").contains("attribute equation is missing"))
  }

  @Test func whatOnnxDroppedIsRefusedAfterwards() {
    let (index, update) = (
      Self.integers("i", [1, 1], [0]), TensorProto(name: "u", dims: [1, 1], floats: [1])
    )
    #expect(Self.message("Scatter", opset: 10, constants: [index, update]) == "no error")
    #expect(
      Self.message("Scatter", opset: 11, constants: [index, update])
        .contains("ONNX has it up to 10"))
  }

  @Test func attributesOfOldVersionsAreRead() {
    let slice: [String: Attribute.Value] = ["starts": .ints([0]), "ends": .ints([1])]
    #expect(Self.message("Slice", slice, opset: 9) == "no error")
    #expect(Self.message("Slice", slice, opset: 10).contains("1 inputs, Slice (version 10)"))
    #expect(Self.message("Slice", opset: 9).contains("starts and ends are missing"))
    #expect(Self.message("Pad", ["pads": .ints([0, 1, 0, 0])], opset: 10) == "no error")
    #expect(Self.message("Pad", ["pads": .ints([0, 1])], opset: 10).contains("pads [0, 1]"))
    #expect(Self.message("Pad", opset: 10).contains("attribute pads is missing"))
    #expect(Self.message("Clip", ["min": .float(0)], opset: 10) == "no error")
    #expect(Self.message("Gemm", opset: 9).contains("Gemm (version 9) takes 3"))
  }
}
