import Imaging
import OnnxParse
import Quant
import ViTEngine
import ViTKernel

/// Measures a model in fp32 against itself quantized, over a grid of configurations: the one entry
/// to everything in this module.
public struct BenchRunner {
  private let model: Model
  private let images: ImageSet?
  private let options: BenchOptions

  /// A benchmark of `model`; accuracy is measured over `images`, or not at all where they are nil.
  public init(model: Model, images: ImageSet?, options: BenchOptions) {
    self.model = model
    self.images = images
    self.options = options
  }

  /// Runs the whole grid.
  ///
  /// The fp32 model labels the images once; each configuration then is quantized, labels the
  /// images, and is timed by turns with the fp32 model, both on the same threads. The timed input
  /// is the first image, or noise where there are no images.
  ///
  /// - Parameter progress: Is told of every step before or as it is done, on the calling thread.
  /// - Throws: ``BenchError``, or what reading images, quantizing and running throw.
  public func run(progress: (BenchProgress) -> Void = { _ in }) throws -> BenchReport {
    let grid = options.grid
    try grid.check()
    try images?.check()
    guard images?.isLabelled != false else {
      throw BenchError.invalid(
        "\(images?.path ?? ""): the images have no labels, which accuracy needs; they lie in a folder "
          + "for each, or a list has them")
    }
    let executor = try options.session.makeExecutor()
    let session = try Session(model: model, options: options.session, executor: executor)
    let baseline = try Baseline(session, model: model, images: images, options: options) {
      progress(.evaluating(configuration: nil, done: $0, of: $1))
    }
    var warnings: Set<String> = []
    var reports: [ConfigurationReport] = []
    for configuration in grid.configurations {
      let (quantized, plan) = try options.quantizer(for: configuration).quantize(model)
      for warning in plan.warnings where warnings.insert(warning).inserted {
        progress(.warning(warning))
      }
      let run = ConfigurationRun(
        configuration: configuration, baseline: baseline, model: quantized,
        session: try Session(model: quantized, options: options.session, executor: executor),
        plan: plan)
      reports.append(try run.report(grid, cellsDone: reports.flatMap(\.time).count, progress))
    }
    return BenchReport(
      machine: Machine.current(executor), model: summary(input: baseline.input),
      parameters: Parameters(
        preset: options.quantization.preset.rawValue, range: range,
        optimizationLevel: options.session.optimization.rawValue, duration: grid.duration.seconds,
        warmups: grid.warmups, images: images?.path, imageSelection: options.imageSelection),
      configurations: reports)
  }

  private var range: String? {
    let range = options.quantization.range
    return range == .tensor ? nil : range.rawValue
  }

  private func summary(input: PixelInput) -> ModelSummary {
    ModelSummary(
      name: options.modelName, opset: model.opset.map { Int($0) }, nodes: model.graph.nodes.count,
      inputShape: [1] + input.imageShape)
  }
}
