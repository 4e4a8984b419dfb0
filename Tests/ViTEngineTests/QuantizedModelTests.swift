import OnnxParse
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// Models as other tools quantize them: which kernels they get, and that these give what the nodes give
/// one by one.
@Suite struct QuantizedModelTests {
  private static let depth = 40
  private static let width = 32

  private static func node(
    _ opType: String, _ inputs: [String], _ output: String, domain: String = "",
    _ attributes: [(String, Int64)] = []
  ) -> Node {
    Node(
      opType: opType, domain: domain, inputs: inputs, outputs: [output],
      attributes: attributes.map { Attribute(name: $0.0, value: .int($0.1)) })
  }

  private static let constants: [TensorProto] = [
    TensorProto(name: "xs", dims: [], floats: [0.031]),
    TensorProto(name: "xz", dims: [], uint8s: [120]),
    TensorProto(name: "ys", dims: [], floats: [0.5]),
    TensorProto(name: "yz", dims: [1], uint8s: [9]),
    TensorProto(
      name: "w", dims: [Int64(depth), Int64(width)],
      int8s: (0..<(depth * width)).map { Int8(($0 * 37) % 201 - 100) }),
    TensorProto(
      name: "wt", dims: [Int64(width), Int64(depth)],
      int8s: (0..<(depth * width)).map { Int8(($0 % depth * width + $0 / depth) * 37 % 201 - 100) }),
    TensorProto(
      name: "ws", dims: [Int64(width)], floats: (0..<width).map { 0.01 + Float($0) / 4096 }),
    TensorProto(name: "wz", dims: [Int64(width)], int8s: (0..<width).map { Int8($0 % 5) }),
    TensorProto(name: "one", dims: [], floats: [0.01]),
    TensorProto(name: "oz", dims: [], int8s: [3]),
    TensorProto(
      name: "b", dims: [Int64(width)], int32s: (0..<width).map { Int32($0 * 100 - 1500) }),
    TensorProto(name: "bs", dims: [], floats: [0.0003]),
    TensorProto(
      name: "bias", dims: [Int64(width)], floats: (0..<width).map { Float($0) / 8 - 2 }),
  ]

  private static func run(
    _ nodes: [Node], _ level: OptimizationLevel, input: DataType = .float, output: DataType = .float
  ) throws -> (kernels: [String], y: Tensor) {
    let model = Model(
      opsetImports: [
        OperatorSetID(version: 13), OperatorSetID(domain: "com.microsoft", version: 1),
      ],
      graph: Graph(
        nodes: nodes,
        inputs: [
          ValueInfo(name: "x", dataType: input, dims: [.size(1), .size(3), .size(Int64(depth))])
        ],
        outputs: [ValueInfo(name: "y", dataType: output, dims: nil)], initializers: constants))
    let session = try Session(model: model, options: .test(optimization: level, threads: 1))
    let plan = try session.prepare(["x": [1, 3, depth]])
    var generator = SeededGenerator(seed: 11)
    let values = generator.floats(3 * depth, in: -3...3)
    let x =
      input == .float
      ? Tensor(values, shape: [1, 3, depth])
      : Tensor(values.map { UInt8($0 * 40 + 128) }, shape: [1, 3, depth])
    let y = try #require(try session.run(["x": x])["y"])
    return (plan.stepDescriptions.map(\.kernel), y)
  }

