import ViTEngine
import ViTKernel

extension Session {
  /// Values for all inputs, to try whether the model runs: floats uniform in -1...1 from a fixed
  /// seed, integers zero, bools false.
  ///
  /// - Parameter batchSize: Stands for each first dimension that the model leaves open; other open
  ///   dimensions are 1.
  /// - Throws: ``EngineError`` where the model does not say how many dimensions an input has, or
  ///   tensors of its shapes would not fit into memory.
  public func randomInputs(batchSize: Int = 1) throws(EngineError) -> [String: Tensor] {
    let shapes = try inputShapes(batchSize: batchSize)
    // What the model makes of them may be too large as well, and making large inputs takes long.
    let small = inputs.filter { (shapes[$0.name] ?? []).reduce(1, *) <= Self.smallCount }
    var values: [String: Tensor] = [:]
    for input in small {
      values[input.name] = Tensor(input.elementType, shape: shapes[input.name] ?? [])
    }
    _ = try prepare(shapes, values: values)
    var state: UInt64 = 0
    for input in inputs {
      let shape = shapes[input.name] ?? []
      guard input.elementType.isFloatingPoint else {
        values[input.name] = values[input.name] ?? Tensor(input.elementType, shape: shape)
        continue
      }
      let tensor = Tensor(.float32, shape: shape)
      tensor.withMutableElements(of: Float.self) { elements in
        for index in elements.indices { elements[index] = Self.next(&state) }
      }
      values[input.name] = Reference.cast(tensor, to: input.elementType)
    }
    return values
  }

  /// Inputs of no more elements may decide shapes.
  private static let smallCount = 1_024

  /// The next value of a linear congruential generator with Knuth's constants (MMIX), in -1...1.
  private static func next(_ state: inout UInt64) -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-31
  }
}
