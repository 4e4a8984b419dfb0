import ViTKernel

/// GELU spelled out, in its exact form and in its approximations (Hendrycks and Gimpel, 2016):
/// `x * (1 + erf(x / sqrt(2))) / 2`, `x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2`, and
/// `x * sigmoid(1.702 x)`, which other factors make a Swish.
enum GeluFusion {
  static func apply(to rewriter: inout GraphRewriter) {
    for index in rewriter.indices {
      switch rewriter.node(index)?.op {
      case .unary(.erf)?:
        if let (x, nodes) = erfArgument(index, in: rewriter) {
          fuseTail(index, x: x, head: nodes, approximation: .none, in: &rewriter)
        }
      case .unary(.tanh)?:
        if let (x, nodes) = tanhArgument(index, in: rewriter) {
          fuseTail(index, x: x, head: nodes, approximation: .tanh, in: &rewriter)
        }
      case .unary(.sigmoid)?: fuseSwish(index, in: &rewriter)
      default: continue
      }
    }
  }

  /// Matches `x * sigmoid(x)` and `x * sigmoid(alpha * x)`.
  private static func fuseSwish(_ index: Int, in rewriter: inout GraphRewriter) {
    guard let sigmoid = rewriter.node(index), let argument = sigmoid.input(0),
      let product = rewriter.next(sigmoid.outputs[0]), case .binary(.mul) = product.node.op,
      let x = rewriter.other(product.node, than: sigmoid.outputs[0]),
      rewriter.graph[x].type == .float32
    else { return }
    var nodes = [index, product.index]
    var alpha: Float = 1
    if argument != x {
      guard let scaled = rewriter.previous(argument),
        let (factor, rest) = scaled.node.scaling(in: rewriter.graph), rest == x
      else { return }
      alpha = factor
      nodes.append(scaled.index)
    }
    rewriter.fuse(nodes, last: product.index, into: .unary(.swish(alpha: alpha)), inputs: [x])
  }

  /// x and the nodes before erf, where its argument is `x / sqrt(2)`.
  private static func erfArgument(
    _ index: Int, in rewriter: GraphRewriter
  ) -> (ValueID, [Int])? {
    guard let scaled = rewriter.previous(rewriter.node(index)?.input(0)) else { return nil }
    switch scaled.node.op {
    case .binary(.div):
      guard isNear(rewriter.graph.scalar(scaled.node.input(1)), 2.squareRoot()),
        let x = scaled.node.input(0)
      else { return nil }
      return (x, [scaled.index])
    case .binary(.mul):
      guard let x = operand(of: scaled.node, besides: 0.5.squareRoot(), in: rewriter) else {
        return nil
      }
      return (x, [scaled.index])
    default: return nil
    }
  }

  /// x and the nodes before tanh, where its argument is `sqrt(2 / pi) * (x + 0.044715 x^3)`.
  private static func tanhArgument(
    _ index: Int, in rewriter: GraphRewriter
  ) -> (ValueID, [Int])? {
    guard let scaled = rewriter.previous(rewriter.node(index)?.input(0)),
      case .binary(.mul) = scaled.node.op,
      let polynomial = operand(
        of: scaled.node, besides: (2 / Double.pi).squareRoot(), in: rewriter),
      let sum = rewriter.previous(polynomial), case .binary(.add) = sum.node.op
    else { return nil }
    for position in 0..<2 {
      guard let x = sum.node.input(position),
        let term = rewriter.previous(sum.node.input(1 - position)),
        case .binary(.mul) = term.node.op,
        let cube = operand(of: term.node, besides: 0.044715, in: rewriter),
        let cubing = cubeNodes(cube, of: x, in: rewriter)
      else { continue }
      return (x, [scaled.index, sum.index, term.index] + cubing)
    }
    return nil
  }

  /// The nodes that compute `id`, where it is the cube of `x`.
  private static func cubeNodes(
    _ id: ValueID, of x: ValueID, in rewriter: GraphRewriter
  ) -> [Int]? {
    guard let cube = rewriter.previous(id) else { return nil }
    switch cube.node.op {
    case .binary(.pow):
      let isCube = cube.node.input(0) == x && rewriter.graph.scalar(cube.node.input(1)) == 3
      return isCube ? [cube.index] : nil
    case .binary(.mul):
      guard cube.node.inputs.contains(x),
        let square = rewriter.previous(rewriter.other(cube.node, than: x)),
        case .binary(.mul) = square.node.op, square.node.inputs == [x, x]
      else { return nil }
      return [cube.index, square.index]
    default: return nil
    }
  }

  /// Matches `(1 + f) * x / 2` in any order of the factors and puts a Gelu in its place.
  private static func fuseTail(
    _ index: Int, x: ValueID, head: [Int], approximation: GeluApproximation,
    in rewriter: inout GraphRewriter
  ) {
    guard let function = rewriter.node(index),
      let plusOne = rewriter.next(function.outputs[0]), case .binary(.add) = plusOne.node.op,
      operand(of: plusOne.node, besides: 1, in: rewriter) == function.outputs[0],
      let first = rewriter.next(plusOne.node.outputs[0]), case .binary(.mul) = first.node.op
    else { return }
    let factor = rewriter.other(first.node, than: plusOne.node.outputs[0])
    var nodes = head + [index, plusOne.index, first.index]
    var last = first.index
    if let halved = rewriter.previous(factor), case .binary(.mul) = halved.node.op,
      operand(of: halved.node, besides: 0.5, in: rewriter) == x
    {
      nodes.append(halved.index)
    } else {
      guard let second = rewriter.next(first.node.outputs[0]), case .binary(.mul) = second.node.op
      else { return }
      let rest = rewriter.other(second.node, than: first.node.outputs[0])
      let halvesLast = factor == x && isNear(rewriter.graph.scalar(rest), 0.5)
      let halvesFirst = isNear(rewriter.graph.scalar(factor), 0.5) && rest == x
      guard halvesLast || halvesFirst else { return }
      nodes.append(second.index)
      last = second.index
    }
    rewriter.fuse(nodes, last: last, into: .unary(.gelu(approximation)), inputs: [x])
  }

  /// The operand of a node of two inputs whose other one is the constant `value`.
  private static func operand(
    of node: OperatorNode, besides value: Double, in rewriter: GraphRewriter
  ) -> ValueID? {
    if isNear(rewriter.graph.scalar(node.input(1)), value) { return node.input(0) }
    if isNear(rewriter.graph.scalar(node.input(0)), value) { return node.input(1) }
    return nil
  }

  /// True where an exporter's rounding of `value` gave `constant`, perhaps to a narrow type.
  private static func isNear(_ constant: Float?, _ value: Double) -> Bool {
    guard let constant else { return false }
    if abs(Double(constant) - value) <= 1e-5 * abs(value) { return true }
    let exact = Tensor(scalar: Float(value))
    return [ElementType.float16, .bfloat16].contains { type in
      let rounded = Reference.cast(Reference.cast(exact, to: type), to: .float32)
      return rounded.elements() == [constant]
    }
  }
}
