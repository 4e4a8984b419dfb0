import Bench
import Eval
import Foundation
import Imaging
import OnnxParse
import Quant
import TestSupport
import ViTEngine

/// An evaluation of the embedded model.
struct EmbeddedEval {
  static let folder = Fixtures.path("vit-fashion")

  var model: EvalModel
  var candidate: EvalModel?
  var images: ImageSet
  let labels: ClassLabels
  var options = EvalOptions()

  init(images path: String = folder + "/validation") throws {
    let file = Self.folder + "/model.onnx"
    labels = try ClassLabels.load(path: Self.folder + "/config.json")
    model = EvalModel(
      name: "vit-fashion", model: try Model.load(path: file),
      digest: try ContentDigest(file: file),
      processor: try .load(path: Self.folder + "/preprocessor_config.json"))
    images = try ImageSet.load(path: path, labels: labels)
    options.session = .test()
  }

  var runner: EvalRunner {
    EvalRunner(
      model: model, candidate: candidate, images: images, labels: labels, options: options)
  }

  /// The parts that so many shards leave in their files.
  func parts(_ count: Int, in folder: TemporaryFolder) throws -> [(part: EvalPart, file: String)] {
    try (1...count).map { index in
      var own = self
      own.options.shard = try Shard(index: index, count: count).found
      let part = try own.runner.run()
      let file = try folder.write(try part.encoded().utf8, as: part.fileName)
      let data = try Data(contentsOf: URL(filePath: file))
      return (try EvalPart(decoding: data, file: file), file)
    }
  }
}

extension Optional {
  /// The value.
  ///
  /// - Throws: Where there is none.
  var found: Wrapped {
    get throws {
      guard let self else { throw BenchError.invalid("nil") }
      return self
    }
  }
}

extension EvalReport {
  /// The report as JSON without the times.
  func jsonWithoutTimes() throws -> String {
    var report = self
    report.time.seconds = 0
    report.time.imagesPerSecond = 0
    return try report.json()
  }
}
