import Foundation

extension Inspection {
  /// The report for people; `everyNode` adds a line for each node.
  func text(everyNode: Bool) -> String {
    let versions = opsets.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let head = columns(
      [
        ["file", "\(file) (\(fileBytes) bytes)"],
        ["opset", versions.joined(separator: ", ") + " (IR version \(irVersion))"],
        ["producer", producer.isEmpty ? "not said" : producer],
        ["parameters", "\(parameters) in \(initializers) initializers"],
      ] + (externalFiles.isEmpty ? [] : [["weights in", externalFiles.joined(separator: ", ")]])
        + (functions == 0 ? [] : [["functions", "\(functions), inlined below"]]))
    let values = { (values: [Value]) in
      columns(values.map { [$0.name, $0.type, $0.shape] }, indent: 2)
    }
    let counts = columns(operators.map { [$0.name, "\($0.count)"] }, indent: 2)
    let run = execution.map { $0.text(everyNode: everyNode) } ?? []
    return
      (head + ["inputs"] + values(inputs) + ["outputs"] + values(outputs)
      + ["nodes: \(nodes)"] + counts + run + faults).joined(separator: "\n")
  }

  private var faults: [String] {
    unsupported.isEmpty
      ? ["all nodes can be run"] : ["can't be run:"] + unsupported.map { "  " + $0 }
  }
}
