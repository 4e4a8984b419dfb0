import OnnxParse
import TestSupport
import Testing
import ViTEngine

/// Tensors that hold no dense numbers: what is said of them names them.
@Suite struct TensorKindTests {
  private static func fault(
    _ constant: Attribute? = nil, initializer: TensorProto? = nil,
    sparse: SparseTensorProto? = nil
  ) throws -> String {
    var graph = Graph(
      nodes: [Node(opType: "MatMul", inputs: ["x", "w"], outputs: ["y"])],
      inputs: [ValueInfo(name: "x", dataType: .float, dims: [.size(1), .size(2)])],
      outputs: [ValueInfo(name: "y", dataType: .float, dims: nil)])
    if let constant {
      graph.nodes.insert(
        Node(name: "k", opType: "Constant", inputs: [], outputs: ["w"], attributes: [constant]),
        at: 0)
    }
    graph.initializers += [initializer].compactMap { $0 }
    graph.sparseInitializers += [sparse].compactMap { $0 }
    let model = Model(opsetImports: [OperatorSetID(version: 17)], graph: graph)
    try model.check()
    do {
      _ = try Session(model: model, options: .test())
      return ""
    } catch {
      return "\(error)"
    }
  }

  private static let texts = TensorProto(
    name: "w", dims: [2, 1], dataType: .string, payload: .strings([[65], [66]]))
  private static let sparse = SparseTensorProto(
    values: TensorProto(name: "w", dims: [1], floats: [3]),
    indices: TensorProto(dims: [1], int64s: [1]), dims: [2, 1])

  @Test func sparseTensorsAreSaid() throws {
    let initializer = try Self.fault(sparse: Self.sparse)
    #expect(
      initializer.contains("initializer \"w\"") && initializer.contains("a sparse tensor"),
      "\(initializer)")
    let constant = try Self.fault(
      Attribute(name: "sparse_value", value: .sparseTensor(Self.sparse)))
    #expect(
      constant.contains("\"k\"") && constant.contains("a constant from sparse_value"),
      "\(constant)")
  }

  @Test func stringsAreSaid() throws {
    let initializer = try Self.fault(initializer: Self.texts)
    #expect(
      initializer.contains("initializer \"w\"") && initializer.contains("element type string"),
      "\(initializer)")
    let tensor = try Self.fault(Attribute(name: "value", value: .tensor(Self.texts)))
    #expect(tensor.contains("\"k\"") && tensor.contains("element type string"), "\(tensor)")
    let attribute = try Self.fault(Attribute(name: "value_string", value: .string([65])))
    #expect(attribute.contains("a constant from value_string"), "\(attribute)")
  }
}
