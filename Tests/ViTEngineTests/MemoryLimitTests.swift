import OnnxParse
import TensorIO
import Testing
import ViTEngine
import ViTKernel

/// What a small file may cost.
@Suite struct MemoryLimitTests {
  private static func message(_ body: () throws(EngineError) -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return error.description
    }
  }

  private static func relu(_ dims: [Dimension]) -> Model {
    Model(
      opsetImports: [OperatorSetID(version: 17)],
      graph: Graph(
        nodes: [Node(name: "n", opType: "Relu", inputs: ["x"], outputs: ["y"])],
        inputs: [ValueInfo(name: "x", dataType: .float, dims: dims)],
        outputs: [ValueInfo(name: "y", dataType: .float, dims: nil)]))
  }

  private static func constants(_ initializers: [TensorProto], _ nodes: [Node]) -> Model {
    Model(
      opsetImports: [OperatorSetID(version: 17)],
      graph: Graph(
        nodes: nodes, inputs: [],
        outputs: nodes.flatMap(\.outputs).map { ValueInfo(name: $0, dataType: .float, dims: nil) },
        initializers: initializers))
  }

  @Test func aRunThatNeedsMoreThanTheLimitIsRefused() throws {
    let session = try Session(
      model: Self.relu([.symbol("N")]),
      options: SessionOptions(threads: 1, memoryLimit: 16_000_000))
    _ = try session.prepare(["x": [1_000_000]])
    // Input and output, 4 bytes an element, in the plan and with the caller.
    let text = Self.message { () throws(EngineError) in
      _ = try session.prepare(["x": [1_000_001]])
    }
    #expect(
      text
        == "node \"n\" (Relu): 17 MB of memory are needed, more than the 16 MB that may be used; "
        + "give smaller inputs")
  }

  /// What plans of several shapes hold is limited together.
  @Test func plansMakeRoomForEachOther() throws {
    let session = try Session(
      model: Self.relu([.symbol("N")]),
      options: SessionOptions(threads: 1, memoryLimit: 16_000_000))
    let counts = [1_000_000, 900_000, 1_000_000, 10]
    for count in counts {
      let plan = try session.prepare(["x": [count]])
      #expect(try session.prepare(["x": [count]]) === plan)
    }
  }

  @Test func theShapeThatWasUsedTheLongestAgoGoesFirst() throws {
    let session = try Session(model: Self.relu([.symbol("N")]), options: .test(threads: 1))
    func plan(_ count: Int) throws -> Plan { try session.prepare(["x": [count]]) }
    let (first, second) = (try plan(1), try plan(2))
    for count in 3...8 { _ = try plan(count) }
    #expect(try plan(1) === first)
    _ = try plan(9)
    #expect(try plan(1) === first)
    #expect(try plan(2) !== second)
  }

  /// A weight that is computed from the shape is another for each shape, and goes with its plan.
  @Test func weightsOfAShapeAreNotKept() throws {
    let model = Model(
      opsetImports: [OperatorSetID(version: 17)],
      graph: Graph(
        nodes: [
          Node(
            opType: "Shape", inputs: ["x"], outputs: ["n"],
            attributes: [Attribute(name: "end", value: .int(1))]),
          Node(
            opType: "Cast", inputs: ["n"], outputs: ["f"],
            attributes: [Attribute(name: "to", value: .int(1))]),
          Node(opType: "Mul", inputs: ["w", "f"], outputs: ["v"]),
          Node(opType: "MatMul", inputs: ["x", "v"], outputs: ["h"]),
          Node(opType: "MatMul", inputs: ["h", "w"], outputs: ["y"]),
        ],
        inputs: [ValueInfo(name: "x", dataType: .float, dims: [.symbol("N"), .size(2)])],
        outputs: [ValueInfo(name: "y", dataType: .float, dims: nil)],
        initializers: [TensorProto(name: "w", dims: [2, 2], floats: [1, 2, 3, 4])]))
    let options = SessionOptions.test(threads: 1)
    let weights = SharedWeights()
    let session = try Session(
      model: model, options: options, executor: try options.makeExecutor(), weights: weights)
    for rows in 1...12 {
      let y = try session.run([
        "x": Tensor([Float](repeating: 1, count: 2 * rows), shape: [rows, 2])
      ])
      // [1 1] times rows * w, times w.
      let expected = [22, 32].map { Float($0 * rows) }
      #expect(try #require(y["y"]).elements(of: Float.self).prefix(2).elementsEqual(expected))
    }
    #expect(weights.packedCount == 1)
  }

  @Test func randomInputsBeyondTheLimitAreRefused() throws {
    let session = try Session(
      model: Self.relu([.symbol("N"), .size(1_000_000)]),
      options: SessionOptions(threads: 1, memoryLimit: 20_000_000))
    #expect(try session.randomInputs().count == 1)
    let text = Self.message { () throws(EngineError) in
      _ = try session.randomInputs(batchSize: 3)
    }
    #expect(text.hasPrefix("input \"x\": 24 MB of memory are needed"))
  }

  /// 64 MiB beyond the file's own constants; six results of 16 MiB are more.
  @Test func foldingKeepsToItsBudget() throws {
    let shape = TensorProto(name: "s", dims: [1], int64s: [4 << 20])
    let nodes = (0..<6).map {
      Node(name: "n\($0)", opType: "ConstantOfShape", inputs: ["s"], outputs: ["y\($0)"])
    }
    let session = try Session(
      model: Self.constants([shape], nodes), options: SessionOptions(threads: 1))
    let plan = try session.prepare([:])
    try plan.run()
    #expect(plan.stepDescriptions.count { $0.kernel == "fill" } == 2)
    #expect(plan.outputs.values.allSatisfy { $0.count == 4 << 20 })
  }

  @Test func aLongRangeIsNotComputedBeforehand() throws {
    let bounds = [("a", 0), ("b", 1 << 30), ("c", 1)].map { name, value in
      TensorProto(name: name, dims: [], int64s: [Int64(value)])
    }
    let range = Node(name: "n", opType: "Range", inputs: ["a", "b", "c"], outputs: ["y"])
    let text = Self.message { () throws(EngineError) in
      let session = try Session(
        model: Self.constants(bounds, [range]),
        options: SessionOptions(threads: 1, memoryLimit: 1 << 30))
      _ = try session.prepare([:])
    }
    #expect(text.hasPrefix("node \"n\" (Range): 34.3 GB of memory are needed"))
  }

  /// Half a second on a slow core; where every node copies what is known of the graph, ten.
  @Test func aLongChainIsCompiledInTimeThatItsLengthJustifies() throws {
    let count = 20_000
    var model = Self.relu([.size(2)])
    model.graph.nodes = (0..<count).map {
      Node(opType: "Relu", inputs: [$0 == 0 ? "x" : "v\($0)"], outputs: ["v\($0 + 1)"])
    }
    model.graph.outputs[0].name = "v\(count)"
    let duration = try ContinuousClock().measure {
      let session = try Session(model: model, options: SessionOptions(threads: 1))
      _ = try session.prepare(["x": [2]])
    }
    #expect(duration < .seconds(5))
  }
}
