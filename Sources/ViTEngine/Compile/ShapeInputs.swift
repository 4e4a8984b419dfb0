import ViTKernel

/// Finds the graph inputs whose elements decide shapes, such as a Reshape's target.
///
/// A plan is made for concrete shapes, so these inputs are part of what it is compiled for.
enum ShapeInputs {
  /// An input with more elements than this is data, whatever it is used for.
  static let largestCount = 1_024

  /// The inputs of `graph` that a shape depends on by more than their own shape.
  static func find(in graph: OperatorGraph) -> Set<ValueID> {
    var needed: Set<ValueID> = []
    for node in graph.nodes.reversed() {
      for position in node.op.shapeOperands { node.input(position).map { _ = needed.insert($0) } }
      // Of what Shape and Size read, only the shape matters.
      if case .shape = node.op { continue }
      if case .size = node.op { continue }
      let isNeeded = node.outputs.contains { $0.map { needed.contains($0) } ?? false }
      if isNeeded { needed.formUnion(node.inputs.compactMap(\.self)) }
    }
    return needed.intersection(graph.inputs)
  }
}

extension Operator {
  /// Positions of the inputs whose elements decide the shape of a result.
  fileprivate var shapeOperands: [Int] {
    switch self {
    case .reshape, .expand, .tile, .squeeze, .unsqueeze, .split, .reduce: [1]
    case .slice: [1, 2, 3, 4]
    case .pad: [1, 3]
    case .constantOfShape: [0]
    case .range: [0, 1, 2]
    case .dropout: [1, 2]
    case .conditional: [0]
    case .image(let op): op.shapeOperands
    case .indexing(let op): op.shapeOperands
    case .transformer(let op): op.shapeOperands
    case .quantized(let op): op.shapeOperands
    default: []
    }
  }
}
