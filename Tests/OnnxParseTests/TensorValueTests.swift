import OnnxParse
import Testing

@Suite struct TensorValueTests {
  private static let byType: [(name: String, raw: [UInt8])] = [
    ("uint8", [0, 1, 2, 3, 4]), ("int8", [0, 1, 2, 3, 4]), ("bool", [0, 1, 1, 1, 1]),
    ("uint16", [0, 0, 1, 0, 2, 0, 3, 0, 4, 0]), ("int16", [0, 0, 1, 0, 2, 0, 3, 0, 4, 0]),
    ("float16", [0, 0, 0, 0x3c, 0, 0x40, 0, 0x42, 0, 0x44]),
    ("bfloat16", [0, 0, 0x80, 0x3f, 0, 0x40, 0x40, 0x40, 0x80, 0x40]),
    ("uint4", [0x10, 0x32, 0x04]), ("int4", [0x10, 0x32, 0x04]),
  ]

  @Test(arguments: byType) func givesTheSameRawBytesInEveryForm(_ name: String, _ raw: [UInt8])
    throws
  {
    #expect(try tensor("\(name).raw").rawBytes().array == raw)
    #expect(try tensor("\(name).typed").rawBytes().array == raw)
  }

  @Test(arguments: [
    "float", "double", "int32", "int64", "uint32", "uint64", "complex64", "complex128",
    "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "float4e2m1",
  ])
  func typedFormEqualsRawForm(_ name: String) throws {
    let raw = try tensor("\(name).raw").rawBytes()
    #expect(raw.array.contains { $0 != 0 })
    #expect(try tensor("\(name).typed").rawBytes() == raw)
  }

  @Test(arguments: ["raw", "typed"]) func readsValues(_ form: String) throws {
    for type in ["float", "float16", "bfloat16"] {
      #expect(try tensor("\(type).\(form)").floats() == [0, 1, 2, 3, 4])
    }
    for type in ["int64", "int32", "int16", "int8", "uint32", "uint16", "uint8"] {
      #expect(try tensor("\(type).\(form)").int64s() == [0, 1, 2, 3, 4])
    }
    for type in ["int32", "int16", "int8", "uint16", "uint8"] {
      #expect(try tensor("\(type).\(form)").int32s() == [0, 1, 2, 3, 4])
    }
    #expect(try tensor("int8.\(form)").int8s() == [0, 1, 2, 3, 4])
    #expect(try tensor("uint8.\(form)").uint8s() == [0, 1, 2, 3, 4])
    #expect(try tensor("bool.\(form)").bools() == [false, true, true, true, true])
    #expect(try tensor("double.\(form)").doubles() == [0, 1, 2, 3, 4])
  }

  @Test func readsEmptyTensorsAndScalars() throws {
    #expect(try tensor("empty").floats() == [])
    #expect(try tensor("empty").elementCount() == 0)
    #expect(try tensor("scalar").floats() == [7])
    #expect(try tensor("scalar").elementCount() == 1)
  }

  @Test func convertsHalfPrecisionExactly() throws {
    let half: [(Int32, Float)] = [
      (0x0001, 0x1p-24), (0x03ff, 0x1.ff8p-15), (0x8000, -0.0), (0x7bff, 65504),
      (0x7c00, .infinity), (0xfc00, -.infinity), (0x3555, 0x1.554p-2),
    ]
    let tensor = TensorProto(
      dims: [Int64(half.count)], dataType: .float16, payload: .int32s(half.map(\.0)))
    #expect(try tensor.floats().map(\.bitPattern) == half.map(\.1.bitPattern))
    let nan = TensorProto(dims: [2], dataType: .bfloat16, payload: .int32s([0x7fc0, 0x0001]))
    #expect(try nan.floats()[0].isNaN)
    #expect(try nan.floats()[1] == 0x1p-133)
  }

  @Test func makesTensorsFromArrays() throws {
    #expect(try TensorProto(dims: [2], floats: [-0.0, .infinity]).floats() == [0, .infinity])
    #expect(try TensorProto(dims: [], doubles: [0.1]).doubles() == [0.1])
    #expect(try TensorProto(dims: [2], int64s: [.min, .max]).int64s() == [.min, .max])
    #expect(try TensorProto(dims: [1], int32s: [.min]).int32s() == [.min])
    #expect(try TensorProto(dims: [2], int8s: [-128, 127]).int8s() == [-128, 127])
    #expect(try TensorProto(dims: [2], int8s: [-128, 127]).int64s() == [-128, 127])
    #expect(try TensorProto(dims: [2], uint8s: [255, 0]).uint8s() == [255, 0])
    #expect(try TensorProto(dims: [2], bools: [true, false]).bools() == [true, false])
  }

  @Test func saysWhyThereAreNoValues() {
    let tensor = TensorProto(name: "w", dims: [2], floats: [1, 2])
    #expect(
      message { _ = try tensor.int64s() }
        == "tensor \"w\": invalid model: the element type is float, "
        + "not an integer type of at most 64 bits")
    let short = TensorProto(name: "w", dims: [3], floats: [1, 2])
    #expect(
      message { _ = try short.floats() }
        == "tensor \"w\": invalid model: float of shape [3] takes 12 bytes, raw_data has 8")
    let external = TensorProto(
      name: "w", dims: [2], dataType: .float,
      payload: .external([StringPair(key: "location", value: "model.onnx.data")]))
    #expect(
      message { _ = try external.floats() }.hasPrefix(
        "tensor \"w\": unsupported: the values are in \"model.onnx.data\""))
  }

  private func tensor(_ name: String) throws -> TensorProto {
    let graph = try Model.load(path: casePath("storage")).graph
    return try #require(graph.initializers.first { $0.name == name })
  }
}
