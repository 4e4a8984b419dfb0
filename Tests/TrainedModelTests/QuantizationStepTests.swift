import OnnxParse
import TensorIO
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// Every quantized activation of a hundred images beside ONNX Runtime's, in the order of the nodes.
@Suite(.serialized) struct QuantizationStepTests {
  /// How far an image goes with ONNX Runtime.
  private struct Comparison {
    /// Elements of the tensors before the first that differs, and of that.
    var elements = 0
    /// Steps of one by which the first tensor that differs does; 0 where none does, nil where they
    /// are more than a checksum can tell.
    var steps: Int? = 0
    var logitsAgree = true
  }

  /// What comes before the first difference is equal bit for bit, and that is a step or two of one:
  /// a float on a rounding tie. What comes after follows from it. Rarely it is the scale that differs
  /// in its last bit, and takes a few more elements over a tie.
  @Test(arguments: ["per_tensor_const", "per_channel_all"])
  func firstDifferencesAreStepsOfOne(variant: String) throws {
    let images = try Self.compare(variant)
    let equal = images.filter { $0.steps == 0 }
    let steps = images.compactMap(\.steps)
    print(
      variant, "images whose steps all agree / with logits within 1e-4:", equal.count,
      equal.count(where: \.logitsAgree), "first differences:", steps.reduce(0, +), "steps in",
      images.map(\.elements).reduce(0, +), "elements, at most", steps.max() ?? 0, "in a tensor")
    #expect(images.count == 100)
    // Three on AVX2; which images lie on a tie depends on the order of the float sums before it.
    #expect(steps.count >= 90, "first differences of more than two steps of one")
    #expect(equal.count(where: \.logitsAgree) == equal.count)
    #expect(equal.count > 30)
  }

  private static func compare(_ variant: String) throws -> [Comparison] {
    var model = try Model.load(path: Fixtures.path("golden/vit-fashion/\(variant)/model.onnx"))
    let names = model.graph.nodes.filter { $0.opType == "DynamicQuantizeLinear" }
      .map { $0.outputs[0] }
    let plain = try plan(of: model)
    model.graph.outputs += names.map { ValueInfo(name: $0, dataType: .uint8, dims: nil) }
    let plan = try plan(of: model)
    let outputs = try names.map { try #require(plan.outputs[$0]) }
    let folder = "golden/vit-fashion-steps/\(variant)"
    let checksums = try TensorFile.read(Fixtures.path("\(folder)/checksums.npy"))
      .elements(of: Int64.self).map { UInt64(bitPattern: $0) }
    let logits = try TensorFile.read(Fixtures.path("\(folder)/logits.npy")).elements(of: Float.self)
    let numbers = ElementNumbers(count: outputs.map(\.count).max() ?? 0)
    let pixels = try TrainedModelTests.pixels()
    let size = 3 * 28 * 28
    return try (0..<100).map { image in
      // Every tenth image is stored.
      let start = 10 * image * size
      let input = Tensor(Array(pixels[start..<start + size]), shape: [1, 3, 28, 28])
      for plan in [plan, plain] {
        try #require(plan.inputs["pixel_values"]).copyElements(from: input)
        try plan.run()
      }
      let ours = try #require(plan.outputs["logits"]).elements(of: Float.self)
      let unwatched = try #require(plain.outputs["logits"]).elements(of: Float.self)
      #expect(unwatched == ours, "looking at the steps changes them")
      var result = Comparison()
      for (node, output) in outputs.enumerated() where result.steps == 0 {
        result.elements += output.count
        let expected = checksums[image * outputs.count + node]
        result.steps = numbers.steps(from: expected, to: numbers.checksum(of: output))
      }
      let theirs = logits[image * 10..<(image + 1) * 10]
      result.logitsAgree = zip(ours, theirs).allSatisfy { abs($0 - $1) <= 1e-4 }
      return result
    }
  }

  private static func plan(of model: Model) throws -> Plan {
    try Session(model: model, options: .test()).prepare(["pixel_values": [1, 3, 28, 28]])
  }
}

/// The numbers that `fixtures/tools/golden_steps.py` multiplies elements with.
private struct ElementNumbers {
  private let numbers: [UInt64]
  /// Each number and its negative: what a step of one adds to a checksum.
  private let differences: Set<UInt64>

  init(count: Int) {
    var generator = SeededGenerator(seed: 0)
    numbers = (0..<count).map { _ in generator.next() }
    differences = Set(numbers).union(numbers.map { 0 &- $0 })
  }

  func checksum(of tensor: Tensor) -> UInt64 {
    zip(tensor.elements(of: UInt8.self), numbers).reduce(0) { $0 &+ UInt64($1.0) &* $1.1 }
  }

  /// How many steps of one lead from a checksum to another; nil where it is more than two.
  func steps(from expected: UInt64, to actual: UInt64) -> Int? {
    let difference = actual &- expected
    if difference == 0 { return 0 }
    if differences.contains(difference) { return 1 }
    return differences.contains { differences.contains(difference &- $0) } ? 2 : nil
  }
}
