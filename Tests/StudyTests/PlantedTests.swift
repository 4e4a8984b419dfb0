import OnnxParse
import Quant
import Study
import TestSupport
import Testing

/// Models with one node that does not bear quantization: the study has to find it.
@Suite struct PlantedTests {
  /// One value of a weight is a thousand times the others: with one scale to the tensor, they are all
  /// rounded to zero.
  @Test(arguments: [
    "/vit/layers.3/attention/q_proj/MatMul", "/vit/layers.1/mlp/fc2/MatMul",
    "/vit/layers.4/attention/v_proj/MatMul",
  ])
  func anOutlierInAWeightIsRankedFirst(node: String) throws {
    var study = try EmbeddedStudy(images: 10)
    try Planted.change(&study.model, node, input: 1) { values, _ in
      values[5] = 1000 * values.map(abs).reduce(0, +) / Float(values.count)
    }
    study.options.quantization.perChannel = false
    study.options.kinds = [.node]
    let report = try study.run()
    let ranked = report.ranked(.node)
    #expect(ranked.first?.subject.name == node)
    let worst = try #require(report.oneIn(ranked[0]).logits.sqnr)
    let second = try #require(report.oneIn(ranked[1]).logits.sqnr)
    #expect(worst < second - 3)
    // And leaving it in fp32 helps most.
    let gains = report.subjects.compactMap { subject in
      report.gain(subject).map { (subject.subject.name, $0) }
    }
    #expect(gains.max { $0.1 < $1.1 }?.0 == node)
  }

  /// One scale to a column confines the outlier to its column.
  @Test func aScaleToAColumnMendsAnOutlierInAWeight() throws {
    let node = "/vit/layers.3/attention/q_proj/MatMul"
    var study = try EmbeddedStudy(images: 10)
    try Planted.change(&study.model, node, input: 1) { values, _ in
      values[5] = 1000 * values.map(abs).reduce(0, +) / Float(values.count)
    }
    study.options.kinds = [.node]
    study.options.nodes = [try NodeSelector(node)]
    func sqnr(perChannel: Bool) throws -> Double {
      study.options.quantization.perChannel = perChannel
      let report = try study.run()
      return try #require(report.oneIn(report.subjects[0]).logits.sqnr)
    }
    #expect(try sqnr(perChannel: true) > sqnr(perChannel: false) + 6)
  }

  /// A hidden channel of an MLP that is huge and that nothing reads: what is quantized together with it
  /// loses all its steps to it.
  @Test func aHugeActivationIsRankedFirst() throws {
    var study = try EmbeddedStudy(images: 10)
    try Planted.change(&study.model, "/vit/layers.2/mlp/fc1/Add", input: 0) { values, _ in
      values[9] = 20_000
    }
    try Planted.change(&study.model, "/vit/layers.2/mlp/fc2/MatMul", input: 1) { values, columns in
      for column in 0..<columns { values[9 * columns + column] = 0 }
    }
    study.options.kinds = [.node]
    study.options.nodes = [try NodeSelector("*MatMul*"), try NodeSelector("*Gemm*")]
    study.options.measuresNodes = true
    let report = try study.run()
    let ranked = report.ranked(.node)
    #expect(ranked.first?.subject.name == "/vit/layers.2/mlp/fc2/MatMul")
    let own = try #require(report.local("/vit/layers.2/mlp/fc2/MatMul"))
    let input = try #require(own.inputs.first)
    #expect(input.outliers.first?.channel == 9)
    #expect(input.maximum > 19_000)
    // It is the activations, and nothing that came in.
    #expect(own.activations.sqnr < 10)
    #expect(try #require(own.weights).sqnr > 20)
  }
}

/// Making a model that has something wrong with it.
enum Planted {
  /// Overwrites values of the weight that node `node` reads.
  static func change(
    _ model: inout Model, _ node: String, input: Int,
    _ body: (inout [Float], _ columns: Int) -> Void
  ) throws {
    let reader = try #require(model.graph.nodes.first { $0.name == node })
    let name = try #require(reader.inputs.dropFirst(input).first)
    let index = try #require(model.graph.initializers.firstIndex { $0.name == name })
    let weight = model.graph.initializers[index]
    var values = try weight.floats()
    body(&values, Int(try #require(weight.dims.last)))
    model.graph.initializers[index] = TensorProto(
      name: weight.name, dims: weight.dims, floats: values)
  }
}
