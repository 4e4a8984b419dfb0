import OnnxParse
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// Convolutions, sampling and normalisations that a file contradicts: one line each, and no trap.
@Suite struct SamplingOperatorErrorTests {
  /// An input of the node: data of a shape, or integers that decide one.
  private enum Input {
    case floats([Int])
    case integers([Int64])
    case indices([Int64], [Int])
  }

  private static func message(
    _ opType: String, _ inputs: [Input], _ attributes: [String: Attribute.Value] = [:],
    opset: Int64 = 22
  ) -> String {
    var initializers: [TensorProto] = []
    var infos: [ValueInfo] = []
    var feeds: [String: Tensor] = [:]
    for (place, input) in inputs.enumerated() {
      let name = "i\(place)"
      switch input {
      case .floats(let shape):
        infos.append(
          ValueInfo(name: name, dataType: .float, dims: shape.map { .size(Int64($0)) }))
        feeds[name] = Tensor(.float32, shape: shape)
      case .integers(let values):
        initializers.append(
          TensorProto(name: name, dims: [Int64(values.count)], int64s: values))
      case .indices(let values, let shape):
        infos.append(
          ValueInfo(name: name, dataType: .int64, dims: shape.map { .size(Int64($0)) }))
        feeds[name] = Tensor(values, shape: shape)
      }
    }
    let model = Model(
      opsetImports: [OperatorSetID(version: opset)],
      graph: Graph(
        nodes: [
          Node(
            opType: opType, inputs: inputs.indices.map { "i\($0)" }, outputs: ["y"],
            attributes: attributes.map { Attribute(name: $0.key, value: $0.value) })
        ],
        inputs: infos, outputs: [ValueInfo(name: "y", dataType: .float, dims: nil)],
        initializers: initializers))
    do {
      _ = try Session(model: model, options: .test(threads: 1)).run(feeds)
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func transposedConvolutionsMustFit() {
    func message(_ attributes: [String: Attribute.Value], weight: [Int] = [4, 2, 3, 3]) -> String {
      Self.message("ConvTranspose", [.floats([1, 4, 5, 5]), .floats(weight)], attributes)
    }
    #expect(message([:]) == "no error")
    #expect(message([:], weight: [3, 2, 3, 3]).contains("with weights [3, 2, 3, 3]"))
    #expect(message([:], weight: [4, 2, 3]).contains("with weights [4, 2, 3]"))
    #expect(message(["group": .int(3)]).contains("in 3 groups"))
    #expect(message(["group": .int(0)]).contains("in 0 groups"))
    #expect(message(["strides": .ints([0, 1])]).contains("strides [0, 1]"))
    #expect(message(["strides": .ints([.max, 1])]).contains("overflows"))
    #expect(message(["dilations": .ints([.max, 1])]).contains("overflows"))
    #expect(message(["pads": .ints([9, 9, 9, 9])]).contains("negative dimension"))
    #expect(message(["pads": .ints([.max, 0, .max, 0])]).contains("overflow"))
    #expect(message(["output_padding": .ints([1])]).contains("output_padding [1]"))
    #expect(message(["output_padding": .ints([.max, 0])]).contains("overflows"))
    #expect(message(["output_shape": .ints([-1, 5])]).contains("output_shape [-1, 5]"))
    #expect(message(["output_shape": .ints([.min, 5])]).contains("output_shape [-9"))
    #expect(message(["output_shape": .ints([1 << 40, 1 << 40])]).contains("more than"))
    #expect(message(["kernel_shape": .ints([2, 2])]).contains("kernel_shape [2, 2]"))
    #expect(message(["auto_pad": .string(Array("SAME".utf8))]).contains("auto_pad is \"SAME\""))
  }

  @Test func deformedConvolutionsMustFit() {
    func message(offset: [Int], _ attributes: [String: Attribute.Value] = [:]) -> String {
      Self.message(
        "DeformConv", [.floats([1, 4, 5, 5]), .floats([2, 4, 3, 3]), .floats(offset)], attributes)
    }
    #expect(message(offset: [1, 18, 3, 3]) == "no error")
    #expect(message(offset: [1, 18, 3, 4]).contains("with offsets [1, 18, 3, 4]"))
    #expect(
      message(offset: [1, 18, 3, 3], ["offset_group": .int(3)]).contains("3 groups of offsets"))
    #expect(
      message(offset: [1, 18, 3, 3], ["offset_group": .int(0)]).contains("0 groups of offsets"))
    #expect(
      Self.message("DeformConv", [.floats([1, 4, 5]), .floats([2, 4, 3]), .floats([1, 6, 3])])
        .contains("two spatial axes only"))
  }

  @Test func blocksOfColumnsMustFit() {
    func message(_ image: [Int64], _ block: [Int64], _ attributes: [String: Attribute.Value] = [:])
      -> String
    {
      Self.message(
        "Col2Im", [.floats([1, 8, 4]), .integers(image), .integers(block)], attributes)
    }
    #expect(message([3, 3], [2, 2]) == "no error")
    #expect(message([3, 3], [3, 2]).contains("with blocks of [3, 2]"))
    #expect(message([3, 3], [0, 2]).contains("with blocks of [0, 2]"))
    #expect(message([3, 3], [-1, -2]).contains("negative dimension"))
    #expect(message([4, 3], [2, 2]).contains("has [3, 2] blocks"))
    #expect(message([3, -3], [2, 2]).contains("Col2Im of"))
    #expect(message([3], [2, 2]).contains("Col2Im of"))
    #expect(message([1 << 40, 1 << 40], [2, 2]).contains("more than"))
    #expect(message([3, 3], [2, 2], ["strides": .ints([0, 0])]).contains("strides [0, 0]"))
  }

  @Test func whatIsUnpooledMustFit() {
    func message(_ indices: [Int64], _ attributes: [String: Attribute.Value]) -> String {
      Self.message(
        "MaxUnpool", [.floats([1, 1, 1, 2]), .indices(indices, [1, 1, 1, 2])], attributes)
    }
    #expect(message([0, 3], ["kernel_shape": .ints([2, 1])]) == "no error")
    #expect(message([0, 4], ["kernel_shape": .ints([2, 1])]).contains("index 4 is not in 0..<4"))
    #expect(message([0, -1], ["kernel_shape": .ints([2, 1])]).contains("index -1"))
    #expect(message([0, 1], [:]).contains("kernel []"))
    #expect(message([0, 1], ["kernel_shape": .ints([2])]).contains("kernel [2]"))
    #expect(message([0, 1], ["kernel_shape": .ints([.max, 2])]).contains("more than"))
    #expect(
      Self.message(
        "MaxUnpool",
        [.floats([1, 1, 1, 2]), .indices([0, 1], [1, 1, 1, 2]), .integers([1, 1, 1, 1])],
        ["kernel_shape": .ints([2, 1])]
      ).contains("can't hold [1, 1, 2, 2]"))
  }

  @Test func samplesMustFit() {
    func sample(_ x: [Int], _ grid: [Int], _ attributes: [String: Attribute.Value] = [:]) -> String
    {
      Self.message("GridSample", [.floats(x), .floats(grid)], attributes)
    }
    #expect(sample([1, 2, 3, 3], [1, 4, 4, 2]) == "no error")
    #expect(sample([1, 2, 3, 3], [1, 4, 4, 3]).contains("at a grid of [1, 4, 4, 3]"))
    #expect(sample([1, 2, 3, 3], [2, 4, 4, 2]).contains("at a grid"))
    #expect(sample([1, 2, 0, 3], [1, 4, 4, 2]).contains("GridSample of shape [1, 2, 0, 3]"))
    let mode = ["mode": Attribute.Value.string(Array("bilinear".utf8))]
    #expect(sample([1, 2, 3, 3], [1, 4, 4, 2], mode).contains("mode is \"bilinear\""))
    func grid(_ theta: [Int], _ size: [Int64]) -> String {
      Self.message("AffineGrid", [.floats(theta), .integers(size)])
    }
    #expect(grid([1, 2, 3], [1, 1, 4, 4]) == "no error")
    #expect(grid([1, 2, 3], [2, 1, 4, 4]).contains("for a size of [2, 1, 4, 4]"))
    #expect(grid([1, 2, 3], []).contains("for a size of []"))
    #expect(grid([1, 2, 3], [1, 1, -4, 4]).contains("negative dimension"))
    #expect(grid([1, 2, 3], [1, 1, 1 << 40, 1 << 40]).contains("more than"))
  }

  @Test func regionsMustFit() {
    func message(_ regions: [Int], _ images: [Int64], _ attributes: [String: Attribute.Value] = [:])
      -> String
    {
      Self.message(
        "RoiAlign",
        [.floats([2, 1, 4, 4]), .floats(regions), .indices(images, [images.count])], attributes)
    }
    #expect(message([1, 4], [1]) == "no error")
    #expect(message([1, 4], [2]).contains("image 2 is not in 0..<2"))
    #expect(message([2, 4], [0]).contains("in regions [2, 4]"))
    #expect(message([1, 5], [0]).contains("in regions [1, 5]"))
    #expect(message([1, 4], [0], ["output_height": .int(0)]).contains("to 0 x 1"))
    #expect(message([1, 4], [0], ["output_height": .int(.max)]).contains("more than"))
    #expect(message([1, 4], [0], ["sampling_ratio": .int(.max)]).contains("sampled"))
  }

  @Test func normalisationsMustFit() {
    let x = [Input.floats([2, 3, 4])]
    #expect(Self.message("LRN", x).contains("attribute size is missing"))
    #expect(Self.message("LRN", x, ["size": .int(0)]).contains("over 0 channels"))
    #expect(Self.message("LRN", x, ["size": .int(.max)]) == "no error")
    #expect(Self.message("LpNormalization", x, ["axis": .int(3)]).contains("axis 3"))
    #expect(Self.message("LpNormalization", x, ["p": .int(0)]).contains("p = 0"))
    #expect(Self.message("MeanVarianceNormalization", x).contains("axis 3"))
    #expect(
      Self.message("MeanVarianceNormalization", x, ["axes": .ints([1, 1])]).contains("twice"))
    let parameters = [Input.floats([3]), .floats([3]), .floats([3])]
    #expect(Self.message("BatchNormalization", x + parameters + [.floats([3])]) == "no error")
    #expect(
      Self.message("BatchNormalization", x + parameters + [.floats([2])])
        .contains("BatchNormalization"))
    #expect(
      Self.message("GroupNormalization", x + parameters.dropLast(), ["num_groups": .int(2)])
        .contains("in 2 groups"))
    #expect(
      Self.message("GroupNormalization", x + parameters.dropLast(), ["num_groups": .int(0)])
        .contains("in 0 groups"))
    #expect(
      Self.message("InstanceNormalization", x + [.floats([2]), .floats([3])])
        .contains("scale has 2 elements"))
  }

  @Test func lengthsMustFit() {
    func message(_ lengths: [Int64], _ attributes: [String: Attribute.Value] = [:]) -> String {
      Self.message("CenterCropPad", [.floats([3, 4]), .integers(lengths)], attributes)
    }
    #expect(message([5, 2]) == "no error")
    #expect(message([5]).contains("to [5] on axes [0, 1]"))
    #expect(message([5, -1]).contains("negative dimension"))
    #expect(message([1 << 40, 1 << 40]).contains("more than"))
    #expect(message([5, 5], ["axes": .ints([0, -2])]).contains("twice"))
  }
}
