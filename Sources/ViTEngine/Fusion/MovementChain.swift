import ViTKernel

/// The nodes before a value that only pick and rearrange elements, or multiply all by one factor.
struct MovementChain {
  private struct Step {
    let index: Int
    let node: OperatorNode
    let input: ValueID
    let output: ValueID
    var factor: Float = 1
  }

  /// Exports have half a dozen; this bounds what a strange file costs.
  private static let longest = 16

  private let end: ValueID
  /// The last node first.
  private var steps: [Step] = []

  /// The chain that makes `id`.
  init(endingAt id: ValueID, in rewriter: GraphRewriter) {
    end = id
    var current = id
    while steps.count < Self.longest, let (index, node) = rewriter.previous(current) {
      if let (factor, rest) = node.scaling(in: rewriter.graph) {
        let keepsShape = rewriter.graph.shape(rest) == rewriter.graph.shape(current)
        guard keepsShape else { return }
        steps.append(Step(index: index, node: node, input: rest, output: current, factor: factor))
        current = rest
      } else {
        guard node.op.isMovement, let input = node.input(0) else { return }
        steps.append(Step(index: index, node: node, input: input, output: current))
        current = input
      }
    }
  }

  /// Numbers of steps to go back, the most first.
  var lengths: [Int] { (0...steps.count).reversed() }

  /// The value that many steps back.
  func source(_ count: Int) -> ValueID { count == 0 ? end : steps[count - 1].input }

  /// The factor of those steps.
  func scale(_ count: Int) -> Float { steps[..<count].reduce(1) { $0 * $1.factor } }

  /// The nodes of those steps.
  func nodes(_ count: Int) -> [Int] { steps[..<count].map(\.index) }

  /// Where the elements lie in the value that many steps back; nil where they do not lie at regular
  /// distances.
  func view(_ count: Int, in graph: OperatorGraph) -> StridedView? {
    var view = StridedView(graph.shape(source(count)))
    for step in steps[..<count].reversed() {
      guard let next = view.applying(step.node, giving: step.output, in: graph) else { return nil }
      view = next
    }
    return view
  }
}

extension Operator {
  /// True where the first input's elements are picked and rearranged, or given as they are.
  fileprivate var isMovement: Bool {
    switch self {
    case .identity, .reshape, .squeeze, .unsqueeze, .flatten, .transpose, .slice, .gather, .split:
      true
    default: false
    }
  }
}

extension StridedView {
  /// What `node` makes of the view, as the value `output`; nil where that is no view.
  fileprivate func applying(
    _ node: OperatorNode, giving output: ValueID, in graph: OperatorGraph
  ) -> StridedView? {
    switch node.op {
    case .reshape, .squeeze, .unsqueeze, .flatten: return reshaped(graph.shape(output))
    case .transpose(let permutation):
      let axes = try? ShapeRules.permutation(permutation, rank: shape.count)
      return axes.map { transposed($0) }
    case .slice(let bounds):
      let inputs = NodeInputs(node: node, graph: graph)
      guard let window = try? node.op.sliceWindow(inputs, bounds) else { return nil }
      return window.shape.indices.reduce(Optional(self)) { view, axis in
        view?.sliced(
          axis: axis, start: window.starts[axis], step: window.steps[axis],
          count: window.shape[axis])
      }
    case .gather(let axis):
      guard let indices = graph.integers(node.input(1)), indices.count == 1,
        let place = try? ShapeRules.axis(axis, rank: shape.count),
        indices[0] >= -shape[place], indices[0] < shape[place]
      else { return nil }
      let index = indices[0] < 0 ? indices[0] + shape[place] : indices[0]
      return sliced(axis: place, start: index, count: 1)?.reshaped(graph.shape(output))
    case .split(let axis, _, _):
      guard let part = node.outputs.firstIndex(of: output),
        let place = try? ShapeRules.axis(axis, rank: shape.count)
      else { return nil }
      let sizes = node.outputs[...part].map { $0.map { graph.shape($0)[place] } }
      // An unused output's length is not known.
      guard sizes.allSatisfy({ $0 != nil }) else { return nil }
      let start = sizes.dropLast().reduce(0) { $0 + ($1 ?? 0) }
      return sliced(axis: place, start: start, count: graph.shape(output)[place])
    case .identity, .binary: return self
    default: return nil
    }
  }
}
