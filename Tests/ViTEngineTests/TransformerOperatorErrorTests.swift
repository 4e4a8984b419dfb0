import OnnxParse
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// Operators of transformers whose operands do not fit: an error that names the node, at every level.
@Suite struct TransformerOperatorErrorTests {
  private static func message(
    _ opType: String, _ shapes: [[Int]?], domain: String = "", opset: Int64 = 25,
    outputs: Int = 1, _ attributes: [String: Attribute.Value] = [:]
  ) -> String {
    let names = shapes.enumerated().map { $1 == nil ? "" : "i\($0)" }
    let node = Node(
      name: "n", opType: opType, domain: domain, inputs: names,
      outputs: (0..<outputs).map { "o\($0)" },
      attributes: attributes.map { Attribute(name: $0.key, value: $0.value) })
    var shapesByName: [String: [Int]] = [:]
    for (name, shape) in zip(names, shapes) where !name.isEmpty { shapesByName[name] = shape }
    let model = Model(
      opsetImports: [
        OperatorSetID(version: opset), OperatorSetID(domain: "com.microsoft", version: 1),
      ],
      graph: Graph(
        nodes: [node],
        inputs: shapesByName.keys.sorted().map { ValueInfo(name: $0, dataType: .float, dims: nil) },
        outputs: node.outputs.map { ValueInfo(name: $0, dataType: .float, dims: nil) }))
    var messages: Set<String> = []
    for level in OptimizationLevel.allCases {
      do {
        let session = try Session(model: model, options: .test(optimization: level, threads: 1))
        _ = try session.prepare(shapesByName)
        messages.insert("no error")
      } catch {
        messages.insert(error.description)
      }
    }
    return messages.sorted().joined(separator: "; ")
  }

  private static let heads: [String: Attribute.Value] = [
    "q_num_heads": .int(2), "kv_num_heads": .int(2),
  ]

  @Test func attention() {
    let four = [1, 2, 3, 4]
    func attention(
      _ shapes: [[Int]?], _ attributes: [String: Attribute.Value] = [:], outputs: Int = 1
    ) -> String {
      Self.message("Attention", shapes, outputs: outputs, attributes)
    }
    #expect(attention([four, four, four], outputs: 4) == "no error")
    #expect(attention([[1, 3, 8], [1, 3, 8], [1, 3, 8]], Self.heads) == "no error")
    for shapes in [
      [four, [1, 3, 8], four], [four, [2, 2, 3, 4], four], [four, [1, 3, 3, 4], four],
      [four, [1, 2, 3, 5], four], [four, four, [1, 2, 4, 4]], [[4], [4], [4]], [[], [], []],
      [four, [1, 0, 3, 4], [1, 0, 3, 4]], [four, four, four, [5, 5, 3, 3]],
      [four, four, four, nil, four], [four, four, four, nil, [1, 2], [1, 2]],
      [four, four, four, nil, four, four, [1]],
    ] as [[[Int]?]] {
      let text = attention(shapes)
      #expect(text.contains("node \"n\" (Attention): invalid"), "\(shapes): \(text)")
    }
    #expect(attention([[1, 3, 8], [1, 3, 8], [1, 3, 8]]).contains("heads"))
    for count in [0, -2, 3] as [Int64] {
      let wrong: [String: Attribute.Value] = [
        "q_num_heads": .int(count), "kv_num_heads": .int(count),
      ]
      #expect(attention([[1, 3, 8], [1, 3, 8], [1, 3, 8]], wrong).contains("heads"))
    }
    #expect(
      attention([four, four, four], ["qk_matmul_output_mode": .int(4)]).contains("mode is 4"))
    #expect(
      attention([four, four, four], ["left_window_size": .int(-2)]).contains("left_window_size"))
  }

  @Test func contributedAttention() {
    let x = [2, 3, 8]
    func attention(_ shapes: [[Int]?], _ attributes: [String: Attribute.Value]) -> String {
      Self.message("Attention", shapes, domain: "com.microsoft", attributes)
    }
    let two: [String: Attribute.Value] = ["num_heads": .int(2)]
    #expect(attention([x, [8, 24]], two) == "no error")
    #expect(attention([x, [8, 24]], [:]).contains("num_heads is missing"))
    #expect(attention([x, [8, 24]], ["num_heads": .int(0)]).contains("num_heads is 0"))
    #expect(attention([x, [8, 25]], two).contains("invalid"))
    #expect(attention([x, [24]], two).contains("invalid"))
    #expect(attention([x, [8, 24], [23]], two).contains("invalid"))
    let sizes = two.merging(["qkv_hidden_sizes": .ints([8, 8, 9])]) { $1 }
    #expect(attention([x, [8, 24]], sizes).contains("[8, 8, 9] of 24 columns"))
    #expect(attention([x, [8, 24], [24], [7]], two).contains("a mask of shape [7]"))
    #expect(attention([x, [8, 24], [24], nil, [2, 3]], two).contains("a cache of shape"))
    let rotary = two.merging(["do_rotary": .int(1)]) { $1 }
    #expect(attention([x, [8, 24]], rotary).contains("unsupported: attribute do_rotary"))
  }

  @Test func multiHeadAttention() {
    func attention(_ shapes: [[Int]?], outputs: Int = 1) -> String {
      Self.message(
        "MultiHeadAttention", shapes, domain: "com.microsoft", outputs: outputs,
        ["num_heads": .int(2)])
    }
    let x = [2, 3, 8]
    #expect(attention([x, x, x]) == "no error")
    #expect(attention([[2, 3, 2, 3, 4]]) == "no error")
    #expect(attention([x]).contains("input 1 is missing"))
    #expect(attention([x, x, x, [23]]).contains("bias [23]"))
    #expect(attention([x, x, x, nil, nil, nil, x]).contains("a cache of K or V only"))
    #expect(attention([[2, 3, 2, 4, 4]]).contains("invalid"))
    #expect(attention([x, x, x], outputs: 4).contains("scores as a result"))
    #expect(
      attention([x, x, x, nil, nil, nil, nil, nil, [1]]).contains("unsupported: input 8"))
  }

  @Test func others() {
    let microsoft = "com.microsoft"
    #expect(Self.message("RMSNormalization", [[2, 3], [4]]).contains("invalid"))
    #expect(
      Self.message("RMSNormalization", [[2, 3], [3]], ["axis": .int(2)]).contains("axis 2"))
    #expect(Self.message("RotaryEmbedding", [[2, 3, 8], [9, 2], [9, 2]]).contains("invalid"))
    #expect(Self.message("SwiGLU", [[2, 3], [3]], opset: 28).contains("SwiGLU of [2, 3]"))
    #expect(
      Self.message("FusedMatMul", [[2, 3], [2, 4]], domain: microsoft).contains("invalid"))
    #expect(
      Self.message("SkipLayerNormalization", [[2, 3, 4], [2, 3, 5], [4]], domain: microsoft)
        .contains("invalid"))
    #expect(
      Self.message(
        "FusedGemm", [[2, 3], [3, 4]], domain: microsoft, ["activation": .string(Array("Foo".utf8))]
      ).contains("unsupported: activation Foo"))
  }
}
