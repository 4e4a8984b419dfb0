import OnnxParse

/// The nodes of `ViTForImageClassification` in Hugging Face transformers 5, as `torch.onnx.export`
/// writes them for opset 11 with eager attention and a dynamic batch, shape arithmetic included.
struct Topology {
  static let input = "pixel_values"
  static let output = "logits"

  let architecture: Architecture
  private var graph = ExportedGraph()

  init(_ architecture: Architecture) { self.architecture = architecture }

  /// All nodes in topological order.
  static func nodes(of architecture: Architecture) -> [Node] {
    var topology = Topology(architecture)
    var hidden = topology.embeddings()
    for layer in 0..<architecture.layerCount { hidden = topology.encoderLayer(layer, hidden) }
    topology.head(hidden, token: "/vit/embeddings/Constant_output_0")
    return topology.graph.nodes
  }

  private mutating func embeddings() -> String {
    let scope = "/vit/embeddings"
    // The exporter shares this zero with the classifier, which picks the class token by it.
    _ = graph.scalar(0, in: scope)
    let shape = graph.add("Shape", in: scope, [Self.input])
    let zero = graph.scalar(0, in: scope)
    let batch = graph.add("Gather", in: scope, [shape, zero], [("axis", .int(0))])
    let patches = patchEmbeddings(in: "\(scope)/patch_embeddings")
    let classToken = expandClassToken(batch: batch, in: scope)
    let tokens = graph.add("Concat", in: scope, [classToken, patches], [("axis", .int(1))])
    return graph.add("Add", in: scope, [tokens, "vit.embeddings.position_embeddings"])
  }

  private mutating func patchEmbeddings(in scope: String) -> String {
    let size = Int64(architecture.patchSize)
    let projection = graph.add(
      "Conv", in: "\(scope)/projection",
      [
        Self.input, "vit.embeddings.patch_embeddings.projection.weight",
        "vit.embeddings.patch_embeddings.projection.bias",
      ],
      [
        ("dilations", .ints([1, 1])), ("group", .int(1)), ("kernel_shape", .ints([size, size])),
        ("pads", .ints([0, 0, 0, 0])), ("strides", .ints([size, size])),
      ])
    let shape = graph.add("Shape", in: scope, [projection])
    let axes = graph.vector(0, in: scope)
    let starts = graph.vector(0, in: scope)
    let ends = graph.vector(2, in: scope)
    let kept = graph.add("Slice", in: scope, [shape, starts, ends, axes])
    let rest = graph.vector(-1, in: scope)
    let flat = graph.add("Concat", in: scope, [kept, rest], [("axis", .int(0))])
    let rows = graph.add("Reshape", in: scope, [projection, flat])
    return graph.add("Transpose", in: scope, [rows], [("perm", .ints([0, 2, 1]))])
  }

  /// `cls_token.expand(batch, -1, -1)`: where a wanted size is -1, the tensor's own size stays.
  private mutating func expandClassToken(batch: String, in scope: String) -> String {
    let first = graph.add("Unsqueeze", in: scope, [batch], [("axes", .ints([0]))])
    let second = graph.vector(-1, in: scope)
    let third = graph.vector(-1, in: scope)
    let sizes = graph.add("Concat", in: scope, [first, second, third], [("axis", .int(0))])
    let all = graph.vector(-1, in: scope)
    let wanted = graph.add("Reshape", in: scope, [sizes, all])
    let rank = graph.add("Shape", in: scope, [wanted])
    let one = TensorProto(dims: [1], int64s: [1])
    let ones = graph.add("ConstantOfShape", in: scope, [rank], [("value", .tensor(one))])
    let minusOne = graph.scalar(-1, in: scope)
    let unset = graph.add("Mul", in: scope, [ones, minusOne])
    let isUnset = graph.add("Equal", in: scope, [wanted, unset])
    let shape = graph.add("Where", in: scope, [isUnset, ones, wanted])
    return graph.add("Expand", in: scope, ["vit.embeddings.cls_token", shape])
  }

  private mutating func encoderLayer(_ layer: Int, _ input: String) -> String {
    let scope = "/vit/layers.\(layer)"
    let before = layerNorm(input, in: "\(scope)/layernorm_before")
    let attended = attention(layer, before, in: "\(scope)/attention")
    let residual = graph.add("Add", in: scope, [attended, input])
    let after = layerNorm(residual, in: "\(scope)/layernorm_after")
    let wide = linear(after, .fc1, of: layer, in: "\(scope)/mlp/fc1")
    let active = gelu(wide, in: "\(scope)/mlp/activation_fn")
    let narrow = linear(active, .fc2, of: layer, in: "\(scope)/mlp/fc2")
    return graph.add("Add", in: scope, [narrow, residual])
  }

  private mutating func head(_ hidden: String, token: String) {
    let normalized = layerNorm(hidden, in: "/vit/layernorm")
    let pooled = graph.add("Gather", in: "", [normalized, token], [("axis", .int(1))])
    _ = graph.add(
      "Gemm", in: "/classifier", [pooled, "classifier.weight", "classifier.bias"],
      output: Self.output,
      [("alpha", .float(1)), ("beta", .float(1)), ("transB", .int(1))])
  }
}

