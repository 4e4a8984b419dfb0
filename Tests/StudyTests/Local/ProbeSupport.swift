import OnnxParse
import Quant
import Study
import TestSupport
import ViTEngine
import ViTKernel

/// Models of one node and what plain loops make of them.
enum ProbeSupport {
  static let executor = Result { try SessionOptions.test(threads: 2).makeExecutor() }

  static func model(
    _ nodes: [Node], inputs: [String] = ["x"], output: String = "y", _ constants: [TensorProto] = []
  ) -> Model {
    Model(
      opsetImports: [OperatorSetID(version: 17)],
      graph: Graph(
        nodes: nodes, inputs: inputs.map { ValueInfo(name: $0, dataType: .float, dims: nil) },
        outputs: [ValueInfo(name: output, dataType: .float, dims: nil)],
        initializers: constants))
  }

  /// y = x W with `weights` [rows, columns].
  static func matMul(_ weights: [Float], rows: Int, columns: Int) -> Model {
    model(
      [Node(name: "product", opType: "MatMul", inputs: ["x", "W"], outputs: ["y"])],
      [TensorProto(name: "W", dims: [Int64(rows), Int64(columns)], floats: weights)])
  }

  static func probe(
    _ model: Model, node: Int = 0, saturationImages: Int = 8,
    _ change: (inout QuantizationOptions) throws -> Void = { _ in }
  ) throws -> NodeProbe {
    var options = QuantizationOptions()
    try change(&options)
    return try NodeProbe(
      model: model, node: node, options: options, saturationImages: saturationImages,
      session: .test(), executor: executor.get())
  }

  /// [m, k] by [k, n] in 64 bits.
  static func product(_ a: [Float], _ b: [Float], k: Int, n: Int) -> [Float] {
    (0..<a.count / k).flatMap { row in
      (0..<n).map { column in
        Float((0..<k).reduce(0.0) { $0 + Double(a[row * k + $1]) * Double(b[$1 * n + column]) })
      }
    }
  }

  /// uint8 values by the range of all of `x`, and what they stand for.
  static func quantized(_ x: [Float]) -> (values: [Int], kept: [Float]) {
    let low = min(0, x.min() ?? 0)
    let scale = (max(0, x.max() ?? 0) - low) / 255
    let zero = (-low / scale).rounded(.toNearestOrEven)
    let values = x.map { max(0, min(255, ($0 / scale).rounded(.toNearestOrEven) + zero)) }
    return (values.map { Int($0) }, values.map { ($0 - zero) * scale })
  }

  /// int8 values by the greatest magnitude of each column, and what they stand for.
  static func quantizedColumns(_ w: [Float], columns: Int) -> (values: [Int], kept: [Float]) {
    let scales = (0..<columns).map { column in
      stride(from: column, to: w.count, by: columns).reduce(0) { max($0, w[$1].magnitude) } / 127
    }
    let values = w.enumerated().map { ($1 / scales[$0 % columns]).rounded(.toNearestOrEven) }
    return (
      values.map { Int($0) }, values.enumerated().map { $1 * scales[$0 % columns] }
    )
  }
}
