import ViTKernel

/// One of several operations over the same elements.
enum ElementOperation: Sendable {
  case unary(UnaryOperation)
  /// Takes an input; `isReversed` where that is the left operand.
  case binary(BinaryOperation, isReversed: Bool)
  /// Takes two inputs, scale and zero point.
  case fakeQuantize
}

/// Element-wise operators between which values go through 8 bits, as static quantization leaves them.
enum ElementFusion {
  /// Longer chains are cut, so that looking for them takes time in proportion to the graph.
  private static let longest = 32

  static func apply(to rewriter: inout GraphRewriter) {
    for index in rewriter.indices {
      guard let node = rewriter.node(index), let result = node.outputs[0],
        var chain = Chain(index, node, in: rewriter)
      else { continue }
      chain.grow(from: result, in: rewriter)
      guard chain.nodes.count > 1, chain.isQuantized, let last = chain.nodes.last else { continue }
      rewriter.fuse(
        chain.nodes, last: last, into: .fused(.elements(chain.operations)),
        inputs: [chain.x] + chain.inputs)
    }
  }

  private struct Chain {
    let x: ValueID
    private(set) var nodes: [Int] = []
    private(set) var operations: [ElementOperation] = []
    private(set) var inputs: [ValueID?] = []

    /// A chain of the operator at `index`; nil for others.
    init?(_ index: Int, _ node: OperatorNode, in rewriter: GraphRewriter) {
      guard let x = node.input(0) else { return nil }
      self.x = x
      guard take(index, node, on: x, in: rewriter) else { return nil }
    }

    var isQuantized: Bool {
      operations.contains { if case .fakeQuantize = $0 { true } else { false } }
    }

    mutating func grow(from result: ValueID, in rewriter: GraphRewriter) {
      var result = result
      while nodes.count < ElementFusion.longest, let (index, node) = rewriter.next(result),
        rewriter.graph.shape(result) == node.outputs[0].map({ rewriter.graph.shape($0) }),
        take(index, node, on: result, in: rewriter), let next = node.outputs[0]
      {
        result = next
      }
    }

    private mutating func take(
      _ index: Int, _ node: OperatorNode, on value: ValueID, in rewriter: GraphRewriter
    ) -> Bool {
      guard rewriter.graph[value].type == .float32, let output = node.outputs[0] else {
        return false
      }
      switch node.op {
      case .unary(let operation) where operation != .not: operations.append(.unary(operation))
      case .fused(.staticFakeQuantize):
        operations.append(.fakeQuantize)
        inputs += [node.input(1), node.input(2)]
      case .binary(let operation) where operation != .mod(fmod: false):
        guard let other = rewriter.other(node, than: value), other != value,
          rewriter.graph[other].type == .float32,
          let plan = try? BroadcastPlan(
            rewriter.graph.shape(value), rewriter.graph.shape(other)),
          plan.shape == rewriter.graph.shape(output)
        else { return false }
        operations.append(.binary(operation, isReversed: node.input(0) != value))
        inputs.append(other)
      default: return false
      }
      nodes.append(index)
      return true
    }
  }
}
