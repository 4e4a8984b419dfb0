extension Reference {
  /// Shape: the dimensions from `start` up to `end` as int64.
  public static func shape(_ x: Tensor, start: Int = 0, end: Int? = nil) -> Tensor {
    let dimensions = ShapeRules.shapeSlice(x.shape, start: start, end: end)
    return Tensor(dimensions.map { Int64($0) }, shape: [dimensions.count])
  }

  /// Size: the number of elements as an int64 scalar.
  public static func size(_ x: Tensor) -> Tensor { Tensor(scalar: Int64(x.count)) }

  /// ConstantOfShape: `shape` filled with the one element of `value`; absent, float32 zeros.
  public static func constantOfShape(
    _ shape: [Int], value: Tensor? = nil
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.checked(shape)
    guard let value else { return Tensor(.float32, shape: shape) }
    guard value.count == 1 else {
      throw .invalid("ConstantOfShape: a value of shape \(value.shape)")
    }
    let result = Tensor(value.elementType, shape: shape)
    result.fill(with: value)
    return result
  }

  /// Range of scalars of one type: float32, float64, int16, int32 or int64.
  public static func range(
    start: Tensor, limit: Tensor, delta: Tensor
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.range(start: start, limit: limit, delta: delta)
    if isFloat(start.elementType) {
      let (first, step) = (doubles(start)[0], doubles(delta)[0])
      let values = (0..<shape[0]).map { first + Double($0) * step }
      return tensor(values, shape: shape, as: start.elementType)
    }
    let (first, step) = (
      cast(start, to: .int64).elements(of: Int64.self)[0],
      cast(delta, to: .int64).elements(of: Int64.self)[0]
    )
    let values = (0..<Int64(shape[0])).map { first + $0 * step }
    return cast(Tensor(values, shape: shape), to: start.elementType)
  }
}

extension ShapeRules {
  /// Range: `max(ceil((limit - start) / delta), 0)` elements, of three scalars of one type.
  ///
  /// It lies here with the values because, alone among shapes, it needs arithmetic on elements.
  public static func range(
    start: Tensor, limit: Tensor, delta: Tensor
  ) throws(KernelError) -> [Int] {
    try Reference.requireSameType("Range", start, limit, delta)
    for tensor in [start, limit, delta] where tensor.count != 1 {
      throw .invalid("Range: start, limit or delta of shape \(tensor.shape)")
    }
    if [.int16, .int32, .int64].contains(start.elementType) {
      let bounds = [start, limit, delta].map {
        Int(Reference.cast($0, to: .int64).elements(of: Int64.self)[0])
      }
      return try range(start: bounds[0], limit: bounds[1], delta: bounds[2])
    }
    try Reference.requireFloat("Range", start)
    // The difference is rounded to the elements' type, as ONNX Runtime does.
    let distance = Reference.doubles(try Reference.binary(.sub, limit, start))[0]
    let step = Reference.doubles(delta)[0]
    let count = (distance / step).rounded(.up)
    guard step != 0, count < Double(maximumElementCount) else {
      throw .invalid("Range over \(distance) in steps of \(step)")
    }
    return [count > 0 ? Int(count) : 0]
  }
}
