import OnnxParse

extension QuantizationPlan {
  /// The plan as text: a line to each node, then the selectors, the counts and the warnings.
  ///
  /// - Parameter everyNode: false leaves out the nodes of operators that can't be quantized.
  public func table(everyNode: Bool = true) -> String {
    let shown = everyNode ? entries : entries.filter { Self.candidates.contains($0.opType) }
    let header = ["node", "operator", "groups", "decision", "range", "reason"]
    let rows = shown.map { entry in
      [
        entry.scope.isEmpty ? entry.name : "\(entry.scope)/\(entry.name)",
        entry.opType,
        entry.groups.map(\.rawValue).joined(separator: ","),
        entry.quantized.isEmpty
          ? "fp32" : "int8 " + entry.quantized.map(\.rawValue).joined(separator: "+"),
        entry.range?.rawValue ?? "",
        entry.reason,
      ]
    }
    return (Self.aligned([header] + rows) + [""] + summary).joined(separator: "\n")
  }

  private static let candidates: Set = ["MatMul", "Gemm", "Add"]

  /// The selectors, the counts and the warnings, a line to each.
  public var summary: [String] { outcome + warnings.map { "warning: \($0)" } }

  /// The selectors and the counts, a line to each.
  public var outcome: [String] {
    let selected = selections.map { selection in
      let verb = selection.kind == .included ? "include" : "exclude"
      return "\(verb) \(selection.text): matches \(selection.matched) nodes, "
        + "\(selection.effective) of them quantizable"
    }
    let counts = QuantizedOperator.allCases.map { "\(count(of: $0)) \($0.rawValue)" }
    let bytes = constantBytes
    let total =
      "quantized: \(counts.joined(separator: ", ")); "
      + "their constants: \(bytes.before) bytes before, \(bytes.after) after"
    return selected + [total]
  }

  /// Pads every column but the last to its widest cell.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let rows = rows.map { $0.map(\.escapingControlCharacters) }
    let columnCount = rows.map(\.count).max() ?? 0
    let widths = (0..<columnCount).map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, cell in
        column == columnCount - 1
          ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
      }.joined(separator: "  ")
    }
  }
}
