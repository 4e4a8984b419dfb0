import Bench
import Foundation
import Imaging
import OnnxParse
import Quant
import TestSupport
import Testing
import ViTEngine

struct BenchRunnerTests {
  /// Flat images: two reds, a green and a blue, one of the reds in the folder of the blues.
  private func images() throws -> ImageSet {
    try ImageSet(
      folder: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Images")
        .path(percentEncoded: false),
      labels: ClassLabels(["red", "green", "blue"]))
  }

  private let grid = Grid(
    configurations: [
      Configuration(operatorsToQuantize: [.matMul], perChannel: true),
      Configuration(
        operatorsToQuantize: [.add, .matMul], nodeExclusion: [.gelu], perChannel: false),
    ],
    batchSizes: [1, 3], inputLengths: [32, 64], duration: .milliseconds(2), warmups: 1)

  private func options(_ grid: Grid) -> BenchOptions {
    BenchOptions(
      modelName: "colours", grid: grid, session: .test(threads: 1),
      processor: ProcessorConfig(size: .exact(height: 2, width: 2)))
  }

  @Test func measuresTheWholeGrid() throws {
    let report = try BenchRunner(model: colours(), images: images(), options: options(grid)).run()
    #expect(report.model.name == "colours")
    #expect(report.model.inputShape == [1, 3, 2, 2])
    #expect(report.machine.threads == 1)
    #expect(
      report.configurations.map(\.quantizedNodes) == [
        ["MatMul": 1, "Add": 0], ["MatMul": 1, "Add": 1],
      ])
    for configuration in report.configurations {
      let accuracy = try #require(configuration.accuracy)
      #expect(accuracy.samples == 4)
      #expect(accuracy.original == 0.75 && accuracy.optimized == 0.75 && accuracy.changed == 0)
      #expect(
        accuracy.paired?.outcomes
          == PairedOutcomes(bothRight: 3, fixed: 0, broken: 0, bothWrong: 1))
      let logits = try #require(accuracy.logits)
      #expect(logits.images == 4 && logits.changed == 0)
      // 8 bits: half a step of 1/255 of the range is 54 dB below the range; quantized twice at most.
      #expect(try #require(logits.sqnr) > 30 && logits.cosine ?? 0 > 0.999)
      #expect(configuration.time.map(\.batchSize) == [1, 1, 3, 3])
      #expect(configuration.time.map(\.inputLength) == [32, 64, 32, 64])
      for cell in configuration.time {
        #expect(cell.baseline.throughput == Double(cell.baseline.forwards) / 0.002)
        #expect(cell.optimized.latencyMean * Double(cell.optimized.forwards) >= 1.999)
      }
      #expect(configuration.modelBytes.original == (try colours().encoded().count))
    }
  }

  @Test func tellsEveryStep() throws {
    var steps: [BenchProgress] = []
    let runner = BenchRunner(model: try colours(), images: try images(), options: options(grid))
    _ = try runner.run { steps.append($0) }
    let evaluated = steps.filter { if case .evaluating = $0 { true } else { false } }
    #expect(evaluated.count == 3 * 4)
    #expect(evaluated.first == .evaluating(configuration: nil, done: 1, of: 4))
    let measured = steps.compactMap { step -> Int? in
      if case .measuring(_, _, _, let done, 8) = step { done } else { nil }
    }
    #expect(measured == Array(0..<8))
    let warnings = steps.filter { if case .warning = $0 { true } else { false } }
    #expect(warnings.count == 1 && warnings[0].description.contains("gelu"))
  }

  @Test func measuresTimeWithoutImages() throws {
    var grid = grid
    grid.configurations = [grid.configurations[0]]
    let report = try BenchRunner(model: colours(), images: nil, options: options(grid)).run()
    #expect(report.configurations[0].accuracy == nil)
    #expect(report.parameters.images == nil)
    #expect(report.configurations[0].time.count == 4)
  }

  @Test func theOrtPresetLeavesAddAlone() throws {
    var options = options(grid)
    options.quantization = QuantizationOptions(preset: .ort)
    let report = try BenchRunner(model: colours(), images: nil, options: options).run()
    #expect(report.configurations.map { $0.quantizedNodes["Add"] } == [0, 0])
    #expect(report.text().contains("Add is left in fp32"))
  }

  @Test func saysWhyAModelDoesNotFit() throws {
    try expectFault("batches of 1; it can't run batches of 3", model: colours(batch: .size(1)))
    try expectFault("has 4 channels; images have 3", model: colours(channels: 4))
    try expectFault("the model has 2 classes, and the images have", model: colours(classes: 2))
    let large = options(grid, size: 5)
    try expectFault("makes [3, 5, 5] of it (channels, rows, columns)", options: large)
  }

  @Test func saysWhyAGridDoesNotFit() throws {
    for (change, fault): ((inout Grid) -> Void, String) in [
      ({ $0.configurations = [] }, "no configuration to measure"),
      ({ $0.batchSizes = [1, 0] }, "batch sizes [1, 0]"),
      ({ $0.inputLengths = [] }, "input lengths []"),
      ({ $0.duration = .zero }, "the duration must be more than 0 s"),
      ({ $0.warmups = -1 }, "-1 warm-ups"),
      ({ $0.configurations[0].operatorsToQuantize = [] }, "without operators to quantize"),
    ] {
      var grid = grid
      change(&grid)
      try expectFault(fault, options: options(grid))
    }
  }

  private func options(_ grid: Grid, size: Int) -> BenchOptions {
    var options = options(grid)
    options.processor.size = .exact(height: size, width: size)
    return options
  }

  private func expectFault(
    _ fault: String, model: Model? = nil, options: BenchOptions? = nil
  ) throws {
    let runner = BenchRunner(
      model: try model ?? colours(), images: try images(), options: options ?? self.options(grid))
    let error = #expect(throws: BenchError.self) { try runner.run() }
    #expect(error?.description.contains(fault) == true, "\(String(describing: error))")
  }
}

/// A model whose score for a class is the sum of one channel of 2 x 2 pixels, and a bias.
private func colours(
  batch: OnnxParse.Dimension = .symbol("batch"), channels: Int = 3, classes: Int = 3
) throws -> Model {
  let weights = (0..<channels * 4).flatMap { pixel in
    (0..<classes).map { pixel / 4 == $0 ? Float(1) : 0 }
  }
  let size = Int64(channels)
  let count = Int64(classes)
  let graph = Graph(
    name: "colours",
    nodes: [
      Node(name: "flatten", opType: "Flatten", inputs: ["pixel_values"], outputs: ["flat"]),
      Node(name: "scores", opType: "MatMul", inputs: ["flat", "weight"], outputs: ["sums"]),
      Node(name: "bias", opType: "Add", inputs: ["sums", "offset"], outputs: ["logits"]),
    ],
    inputs: [
      ValueInfo(
        name: "pixel_values", dataType: .float, dims: [batch, .size(size), .size(2), .size(2)])
    ],
    outputs: [ValueInfo(name: "logits", dataType: .float, dims: [batch, .size(count)])],
    initializers: [
      TensorProto(name: "weight", dims: [size * 4, count], floats: weights),
      TensorProto(name: "offset", dims: [count], floats: [Float](repeating: 0.25, count: classes)),
    ])
  return Model(opsetImports: [OperatorSetID(version: 11)], graph: graph)
}
