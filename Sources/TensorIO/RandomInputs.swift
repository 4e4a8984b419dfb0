import ViTEngine
import ViTKernel

extension Session {
  /// Values for all inputs, to try whether the model runs: floats uniform in -1...1 from a fixed
  /// seed, integers zero, bools false.
  ///
  /// - Parameter batchSize: Stands for each first dimension that the model leaves open; other open
  ///   dimensions are 1.
  /// - Throws: ``EngineError`` where the model does not say how many dimensions an input has.
  public func randomInputs(batchSize: Int = 1) throws(EngineError) -> [String: Tensor] {
    var state: UInt64 = 0
    var values: [String: Tensor] = [:]
    for input in inputs {
      guard var shape = input.shape(replacingSymbolsBy: 1) else {
        throw EngineError(.input("the model gives no shape for input \"\(input.name)\""))
      }
      if case .size? = input.dimensions?.first {
        // The model fixes it.
      } else if !shape.isEmpty {
        shape[0] = batchSize
      }
      let tensor = Tensor(input.elementType, shape: shape)
      values[input.name] =
        input.elementType == .float32
        ? Tensor((0..<tensor.count).map { _ in Self.next(&state) }, shape: shape) : tensor
    }
    return values
  }

  /// The next value of a linear congruential generator with Knuth's constants (MMIX), in -1...1.
  private static func next(_ state: inout UInt64) -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-31
  }
}
