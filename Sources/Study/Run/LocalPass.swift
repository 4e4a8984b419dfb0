import Bench
import OnnxParse
import Quant
import ViTEngine
import ViTKernel

/// Measures each node's own error over all images.
///
/// Both the fp32 model and the reference run node by node, without any fusion, so that every value
/// that a node reads exists.
struct LocalPass {
  private let study: StudyModel
  private let images: Evaluation
  private let reference: Variant
  /// Positions of the nodes to measure in the model.
  private let positions: [Int]
  private let options: StudyOptions

  /// Weights of probes that are compiled at a time, in bytes of fp32; each is packed four times.
  private static let weightBytes = 256 << 20

  init(_ setup: StudySetup, _ preparation: StudyPreparation, _ options: StudyOptions) {
    study = preparation.study
    images = preparation.images
    reference = preparation.variants[VariantTable.all].variant
    self.options = options
    let names = Set(setup.subjects.subjects.filter { $0.kind == .node }.map(\.name))
    let all = preparation.study.model.graph.nodes.enumerated()
      .filter { names.contains($1.label) }.map(\.offset)
    positions = all.enumerated().filter { options.shard.owns($0.offset) }.map(\.element)
  }

  /// A report for every node, in the model's order.
  func run(progress: (_ done: Int, _ total: Int) -> Void) throws -> [LocalReport] {
    if positions.isEmpty { return [] }
    let reference = try NodeByNode(study.model, study)
    let quantized = try NodeByNode(try study.quantized(self.reference).model, study)
    let groups = self.groups()
    // What is taken apart is ONNX's own quantization.
    var quantization = study.options
    quantization.range = .tensor
    let count = images.images.entries.count
    var reports: [LocalReport] = []
    for (number, group) in groups.enumerated() {
      let probes = try group.map {
        try NodeProbe(
          model: study.model, node: $0, options: quantization,
          saturationImages: options.saturationImages, session: study.sessionOptions,
          executor: study.executor)
      }
      var measurements = probes.map(\.empty)
      let wanted = Set(probes.flatMap(\.inputs))
      for index in 0..<count {
        let pixels = try images.pixels(index)
        let expected = try reference.values(of: wanted, for: pixels)
        let actual = try quantized.values(of: wanted, for: pixels)
        for (position, probe) in probes.enumerated() {
          try probe.measure(expected, perturbed: actual, into: &measurements[position])
        }
        progress(number * count + index + 1, groups.count * count)
      }
      reports += zip(probes, measurements).map { LocalReport(node: $0.label, measurement: $1) }
    }
    return reports
  }

  /// The nodes in groups whose weights fit into memory together.
  private func groups() -> [[Int]] {
    let sizes = Dictionary(
      study.model.graph.initializers.map { ($0.name, (try? $0.byteCount()) ?? 0) },
      uniquingKeysWith: { first, _ in first })
    var groups: [[Int]] = []
    var bytes = 0
    for position in positions {
      let own = study.model.graph.nodes[position].inputs.reduce(0) { $0 + (sizes[$1] ?? 0) }
      if groups.isEmpty || bytes + own > Self.weightBytes {
        groups.append([])
        bytes = 0
      }
      groups[groups.count - 1].append(position)
      bytes += own
    }
    return groups
  }
}

/// A model that is run node by node, for one image at a time.
private struct NodeByNode {
  private let plan: Plan
  private let input: PixelInput

  init(_ model: Model, _ study: StudyModel) throws {
    var options = study.sessionOptions
    options.optimization = .none
    let session = try Session(model: model, options: options, executor: study.executor)
    input = study.input
    plan = try input.plan(of: session, batchSize: 1)
  }

  /// Copies of the values of `names` for an image of `pixels`.
  func values(of names: Set<String>, for pixels: [Float]) throws -> [String: Tensor] {
    try input.fill(plan, with: pixels)
    var checkpoint = Checkpoint()
    for name in names where plan.inputs[name] != nil { checkpoint.keep(name, of: plan) }
    let owners = Dictionary(grouping: names) { plan.owner(of: $0) }
    var start = 0
    let count = plan.stepDescriptions.count
    for (step, made) in plan.makers(of: Set(owners.keys), in: 0..<count) {
      try plan.run(steps: start..<step + 1)
      start = step + 1
      for name in made.flatMap({ owners[$0] ?? [] }) { checkpoint.keep(name, of: plan) }
    }
    try plan.run(steps: start..<count)
    return checkpoint.values
  }
}
