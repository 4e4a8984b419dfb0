import OnnxParse

/// A graph under construction that names nodes and values as `torch.onnx.export` does.
///
/// A node is called `/scope/Op`, the second of its kind in the scope `/scope/Op_1`; its only output
/// is the name with `_output_0`.
struct ExportedGraph {
  private(set) var nodes: [Node] = []
  private var uses: [String: Int] = [:]

  /// Appends a node of operator `opType` to `scope` and returns the name of its output.
  mutating func add(
    _ opType: String, in scope: String, _ inputs: [String], output: String? = nil,
    _ attributes: [(String, Attribute.Value)] = []
  ) -> String {
    let base = "\(scope)/\(opType)"
    let earlier = uses[base, default: 0]
    uses[base] = earlier + 1
    let name = earlier == 0 ? base : "\(base)_\(earlier)"
    let output = output ?? "\(name)_output_0"
    nodes.append(
      Node(
        name: name, opType: opType, inputs: inputs, outputs: [output],
        attributes: attributes.map { Attribute(name: $0.0, value: $0.1) }))
    return output
  }

  /// Appends a `Constant`: an int64 scalar.
  mutating func scalar(_ value: Int64, in scope: String) -> String {
    constant(TensorProto(dims: [], int64s: [value]), in: scope)
  }

  /// Appends a `Constant`: an int64 vector of one element.
  mutating func vector(_ value: Int64, in scope: String) -> String {
    constant(TensorProto(dims: [1], int64s: [value]), in: scope)
  }

  /// Appends a `Constant`: a float scalar.
  mutating func scalar(float value: Float, in scope: String) -> String {
    constant(TensorProto(dims: [], floats: [value]), in: scope)
  }

  private mutating func constant(_ tensor: TensorProto, in scope: String) -> String {
    add("Constant", in: scope, [], [("value", .tensor(tensor))])
  }
}
