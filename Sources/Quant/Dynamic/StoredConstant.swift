import OnnxParse
import Synchronization

/// A constant in 8 bits as a model holds it, whatever it is called there.
final class StoredConstant: Sendable {
  /// The quantized values, in the order of the source.
  let values: Bytes
  /// A float for the whole tensor, or one for each index of the last axis.
  let scales: Bytes
  /// As many, in the type of the values.
  let zeroPoints: Bytes
  private let type: WeightType
  private let columns: Int
  private let sums = Mutex<Bytes?>(nil)

  /// `weights` of `type`, whose last axis has `columns` indices.
  init(_ weights: QuantizedWeights, as type: WeightType, columns: Int) {
    values = Bytes(weights.bytes)
    scales = Bytes(copying: weights.parameters.map(\.scale))
    zeroPoints = Bytes(weights.parameters.map { UInt8(truncatingIfNeeded: $0.zeroPoint) })
    self.type = type
    self.columns = columns
  }

  var byteCount: Int { values.count + scales.count + zeroPoints.count }

  /// The sum of values - zero point over each index of the last axis: int32 that wraps around.
  var columnSums: Bytes {
    sums.withLock { sums in
      let bytes = sums ?? Bytes(copying: computedSums())
      sums = bytes
      return bytes
    }
  }

  private func computedSums() -> [Int32] {
    // Moved by 128 both, values and zero points keep their distance.
    let flip: UInt8 = type == .uint8 ? 0x80 : 0
    let zeros = zeroPoints.array.map { Int32(Int8(bitPattern: $0 ^ flip)) }
    var sums = [Int32](repeating: 0, count: columns)
    guard columns > 0 else { return sums }
    values.withUnsafeBytes { bytes in
      for row in stride(from: 0, to: bytes.count, by: columns) {
        for column in 0..<columns {
          sums[column] &+= Int32(Int8(bitPattern: bytes[row + column] ^ flip))
        }
      }
    }
    let rows = Int32(truncatingIfNeeded: values.count / columns)
    for column in sums.indices { sums[column] &-= rows &* zeros[zeros.count == 1 ? 0 : column] }
    return sums
  }
}
