import Foundation
import OnnxParse
import Quant
import Study
import TestSupport
import Testing
import ViTKernel

/// Errors at one node against plain loops.
@Suite struct NodeProbeTests {
  private let m = 6
  private let k = 16
  private let n = 5

  /// Metrics agree where products differ by the order of their sums alone.
  private func expectNear(_ sums: ErrorSums?, _ reference: [Float], _ values: [Float]) throws {
    let measured = try #require(sums).metrics
    let expected = try #require(ErrorMetrics(reference: reference, values: values))
    #expect(abs(measured.sqnr - expected.sqnr) < 0.01)
    #expect(abs(measured.cosine - expected.cosine) < 1e-6)
    #expect(abs(measured.maxAbsoluteError - expected.maxAbsoluteError) < 1e-5)
  }

  @Test func aProductHasTheErrorsOfItsParts() throws {
    var generator = SeededGenerator(seed: 1)
    let (x, w) = (generator.floats(m * k, in: -1...3), generator.floats(k * n))
    let probe = try ProbeSupport.probe(ProbeSupport.matMul(w, rows: k, columns: n))
    #expect(probe.inputs == ["x"])
    #expect(probe.label == "product")
    var measurement = probe.empty
    try probe.measure(["x": Tensor(x, shape: [1, m, k])], into: &measurement)
    let a = ProbeSupport.quantized(x).kept
    let b = ProbeSupport.quantizedColumns(w, columns: n).kept
    let exact = ProbeSupport.product(x, w, k: k, n: n)
    try expectNear(
      measurement.local.weights, exact, ProbeSupport.product(x, b, k: k, n: n))
    try expectNear(
      measurement.local.activations, exact, ProbeSupport.product(a, w, k: k, n: n))
    try expectNear(measurement.local.both, exact, ProbeSupport.product(a, b, k: k, n: n))
    #expect(measurement.images == 1)
    #expect(measurement.propagated.images == 0)
  }

  @Test func aGemmKeepsItsBiasAndItsTransposedWeight() throws {
    var generator = SeededGenerator(seed: 2)
    let (x, w, bias) = (generator.floats(m * k), generator.floats(k * n), generator.floats(n))
    let turned = (0..<n).flatMap { column in (0..<k).map { w[$0 * n + column] } }
    let model = ProbeSupport.model(
      [
        Node(
          opType: "Gemm", inputs: ["x", "W", "b"], outputs: ["y"],
          attributes: [Attribute(name: "transB", value: .int(1))])
      ],
      [
        TensorProto(name: "W", dims: [Int64(n), Int64(k)], floats: turned),
        TensorProto(name: "b", dims: [Int64(n)], floats: bias),
      ])
    let probe = try ProbeSupport.probe(model)
    var measurement = probe.empty
    try probe.measure(["x": Tensor(x, shape: [m, k])], into: &measurement)
    func biased(_ y: [Float]) -> [Float] { y.enumerated().map { $1 + bias[$0 % n] } }
    let b = ProbeSupport.quantizedColumns(w, columns: n).kept
    let a = ProbeSupport.quantized(x).kept
    let exact = biased(ProbeSupport.product(x, w, k: k, n: n))
    try expectNear(
      measurement.local.weights, exact, biased(ProbeSupport.product(x, b, k: k, n: n)))
    try expectNear(
      measurement.local.both, exact, biased(ProbeSupport.product(a, b, k: k, n: n)))
    #expect(measurement.saturation?.images == 1)
  }

  @Test func anAddOfTwoActivationsHasNoWeights() throws {
    var generator = SeededGenerator(seed: 3)
    let (x, z) = (generator.floats(40), generator.floats(40, in: -9...9))
    let model = ProbeSupport.model(
      [Node(name: "sum", opType: "Add", inputs: ["x", "z"], outputs: ["y"])], inputs: ["x", "z"])
    // The preset leaves Add alone, and selectors choose another node: the probe asks for this one.
    let probe = try ProbeSupport.probe(model) {
      $0 = QuantizationOptions(preset: .ort)
      $0.excludeNodes = [try NodeSelector("sum")]
    }
    var measurement = probe.empty
    let tensors = ["x": Tensor(x, shape: [4, 10]), "z": Tensor(z, shape: [4, 10])]
    try probe.measure(tensors, into: &measurement)
    let kept = zip(ProbeSupport.quantized(x).kept, ProbeSupport.quantized(z).kept).map { $0 + $1 }
    let exact = zip(x, z).map { $0 + $1 }
    #expect(measurement.local.both == ErrorSums(reference: exact, values: kept))
    #expect(measurement.local.activations == measurement.local.both)
    #expect(measurement.local.weights == nil)
    #expect(measurement.weightClipping == nil)
    #expect(measurement.saturation == nil)
    #expect(Set(measurement.inputs.keys) == ["x", "z"])
  }

  @Test func whatComesInIsToldFromWhatIsMadeHere() throws {
    var generator = SeededGenerator(seed: 4)
    let (x, w) = (generator.floats(m * k), generator.floats(k * n))
    let noisy = zip(x, generator.floats(m * k, in: -0.1...0.1)).map { $0 + $1 }
    let probe = try ProbeSupport.probe(ProbeSupport.matMul(w, rows: k, columns: n))
    var measurement = probe.empty
    try probe.measure(
      ["x": Tensor(x, shape: [m, k])], perturbed: ["x": Tensor(noisy, shape: [m, k])],
      into: &measurement)
    let exact = ProbeSupport.product(x, w, k: k, n: n)
    let shifted = ProbeSupport.product(noisy, w, k: k, n: n)
    let quantized = ProbeSupport.product(
      ProbeSupport.quantized(noisy).kept, ProbeSupport.quantizedColumns(w, columns: n).kept, k: k,
      n: n)
    #expect(measurement.propagated.images == 1)
    try expectNear(measurement.propagated.inherited, exact, shifted)
    try expectNear(measurement.propagated.created, shifted, quantized)
    try expectNear(measurement.propagated.total, exact, quantized)
  }

