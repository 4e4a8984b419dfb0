import Bench
import Imaging
import OnnxParse
import Study

/// What quantizing each layer of a model does, from Swift: `example-study MODEL-FOLDER IMAGES-FOLDER`.
@main
enum Example {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let folder = arguments.first, let path = arguments.dropFirst().first else {
      return print("usage: example-study MODEL-FOLDER IMAGES-FOLDER")
    }
    let file = folder + "/model.onnx"
    let images = try ImageSet(folder: path, labels: .load(path: folder + "/config.json"))

    var options = StudyOptions(modelName: "my-vit")
    options.processor = try ProcessorConfig.load(path: folder + "/preprocessor_config.json")
    options.kinds = [.layer]
    options.imageLimit = 50
    options.measuresNodes = false

    let runner = StudyRunner(model: try Model.open(path: file), images: images, options: options)
    let record = try runner.record(modelDigest: try ContentDigest(file: file))
    let report = try runner.run(record: record)
    for layer in report.ranked(.layer) {
      let logits = report.oneIn(layer).logits
      print("\(layer.subject.name): \(logits.sqnr ?? .infinity) dB, \(logits.changed) changed")
    }
    // Everything else, as `vitq study --out` writes it:
    // try report.write(to: "study")
  }
}