extension Topology {
  private mutating func attention(_ layer: Int, _ input: String, in scope: String) -> String {
    let batch = dimension(0, of: input, in: scope)
    let tokens = dimension(1, of: input, in: scope)
    let query = linear(input, .query, of: layer, in: "\(scope)/q_proj")
    let shapes = (0..<3).map { _ in
      shape([batch, tokens], [-1, architecture.hiddenSize / architecture.headCount], in: scope)
    }
    let queryHeads = heads(query, shape: shapes[0], in: scope)
    let queryRows = transpose(queryHeads, [0, 2, 1, 3], in: scope)
    let key = linear(input, .key, of: layer, in: "\(scope)/k_proj")
    let keyHeads = heads(key, shape: shapes[1], in: scope)
    let value = linear(input, .value, of: layer, in: "\(scope)/v_proj")
    let valueHeads = heads(value, shape: shapes[2], in: scope)
    let valueRows = transpose(valueHeads, [0, 2, 1, 3], in: scope)
    let keyColumns = transpose(keyHeads, [0, 2, 3, 1], in: scope)
    let probabilities = softmax(queryRows, keyColumns, in: scope)
    let context = graph.add("MatMul", in: scope, [probabilities, valueRows])
    let contextRows = transpose(context, [0, 2, 1, 3], in: scope)
    let flat = shape([batch, tokens], [-1], in: scope)
    let merged = graph.add("Reshape", in: scope, [contextRows, flat])
    return linear(merged, .output, of: layer, in: "\(scope)/o_proj")
  }

  private mutating func softmax(_ query: String, _ key: String, in scope: String) -> String {
    let products = graph.add("MatMul", in: scope, [query, key])
    let width = Float(architecture.hiddenSize / architecture.headCount)
    let scale = graph.scalar(float: 1 / width.squareRoot(), in: scope)
    let scores = graph.add("Mul", in: scope, [products, scale])
    let probabilities = graph.add("Softmax", in: scope, [scores], [("axis", .int(3))])
    let float = Attribute.Value.int(Int64(DataType.float.rawValue))
    // To float32 for the softmax, and back to the type of the query: both are float32 here.
    let cast = graph.add("Cast", in: scope, [probabilities], [("to", float)])
    return graph.add("Cast", in: scope, [cast], [("to", float)])
  }

  private mutating func dimension(_ axis: Int64, of value: String, in scope: String) -> String {
    let shape = graph.add("Shape", in: scope, [value])
    let index = graph.scalar(axis, in: scope)
    return graph.add("Gather", in: scope, [shape, index], [("axis", .int(0))])
  }

  private mutating func shape(
    _ dynamic: [String], _ fixed: [Int], in scope: String
  ) -> String {
    var parts = dynamic.map {
      graph.add("Unsqueeze", in: scope, [$0], [("axes", .ints([0]))])
    }
    parts += fixed.map { graph.vector(Int64($0), in: scope) }
    return graph.add("Concat", in: scope, parts, [("axis", .int(0))])
  }

  private mutating func heads(_ value: String, shape: String, in scope: String) -> String {
    graph.add("Reshape", in: scope, [value, shape])
  }

  private mutating func transpose(_ value: String, _ perm: [Int64], in scope: String) -> String {
    graph.add("Transpose", in: scope, [value], [("perm", .ints(perm))])
  }

  private mutating func linear(
    _ input: String, _ projection: Projection, of layer: Int, in scope: String
  ) -> String {
    let weight = projection.weightName(layer: layer, of: architecture)
    let product = graph.add("MatMul", in: scope, [input, weight])
    return graph.add("Add", in: scope, [projection.biasName(layer: layer), product])
  }

  private mutating func layerNorm(_ input: String, in scope: String) -> String {
    let mean = graph.add("ReduceMean", in: scope, [input], [("axes", .ints([-1]))])
    let centred = graph.add("Sub", in: scope, [input, mean])
    let two = graph.scalar(float: 2, in: scope)
    let squared = graph.add("Pow", in: scope, [centred, two])
    let variance = graph.add("ReduceMean", in: scope, [squared], [("axes", .ints([-1]))])
    let epsilon = graph.scalar(float: 1e-12, in: scope)
    let stable = graph.add("Add", in: scope, [variance, epsilon])
    let deviation = graph.add("Sqrt", in: scope, [stable])
    let normalized = graph.add("Div", in: scope, [centred, deviation])
    let parameter = scope.dropFirst().split(separator: "/").joined(separator: ".")
    let scaled = graph.add("Mul", in: scope, [normalized, "\(parameter).weight"])
    return graph.add("Add", in: scope, [scaled, "\(parameter).bias"])
  }

  /// x / sqrt(2), erf, + 1, times x, times 0.5.
  private mutating func gelu(_ input: String, in scope: String) -> String {
    let rootOfTwo = graph.scalar(float: Float(2).squareRoot(), in: scope)
    let scaled = graph.add("Div", in: scope, [input, rootOfTwo])
    let erf = graph.add("Erf", in: scope, [scaled])
    let one = graph.scalar(float: 1, in: scope)
    let shifted = graph.add("Add", in: scope, [erf, one])
    let product = graph.add("Mul", in: scope, [input, shifted])
    let half = graph.scalar(float: 0.5, in: scope)
    return graph.add("Mul", in: scope, [product, half])
  }
}
