import AllocationCounter
import OnnxParse
import TestSupport
import Testing
import ViTEngine

struct WeightMemoryTests {
  /// Four products by weights of 64 MiB. Their names differ in length, so that they can't all lie
  /// aligned in the file.
  private func write(to path: String) throws {
    let names = ["w", "ww", "www", "wwww"]
    let zeros = Bytes([UInt8](repeating: 0, count: 64 << 20))
    let shape = [Dimension.size(1), .size(4096)]
    let graph = Graph(
      name: "g",
      nodes: names.enumerated().map { index, name in
        Node(opType: "MatMul", inputs: ["x\(index)", name], outputs: ["x\(index + 1)"])
      },
      inputs: [ValueInfo(name: "x0", type: TypeProto(dataType: .float, dims: shape))],
      outputs: [ValueInfo(name: "x4", type: TypeProto(dataType: .float, dims: shape))],
      initializers: names.map {
        TensorProto(name: $0, dims: [4096, 4096], dataType: .float, payload: .raw(zeros))
      })
    try Model(opsetImports: [OperatorSetID(version: 13)], graph: graph).save(to: path)
  }

  @Test func weightsOfAFileAreInMemoryOnceAndOnlyPacked() throws {
    let folder = try TemporaryFolder()
    try write(to: folder.path("m.onnx"))
    let before = vitq_allocated_bytes()
    let session = try Session(
      model: try Model.load(path: folder.path("m.onnx")), options: .test(threads: 1))
    #expect(vitq_allocated_bytes() - before < 1 << 20)
    let plan = try session.prepare(["x0": [1, 4096]])
    try plan.run()
    #expect(vitq_allocated_bytes() - before < (4 * 64 + 16) << 20)
  }
}
