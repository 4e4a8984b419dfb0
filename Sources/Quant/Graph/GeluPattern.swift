/// GELU spelled out, as exporters write it below opset 20: x * (1 + Erf(x / sqrt 2)) * 0.5, or
/// 0.5 * x * (1 + Tanh(sqrt(2 / pi) * (x + 0.044715 * x ^ 3))), the factors in any order.
enum GeluPattern {
  /// The nodes of the GELU whose Erf or Tanh is node `root`; empty where it is none.
  static func nodes(around root: Int, in index: GraphIndex) -> Set<Int> {
    guard let onePlus = index.readers(of: root, as: ["Add"]).first,
      index.nodes[onePlus].inputs.contains(where: index.isConstant),
      let product = index.readers(of: onePlus, as: ["Mul"]).first,
      let argument = index.producer(of: index.nodes[root].input(0), as: ["Div", "Mul"]),
      index.nodes[argument].inputs.contains(where: index.isConstant)
    else { return [] }
    var nodes: Set = [root, onePlus, product, argument]
    if index.nodes[root].opType == "Tanh" {
      guard let polynomial = polynomial(feeding: argument, in: index) else { return [] }
      nodes.formUnion(polynomial)
    }
    guard let half = halving(around: product, in: index) else { return [] }
    nodes.insert(half)
    return nodes
  }

  /// The Mul by a constant before or after `product`, which takes half.
  private static func halving(around product: Int, in index: GraphIndex) -> Int? {
    let after = index.readers(of: product, as: ["Mul"])
    let before = index.nodes[product].inputs.compactMap { index.producer(of: $0, as: ["Mul"]) }
    return (after + before).first { index.nodes[$0].inputs.contains(where: index.isConstant) }
  }

  /// The nodes of x + 0.044715 * x ^ 3, where `argument` scales that.
  private static func polynomial(feeding argument: Int, in index: GraphIndex) -> Set<Int>? {
    let inputs = index.nodes[argument].inputs
    guard let sum = inputs.lazy.compactMap({ index.producer(of: $0, as: ["Add"]) }).first,
      let cubic = index.nodes[sum].inputs.lazy.compactMap({ value in
        index.producer(of: value, as: ["Mul"])
      }).first(where: { index.nodes[$0].inputs.contains(where: index.isConstant) })
    else { return nil }
    let cube = index.nodes[cubic].inputs.compactMap { index.producer(of: $0, as: ["Pow", "Mul"]) }
    // A cube in two products has a square inside.
    let squares = cube.flatMap { index.nodes[$0].inputs }.compactMap { value in
      index.producer(of: value, as: ["Mul"])
    }.filter { Set(index.nodes[$0].inputs).count == 1 }
    return Set([sum, cubic] + cube + squares)
  }
}
