import ViTKernel

/// MatMul or Gemm by a constant weight, with the bias, activation and residual that follow it.
enum LinearFusionPass {
  static func apply(to rewriter: inout GraphRewriter) {
    for index in rewriter.indices {
      guard let node = rewriter.node(index) else { continue }
      switch node.op {
      case .matMul: fuseMatMul(index, node, in: &rewriter)
      case .gemm(let parameters): fuseGemm(index, node, parameters, in: &rewriter)
      default: continue
      }
    }
  }

  private static func fuseMatMul(
    _ index: Int, _ node: OperatorNode, in rewriter: inout GraphRewriter
  ) {
    guard let x = node.input(0), let weight = node.input(1),
      isWeight(weight, in: rewriter), rewriter.graph[x].constant == nil,
      rewriter.graph[x].type == .float32, rewriter.graph.shape(x).count >= 2
    else { return }
    var chain = EpilogueChain(
      start: index, width: rewriter.graph.shape(weight)[1], takesScale: true)
    chain.grow(in: rewriter)
    rewriter.fuse(
      chain.nodes, last: chain.last, into: .fused(.linear(chain.fusion)),
      inputs: [x, weight] + chain.extraInputs)
  }

  private static func fuseGemm(
    _ index: Int, _ node: OperatorNode, _ parameters: GemmParameters,
    in rewriter: inout GraphRewriter
  ) {
    guard parameters.alpha == 1, !parameters.transposeA,
      let x = node.input(0), let weight = node.input(1), isWeight(weight, in: rewriter),
      rewriter.graph[x].constant == nil, rewriter.graph[x].type == .float32
    else { return }
    let width = rewriter.graph.shape(weight)[parameters.transposeB ? 0 : 1]
    var chain = EpilogueChain(start: index, width: width, takesScale: true)
    chain.fusion.weightIsTransposed = parameters.transposeB
    if let bias = node.input(2) {
      guard parameters.beta == 1, isBias(bias, width: width, in: rewriter) else { return }
      chain.takeBias(bias)
    }
    chain.grow(in: rewriter)
    rewriter.fuse(
      chain.nodes, last: chain.last, into: .fused(.linear(chain.fusion)),
      inputs: [x, weight] + chain.extraInputs)
  }

  private static func isWeight(_ id: ValueID, in rewriter: GraphRewriter) -> Bool {
    guard let constant = rewriter.graph[id].constant else { return false }
    return constant.elementType == .float32 && constant.shape.count == 2
  }
}

/// The nodes after a matrix product that its kernel can do before it writes: a bias, an activation,
/// a factor of each column, a residual, in this order.
struct EpilogueChain {
  private(set) var nodes: [Int]
  private(set) var last: Int
  var fusion = LinearFusion()
  private var bias: ValueID?
  private var residual: ValueID?
  private var scale: ValueID?
  private let width: Int
  /// Whether the kernel can do a factor of each column.
  private let takesScale: Bool

  init(start: Int, width: Int, takesScale: Bool = false) {
    nodes = [start]
    last = start
    self.width = width
    self.takesScale = takesScale
  }

  /// The inputs beyond the product's own, in the order of ``Fused/linear(_:)``.
  var extraInputs: [ValueID?] {
    let inputs = [bias, residual, scale]
    return Array(inputs.prefix((inputs.lastIndex { $0 != nil } ?? -1) + 1))
  }

  mutating func takeBias(_ id: ValueID) {
    bias = id
    fusion.hasBias = true
  }

  /// Follows the only reader of the result as long as the kernel can do what it does.
  ///
  /// Another shape between the nodes changes nothing as long as its rows are the columns of the result.
  mutating func grow(in rewriter: GraphRewriter) {
    var current = last
    var views: [Int] = []
    while let node = rewriter.node(current), let (index, next) = rewriter.next(node.outputs[0]) {
      if Aliases.isView(next, in: rewriter.graph), next.input(0) == node.outputs[0],
        let view = next.outputs[0], rewriter.graph.shape(view).last == width
      {
        views.append(index)
      } else {
        guard take(next, result: node.outputs[0], in: rewriter) else { return }
        nodes += views + [index]
        views = []
        last = index
      }
      current = index
    }
  }

  private mutating func take(
    _ node: OperatorNode, result: ValueID?, in rewriter: GraphRewriter
  ) -> Bool {
    guard !fusion.hasResidual, let result else { return false }
    switch node.op {
    case .binary(.add):
      guard let operand = rewriter.other(node, than: result), operand != result else {
        return false
      }
      if !fusion.hasBias, fusion.activation == .none, scale == nil,
        isBias(operand, width: width, in: rewriter)
      {
        takeBias(operand)
        return true
      }
      guard rewriter.graph[operand].type == .float32,
        rewriter.graph.shape(operand) == rewriter.graph.shape(result)
      else { return false }
      residual = operand
      fusion.hasResidual = true
      return true
    case .binary(.mul):
      guard takesScale, scale == nil, let operand = rewriter.other(node, than: result),
        isBias(operand, width: width, in: rewriter)
      else { return false }
      scale = operand
      fusion.hasScale = true
      return true
    case .unary(let operation):
      guard fusion.activation == .none, scale == nil, let activation = Activation(operation) else {
        return false
      }
      fusion.activation = activation
      return true
    default: return false
    }
  }
}

/// True where `id` is a constant with one element for each of `width` columns.
func isBias(_ id: ValueID, width: Int, in rewriter: GraphRewriter) -> Bool {
  guard let constant = rewriter.graph[id].constant else { return false }
  return constant.elementType == .float32 && constant.count == width
    && constant.shape.last == width
}

extension Activation {
  /// The activation that the epilogue of a matrix product can do for `operation`.
  init?(_ operation: UnaryOperation) {
    switch operation {
    case .relu: self = .relu
    case .gelu(.none): self = .geluErf
    case .gelu(.tanh): self = .geluTanh
    case .swish(alpha: 1): self = .silu
    case .swish(alpha: 1.702): self = .quickGelu
    default: return nil
    }
  }
}
