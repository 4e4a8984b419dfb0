import OnnxParse
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// Models in types that are stored as another one: what they take, compute and give.
@Suite struct ComputedTypeTests {
  /// y = x * w + x
  private static func model(_ type: ElementType, weight: Tensor) -> Model {
    Model(
      opsetImports: [OperatorSetID(version: 21)],
      graph: Graph(
        nodes: [
          Node(opType: "MatMul", inputs: ["x", "w"], outputs: ["p"]),
          Node(opType: "Add", inputs: ["p", "x"], outputs: ["y"]),
        ],
        inputs: [ValueInfo(name: "x", dataType: type.onnx, dims: [.symbol("n"), .size(2)])],
        outputs: [ValueInfo(name: "y", dataType: type.onnx, dims: nil)],
        initializers: [
          TensorProto(
            name: "w", dims: [2, 2], dataType: type.onnx, payload: .raw(Bytes(weight.packedBytes)))
        ]))
  }

  @Test(arguments: [ElementType.float16, .bfloat16, .float64], OptimizationLevel.allCases)
  func itsTypeIsTheCallers(_ type: ElementType, _ level: OptimizationLevel) throws {
    let weight = Reference.cast(Tensor([Float(1), 2, 3, 4], shape: [2, 2]), to: type)
    let session = try Session(
      model: Self.model(type, weight: weight), options: .test(optimization: level))
    #expect(session.inputs[0].elementType == type)
    let x = Reference.cast(Tensor([Float(0.5), 0.25], shape: [1, 2]), to: type)
    let y = try #require(try session.run(["x": x])["y"])
    #expect(y.elementType == type)
    #expect(Reference.cast(y, to: .float32).elements(of: Float.self) == [1.75, 2.25])
    let plan = try session.prepare(["x": [1, 2]])
    #expect(plan.inputs["x"]?.elementType == .float32)
    #expect(!plan.stepDescriptions.contains { $0.kernel == "reference" })
  }

  @Test func anotherTypeIsRefused() throws {
    let weight = Reference.cast(Tensor([Float(1), 2, 3, 4], shape: [2, 2]), to: .float16)
    let session = try Session(model: Self.model(.float16, weight: weight), options: .test())
    #expect {
      _ = try session.run(["x": Tensor([Float(1), 2], shape: [1, 2])])
    } throws: { error in
      "\(error)".contains("input \"x\" is float32; the model takes float16")
    }
  }

  /// A cast to fewer bits and back rounds, though both are computed in float32.
  @Test func aNarrowCastRounds() throws {
    let model = Model(
      opsetImports: [OperatorSetID(version: 21)],
      graph: Graph(
        nodes: [
          Node(
            opType: "Cast", inputs: ["x"], outputs: ["h"],
            attributes: [Attribute(name: "to", value: .int(Int64(DataType.bfloat16.rawValue)))]),
          Node(
            opType: "Cast", inputs: ["h"], outputs: ["y"],
            attributes: [Attribute(name: "to", value: .int(Int64(DataType.float.rawValue)))]),
        ],
        inputs: [ValueInfo(name: "x", dataType: .float, dims: [.size(3)])],
        outputs: [ValueInfo(name: "y", dataType: .float, dims: nil)]))
    for level in OptimizationLevel.allCases {
      let session = try Session(model: model, options: .test(optimization: level))
      let x = Tensor([Float(1.001), -3.14159, 65504.9], shape: [3])
      let y = try #require(try session.run(["x": x])["y"]).elements(of: Float.self)
      #expect(y == [1, -3.140625, 65536], "\(level)")
    }
  }
}
