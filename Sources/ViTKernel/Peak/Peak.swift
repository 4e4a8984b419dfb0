import CKernels

/// The most arithmetic that an executor's threads can do: what loops reach that consist of the
/// instruction set's multiplications and additions alone, with every operand in a register.
///
/// Kernels can't be faster, so that their share of it says how much there is left to win.
public struct Peak: Sendable, Hashable {
  /// float32 multiplications and additions, in GFLOP/s.
  public let float: Double
  /// Multiplications of uint8 by int8 and additions to int32, without saturation, in GOP/s.
  public let int8: Double
  /// The instructions of the float32 loop.
  public let floatInstruction: String
  /// The instructions of the 8-bit loop.
  public let int8Instruction: String

  /// Rates that were measured before.
  public init(float: Double, int8: Double, floatInstruction: String, int8Instruction: String) {
    self.float = float
    self.int8 = int8
    self.floatInstruction = floatInstruction
    self.int8Instruction = int8Instruction
  }
}

extension Peak {
  /// Measures `executor`'s instruction set on all threads of its pool, in about 0.2 seconds.
  ///
  /// The best of several short loops counts: whatever else runs on the machine can only slow one
  /// down.
  public static func measure(_ executor: Executor) -> Peak {
    guard let loops = vitq_peak_loops_for(executor.kernels.instructionSet.code)?.pointee else {
      preconditionFailure("\(executor.kernels.instructionSet) has kernels but no loops")
    }
    return Peak(
      float: executor.rate(of: loops.f32), int8: executor.rate(of: loops.int8),
      floatInstruction: String(cString: loops.f32.instruction),
      int8Instruction: String(cString: loops.int8.instruction))
  }
}

/// How fast an executor's threads read memory that is in no cache.
public struct MemoryBandwidth: Sendable, Hashable {
  /// Bytes read, in GB/s (10^9 bytes).
  public let reading: Double
}

extension MemoryBandwidth {
  /// Reads `byteCount` bytes several times on all threads of `executor`'s pool; the best time
  /// counts.
  ///
  /// - Parameter byteCount: Several times the last-level cache; rounded up to whole mebibytes.
  public static func measure(
    _ executor: Executor, byteCount: Int = 256 << 20
  ) -> MemoryBandwidth {
    let block = 1 << 20
    let blocks = max(1, (byteCount + block - 1) / block)
    let memory = Tensor(.uint8, shape: [blocks * block])
    // Memory that was never written is one page of zeros, which the cache holds.
    memory.mutableBytes.initializeMemory(as: UInt8.self, repeating: 1)
    let read = vitq_peak_read(data: memory.bytes.baseAddress, block: block)
    let seconds = (0..<5).map { _ in
      measuredSeconds { executor.parallel(blocks, vitq_peak_read_task, read) }
    }.min()
    return MemoryBandwidth(reading: Double(blocks * block) / (seconds ?? .infinity) / 1e9)
  }
}

extension Executor {
  /// 10^9 operations a second of `loop`.
  fileprivate func rate(of loop: vitq_peak_loop) -> Double {
    // Pieces of some 50 microseconds, which threads that are held up leave to the others.
    var peak = vitq_peak(run: loop.run, rounds: 256)
    while measuredSeconds({ vitq_peak_task(&peak, 0, 1, 0) }) < 50e-6 { peak.rounds *= 2 }
    let pieces = 160 * pool.threadCount
    let best = (0..<8).map { _ in measuredSeconds { parallel(pieces, vitq_peak_task, peak) } }.min()
    return Double(pieces * peak.rounds * loop.operations) / (best ?? .infinity) / 1e9
  }
}

private func measuredSeconds(_ body: () -> Void) -> Double {
  ContinuousClock().measure(body) / .seconds(1)
}
