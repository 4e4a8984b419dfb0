import OnnxParse

/// Rewrites a model so that its MatMuls, and where asked its Adds, compute on 8-bit integers whose
/// activations are quantized as the model runs.
///
/// What is written uses operators of the ONNX standard alone, with the names, weights, scales and
/// zero points that ONNX Runtime 1.32's `quantize_dynamic` gives them.
public struct DynamicQuantizer: Sendable {
  /// What to do.
  public let options: QuantizationOptions
  private let constants: QuantizedConstants?

  /// A pass with `options`.
  ///
  /// - Parameter constants: Remembers quantized constants from pass to pass, for quantizing one model
  ///   many times; what comes out is the same without it.
  public init(
    options: QuantizationOptions = QuantizationOptions(), constants: QuantizedConstants? = nil
  ) {
    self.options = options
    self.constants = constants
  }

  /// Quantizes `model`.
  ///
  /// A model in which nothing is quantized comes back as it was. Otherwise initializers that nothing
  /// reads any more are gone, and inputs of the same name with them.
  ///
  /// - Returns: the new model, and what was done to each node of the old one.
  /// - Throws: where the model's opset is below 11, a constant can't be read, or a choice for a single
  ///   node can't be kept to.
  public func quantize(
    _ model: Model
  ) throws(QuantizationError) -> (model: Model, plan: QuantizationPlan) {
    let (model, plan, _) = try quantizeListingConstants(model)
    return (model, plan)
  }

  /// As ``quantize(_:)``, with the constants that were stored in 8 bits; the new model may lack some
  /// of them, where nothing came to read them.
  package func quantizeListingConstants(
    _ model: Model
  ) throws(QuantizationError) -> (
    model: Model, plan: QuantizationPlan, constants: [QuantizedConstant]
  ) {
    guard let opset = model.opset else { throw .noOperatorSet }
    guard opset >= 11 else { throw .operatorSetTooOld(found: opset) }
    let index = GraphIndex(model.graph)
    let planner = Planner(options: options, graph: model.graph, index: index)
    var rewriter = Rewriter(
      options: options, constants: constants ?? QuantizedConstants(), graph: model.graph,
      index: index, opset: opset)
    var entries: [QuantizationPlan.Entry] = []
    for (position, decision) in try planner.decisions().enumerated() {
      let node = index.nodes[position]
      try rewriter.rewrite(node, at: position, decision)
      entries.append(rewriter.entry)
      entries += Self.innerEntries(of: node, in: "")
    }
    rewriter.dequantizeOutputs(model.graph.outputs)
    var warnings = planner.warnings + rewriter.warnings
    warnings += Self.rangeWarnings(entries, options)
    guard entries.contains(where: { !$0.quantized.isEmpty }) else {
      warnings.append("nothing was quantized")
      let plan = QuantizationPlan(
        entries: entries, selections: planner.selections, warnings: warnings)
      return (model, plan, [])
    }
    let plan = QuantizationPlan(
      entries: entries, selections: planner.selections, warnings: warnings)
    return (rewriter.finish(model), plan, rewriter.storedConstants)
  }

  /// Says where an image's result depends on its batch although the range was to be smaller.
  private static func rangeWarnings(
    _ entries: [QuantizationPlan.Entry], _ options: QuantizationOptions
  ) -> [String] {
    let wide = entries.count { $0.range == .tensor }
    guard options.range != .tensor, wide > 0 else { return [] }
    return [
      "\(wide) quantized nodes have one range for the tensor all the same: "
        + "what comes of an image depends on the others of its batch"
    ]
  }

  /// Entries for the nodes of graphs inside `node`, which are left alone.
  private static func innerEntries(of node: Node, in scope: String) -> [QuantizationPlan.Entry] {
    node.subgraphs.flatMap { attribute, graph in
      let inner = (scope.isEmpty ? "" : scope + "/") + "\(node.label)/\(attribute)"
      return graph.nodes.flatMap { child in
        [
          QuantizationPlan.Entry(
            name: child.label, opType: child.opType, scope: inner,
            reason: "inside a graph of another node; only the main graph is quantized")
        ] + innerEntries(of: child, in: inner)
      }
    }
  }
}
