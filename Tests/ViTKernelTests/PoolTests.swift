import Foundation
import Synchronization
import Testing
import ViTKernel

@Suite struct PoolTests {
  @Test(arguments: [1, 2, 3, 8])
  func hasTheThreadsThatItWasAskedFor(threads: Int) {
    #expect(ThreadPool(threads: threads).threadCount == threads)
  }

  @Test func countsProcessorsThatTheProcessMayUse() {
    let available = ThreadPool.availableProcessors
    #expect(available >= 1)
    #expect(available <= ProcessInfo.processInfo.processorCount)
  }

  @Test func endsItsThreads() throws {
    func threads() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    }
    // Other tests make pools of their own at the same time; a leak of 64 x 3 would show.
    let before = try threads()
    for _ in 0..<64 { _ = ThreadPool(threads: 4) }
    #expect(try threads() < before + 64)
  }

  @Test(arguments: [1, 2, 5])
  func doesEveryElementOfManyLoops(threads: Int) throws {
    let executor = Executor(
      kernels: try KernelSet.select(forced: "portable"), pool: ThreadPool(threads: threads))
    let ones = Tensor([Float](repeating: 1, count: 50_000), shape: [50_000])
    let sum = Tensor(.float32, shape: [50_000])
    let plan = try BroadcastPlan(sum.shape, ones.shape)
    for _ in 0..<500 { try executor.binary(.add, sum, ones, plan: plan, into: sum) }
    #expect(sum.elements(of: Float.self).allSatisfy { $0 == 500 })
  }

  @Test func wakesThreadsThatSleep() throws {
    let executor = Executor(
      kernels: try KernelSet.select(forced: "portable"), pool: ThreadPool(threads: 3))
    let x = random([40_000])
    let y = Tensor(.float32, shape: [40_000])
    for _ in 0..<20 {
      Thread.sleep(forTimeInterval: 0.002)
      try executor.unary(.neg, x, into: y)
      #expect(y.elements(of: Float.self) == x.elements(of: Float.self).map { -$0 })
    }
  }

  @Test func servesSeveralCallersAtOnce() throws {
    let pool = ThreadPool(threads: 2)
    let executor = Executor(kernels: try KernelSet.select(forced: "portable"), pool: pool)
    let failures = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 4) { caller in
      let x = random([30_000], seed: UInt64(caller))
      let y = Tensor(.float32, shape: [30_000])
      let expected = x.elements(of: Float.self).map { abs($0) }
      for _ in 0..<50 {
        try? executor.fill(y, with: Float.nan)
        try? executor.unary(.abs, x, into: y)
        if y.elements(of: Float.self) != expected { failures.add(1, ordering: .relaxed) }
      }
    }
    #expect(failures.load(ordering: .relaxed) == 0)
  }
}
