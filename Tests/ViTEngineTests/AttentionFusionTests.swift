import OnnxParse
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// Attention as several exporters write it: one kernel that reads its operands where they lie, with
/// the results of the nodes one by one.
@Suite struct AttentionFusionTests {
  private static let batch = 2
  private static let tokens = 5
  private static let heads = 3
  private static let size = 4
  private static let width = heads * size

  /// A graph that is written node by node.
  private struct Draft {
    var nodes: [Node] = []
    var initializers: [TensorProto] = []
    private var generator = SeededGenerator(seed: 3)

    mutating func add(
      _ opType: String, _ inputs: String..., to output: String, domain: String = "",
      _ attributes: [String: Attribute.Value] = [:]
    ) {
      nodes.append(
        Node(
          name: output, opType: opType, domain: domain, inputs: inputs, outputs: [output],
          attributes: attributes.sorted { $0.key < $1.key }.map {
            Attribute(name: $0.key, value: $0.value)
          }))
    }

    mutating func constant(_ name: String, _ values: [Int64]) {
      initializers.append(TensorProto(name: name, dims: [Int64(values.count)], int64s: values))
    }

    mutating func scalar(_ name: String, _ value: Float) {
      initializers.append(TensorProto(name: name, dims: [], floats: [value]))
    }

    mutating func weight(_ name: String, _ dims: Int...) {
      initializers.append(
        TensorProto(
          name: name, dims: dims.map { Int64($0) }, floats: generator.floats(dims.reduce(1, *))))
    }

    func model(input: [Int]) -> Model {
      Model(
        opsetImports: [
          OperatorSetID(version: 20), OperatorSetID(domain: "com.microsoft", version: 1),
        ],
        graph: Graph(
          nodes: nodes,
          inputs: [ValueInfo(name: "x", dataType: .float, dims: input.map { .size(Int64($0)) })],
          outputs: [ValueInfo(name: "y", dataType: .float, dims: nil)], initializers: initializers))
    }
  }

