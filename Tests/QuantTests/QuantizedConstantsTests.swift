import OnnxParse
import Quant
import TestSupport
import Testing

@Suite struct QuantizedConstantsTests {
  /// All options that constants depend on, of everything that has constants.
  private static func choices() -> [QuantizationOptions] {
    var all: [QuantizationOptions] = []
    for perChannel in [false, true] {
      for type in WeightType.allCases {
        for reduceRange in [false, true] {
          var options = QuantizationOptions()
          options.operators = [.matMul, .add]
          options.perChannel = perChannel
          options.weightType = type
          options.reduceRange = reduceRange
          all.append(options)
        }
      }
    }
    return all
  }

  private func model() throws -> Model {
    try Model.load(path: Fixtures.path("golden/quantize/per_tensor_int8_symmetric/original.onnx"))
  }

  @Test func changesNothing() throws {
    let constants = QuantizedConstants()
    let model = try model()
    // Twice: once to fill, once from memory.
    for options in Self.choices() + Self.choices() {
      let fresh = try DynamicQuantizer(options: options).quantize(model)
      let remembered = try DynamicQuantizer(options: options, constants: constants).quantize(model)
      #expect(fresh.plan.constantBytes.after > 0)
      #expect(fresh.model == remembered.model)
      #expect(fresh.plan == remembered.plan)
    }
  }

  @Test func resultsShareTheirConstants() throws {
    let constants = QuantizedConstants()
    let model = try Model.load(path: Fixtures.path("vit-fashion/model.onnx"))
    let whole = try DynamicQuantizer(constants: constants).quantize(model).model
    var options = QuantizationOptions()
    options.excludeNodes = [try NodeSelector("*/query/*")]
    let part = try DynamicQuantizer(options: options, constants: constants).quantize(model).model
    let quantized = part.graph.initializers.filter { $0.dataType == .int8 }
    #expect(quantized.contains { $0.name.hasSuffix("Transposed_quantized") })
    for tensor in quantized {
      #expect(try tensor.rawBytes().place == whole.initializer(tensor.name)?.rawBytes().place)
    }
    let apart = try DynamicQuantizer(options: options).quantize(model).model
    #expect(apart == part)
    for tensor in quantized {
      #expect(try tensor.rawBytes().place != apart.initializer(tensor.name)?.rawBytes().place)
    }
  }

  @Test func equalNamesAreNotEqualConstants() throws {
    let constants = QuantizedConstants()
    let quantizer = DynamicQuantizer(constants: constants)
    for values: [Float] in [[1, 2, 3, 4], [4, 3, 2, 1]] {
      let weight = TensorProto(name: "W", dims: [2, 2], floats: values)
      let model = Tiny.model([Tiny.matMul("x", "W", "y")], constants: [weight])
      #expect(
        try quantizer.quantize(model).model == DynamicQuantizer().quantize(model).model)
    }
  }

  @Test func sharedValuesOfOtherShapesStayApart() throws {
    let bytes = Bytes(copying: [1, 2, 3, 4, 5, 6] as [Float])
    let constants = QuantizedConstants()
    for dims: [Int64] in [[2, 3], [3, 2], [1, 6]] {
      let weight = TensorProto(name: "W", dims: dims, dataType: .float, payload: .raw(bytes))
      let transB = Attribute(name: "transB", value: .int(1))
      let model = Tiny.model(
        [Tiny.node("Gemm", ["x", "W"], "y", name: nil, [transB])], constants: [weight])
      #expect(
        try DynamicQuantizer(constants: constants).quantize(model).model
          == DynamicQuantizer().quantize(model).model)
    }
  }

  @Test func whatCanNotBeQuantizedIsRememberedToo() throws {
    let weight = TensorProto(name: "W", dims: [1, 2], floats: [1, .nan])
    let model = Tiny.model([Tiny.matMul("x", "W", "y")], constants: [weight])
    let quantizer = DynamicQuantizer(constants: QuantizedConstants())
    for _ in 0..<2 {
      let plan = try quantizer.quantize(model).plan
      #expect(plan.entries[0].reason == "constant W has values that are not finite")
    }
  }

  @Test func servesManyThreads() async throws {
    let constants = QuantizedConstants()
    let model = try model()
    let expected = try DynamicQuantizer().quantize(model).model
    let models = try await withThrowingTaskGroup(of: Model.self) { group in
      for _ in 0..<16 {
        group.addTask { try DynamicQuantizer(constants: constants).quantize(model).model }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(models.allSatisfy { $0 == expected })
    let names = expected.graph.initializers.map(\.name).filter { $0.hasSuffix("_quantized") }
    for name in names {
      let places = try Set(models.compactMap { try $0.initializer(name)?.rawBytes().place })
      #expect(places.count == 1)
    }
  }
}
