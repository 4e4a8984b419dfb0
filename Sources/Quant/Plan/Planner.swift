import OnnxParse

/// What is to be done to one node.
struct Decision {
  /// Empty to leave the node as it is.
  var operators: Set<QuantizedOperator>
  var groups: [NodeGroup]
  var reason: String
}

/// Decides on every node of a graph before any is touched.
struct Planner {
  let options: QuantizationOptions
  let index: GraphIndex
  private let eligibility: [Eligibility]
  private let groups: [NodeGroup: Set<Int>]
  private let included: [(selector: NodeSelector, nodes: Set<Int>)]
  private let excluded: [(selector: NodeSelector, nodes: Set<Int>)]

  init(options: QuantizationOptions, graph: Graph, index: GraphIndex) {
    self.options = options
    self.index = index
    let rules = EligibilityRules(options: options, index: index, types: ElementTypes(of: graph))
    eligibility = index.nodes.map(rules.eligibility)
    groups = NodeGroups.detect(in: index).mapValues(Set.init)
    let labels = index.nodes.map(\.label)
    included = options.includeNodes.map { ($0, Set($0.matches(in: labels))) }
    excluded = options.excludeNodes.map { ($0, Set($0.matches(in: labels))) }
  }

  func decisions() -> [Decision] { index.nodes.indices.map(decision) }

  private func decision(at position: Int) -> Decision {
    let own = NodeGroup.allCases.filter { groups[$0]?.contains(position) == true }
    var decision = Decision(operators: [], groups: own, reason: "")
    guard case .eligible(let operators) = eligibility[position] else {
      if case .ineligible(let reason) = eligibility[position] { decision.reason = reason }
      return decision
    }
    if let match = excluded.first(where: { $0.nodes.contains(position) }) {
      decision.reason = "excluded by \(match.selector)"
    } else if let group = own.first(where: options.excludedGroups.contains) {
      decision.reason = "excluded with group \(group.rawValue)"
    } else if !included.isEmpty, !included.contains(where: { $0.nodes.contains(position) }) {
      decision.reason = "not among the nodes to include"
    } else {
      decision.operators = operators
    }
    return decision
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
    let effective = nodes.count { if case .eligible = eligibility[$0] { true } else { false } }
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