  @Test func equalInputsInheritNothing() throws {
    var generator = SeededGenerator(seed: 5)
    let x = ["x": Tensor(generator.floats(m * k), shape: [m, k])]
    let probe = try ProbeSupport.probe(
      ProbeSupport.matMul(generator.floats(k * n), rows: k, columns: n))
    var measurement = probe.empty
    try probe.measure(x, perturbed: x, into: &measurement)
    #expect(measurement.propagated.inherited.noise == 0)
    #expect(measurement.propagated.created == measurement.local.both)
    #expect(measurement.propagated.total == measurement.local.both)
  }

  @Test func twoHalvesMergeToOnePass() throws {
    var generator = SeededGenerator(seed: 6)
    let probe = try ProbeSupport.probe(
      ProbeSupport.matMul(generator.floats(k * n), rows: k, columns: n))
    var whole = probe.empty
    var halves = [probe.empty, probe.empty]
    for image in 0..<6 {
      let range = -Float(image + 1)...2
      let x = ["x": Tensor(generator.floats(m * k, in: range), shape: [m, k])]
      let noisy = ["x": Tensor(generator.floats(m * k, in: range), shape: [m, k])]
      try probe.measure(x, perturbed: noisy, into: &whole)
      try probe.measure(x, perturbed: noisy, into: &halves[image / 3])
    }
    var merged = halves[0]
    merged.merge(halves[1])
    #expect(merged.images == 6)
    try expectEqual(merged, whole)
    let data = try JSONEncoder().encode(merged)
    #expect(try JSONDecoder().decode(NodeMeasurement.self, from: data) == merged)
  }

  private func expectEqual(_ left: NodeMeasurement, _ right: NodeMeasurement) throws {
    let paths: [KeyPath<NodeMeasurement, ErrorSums>] = [
      \.local.both, \.local.activations, \.propagated.inherited, \.propagated.created,
      \.propagated.total,
    ]
    // Six terms in another order.
    func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 8 * .ulpOfOne * abs(b) }
    for path in paths {
      #expect(isNear(left[keyPath: path].noise, right[keyPath: path].noise))
      #expect(isNear(left[keyPath: path].signal, right[keyPath: path].signal))
      #expect(left[keyPath: path].maxAbsoluteError == right[keyPath: path].maxAbsoluteError)
    }
    #expect(left.images == right.images && left.propagated.images == right.propagated.images)
    #expect(left.weightClipping == right.weightClipping)
    let (a, b) = (try #require(left.inputs["x"]), try #require(right.inputs["x"]))
    #expect(a.histogram == b.histogram)
    #expect(a.channelMaxima == b.channelMaxima)
    #expect(a.minimum == b.minimum && a.maximum == b.maximum)
    #expect(a.scales == b.scales && a.zeroPoints == b.zeroPoints)
    #expect(a.usedStepShare == b.usedStepShare)
    #expect(abs(a.mean - b.mean) < 1e-12)
    #expect(abs(a.standardDeviation - b.standardDeviation) < 1e-12)
    #expect(a.clipping.count == b.clipping.count && a.clipping.clamped == b.clipping.clamped)
    #expect(left.saturation?.pairs == right.saturation?.pairs)
    #expect(left.saturation?.saturated == right.saturation?.saturated)
  }

  @Test func nodesThatCannotBeProbedAreErrors() throws {
    let weight = TensorProto(name: "W", dims: [2, 2], floats: [1, 2, 3, 4])
    let nodes = [
      Node(opType: "Softmax", inputs: ["x"], outputs: ["a"]),
      Node(opType: "MatMul", inputs: ["W", "W"], outputs: ["b"]),
      Node(opType: "MatMul", inputs: ["x", "W"], outputs: []),
      Node(
        opType: "Gemm", inputs: ["x", "W"], outputs: ["d"],
        attributes: [Attribute(name: "alpha", value: .float(2))]),
    ]
    let model = ProbeSupport.model(nodes, output: "a", [weight])
    for position in -1...nodes.count {
      #expect(throws: NodeProbeError.self, "\(position)") {
        try ProbeSupport.probe(model, node: position)
      }
    }
  }

  @Test func inputsThatDoNotFitAreErrorsAndChangeNothing() throws {
    let probe = try ProbeSupport.probe(ProbeSupport.matMul([1, 2, 3, 4], rows: 2, columns: 2))
    var measurement = probe.empty
    let wrong: [[String: Tensor]] = [
      [:], ["x": Tensor([Int32(1), 2], shape: [1, 2])],
      ["x": Tensor([Float(1), .nan], shape: [1, 2])],
      ["x": Tensor([Float(1), .infinity], shape: [1, 2])],
      ["x": Tensor([Float(1), 2, 3], shape: [1, 3])],
      ["x": Tensor([Float(3e38), 3e38], shape: [1, 2])],
    ]
    let right = ["x": Tensor([Float(1), 2], shape: [1, 2])]
    for tensors in wrong {
      #expect(throws: NodeProbeError.self) { try probe.measure(tensors, into: &measurement) }
      #expect(throws: NodeProbeError.self) {
        try probe.measure(right, perturbed: tensors, into: &measurement)
      }
    }
    let longer = ["x": Tensor([Float](repeating: 1, count: 4), shape: [2, 2])]
    #expect(throws: NodeProbeError.self) {
      try probe.measure(right, perturbed: longer, into: &measurement)
    }
    #expect(measurement == probe.empty)
  }
}
