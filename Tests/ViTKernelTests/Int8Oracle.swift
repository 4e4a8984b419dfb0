import TestSupport
import ViTKernel

/// Sum of (A - aZero) * (B - bZero[column]) over K in int32 that wraps around; A [m, k], B [k, n].
func oracleProduct(
  _ a: [Int32], _ b: [Int32], m: Int, k: Int, n: Int, aZero: Int32, bZero: [Int32]
) -> [Int32] {
  var y = [Int32](repeating: 0, count: m * n)
  for i in 0..<m {
    for j in 0..<n {
      for p in 0..<k {
        y[i * n + j] &+= (a[i * k + p] - aZero) &* (b[p * n + j] - bZero[j])
      }
    }
  }
  return y
}

/// DynamicQuantizeLinear-11 as ONNX Runtime computes it.
func oracleDynamicQuantize(_ x: [Float]) -> (q: [UInt8], scale: Float, zeroPoint: UInt8) {
  let numbers = x.filter { !$0.isNaN }
  let low = min(0, numbers.min() ?? 0)
  let high = max(0, numbers.max() ?? 0)
  let scale = low == high ? 1 : (high - low) / 255
  let exact = 0 - low / scale
  let zero = exact.isNaN ? 255 : max(0, min(255, exact)).rounded(.toNearestOrEven)
  let q = x.map { value -> UInt8 in
    let quotient = value / scale
    let clamped = quotient.isNaN ? -zero : max(-zero, min(255 - zero, quotient))
    return UInt8(clamped.rounded(.toNearestOrEven) + zero)
  }
  return (q, scale, UInt8(zero))
}

/// Bytes of a tensor of int8 or uint8 elements, which are given as their values.
func byteTensor(_ values: [Int32], signed: Bool, shape: [Int]) -> Tensor {
  signed
    ? Tensor(values.map { Int8($0) }, shape: shape)
    : Tensor(values.map { UInt8($0) }, shape: shape)
}

/// One value of int8 or uint8.
func byteScalar(_ value: Int32, signed: Bool) -> Tensor {
  byteTensor([value], signed: signed, shape: [])
}

func randomBytes(
  _ count: Int, signed: Bool, using generator: inout SeededGenerator
) -> [Int32] {
  // The ends of the range more often than chance would have it: there sums saturate.
  let range: ClosedRange<Int32> = signed ? -128...127 : 0...255
  return (0..<count).map { _ in
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: range.lowerBound
    case 1: range.upperBound
    default: Int32.random(in: range, using: &generator)
    }
  }
}
