import Testing
import ViTKernel

/// The limits of the machine, which other work on it only lowers.
@Suite struct PeakTests {
  @Test(arguments: executors)
  func peakOfEachSetIsPositive(_ executor: Executor) {
    let peak = Peak.measure(executor)
    #expect(peak.float > 0 && peak.float.isFinite)
    #expect(peak.int8 > 0 && peak.int8.isFinite)
  }

  // A loop that the compiler has shortened would be faster than any processor.
  @Test(arguments: executors)
  func peakIsPossible(_ executor: Executor) {
    let peak = Peak.measure(executor)
    // 6 GHz, two 512-bit instructions a cycle.
    #expect(peak.float < 6 * 64 * Double(executor.pool.threadCount))
    #expect(peak.int8 < 6 * 256 * Double(executor.pool.threadCount))
  }

  @Test func loopsAreNamedAfterTheInstructionsOfTheirSet() {
    let instructions = Dictionary(
      uniqueKeysWithValues: executors.map {
        ($0.kernels.instructionSet, Peak.measure($0).int8Instruction)
      })
    let expected: [InstructionSet: String] = [
      .avx2: "vpmaddubsw, vpmaddwd, vpaddd ymm",
      .avxvnni: "vpdpbusd ymm", .avx512vnni: "vpdpbusd zmm",
      .neon: "sdot 4s",
    ]
    for (set, instruction) in expected where instructions[set] != nil {
      #expect(instructions[set] == instruction)
    }
  }

  @Test func memoryIsRead() throws {
    let executor = try #require(executors.last)
    let bandwidth = MemoryBandwidth.measure(executor, byteCount: 3 << 20)
    #expect(bandwidth.reading > 0 && bandwidth.reading.isFinite)
  }
}
