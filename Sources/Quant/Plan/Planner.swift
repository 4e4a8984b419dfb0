import OnnxParse

/// What is to be done to one node.
struct Decision {
  /// Empty to leave the node as it is.
  var operators: Set<QuantizedOperator> = []
  /// Whether it could have been otherwise.
  var isQuantizable = false
  var groups: [NodeGroup] = []
  var reason = ""
  /// True for one scale to each column of its constants, where that is possible.
  var perChannel = false
  /// Which values of its activation share a scale, where that is possible.
  var range = ActivationRange.tensor
  /// What was asked for this node alone; then nothing else will do.
  var choice: NodeChoice?
}

/// Decides on every node of a graph before any is touched.
struct Planner {
  let options: QuantizationOptions
  let index: GraphIndex
  private let eligibility: [Eligibility]
  /// Why the options leave nodes that are eligible in fp32.
  private let refusals: [String?]
  private let groups: [NodeGroup: Set<Int>]
  private let included: [(selector: NodeSelector, nodes: Set<Int>)]
  private let excluded: [(selector: NodeSelector, nodes: Set<Int>)]

  init(options: QuantizationOptions, graph: Graph, index: GraphIndex) {
    self.options = options
    self.index = index
    let rules = EligibilityRules(options: options, index: index, types: ElementTypes(of: graph))
    eligibility = index.nodes.map(rules.eligibility)
    refusals = zip(index.nodes, eligibility).map { node, eligibility in
      eligibility.isEligible ? rules.refusal(of: node) : nil
    }
    groups = NodeGroups.detect(in: index).mapValues(Set.init)
    let labels = index.nodes.map(\.label)
    included = options.includeNodes.map { ($0, Set($0.matches(in: labels))) }
    excluded = options.excludeNodes.map { ($0, Set($0.matches(in: labels))) }
  }

  /// - Throws: where a choice for a single node can't be kept to.
  func decisions() throws(QuantizationError) -> [Decision] {
    let labels = Set(index.nodes.map(\.label))
    if let unknown = options.nodeChoices.keys.sorted().first(where: { !labels.contains($0) }) {
      throw .unknownNode(unknown)
    }
    var decisions: [Decision] = []
    for position in index.nodes.indices { decisions.append(try decision(at: position)) }
    return decisions
  }

  private func decision(at position: Int) throws(QuantizationError) -> Decision {
    let label = index.nodes[position].label
    var decision = Decision()
    decision.groups = NodeGroup.allCases.filter { groups[$0]?.contains(position) == true }
    decision.choice = options.nodeChoices[label]
    decision.perChannel = decision.choice?.perChannel ?? options.perChannel
    decision.range = decision.choice?.range ?? options.range
    switch eligibility[position] {
    case .ineligible(let reason):
      decision.reason = reason
      if decision.choice?.quantize == true {
        throw .impossibleChoice(node: label, reason: "it can't be quantized: \(reason)")
      }
    case .eligible(let operators):
      decision.isQuantizable = true
      if let reason = exclusion(of: position, decision) {
        decision.reason = reason
      } else {
        decision.operators = operators
      }
    }
    return decision
  }

  /// Why the node at `position`, which can be quantized, is not.
  private func exclusion(of position: Int, _ decision: Decision) -> String? {
    if let choice = decision.choice { return choice.quantize ? nil : "fp32 is chosen for it" }
    if options.choosesAllNodes { return "nothing is chosen for it" }
    if let refusal = refusals[position] { return refusal }
    if let match = excluded.first(where: { $0.nodes.contains(position) }) {
      return "excluded by \(match.selector)"
    }
    if let group = decision.groups.first(where: options.excludedGroups.contains) {
      return "excluded with group \(group.rawValue)"
    }
    if !included.isEmpty, !included.contains(where: { $0.nodes.contains(position) }) {
      return "not among the nodes to include"
    }
    return nil
  }

  /// How every group and selector of the options fared, in the options' order.
  var selections: [QuantizationPlan.Selection] {
    let groups = NodeGroup.allCases.filter(options.excludedGroups.contains).map { group in
      selection(group.rawValue, .excludedGroup, self.groups[group] ?? [])
    }
    return groups + excluded.map { selection($0.selector.text, .excluded, $0.nodes) }
      + included.map { selection($0.selector.text, .included, $0.nodes) }
  }

  private func selection(
    _ text: String, _ kind: QuantizationPlan.Selection.Kind, _ nodes: Set<Int>
  ) -> QuantizationPlan.Selection {
    let effective = nodes.count { eligibility[$0].isEligible && refusals[$0] == nil }
    return .init(text: text, kind: kind, matched: nodes.count, effective: effective)
  }

  /// Selectors and groups that do nothing, and choices that can't take effect.
  var warnings: [String] {
    var warnings = selections.compactMap { selection -> String? in
      let what = selection.kind == .excludedGroup ? "group" : "selector"
      if selection.matched == 0 {
        let group = selection.kind == .excludedGroup ? NodeGroup(rawValue: selection.text) : nil
        let meaning = group.map { " (\($0.meaning))" } ?? ""
        return "\(what) \(selection.text)\(meaning) matches no node"
      }
      if selection.effective == 0 {
        return "\(what) \(selection.text) changes nothing: "
          + "no node that it matches would be quantized"
      }
      return nil
    }
    if options.operators.contains(.add), !options.rewritesAdd {
      warnings.append("Add is left in fp32: preset \(options.preset.rawValue) does not quantize it")
    }
    if index.nodes.contains(where: { Self.quantizers.contains($0.opType) }) {
      warnings.append("the model is already quantized in part")
    }
    return warnings
  }

  private static let quantizers: Set = [
    "DynamicQuantizeLinear", "QuantizeLinear", "DequantizeLinear", "MatMulInteger",
  ]
}
