import Bench
import Foundation
import Imaging
import OnnxParse
import Quant
import Study
import TensorIO
import TestSupport
import Testing
import ViTEngine

/// The error of one node quantized, against ONNX Runtime on the file that the quantizer writes for it
/// (`fixtures/golden/study`).
@Suite struct OnnxRuntimeTests {
  private struct Golden: Decodable {
    let every: Int
    let nodes: [String]
  }

  @Test func oneInIsTheErrorOfTheFileInOnnxRuntime() throws {
    let data = try Data(contentsOf: URL(filePath: Fixtures.path("golden/study/nodes.json")))
    let golden = try JSONDecoder().decode(Golden.self, from: data)
    let path = Fixtures.path("golden/study/logits.npy")
    let file = try Npy.decode([UInt8](Data(contentsOf: URL(filePath: path))), file: path)
    let (images, classes) = (file.shape[1], file.shape[2])
    let values = file.elements(of: Float.self)
    func logits(_ model: Int, _ image: Int) -> [Float] {
      let start = (model * images + image) * classes
      return Array(values[start..<start + classes])
    }
    var study = try EmbeddedStudy(images: images)
    study.options.nodes = try golden.nodes.map { try NodeSelector($0) }
    study.options.kinds = [.node]
    let report = try study.run()
    #expect(report.subjects.count == golden.nodes.count)
    for (index, node) in golden.nodes.enumerated() {
      let subject = try #require(report.subjects.first { $0.subject.name == node })
      let own = report.oneIn(subject).logits
      var sums = LogitErrorSums()
      for image in 0..<images {
        try sums.add(baseline: logits(0, image), candidate: logits(1 + index, image))
      }
      let expected = try #require(sums.error)
      let (sqnr, reference) = (try #require(own.sqnr), try #require(expected.sqnr))
      // A value on a rounding tie may fall to either side: one step in some thousands of values.
      #expect(abs(sqnr - reference) < 0.3, "\(node): \(sqnr) dB, in ONNX Runtime \(reference)")
      #expect(own.changed == expected.changed, "\(node)")
      let (kl, other) = (
        try #require(own.meanDivergence), try #require(expected.meanDivergence)
      )
      #expect(abs(kl - other) < 0.1 * other + 1e-8, "\(node): KL \(kl) and \(other)")
    }
  }

  /// The reference as a whole does what the benchmark finds for the same configuration.
  @Test(arguments: [true, false])
  func allOfTheReferenceIsWhatTheBenchmarkMeasures(perChannel: Bool) throws {
    var study = try EmbeddedStudy(images: 50)
    study.options.kinds = [.layer]
    study.options.quantization.perChannel = perChannel
    let all = try study.run().all
    var grid = Grid.embedded
    grid.configurations = [
      Configuration(operatorsToQuantize: [.add, .matMul], perChannel: perChannel)
    ]
    grid.batchSizes = [1]
    grid.duration = .milliseconds(1)
    grid.warmups = 0
    let bench = try BenchRunner(
      model: study.model, images: study.images.keeping((0..<50).map { $0 * 20 }),
      options: BenchOptions(
        modelName: "vit-fashion", grid: grid, session: study.options.session,
        processor: study.options.processor)
    ).run()
    let accuracy = try #require(bench.configurations.first?.accuracy)
    let outcomes = try #require(all.accuracy?.outcomes)
    #expect(all.logits.changed == accuracy.changed)
    #expect(outcomes.optimizedAccuracy == accuracy.optimized)
    #expect(outcomes.originalAccuracy == accuracy.original)
    // The Gemm of the head counts as a MatMul and as an Add there.
    #expect(all.nodes.count == bench.configurations[0].quantizedNodes.values.reduce(-1, +))
  }
}
