import Foundation
import OnnxParse
import Quant
import ViTEngine
import ViTKernel

/// How the engine would run a model on inputs of given shapes, and what quantization would do to it.
struct Execution: Encodable {
  /// Steps of one kernel.
  struct Kernel: Encodable {
    let kernel: String
    let steps: Int
    /// Nodes of the model that they stand for.
    let nodes: Int
    let flops: Int
  }

  /// Attention blocks of the same size.
  struct Attention: Encodable {
    let layers: Int
    let heads: Int
    let headSize: Int
    let hiddenSize: Int
    let tokens: Int
    let keys: Int
  }

  /// What becomes of one node.
  struct NodeFate: Encodable {
    let name: String
    let opType: String
    /// The kernel whose step does its work; nil where it is done before the model runs, or dropped.
    let kernel: String?
    /// How many nodes that step stands for.
    let fused: Int
    /// What `vitq quantize` would quantize of it; empty for nothing.
    let quantized: [String]
    /// Why.
    let reason: String
  }

  let shapes: String
  /// Two for each multiply-add of products and convolutions.
  let flops: Int
  let steps: Int
  let compileMilliseconds: Double
  let arenaBytes: Int
  let attention: [Attention]
  let kernels: [Kernel]
  let quantizable: [String: Int]
  let nodes: [NodeFate]

  /// Compiles `model` and plans its quantization with the default options.
  ///
  /// - Throws: ``EngineError`` where it can't be compiled.
  init(_ model: Model, shapes: TrialShapes, options: SessionOptions) throws(EngineError) {
    var unnamed = shapes.fixing(model)
    // The report names the file by itself.
    unnamed.file = nil
    let clock = ContinuousClock()
    let start = clock.now
    let session = try Session(model: unnamed, options: options)
    let inputs = try session.randomInputs()
    let plan = try session.prepare(inputs.mapValues(\.shape), values: inputs)
    let duration = clock.now - start
    compileMilliseconds =
      Double(duration.components.seconds) * 1e3 + Double(duration.components.attoseconds) / 1e15
    let descriptions = plan.stepDescriptions
    self.shapes = shapes.description
    flops = descriptions.reduce(0) { $0 + $1.flops }
    steps = descriptions.count
    arenaBytes = plan.arenaBytes
    attention = Self.attention(
      descriptions, images: session.inputs.first.flatMap { inputs[$0.name]?.shape.first } ?? 1)
    kernels = Dictionary(grouping: descriptions, by: \.kernel).map { name, steps in
      Kernel(
        kernel: name, steps: steps.count, nodes: steps.reduce(0) { $0 + $1.origins.count },
        flops: steps.reduce(0) { $0 + $1.flops })
    }.sorted { ($1.flops, $1.nodes, $0.kernel) < ($0.flops, $0.nodes, $1.kernel) }
    let decisions = try? DynamicQuantizer(options: QuantizationOptions()).quantize(model).plan
    quantizable = Dictionary(
      uniqueKeysWithValues: QuantizedOperator.allCases.map { kind in
        (kind.rawValue, decisions?.count(of: kind) ?? 0)
      })
    nodes = Self.fates(model, descriptions, decisions)
  }

  private static func attention(_ steps: [StepDescription], images: Int) -> [Attention] {
    var order: [AttentionShape] = []
    var counts: [AttentionShape: Int] = [:]
    for case .some(let shape) in steps.map(\.attention) {
      if counts[shape] == nil { order.append(shape) }
      counts[shape, default: 0] += 1
    }
    return order.map { shape in
      // Some models fold the images of a batch into the heads.
      let isFolded = images > 1 && shape.batch == 1 && shape.heads.isMultiple(of: images)
      let heads = isFolded ? shape.heads / images : shape.heads
      return Attention(
        layers: counts[shape] ?? 0, heads: heads, headSize: shape.headSize,
        hiddenSize: heads * shape.headSize, tokens: shape.queryRows, keys: shape.keyRows)
    }
  }

  private static func fates(
    _ model: Model, _ steps: [StepDescription], _ plan: QuantizationPlan?
  ) -> [NodeFate] {
    var places: [Int: StepDescription] = [:]
    for step in steps {
      for origin in step.origins { places[origin.index] = step }
    }
    let decisions = Dictionary(
      (plan?.entries ?? []).filter(\.scope.isEmpty).map { ($0.name, $0) }
    ) { first, _ in first }
    return model.graph.nodes.enumerated().map { index, node in
      let name = node.name.isEmpty ? node.outputs.first ?? "" : node.name
      let step = places[index]
      return NodeFate(
        name: name, opType: node.opType, kernel: step?.kernel, fused: step?.origins.count ?? 0,
        quantized: decisions[name]?.quantized.map(\.rawValue) ?? [],
        reason: decisions[name]?.reason ?? "")
    }
  }
}

extension StepDescription {
  fileprivate var flops: Int { 2 * (work?.multiplyAdds ?? 0) }
}

extension Execution {
  /// The report for people; `everyNode` adds a line for each node.
  func text(everyNode: Bool) -> [String] {
    var lines = columns([
      ["inputs", shapes],
      ["FLOPs", "\(Self.short(flops)) (2 a multiply-add; products and convolutions)"],
      [
        "compiled",
        String(format: "%.1f ms", compileMilliseconds) + ", \(steps) steps, "
          + "\(Self.short(arenaBytes))B for values",
      ],
      [
        "quantizable",
        quantizable.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
          .joined(separator: ", "),
      ],
    ])
    lines += attention.map { block in
      "\(block.layers) attention layers: \(block.heads) heads of \(block.headSize), hidden size "
        + "\(block.hiddenSize), \(block.tokens) tokens"
        + (block.keys == block.tokens ? "" : " over \(block.keys) keys")
    }
    lines.append("kernels")
    lines += columns(
      [["kernel", "steps", "nodes", "FLOPs"]]
        + kernels.map { ["\($0.kernel)", "\($0.steps)", "\($0.nodes)", Self.short($0.flops)] },
      indent: 2)
    guard everyNode else { return lines }
    lines.append("nodes")
    lines += columns(
      [["node", "operator", "kernel", "fused", "quantized", "why"]]
        + nodes.map { node in
          [
            node.name, node.opType, node.kernel ?? "none", "\(node.fused)",
            node.quantized.isEmpty ? "no" : node.quantized.joined(separator: "+"), node.reason,
          ]
        }, indent: 2)
    return lines
  }

  /// Such as 35.1 G.
  private static func short(_ value: Int) -> String {
    for (factor, unit) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
    where Double(value) >= factor {
      return String(format: "%.1f %@", Double(value) / factor, unit)
    }
    return "\(value) "
  }
}