  /// Runs at all levels; floats must agree to rounding, bytes to one step.
  private static func kernels(
    _ nodes: [Node], input: DataType = .float, output: DataType = .float
  ) throws -> [String] {
    let plain = try run(nodes, .none, input: input, output: output)
    let fused = try run(nodes, .all, input: input, output: output)
    if output == .float {
      let pairs = zip(plain.y.elements(of: Float.self), fused.y.elements(of: Float.self))
      #expect(pairs.allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($0)) })
    } else {
      let pairs = zip(plain.y.elements(of: UInt8.self), fused.y.elements(of: UInt8.self))
      #expect(pairs.allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    }
    return fused.kernels
  }

  private static let quantizedInput = [
    node("QuantizeLinear", ["x", "xs", "xz"], "xq"),
    node("DequantizeLinear", ["xq", "xs", "xz"], "xd"),
  ]

  @Test func dequantizedOperandsBecomeAnInt8Product() throws {
    let kernels = try Self.kernels(
      Self.quantizedInput + [
        Self.node("DequantizeLinear", ["w", "ws", "wz"], "wd", [("axis", 1)]),
        Self.node("DequantizeLinear", ["b", "bs"], "bd"),
        Self.node("MatMul", ["xd", "wd"], "p"), Self.node("Add", ["p", "bd"], "s"),
        Self.node("Relu", ["s"], "y"),
      ])
    #expect(kernels == ["quantizeLinear", "quantizedLinear"])
  }

  @Test func aTransposedWeightStaysInt8() throws {
    let kernels = try Self.kernels(
      Self.quantizedInput + [
        Self.node("DequantizeLinear", ["wt", "ws", "wz"], "wd", [("axis", 0)]),
        Self.node("Transpose", ["wd"], "turned"), Self.node("MatMul", ["xd", "turned"], "y"),
      ])
    #expect(kernels == ["quantizeLinear", "quantizedLinear"])
  }

  @Test func aWeightAloneIsUnpackedOnce() throws {
    let kernels = try Self.kernels([
      Self.node("DequantizeLinear", ["w", "ws", "wz"], "wd", [("axis", -1)]),
      Self.node("MatMul", ["x", "wd"], "p"), Self.node("Add", ["p", "bias"], "y"),
    ])
    #expect(kernels == ["linear"])
  }

  /// As the position embedding of a model for images of any size: once its size is known, all of its
  /// operands are, and the pair is a kernel already.
  @Test func aConstantIsQuantizedAtRunTime() throws {
    let kernels = try Self.kernels([
      Self.node("DequantizeLinear", ["w", "ws", "wz"], "wd", [("axis", 1)]),
      Self.node("QuantizeLinear", ["wd", "xs", "xz"], "wq"),
      Self.node("DequantizeLinear", ["wq", "xs", "xz"], "wdd"),
      Self.node("MatMul", ["x", "wdd"], "y"),
    ])
    #expect(kernels.first == "fakeQuantize")
  }

  @Test func bytesAreMovedAsBytes() throws {
    let kernels = try Self.kernels(
      Self.quantizedInput + [
        Self.node("Transpose", ["xd"], "t"), Self.node("QuantizeLinear", ["t", "xs", "xz"], "y"),
      ], output: .uint8)
    #expect(kernels == ["quantizeLinear", "transpose"])
  }

  @Test func elementsStayInTheCache() throws {
    let kernels = try Self.kernels(
      Self.quantizedInput + [
        Self.node("Mul", ["xd", "one"], "m"), Self.node("QuantizeLinear", ["m", "xs", "xz"], "mq"),
        Self.node("DequantizeLinear", ["mq", "xs", "xz"], "md"), Self.node("Erf", ["md"], "y"),
      ])
    #expect(kernels == ["elements"])
  }

  @Test func scalesMayBeMultipliedOneByOne() throws {
    let kernels = try Self.kernels([
      Node(opType: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["q", "s", "z"]),
      Self.node("MatMulInteger", ["q", "w", "z", "oz"], "i"),
      Self.node("Cast", ["i"], "f", [("to", 1)]), Self.node("Mul", ["f", "one"], "g"),
      Self.node("Mul", ["g", "s"], "h"), Self.node("Add", ["h", "bias"], "y"),
    ])
    #expect(kernels == ["dynamicQuantize", "quantizedLinear"])
  }

  @Test func productsOfOnnxRuntimesOptimiserShareAQuantization() throws {
    let kernels = try Self.kernels([
      Self.node(
        "DynamicQuantizeMatMul", ["x", "w", "ws", "wz", "bias"], "a", domain: "com.microsoft"),
      Self.node("DynamicQuantizeMatMul", ["x", "w", "one", "oz"], "b", domain: "com.microsoft"),
      Node(opType: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["q", "s", "z"]),
      Self.node(
        "MatMulIntegerToFloat", ["q", "w", "s", "ws", "z", "wz", "bias"], "c",
        domain: "com.microsoft"),
      Self.node("Add", ["a", "b"], "ab"), Self.node("Add", ["ab", "c"], "y"),
    ])
    #expect(kernels.filter { $0 == "quantizedLinear" }.count == 3)
    #expect(!kernels.contains("reference"))
  }

  @Test func quantizedProductsRunOnInt8() throws {
    let kernels = try Self.kernels(
      [Self.node("QLinearMatMul", ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz"], "y")],
      input: .uint8, output: .uint8)
    #expect(kernels == ["quantizedLinear", "quantizeLinear"])
  }

  @Test func quantizedSumsRunOnFloats() throws {
    let kernels = try Self.kernels(
      [
        Self.node(
          "QLinearAdd", ["x", "xs", "xz", "x", "ys", "yz", "ys", "yz"], "y",
          domain: "com.microsoft")
      ], input: .uint8, output: .uint8)
    #expect(!kernels.contains("reference"))
  }

  // A zero point that is a scale, operands that can't be multiplied, a zero point of another type.
  @Test(arguments: [
    ["x", "xs", "xz", "w", "ws", "wz", "ys", "ys"], ["x", "xs", "xz", "x", "xs", "xz", "ys", "yz"],
    ["x", "xs", "xz", "w", "ws", "xz", "ys", "yz"],
  ])
  func malformedOperandsAreErrors(inputs: [String]) {
    for level in OptimizationLevel.allCases {
      #expect(throws: EngineError.self) {
        try Self.run(
          [Self.node("QLinearMatMul", inputs, "y")], level, input: .uint8, output: .uint8)
      }
    }
  }
}
