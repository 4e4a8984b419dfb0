import Foundation
import Imaging
import OnnxParse
import Quant
import TensorIO
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// The trained model on its 1,000 images, beside what ONNX Runtime gave for each of them.
@Suite(.serialized) struct TrainedModelTests {
  /// How ONNX Runtime quantized the model whose logits are stored.
  struct Variant: Sendable, CustomTestStringConvertible {
    let name: String
    let perChannel: Bool
    let scope: QuantizationOptions.MatMulScope
    var testDescription: String { name }
  }

  static let variants = [
    Variant(name: "per_tensor_const", perChannel: false, scope: .constantOnly),
    Variant(name: "per_channel_const", perChannel: true, scope: .constantOnly),
    Variant(name: "per_tensor_all", perChannel: false, scope: .all),
    Variant(name: "per_channel_all", perChannel: true, scope: .all),
  ]

  @Test func logitsInFloatEqualOnnxRuntimes() throws {
    let expected = try Self.golden("fp32/logits.npy")
    let model = try Model.load(path: Fixtures.path("vit-fashion/model.onnx"))
    for level in OptimizationLevel.allCases {
      let logits = try Self.logits(model, level: level, batch: 50)
      let difference = try #require(zip(logits, expected).map { abs($0 - $1) }.max())
      #expect(difference < 1e-4, "\(level)")
      #expect(Self.accuracy(logits) == 0.894)
    }
  }

  /// Both engines compute the same integers as long as the floats before them round alike. A float
  /// that lies on a rounding tie may fall to either side, in ONNX Runtime as well: its two stored
  /// runs, with and without its graph optimizations, differ by as much.
  @Test(arguments: variants)
  func quantizedLogitsDifferFromOnnxRuntimesAsItsOwnRunsDo(variant: Variant) throws {
    var options = QuantizationOptions(preset: .ort)
    options.perChannel = variant.perChannel
    options.matMulScope = variant.scope
    let model = try Model.load(path: Fixtures.path("vit-fashion/model.onnx"))
    let quantized = try DynamicQuantizer(options: options).quantize(model).model
    // One image at a time: the range of a dynamically quantized tensor is that of its batch.
    let logits = try Self.logits(quantized, level: .all, batch: 1)
    let optimized = try Self.golden("\(variant.name)/logits.npy")
    let plain = try Self.golden("\(variant.name)/logits_disable_all.npy")
    let ours = Self.differences(logits, optimized)
    let theirs = Self.differences(plain, optimized)
    print(
      variant.name, "images within 1e-4 / largest difference / top-1:",
      "vitq to ONNX Runtime", ours.within, ours.largest, Self.accuracy(logits),
      "ONNX Runtime to itself", theirs.within, theirs.largest, Self.accuracy(plain))
    #expect(ours.largest < 2 * theirs.largest)
    #expect(ours.within > 1_000 - 2 * (1_000 - theirs.within))
    #expect(abs(Self.accuracy(logits) - Self.accuracy(optimized)) <= 0.002)
  }

  static func golden(_ name: String) throws -> [Float] {
    try TensorFile.read(Fixtures.path("golden/vit-fashion/\(name)")).elements(of: Float.self)
  }

  static func logits(
    _ model: Model, level: OptimizationLevel, batch: Int
  ) throws -> [Float] {
    let session = try Session(model: model, options: .test(optimization: level))
    let plan = try session.prepare(["pixel_values": [batch, 3, 28, 28]])
    let input = try #require(plan.inputs["pixel_values"])
    let output = try #require(plan.outputs["logits"])
    let pixels = try pixels()
    let size = batch * 3 * 28 * 28
    var logits: [Float] = []
    for start in stride(from: 0, to: pixels.count, by: size) {
      input.copyElements(from: Tensor(Array(pixels[start..<start + size]), shape: input.shape))
      try plan.run()
      logits += output.elements(of: Float.self)
    }
    return logits
  }

  /// The images in the order of their paths, as the stored logits are.
  static func pixels() throws -> [Float] {
    let config = try ProcessorConfig.load(
      path: Fixtures.path("vit-fashion/preprocessor_config.json"))
    let processor = ImageProcessor(config)
    let images = try images()
    return try images.entries.indices.flatMap { try processor.tensor(images.image($0)) }
  }

  private static func images() throws -> ImageSet {
    let labels = try ClassLabels.load(path: Fixtures.path("vit-fashion/config.json"))
    return try ImageSet(folder: Fixtures.path("vit-fashion/validation"), labels: labels)
  }

  static func accuracy(_ logits: [Float]) -> Double {
    guard let entries = try? images().entries else { return .nan }
    let correct = entries.enumerated().count { index, entry in
      let row = logits[index * 10..<(index + 1) * 10]
      return row.firstIndex(of: row.max() ?? .nan) == index * 10 + (entry.label ?? -1)
    }
    return Double(correct) / Double(entries.count)
  }

  private static func differences(
    _ a: [Float], _ b: [Float]
  ) -> (within: Int, largest: Float) {
    let largest = stride(from: 0, to: a.count, by: 10).map { start in
      (start..<start + 10).map { abs(a[$0] - b[$0]) }.max() ?? .nan
    }
    return (largest.count { $0 <= 1e-4 }, largest.max() ?? .nan)
  }
}
