import Bench
import Eval
import Foundation
import Imaging
import Quant
import TensorIO
import TestSupport
import Testing
import ViTKernel

/// Evaluations of the embedded model.
@Suite struct EvalRunnerTests {
  /// Image by image, what ONNX Runtime answered (`fixtures/golden/vit-fashion`).
  @Test func everyAnswerIsOnnxRuntimes() throws {
    let golden = try TensorFile.read(Fixtures.path("golden/vit-fashion/fp32/logits.npy"))
    let scores = golden.elements(of: Float.self)
    let part = try EmbeddedEval().runner.run()
    #expect(part.rows.count == 1_000)
    for row in part.rows {
      let expected = Answer(scores: Array(scores[row.index * 10..<(row.index + 1) * 10]))
      let answer = try #require(row.baseline)
      #expect(answer.predicted == expected.predicted, "\(row.name)")
      // Logits within 1e-4 of each other: TrainedModelTests.
      #expect(abs(try #require(answer.confidence) - (try #require(expected.confidence))) < 1e-4)
    }
    let report = try EvalReport(part)
    #expect(report.baseline?.top1.count == 894)
    #expect(report.candidate == nil && report.logits == nil && report.bad.isEmpty)
    #expect(try report.imagesDigest == ContentDigest(EmbeddedEval().images))
  }

  @Test func figuresAgainstInt8AreThoseOfBench() throws {
    var eval = try EmbeddedEval()
    eval.images = eval.images.sample(12, seed: 3)
    let quantization = QuantizationOptions(preset: .vitq)
    eval.candidate = try eval.model.quantized(quantization).model
    let report = try EvalReport(eval.runner.run())
    var options = BenchOptions(
      modelName: "vit-fashion",
      grid: Grid(
        configurations: [Configuration(operatorsToQuantize: [.matMul], perChannel: true)],
        batchSizes: [1], inputLengths: [32], duration: .milliseconds(1), warmups: 0))
    options.session = eval.options.session
    options.processor = eval.model.processor
    let bench = try BenchRunner(
      model: eval.model.model, images: eval.images, options: options
    ).run()
    let accuracy = try #require(bench.configurations[0].accuracy)
    #expect(report.paired == accuracy.paired)
    #expect(report.baseline?.top1.fraction == accuracy.original)
    #expect(report.candidate?.top1.fraction == accuracy.optimized)
    #expect(report.logits?.changed == accuracy.changed)
    // Sums are added up in another order.
    let sqnr = try #require(report.logits?.sqnr)
    #expect(abs(sqnr - (try #require(accuracy.logits?.sqnr))) < 1e-9)
  }

  /// Fed alone or in a batch that is not full, fp32 answers the same.
  @Test func batchesChangeNothingInFp32() throws {
    var eval = try EmbeddedEval()
    eval.images = eval.images.sample(7, seed: 1)
    let alone = try eval.runner.run()
    eval.options.batchSize = 3
    eval.options.loaders = 3
    let together = try eval.runner.run()
    #expect(together.rows == alone.rows)
    #expect(together.record.batchSize == 3)
  }

  @Test func imagesWithoutLabelsHaveNoAccuracy() throws {
    let eval = try EmbeddedEval(images: EmbeddedEval.folder + "/validation/bag")
    var own = eval
    own.images = eval.images.keeping([0, 1])
    own.candidate = try eval.model.quantized(QuantizationOptions(preset: .ort)).model
    let report = try EvalReport(own.runner.run())
    #expect(report.baseline == nil && report.candidate == nil && report.paired == nil)
    #expect(report.logits?.images == 2)
    #expect(report.text().contains("no labels"))
  }

  @Test func saysWhyModelsAndLabelsDoNotFit() throws {
    let eval = try EmbeddedEval()
    let runner = EvalRunner(
      model: eval.model, images: eval.images, labels: ClassLabels(["a", "b"]),
      options: eval.options)
    let error = #expect(throws: BenchError.self) { try runner.run() }
    #expect(error?.description.contains("10 classes, config.json names 2") == true)
  }

  @Test func theReportHasEveryForm() throws {
    var eval = try EmbeddedEval()
    eval.images = eval.images.sample(5, seed: 1)
    eval.candidate = try eval.model.quantized(QuantizationOptions(preset: .vitq)).model
    let part = try eval.runner.run()
    let report = try EvalReport(part)
    #expect(report.isConsistent)
    let decoded = try JSONDecoder().decode(EvalReport.self, from: Data(report.json().utf8))
    #expect(decoded == report)
    let folder = try TemporaryFolder()
    try report.write(to: folder.path("out"), with: part)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted()
    #expect(
      names == ["predictions.csv", "report.csv", "report.html", "report.json", "report.md"])
    let predictions = try String(
      contentsOfFile: folder.path("out/predictions.csv"), encoding: .utf8)
    #expect(predictions.split(whereSeparator: \.isNewline).count == 6)
    #expect(predictions.hasPrefix("index,path,label,predicted,probability,top_5,other_predicted,"))
    let lines = try part.predictions(as: .jsonl).split(separator: "\n")
    let first = try #require(
      try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
    #expect(first["path"] as? String == part.rows[0].name)
    #expect((first["model"] as? [String: Any])?["predicted"] is String)
    #expect(((first["other"] as? [String: Any])?["top_5"] as? [Any])?.count == 5)
  }
}
