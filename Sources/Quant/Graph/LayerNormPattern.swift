/// Layer normalization spelled out, as exporters write it below opset 17:
/// mean = ReduceMean(x); d = x - mean; variance = ReduceMean(d * d or d ^ 2);
/// y = d / Sqrt(variance + epsilon), then * weight and + bias where the layer has them.
enum LayerNormPattern {
  /// The nodes of the normalization whose square root is node `root`; empty where it has none.
  static func nodes(around root: Int, in index: GraphIndex) -> Set<Int> {
    guard let epsilonAdd = index.producer(of: index.nodes[root].input(0), as: ["Add"]),
      let variance = reduction(feeding: epsilonAdd, in: index),
      let square = index.producer(of: index.nodes[variance].input(0), as: ["Pow", "Mul"]),
      let centred = centring(feeding: square, in: index),
      let quotient = index.readers(of: root, as: ["Div"]).first,
      let dividend = index.producer(of: index.nodes[quotient].input(0), as: ["Sub"]),
      index.nodes[dividend].inputs == index.nodes[centred.difference].inputs
    else { return [] }
    var nodes: Set = [
      root, epsilonAdd, variance, square, centred.difference, centred.mean, dividend, quotient,
    ]
    guard let scaled = affineStep("Mul", after: quotient, in: index) else { return nodes }
    nodes.insert(scaled)
    if let shifted = affineStep("Add", after: scaled, in: index) { nodes.insert(shifted) }
    return nodes
  }

  /// The mean that is one of the addends of `add`, where the other is a constant.
  private static func reduction(feeding add: Int, in index: GraphIndex) -> Int? {
    let inputs = index.nodes[add].inputs
    guard inputs.contains(where: index.isConstant) else { return nil }
    return inputs.lazy.compactMap { index.producer(of: $0, as: ["ReduceMean"]) }.first
  }

  /// The difference that `square` squares, and the mean that it subtracts from the same value.
  private static func centring(
    feeding square: Int, in index: GraphIndex
  ) -> (difference: Int, mean: Int)? {
    let node = index.nodes[square]
    if node.opType == "Mul", Set(node.inputs).count != 1 { return nil }
    guard let difference = index.producer(of: node.input(0), as: ["Sub"]),
      let mean = index.producer(of: index.nodes[difference].input(1), as: ["ReduceMean"]),
      index.nodes[mean].input(0) == index.nodes[difference].input(0)
    else { return nil }
    return (difference, mean)
  }

  /// The only reader of `position`, where it is an `operator` with a constant.
  private static func affineStep(
    _ operator: String, after position: Int, in index: GraphIndex
  ) -> Int? {
    let readers = index.readers(of: position, as: [`operator`])
    guard readers.count == 1, index.nodes[readers[0]].inputs.contains(where: index.isConstant)
    else { return nil }
    return readers[0]
  }
}
