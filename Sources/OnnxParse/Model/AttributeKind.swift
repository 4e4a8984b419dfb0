/// The kinds of attribute, with the numbers of `AttributeProto.AttributeType`.
enum AttributeKind: Int32, CaseIterable {
  case float = 1
  case int = 2
  case string = 3
  case tensor = 4
  case graph = 5
  case floats = 6
  case ints = 7
  case strings = 8
  case tensors = 9
  case graphs = 10
  case sparseTensor = 11
  case sparseTensors = 12
  case typeProto = 13
  case typeProtos = 14
}

extension Attribute.Value {
  /// The kind of the value; nil where there is none.
  var kind: AttributeKind? {
    switch self {
    case .undefined: nil
    case .float: .float
    case .int: .int
    case .string: .string
    case .tensor: .tensor
    case .graph: .graph
    case .sparseTensor: .sparseTensor
    case .type: .typeProto
    case .floats: .floats
    case .ints: .ints
    case .strings: .strings
    case .tensors: .tensors
    case .graphs: .graphs
    case .sparseTensors: .sparseTensors
    case .types: .typeProtos
    }
  }
}
