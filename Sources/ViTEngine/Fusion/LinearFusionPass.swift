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
    var chain = EpilogueChain(start: index, width: rewriter.graph.shape(weight)[1])
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
    var chain = EpilogueChain(start: index, width: width)
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
/// a residual, in this order.
struct EpilogueChain {
  private(set) var nodes: [Int]
  private(set) var last: Int
  var fusion = LinearFusion()
  private var bias: ValueID?
  private var residual: ValueID?
  private let width: Int

  init(start: Int, width: Int) {
    nodes = [start]
    last = start
    self.width = width
  }

  /// The inputs beyond the product's own, in the order of ``Fused/linear(_:)``.
  var extraInputs: [ValueID?] { residual == nil ? (bias == nil ? [] : [bias]) : [bias, residual] }

  mutating func takeBias(_ id: ValueID) {
    bias = id
    fusion.hasBias = true
  }

  /// Follows the only reader of the result as long as the kernel can do what it does.
  mutating func grow(in rewriter: GraphRewriter) {
    while let node = rewriter.node(last), let (index, next) = rewriter.next(node.outputs[0]),
      take(next, result: node.outputs[0], in: rewriter)
    {
      nodes.append(index)
      last = index
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
      if !fusion.hasBias, fusion.activation == .none, isBias(operand, width: width, in: rewriter) {
        takeBias(operand)
        return true
      }
      guard rewriter.graph[operand].type == .float32,
        rewriter.graph.shape(operand) == rewriter.graph.shape(result)
      else { return false }
      residual = operand
      fusion.hasResidual = true
      return true
    case .unary(let operation):
      guard fusion.activation == .none, let activation = Activation(operation) else {
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
