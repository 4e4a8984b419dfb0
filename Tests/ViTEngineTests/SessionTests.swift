import AllocationCounter
import OnnxParse
import TestSupport
import Testing
import ViTEngine
import ViTKernel

@Suite struct SessionTests {
  private static func fashion(_ options: SessionOptions = .test()) throws -> Session {
    try Session(
      model: try Model.load(path: Fixtures.path("vit-fashion/model.onnx")), options: options)
  }

  private static func pixels(_ count: Int) -> Tensor {
    var random = SeededGenerator(seed: 11)
    let values = (0..<count * 3 * 28 * 28).map { _ in Float.random(in: -1...1, using: &random) }
    return Tensor(values, shape: [count, 3, 28, 28])
  }

  private static func logits(_ session: Session, _ input: Tensor) throws -> [Float] {
    try #require(try session.run(["pixel_values": input])["logits"]).elements(of: Float.self)
  }

  @Test(arguments: [1, 2, 3, 5])
  func threadsChangeNoBit(threads: Int) throws {
    let input = Self.pixels(3)
    let expected = try Self.logits(Self.fashion(.test(threads: 1)), input)
    let session = try Self.fashion(.test(threads: threads))
    #expect(try Self.logits(session, input) == expected)
    #expect(try Self.logits(session, input) == expected)
  }

  @Test func theBatchChangesNoBitOfAnImage() throws {
    let session = try Self.fashion()
    let batch = Self.pixels(4)
    let together = try Self.logits(session, batch)
    let size = 3 * 28 * 28
    let values = batch.elements(of: Float.self)
    for image in 0..<4 {
      let single = Tensor(
        Array(values[image * size..<(image + 1) * size]), shape: [1, 3, 28, 28])
      let alone = try Self.logits(session, single)
      #expect(alone == Array(together[image * 10..<(image + 1) * 10]))
    }
  }

  @Test func levelsBackendsAndInstructionSetsAgree() throws {
    let input = Self.pixels(2)
    let expected = try Self.logits(
      Self.fashion(.test(optimization: .none, gemmBackend: .openBLAS)), input)
    for level in OptimizationLevel.allCases {
      for backend in GemmBackend.allCases {
        for set in KernelSet.runnable {
          let options = SessionOptions(
            optimization: level, threads: 2, gemmBackend: backend,
            instructionSet: set.instructionSet.rawValue)
          let session = try Self.fashion(options)
          #expect(session.executor.kernels.instructionSet == set.instructionSet)
          let difference = zip(try Self.logits(session, input), expected).map { abs($0 - $1) }.max()
          // A float32 sum of 512 terms of size one is off by a few 1e-6; the layers add up.
          #expect(try #require(difference) < 5e-5, "\(level) \(backend) \(set.instructionSet)")
        }
      }
    }
  }

  /// On one thread, which is all that the counter sees; the pool's threads run the same kernels.
  @Test(arguments: ["vit-fashion", "golden/vit-fashion/per_channel_all"])
  func aRunAllocatesNothing(model: String) throws {
    let session = try Session(
      model: try Model.load(path: Fixtures.path("\(model)/model.onnx")),
      options: .test(threads: 1))
    let plan = try session.prepare(["pixel_values": [2, 3, 28, 28]])
    try #require(plan.inputs["pixel_values"]).copyElements(from: Self.pixels(2))
    try plan.run()
    let before = vitq_allocation_count()
    for _ in 0..<10 { try plan.run() }
    #expect(vitq_allocation_count() == before)
    _ = Tensor(.float32, shape: [16])
    #expect(vitq_allocation_count() > before)
  }

  @Test func inputsThatDoNotFitAreNamed() throws {
    let session = try Self.fashion()
    func message(_ values: [String: Tensor]) -> String {
      do {
        _ = try session.run(values)
        return "no error"
      } catch {
        return error.description
      }
    }
    #expect(message([:]).hasSuffix("input \"pixel_values\" is missing"))
    #expect(
      message(["pixel_values": Tensor(.int64, shape: [1, 3, 28, 28])])
        .hasSuffix("input \"pixel_values\" is int64; the model takes float32"))
    #expect(
      message(["pixel_values": Tensor(.float32, shape: [1, 1, 28, 28])])
        .hasSuffix(
          "input \"pixel_values\" has shape [1, 1, 28, 28]; the model takes "
            + "[batch_size, 3, 28, 28]"))
    #expect(
      message([
        "pixel_values": Tensor(.float32, shape: [1, 3, 28, 28]),
        "mask": Tensor(.float32, shape: [1]),
      ]).hasSuffix("the model has no input \"mask\"; it takes \"pixel_values\""))
  }

  /// What `VITQ_ISA=... make test` is for.
  @Test func testsRunOnTheForcedInstructionSet() throws {
    let fastest = try KernelSet.select(forced: nil).instructionSet.rawValue
    let expected = SessionOptions.forcedInstructionSet ?? fastest
    #expect(try Self.fashion().executor.kernels.instructionSet.rawValue == expected)
  }

  @Test func anUnknownInstructionSetIsRefused() throws {
    #expect(throws: EngineError.self) {
      try Self.fashion(SessionOptions(instructionSet: "sse9"))
    }
  }
}
