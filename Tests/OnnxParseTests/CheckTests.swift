import OnnxParse
import Testing

/// A way to break a model, and what must be said of it.
struct Breakage: CustomTestStringConvertible, Sendable {
  let fault: String
  let apply: @Sendable (inout Model) -> Void

  var testDescription: String { fault }

  init(_ fault: String, _ apply: @escaping @Sendable (inout Model) -> Void) {
    self.fault = fault
    self.apply = apply
  }
}

@Suite struct CheckTests {
  @Test func acceptsTheValidModel() throws { try validModel().check() }

  @Test(arguments: versions + names + tensors + attributes + functions)
  func refuses(_ breakage: Breakage) {
    var model = validModel()
    breakage.apply(&model)
    #expect(message { try model.check() } == breakage.fault)
  }

  private static let versions = [
    Breakage("invalid model: ir_version is missing") { $0.irVersion = 0 },
    Breakage("unsupported: ir_version 99; the newest that is read is 14") { $0.irVersion = 99 },
    Breakage("invalid model: opset_import is missing, so no operator has a meaning") {
      $0.opsetImports = []
    },
    Breakage("opset_import[1]: invalid model: the domain \"\" is imported twice") {
      $0.opsetImports.append(OperatorSetID(domain: "ai.onnx", version: 11))
    },
    Breakage("opset_import[0]: invalid model: version 0 of domain \"\" is not a version") {
      $0.opsetImports[0].version = 0
    },
    Breakage(
      "graph.node[0] \"MatMul_0\": invalid model: MatMul is of domain \"com.microsoft\", "
        + "which opset_import does not name"
    ) { $0.graph.nodes[0].domain = "com.microsoft" },
  ]

  private static let names = [
    Breakage(
      "graph.node[0] \"MatMul_0\": invalid model: MatMul reads \"v\", "
        + "which no input, initializer or earlier node defines"
    ) { $0.graph.nodes[0].inputs[1] = "v" },
    Breakage(
      "graph.node[0] \"Relu_1\": invalid model: Relu reads \"m\", "
        + "which no input, initializer or earlier node defines"
    ) { $0.graph.nodes.swapAt(0, 1) },
    Breakage(
      "graph.node[1] \"Relu_1\".output \"m\": invalid model: the name is defined a second time"
    ) { $0.graph.nodes[1].outputs[0] = "m" },
    Breakage(
      "graph.node[0] \"MatMul_0\".output \"w\": invalid model: the name is defined a second time"
    ) { $0.graph.nodes[0].outputs[0] = "w" },
    Breakage("graph.input[1] \"x\": invalid model: the name is defined a second time") {
      $0.graph.inputs.append($0.graph.inputs[0])
    },
    Breakage("graph.initializer[1] \"w\": invalid model: the name is defined a second time") {
      $0.graph.initializers.append($0.graph.initializers[0])
    },
    Breakage("graph.initializer[0]: invalid model: the name is missing") {
      $0.graph.initializers[0].name = ""
    },
    Breakage(
      "graph.output[0] \"z\": invalid model: no node, input or initializer defines it"
    ) { $0.graph.outputs[0].name = "z" },
    Breakage("graph.node[1] \"Relu_1\": invalid model: op_type is missing") {
      $0.graph.nodes[1].opType = ""
    },
    Breakage("graph.input[0] \"x\": invalid model: the type is missing") {
      $0.graph.inputs[0].type = nil
    },
    Breakage("graph.input[0] \"x\": invalid model: the dimension -4 is negative") {
      $0.graph.inputs[0] = ValueInfo(name: "x", dataType: .float, dims: [.size(-4)])
    },
  ]

  private static func initializer(
    _ fault: String, _ dims: [Int64], _ type: DataType, _ payload: TensorProto.Payload
  ) -> Breakage {
    Breakage("graph.initializer[0] \"w\": \(fault)") {
      $0.graph.initializers[0] = TensorProto(
        name: "w", dims: dims, dataType: type, payload: payload)
    }
  }

  private static let tensors = [
    initializer(
      "invalid model: the dimension -1 is negative", [2, -1], .float, .floats([])),
    initializer(
      "invalid model: the product of the dimensions [4294967296, 4294967296] overflows",
      [1 << 32, 1 << 32], .float, .raw(Bytes())),
    initializer(
      "invalid model: [2305843009213693952] elements of 64 bits are too many", [1 << 61], .double,
      .raw(Bytes())),
    initializer(
      "invalid model: float of shape [1000000000] takes 4000000000 bytes, raw_data has 0",
      [1_000_000_000], .float, .raw(Bytes())),
    initializer(
      "invalid model: float of shape [2] takes 2 values, float_data has 3", [2], .float,
      .floats([1, 2, 3])),
    initializer(
      "invalid model: complex64 of shape [2] takes 4 values, float_data has 2", [2], .complex64,
      .floats([1, 2])),
    initializer(
      "invalid model: int4 of shape [3] takes 2 values, int32_data has 3", [3], .int4,
      .int32s([1, 2, 3])),
    initializer(
      "invalid model: uint4 of shape [3] takes 2 bytes, raw_data has 3", [3], .uint4,
      .raw(Bytes([1, 2, 3]))),
    initializer(
      "invalid model: elements of type float can't be in int64_data", [1], .float, .int64s([1])),
    initializer(
      "invalid model: elements of type string can't be in raw_data", [1], .string,
      .raw(Bytes([65]))),
    initializer("invalid model: the element type is not given", [1], .undefined, .floats([1])),
    Breakage("graph.initializer[0] \"w\": unsupported: element type number 77") {
      $0.graph.initializers[0].dataTypeNumber = 77
    },
    Breakage(
      "graph.sparse_initializer[0] \"s\": invalid model: indices are int64 of shape [1]; "
        + "values of shape [2] take int64 of that shape, or with 1 columns"
    ) {
      $0.graph.sparseInitializers = [
        SparseTensorProto(
          values: TensorProto(name: "s", dims: [2], floats: [1, 2]),
          indices: TensorProto(dims: [1], int64s: [0]), dims: [5])
      ]
    },
  ]