  /// Kernels of the optimized model, which gives what the nodes one by one give.
  private static func kernels(
    _ draft: Draft, input: [Int] = [batch, tokens, width],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [String: Int] {
    var generator = SeededGenerator(seed: 9)
    let x = Tensor(generator.floats(input.reduce(1, *)), shape: input)
    let model = draft.model(input: input)
    let plain = try Session(model: model, options: .test(optimization: .none, threads: 1))
    let fused = try Session(model: model, options: .test(threads: 2))
    let expected = try #require(try plain.run(["x": x])["y"]).elements(of: Float.self)
    let actual = try #require(try fused.run(["x": x])["y"]).elements(of: Float.self)
    #expect(expected.count == actual.count, sourceLocation: sourceLocation)
    let worst = zip(expected, actual).map { abs($0 - $1) }.max() ?? 0
    #expect(worst < 1e-5, sourceLocation: sourceLocation)
    let steps = try fused.prepare(["x": input]).stepDescriptions
    return Dictionary(grouping: steps, by: \.kernel).mapValues(\.count)
  }

  /// q, k and v [B, heads, T, size], as the gathered parts of one projection.
  private static func joint(_ draft: inout Draft) {
    draft.weight("w", width, 3 * width)
    draft.add("MatMul", "x", "w", to: "qkv")
    draft.constant("parts", [0, Int64(tokens), 3, Int64(heads), Int64(size)])
    draft.add("Reshape", "qkv", "parts", to: "split")
    draft.add("Transpose", "split", to: "turned", ["perm": .ints([2, 0, 3, 1, 4])])
    for (index, name) in ["q", "k", "v"].enumerated() {
      draft.initializers.append(
        TensorProto(name: "\(name).index", dims: [], int64s: [Int64(index)]))
      draft.add("Gather", "turned", "\(name).index", to: name, ["axis": .int(0)])
    }
  }

  /// `scores` from q and k, transposed in one step.
  private static func scores(_ draft: inout Draft) {
    draft.scalar("scale", 0.5)
    draft.add("Transpose", "k", to: "kt", ["perm": .ints([0, 1, 3, 2])])
    draft.add("Mul", "q", "scale", to: "scaled")
    draft.add("MatMul", "scaled", "kt", to: "scores")
  }

  /// y [B, T, width] from weights and v.
  private static func join(_ draft: inout Draft, weights: String) {
    draft.add("MatMul", weights, "v", to: "sums")
    draft.add("Transpose", "sums", to: "rows", ["perm": .ints([0, 2, 1, 3])])
    draft.constant("flat", [0, 0, -1])
    draft.add("Reshape", "rows", "flat", to: "y")
  }

  @Test func partsOfOneProjection() throws {
    var draft = Draft()
    Self.joint(&draft)
    Self.scores(&draft)
    draft.add("Softmax", "scores", to: "weights", ["axis": .int(3)])
    Self.join(&draft, weights: "weights")
    #expect(try Self.kernels(draft) == ["linear": 1, "attention": 1])
  }

  @Test func aSoftmaxWhoseNaNsAreMadeZero() throws {
    var draft = Draft()
    Self.joint(&draft)
    Self.scores(&draft)
    // The first query sees nothing.
    let mask =
      [Float](repeating: -.infinity, count: Self.tokens)
      + [Float](repeating: 0, count: (Self.tokens - 1) * Self.tokens)
    draft.initializers.append(
      TensorProto(name: "mask", dims: [1, 1, Int64(Self.tokens), Int64(Self.tokens)], floats: mask))
    draft.add("Add", "scores", "mask", to: "masked")
    draft.add("Softmax", "masked", to: "soft", ["axis": .int(-1)])
    draft.add("IsNaN", "soft", to: "isNaN")
    draft.scalar("zero", 0)
    draft.add("Where", "isNaN", "zero", "soft", to: "weights")
    Self.join(&draft, weights: "weights")
    #expect(try Self.kernels(draft) == ["linear": 1, "attention": 1])
  }

  @Test func keysTransposedWithTheHeadsInOneDimension() throws {
    var draft = Draft()
    Self.joint(&draft)
    let (rows, size) = (Int64(Self.tokens), Int64(Self.size))
    draft.constant("matrices", [-1, rows, size])
    draft.constant("apart", [Int64(Self.batch), Int64(Self.heads), size, rows])
    draft.add("Reshape", "k", "matrices", to: "flatKeys")
    draft.add("Transpose", "flatKeys", to: "turnedKeys", ["perm": .ints([0, 2, 1])])
    draft.add("Reshape", "turnedKeys", "apart", to: "kt")
    draft.add("MatMul", "q", "kt", to: "scores")
    draft.add("Softmax", "scores", to: "weights", ["axis": .int(3)])
    Self.join(&draft, weights: "weights")
    #expect(try Self.kernels(draft) == ["linear": 1, "attention": 1])
  }

  @Test func windowsWithABiasAndAMaskOfEach() throws {
    var draft = Draft()
    Self.joint(&draft)
    Self.scores(&draft)
    let (rows, heads) = (Int64(Self.tokens), Int64(Self.heads))
    draft.weight("bias", 1, Self.heads, Self.tokens, Self.tokens)
    draft.weight("mask", 1, 2, 1, Self.tokens, Self.tokens)
    draft.constant("windows", [-1, 2, heads, rows, rows])
    draft.constant("together", [-1, heads, rows, rows])
    draft.add("Add", "scores", "bias", to: "biased")
    draft.add("Reshape", "biased", "windows", to: "apart")
    draft.add("Add", "apart", "mask", to: "masked")
    draft.add("Reshape", "masked", "together", to: "all")
    draft.add("Softmax", "all", to: "weights", ["axis": .int(3)])
    Self.join(&draft, weights: "weights")
    // Three images of two windows.
    let kernels = try Self.kernels(draft, input: [6, Self.tokens, Self.width])
    #expect(kernels == ["linear": 1, "attention": 1])
  }

  @Test func aMaskOfAnotherShapeIsNotPutIntoTheKernel() throws {
    var draft = Draft()
    Self.joint(&draft)
    Self.scores(&draft)
    // One value for each query: the softmax is the same, but the kernel reads a row of keys.
    draft.weight("mask", 1, 1, Self.tokens, 1)
    draft.add("Add", "scores", "mask", to: "masked")
    draft.add("Softmax", "masked", to: "weights", ["axis": .int(3)])
    Self.join(&draft, weights: "weights")
    #expect(try Self.kernels(draft)["attention"] == nil)
  }

  @Test func aLayerScaleAndAnotherShapeBelongToTheProduct() throws {
    var draft = Draft()
    draft.weight("w", Self.width, Self.width)
    draft.weight("b", Self.width)
    draft.weight("gamma", Self.width)
    draft.constant("matrix", [-1, Int64(Self.width)])
    draft.constant("tokens", [Int64(Self.batch), -1, Int64(Self.width)])
    draft.add("Reshape", "x", "matrix", to: "rows")
    draft.add("Gemm", "rows", "w", "b", to: "product")
    draft.add("Reshape", "product", "tokens", to: "projected")
    draft.add("Mul", "gamma", "projected", to: "scaled")
    draft.add("Add", "x", "scaled", to: "y")
    #expect(try Self.kernels(draft) == ["linear": 1])
  }

  @Test func operatorsOfTheOptimiserBecomeTheSameKernels() throws {
    var draft = Draft()
    draft.weight("w", Self.width, 3 * Self.width)
    draft.weight("b", 3 * Self.width)
    draft.add(
      "Attention", "x", "w", "b", to: "attended", domain: "com.microsoft",
      ["num_heads": .int(Int64(Self.heads))])
    draft.weight("o", Self.width, Self.width)
    draft.add("MatMul", "attended", "o", to: "projected")
    for name in ["gamma", "beta", "bias"] { draft.weight(name, Self.width) }
    draft.add(
      "SkipLayerNormalization", "x", "projected", "gamma", "beta", "bias", to: "normalised",
      domain: "com.microsoft")
    draft.weight("up", Self.width, 16)
    draft.weight("upBias", 16)
    draft.weight("down", 16, Self.width)
    draft.add("MatMul", "normalised", "up", to: "wide")
    draft.add("BiasGelu", "wide", "upBias", to: "gelu", domain: "com.microsoft")
    draft.add(
      "FusedMatMul", "gelu", "down", to: "y", domain: "com.microsoft", ["alpha": .float(0.5)])
    let expected = ["linear": 4, "attention": 1, "layerNormalization": 1, "binary": 1]
    #expect(try Self.kernels(draft) == expected)
  }

  @Test func quickGeluBelongsToTheProduct() throws {
    var draft = Draft()
    draft.weight("w", Self.width, 16)
    draft.scalar("factor", 1.702)
    draft.add("MatMul", "x", "w", to: "product")
    draft.add("Mul", "product", "factor", to: "scaled")
    draft.add("Sigmoid", "scaled", to: "gate")
    draft.add("Mul", "product", "gate", to: "y")
    #expect(try Self.kernels(draft) == ["linear": 1])
  }
}
