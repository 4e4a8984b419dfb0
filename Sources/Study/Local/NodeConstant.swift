import OnnxParse
import Quant

/// A constant of a node as the quantizer stored it.
struct NodeConstant {
  /// As the node read it.
  let original: TensorProto
  /// Its shape as it was quantized: that of the original, or its transpose.
  let dims: [Int]
  let type: WeightType
  /// As it was quantized, row-major.
  let bytes: [UInt8]
  /// One, or one for each index of the last axis.
  let parameters: [AffineParameters]
  private let isTransposed: Bool

  /// Reads `constant` from the model that the quantizer wrote; nil where nothing reads it there.
  init?(_ constant: QuantizedConstant, in model: Model) throws(NodeProbeError) {
    func tensor(_ name: String) -> TensorProto? {
      model.graph.initializers.first { $0.name == name }
    }
    guard let values = tensor(constant.values), let scale = tensor(constant.scale),
      let zeroPoint = tensor(constant.zeroPoint)
    else { return nil }
    original = constant.original
    isTransposed = constant.isTransposed
    dims = values.dims.map(Int.init)
    type = values.dataType == .int8 ? .int8 : .uint8
    do {
      bytes = try values.rawBytes().array
      parameters = try zip(scale.floats(), zeroPoint.int32s()).map {
        AffineParameters(scale: $0, zeroPoint: $1)
      }
    } catch {
      throw .model(error)
    }
  }

  /// What the values stand for, in the original's shape: (value - zero point) * scale.
  var dequantized: TensorProto {
    let values = bytes.indices.map { position in
      let own = parameters[position % parameters.count]
      return Float(quantized(position) - own.zeroPoint) * own.scale
    }
    return TensorProto(
      name: original.name, dims: original.dims,
      floats: isTransposed ? Self.transposed(values, rows: dims[0]) : values)
  }

  /// What clamping did to the original's values.
  func clipping() throws(OnnxError) -> Clipping {
    let values = try original.floats()
    let ordered = isTransposed ? Self.transposed(values, rows: dims[1]) : values
    var clipping = Clipping()
    for (position, value) in ordered.enumerated() {
      clipping.add(
        value, quantized: quantized(position), parameters[position % parameters.count],
        range: type.storedRange)
    }
    return clipping
  }

  private func quantized(_ position: Int) -> Int32 {
    type == .int8 ? Int32(Int8(bitPattern: bytes[position])) : Int32(bytes[position])
  }

  private static func transposed(_ values: [Float], rows: Int) -> [Float] {
    let columns = rows == 0 ? 0 : values.count / rows
    return (0..<columns).flatMap { column in
      (0..<rows).map { row in values[row * columns + column] }
    }
  }
}
