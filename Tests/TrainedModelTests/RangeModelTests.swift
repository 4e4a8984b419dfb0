import OnnxParse
import Quant
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// Ranges of images and tokens in whole models.
@Suite(.serialized) struct RangeModelTests {
  private static func quantized(_ path: String, _ range: ActivationRange) throws -> Model {
    var options = QuantizationOptions()
    options.range = range
    let model = try Model.load(path: Fixtures.path(path))
    return try DynamicQuantizer(options: options).quantize(model).model
  }

  private static func logits(
    _ session: Session, _ pixels: ArraySlice<Float>, shape: [Int]
  ) throws -> [Float] {
    let results = try session.run(["pixel_values": Tensor(Array(pixels), shape: shape)])
    return try #require(results["logits"]).elements()
  }

  private static let models = [
    ("vit-fashion/model.onnx", [3, 28, 28]), ("golden/models/vit_opset17/model.onnx", [3, 16, 16]),
  ]

  /// What a range of the tensor does not give: compare `aTensorsRangeDependsOnTheBatch`.
  @Test(arguments: models, [ActivationRange.image, .token])
  func anImagesLogitsDoNotDependOnItsBatch(
    _ model: (path: String, image: [Int]), _ range: ActivationRange
  ) throws {
    let differences = try Self.differences(model.path, image: model.image, range)
    #expect(differences == 0)
  }

  @Test func aTensorsRangeDependsOnTheBatch() throws {
    #expect(try Self.differences("vit-fashion/model.onnx", image: [3, 28, 28], .tensor) > 0)
  }

  /// How many logits of 16 images change when these are alone, over all optimization levels.
  private static func differences(
    _ path: String, image: [Int], _ range: ActivationRange
  ) throws -> Int {
    let count = 16
    let size = image.reduce(1, *)
    var generator = SeededGenerator(seed: 3)
    let pixels =
      path.hasPrefix("vit-fashion")
      ? Array(try TrainedModelTests.pixels().prefix(count * size))
      : (0..<(count * size)).map { _ in Float.random(in: -1...1, using: &generator) }
    let model = try quantized(path, range)
    var differences = 0
    for level in OptimizationLevel.allCases {
      let session = try Session(model: model, options: .test(optimization: level))
      let whole = try logits(session, pixels[...], shape: [count] + image)
      let alone = try (0..<count).flatMap { index in
        try logits(session, pixels[(index * size)..<((index + 1) * size)], shape: [1] + image)
      }
      differences += zip(whole, alone).count { $0 != $1 }
    }
    return differences
  }

  @Test func aLoneImageHasTheRangeOfItsTensor() throws {
    let image = [3, 28, 28]
    let pixels = try TrainedModelTests.pixels().prefix(image.reduce(1, *))
    let logits = try [ActivationRange.tensor, .image].map { range in
      let model = try Self.quantized("vit-fashion/model.onnx", range)
      let session = try Session(model: model, options: .test())
      return try Self.logits(session, pixels, shape: [1] + image)
    }
    #expect(logits[0] == logits[1])
  }

  @Test(arguments: [ActivationRange.image, .token])
  func everyProductBecomesOneKernel(_ range: ActivationRange) throws {
    let session = try Session(
      model: try Self.quantized("vit-fashion/model.onnx", range), options: .test(threads: 1))
    let plan = try session.prepare(["pixel_values": [2, 3, 28, 28]])
    let kernels = Dictionary(grouping: plan.stepDescriptions, by: \.kernel).mapValues(\.count)
    // Four inputs of products in each of 6 layers, and the classifier's; 6 products in each.
    #expect(kernels["rowQuantize"] == 25)
    #expect(kernels["rowQuantizedLinear"] == 37)
    #expect(kernels["quantizedLinear"] == nil)
    #expect(kernels["attention"] == 6)
    #expect(kernels["reference"] == nil)
    #expect(kernels["reduce"] == nil)
  }

  /// Over all 1,000 images, one at a time: smaller ranges lose less.
  @Test func accuracyIsKept() throws {
    var errors: [ActivationRange: Double] = [:]
    for range in ActivationRange.allCases {
      let model = try Self.quantized("vit-fashion/model.onnx", range)
      let logits = try TrainedModelTests.logits(model, level: .all, batch: 1)
      let accuracy = TrainedModelTests.accuracy(logits)
      let reference = try TrainedModelTests.golden("fp32/logits.npy")
      let error = try #require(ErrorMetrics(reference: reference, values: logits))
      print("range \(range.rawValue): top-1 \(accuracy), SQNR \(error.sqnr) dB")
      #expect(abs(accuracy - 0.894) <= 0.005)
      errors[range] = error.sqnr
    }
    // 42.6 and 46.2 dB on AVX2.
    #expect(errors[.image] == errors[.tensor])
    #expect(try #require(errors[.token]) > #require(errors[.tensor]) + 2)
  }
}