  private static let attributes = [
    Breakage(
      "graph.node[1] \"Relu_1\".attribute[1] \"a\": invalid model: the attribute is there twice"
    ) {
      $0.graph.nodes[1].attributes = [
        Attribute(name: "a", value: .int(1)), Attribute(name: "a", value: .int(2)),
      ]
    },
    Breakage(
      "graph.node[1] \"Relu_1\".attribute[0] \"a\": invalid model: has neither a type nor a value"
    ) { $0.graph.nodes[1].attributes = [Attribute(name: "a", value: .undefined)] },
    Breakage(
      "graph.node[1] \"Relu_1\".attribute[0] \"a\": invalid model: "
        + "refers to an attribute of a function, outside of any function"
    ) {
      $0.graph.nodes[1].attributes = [Attribute(name: "a", value: .undefined, refAttrName: "b")]
    },
    Breakage(
      "graph.node[1] \"Relu_1\".attribute[0] \"a\": invalid model: "
        + "float of shape [4] takes 16 bytes, raw_data has 4"
    ) {
      let tensor = TensorProto(dims: [4], floats: [1])
      $0.graph.nodes[1].attributes = [Attribute(name: "a", value: .tensor(tensor))]
    },
    Breakage(
      "graph.node[1] \"Relu_1\".attribute[0] \"body\".node[0]: invalid model: "
        + "Neg reads \"y\", which no input, initializer or earlier node defines"
    ) {
      let body = Graph(nodes: [Node(opType: "Neg", inputs: ["y"], outputs: ["z"])])
      $0.graph.nodes[1].attributes = [Attribute(name: "body", value: .graph(body))]
    },
  ]

  private static func function(_ nodes: [Node], inputs: [String] = ["a"]) -> FunctionProto {
    FunctionProto(
      name: "F", domain: "local", inputs: inputs, outputs: ["b"], nodes: nodes,
      opsetImports: [OperatorSetID(version: 17)])
  }

  private static let functions = [
    Breakage("functions[0] \"F\".output[0] \"b\": invalid model: no node or input defines it") {
      $0.functions = [function([])]
    },
    Breakage("functions[1] \"F\": invalid model: the function is defined twice") {
      let valid = function([Node(opType: "Neg", inputs: ["a"], outputs: ["b"])])
      $0.functions = [valid, valid]
    },
    Breakage("functions[1] \"F\": invalid model: the function is defined twice") {
      let valid = function([Node(opType: "Neg", inputs: ["a"], outputs: ["b"])])
      $0.functions = ["", "ai.onnx"].map { domain in
        var function = valid
        function.domain = domain
        return function
      }
    },
    Breakage(
      "functions[0] \"F\".attribute_proto[0] \"p\": invalid model: "
        + "a default refers to another attribute"
    ) {
      $0.functions = [function([Node(opType: "Neg", inputs: ["a"], outputs: ["b"])])]
      $0.functions[0].attributeDefaults = [
        Attribute(name: "p", value: .undefined, refAttrName: "q", declaredType: 1)
      ]
    },
    Breakage(
      "functions[0] \"F\".node[0]: invalid model: Neg reads \"x\", "
        + "which no input, initializer or earlier node defines"
    ) { $0.functions = [function([Node(opType: "Neg", inputs: ["x"], outputs: ["b"])])] },
    Breakage("functions[0] \"F\".input[1] \"a\": invalid model: the name is defined a second time")
    {
      $0.functions = [
        function([Node(opType: "Neg", inputs: ["a"], outputs: ["b"])], inputs: ["a", "a"])
      ]
    },
  ]

  @Test func letsSubgraphsReadTheScopeAroundThem() throws {
    var model = validModel()
    let inner = Graph(
      nodes: [Node(opType: "Neg", inputs: ["m"], outputs: ["z"])],
      outputs: [ValueInfo(name: "z", type: nil)])
    model.graph.nodes[1].attributes = [Attribute(name: "body", value: .graph(inner))]
    try model.check()
  }

  @Test func letsAnInputHaveADefault() throws {
    var model = validModel()
    model.irVersion = 3
    model.graph.inputs.append(ValueInfo(name: "w", dataType: .float, dims: [.size(2), .size(3)]))
    model.graph.nodes[0].inputs.append("")
    model.graph.nodes[0].outputs.append("")
    try model.check()
  }
}
