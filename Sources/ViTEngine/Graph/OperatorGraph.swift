import OnnxParse
import ViTKernel

/// Which value of a graph; an index into ``OperatorGraph/values``.
struct ValueID: Hashable, Sendable {
  let index: Int
}

/// A node of the model, as people know it.
public struct NodeOrigin: Sendable, Hashable {
  /// Position in the model's list of nodes.
  public let index: Int
  /// The node's name; empty where it has none.
  public let name: String
  /// The operator, such as `MatMul`.
  public let opType: String

  /// The node for messages: name and operator.
  var label: String { name.isEmpty ? "node[\(index)] (\(opType))" : "node \"\(name)\" (\(opType))" }
}

/// A value of the graph: what is known of it so far.
struct Value: Sendable {
  var name: String
  var type: ElementType?
  /// Concrete dimensions, known once the graph is specialised for its input shapes.
  var shape: [Int]?
  /// The elements, where they are known before the model runs.
  var constant: Constant?
}

/// An operator with the values that it reads and defines, and the model's nodes it stands for.
struct OperatorNode: Sendable {
  var op: Operator
  var inputs: [ValueID?]
  var outputs: [ValueID?]
  var origins: [NodeOrigin]

  /// For messages: the last of the model's nodes that this one stands for.
  var label: String { origins.last?.label ?? "node" }

  /// The value at `position` among the inputs; nil where it is absent.
  func input(_ position: Int) -> ValueID? { position < inputs.count ? inputs[position] : nil }
}

/// A graph of decoded operators in topological order.
struct OperatorGraph: Sendable {
  var values: [Value] = []
  var nodes: [OperatorNode] = []
  var inputs: [ValueID] = []
  var outputs: [ValueID] = []
  /// Bytes of constants that folding may still add.
  var foldingBudget = 0

  subscript(id: ValueID) -> Value {
    get { values[id.index] }
    set { values[id.index] = newValue }
  }

  /// Adds a value and gives its identity.
  mutating func addValue(_ value: Value) -> ValueID {
    values.append(value)
    return ValueID(index: values.count - 1)
  }

  /// The shape of a value in a specialised graph.
  func shape(_ id: ValueID) -> [Int] { values[id.index].shape ?? [] }

  /// Bytes of a value's elements in a specialised graph.
  func bytes(_ id: ValueID) -> Int {
    shape(id).reduce((values[id.index].type ?? .float32).byteCount, *)
  }

  /// The elements of `id` as 64-bit integers, where it is a constant of an integer type.
  func integers(_ id: ValueID?) -> [Int]? {
    guard let id, let constant = self[id].constant else { return nil }
    switch constant.elementType {
    case .int64: return constant.tensor.elements(of: Int64.self).map { Int(clamping: $0) }
    case .int32: return constant.tensor.elements(of: Int32.self).map { Int($0) }
    default: return nil
    }
  }

  /// The one element of `id`, where it is a float constant with one element.
  func scalar(_ id: ValueID?) -> Float? {
    guard let id, let constant = self[id].constant, constant.elementType == .float32,
      constant.count == 1
    else { return nil }
    return constant.tensor.elements(of: Float.self).first
  }
}
