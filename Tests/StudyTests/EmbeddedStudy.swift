import Bench
import Imaging
import OnnxParse
import Quant
import Study
import TestSupport
import ViTEngine

/// A study of the embedded model, or of what a test made of it, over some of its images.
struct EmbeddedStudy {
  static let folder = Fixtures.path("vit-fashion")
  static let path = folder + "/model.onnx"

  var model: Model
  let images: ImageSet
  var options: StudyOptions

  init(images limit: Int) throws {
    model = try Model.load(path: Self.path)
    images = try ImageSet(
      folder: Self.folder + "/validation", labels: .load(path: Self.folder + "/config.json"))
    options = StudyOptions(modelName: "vit-fashion")
    options.processor = try ProcessorConfig.load(
      path: Self.folder + "/preprocessor_config.json")
    options.session = .test()
    options.imageLimit = limit
    options.measuresNodes = false
    options.timingRuns = 0
    options.batchSize = 1
  }

  var runner: StudyRunner { StudyRunner(model: model, images: images, options: options) }

  func record() throws -> StudyRecord {
    try runner.record(modelDigest: try ContentDigest(file: Self.path))
  }

  func run(
    store: StudyStore? = nil, progress: (StudyProgress) -> Void = { _ in }
  ) throws -> StudyReport {
    try runner.run(record: try record(), store: store, progress: progress)
  }
}
