import OnnxParse
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// Image operators that a file contradicts: one line each, and no trap.
@Suite struct ImageOperatorErrorTests {
  private static func message(
    _ opType: String, _ attributes: [String: Attribute.Value] = [:], shape: [Int] = [1, 4, 4, 4],
    scales: [Float]? = nil, sizes: [Int64]? = nil
  ) -> String {
    var initializers: [TensorProto] = []
    var inputs = ["x"]
    if scales != nil || sizes != nil { inputs += ["", scales == nil ? "" : "scales"] }
    if let scales {
      initializers.append(TensorProto(name: "scales", dims: [Int64(scales.count)], floats: scales))
    }
    if let sizes {
      initializers.append(TensorProto(name: "sizes", dims: [Int64(sizes.count)], int64s: sizes))
      inputs.append("sizes")
    }
    let model = Model(
      opsetImports: [OperatorSetID(version: 18)],
      graph: Graph(
        nodes: [
          Node(
            opType: opType, inputs: inputs, outputs: ["y"],
            attributes: attributes.map { Attribute(name: $0.key, value: $0.value) })
        ],
        inputs: [
          ValueInfo(name: "x", dataType: .float, dims: shape.map { .size(Int64($0)) })
        ],
        outputs: [ValueInfo(name: "y", dataType: .float, dims: nil)], initializers: initializers))
    do {
      let session = try Session(model: model, options: .test(threads: 1))
      _ = try session.run(["x": Tensor(.float32, shape: shape)])
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func whatResizeIsAskedForMustFit() {
    #expect(Self.message("Resize", scales: [1, 1, 2]).contains("by scales [1.0, 1.0, 2.0]"))
    #expect(Self.message("Resize", scales: [1, 1, 0, 2]).contains("by scales"))
    #expect(Self.message("Resize", scales: [1, 1, .nan, 2]).contains("by scales"))
    #expect(Self.message("Resize", scales: [1, 1, 1e30, 2]).contains("to a size of"))
    #expect(Self.message("Resize", sizes: [1, 4, -1, 2]).contains("to sizes [1, 4, -1, 2]"))
    #expect(Self.message("Resize").contains("by scales []"))
    #expect(
      Self.message("Resize", sizes: [1, 4, 1 << 40, 1 << 40]).contains("more than 2147483648"))
    #expect(
      Self.message("Resize", ["mode": .string(Array("sinc".utf8))], sizes: [1, 4, 2, 2])
        .contains("attribute mode is \"sinc\""))
    #expect(
      Self.message("Resize", ["axes": .ints([2, 2])], sizes: [2, 2]).contains("name axis 2 twice"))
    #expect(
      Self.message("Resize", shape: [1, 4, 0, 4], sizes: [1, 4, 2, 4]).contains("which is empty"))
  }

  @Test func windowsMustFit() {
    #expect(Self.message("MaxPool").contains("attribute kernel_shape is missing"))
    #expect(
      Self.message("MaxPool", ["kernel_shape": .ints([3])]).contains("kernel of shape [3] over 2"))
    #expect(Self.message("MaxPool", ["kernel_shape": .ints([5, 5])]).contains("reaching over 5"))
    #expect(
      Self.message("AveragePool", ["kernel_shape": .ints([2, 2]), "strides": .ints([0, 1])])
        .contains("strides [0, 1]"))
    #expect(
      Self.message("MaxPool", ["kernel_shape": .ints([1 << 62, 1 << 62])]).contains("overflows")
        || Self.message("MaxPool", ["kernel_shape": .ints([1 << 62, 1 << 62])])
          .contains("reaching over")
    )
    #expect(Self.message("GlobalMaxPool", shape: [4]).contains("no batch and channels"))
  }

  @Test func blocksMustFit() {
    #expect(Self.message("DepthToSpace", ["blocksize": .int(3)]).contains("in blocks of 3"))
    #expect(Self.message("SpaceToDepth", ["blocksize": .int(0)]).contains("in blocks of 0"))
    #expect(Self.message("SpaceToDepth", ["blocksize": .int(Int64.max)]).contains("in blocks"))
    #expect(Self.message("DepthToSpace", ["blocksize": .int(Int64.max)]).contains("overflows"))
  }
}
