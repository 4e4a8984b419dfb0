import TestSupport
import Testing
import ViTKernel

/// Executors of every instruction set that this machine can run.
let executors: [Executor] = KernelSet.runnable.map {
  Executor(kernels: $0, pool: ThreadPool(threads: 2))
}

/// The same kernels on 1, 2, 3 and 7 threads.
func executors(like executor: Executor) -> [Executor] {
  [1, 2, 3, 7].map { Executor(kernels: executor.kernels, pool: ThreadPool(threads: $0)) }
}

extension Executor: CustomTestStringConvertible {
  /// The instruction set, under which a failing case is listed.
  public var testDescription: String { kernels.instructionSet.rawValue }
}

/// A float32 tensor with seeded values.
func random(
  _ shape: [Int], seed: UInt64 = 1, in range: ClosedRange<Float> = -1...1
) -> Tensor {
  var generator = SeededGenerator(seed: seed &+ UInt64(shape.reduce(7) { $0 &* 31 &+ $1 }))
  return Tensor(generator.floats(shape.reduce(1, *), in: range), shape: shape)
}

/// The largest difference of two tensors' elements; infinite where only one is NaN.
func difference(_ a: Tensor, _ b: Tensor) -> Float {
  guard a.count == b.count else { return .infinity }
  return zip(a.elements(of: Float.self), b.elements(of: Float.self)).reduce(0) { worst, pair in
    if pair.0 == pair.1 || (pair.0.isNaN && pair.1.isNaN) { return worst }
    let distance = abs(pair.0 - pair.1)
    return distance.isNaN ? .infinity : max(worst, distance)
  }
}

/// The elements' bit patterns, in which equal means identical.
func bits(_ tensor: Tensor) -> [UInt32] { tensor.elements(of: Float.self).map(\.bitPattern) }

/// The bytes of the elements.
func bytes(_ tensor: Tensor) -> [UInt8] { tensor.withUnsafeBytes { Array($0) } }

/// A tensor for a result, full of NaN: what a kernel leaves out shows.
func unwritten(_ shape: [Int]) -> Tensor {
  Tensor([Float](repeating: .nan, count: shape.reduce(1, *)), shape: shape)
}
