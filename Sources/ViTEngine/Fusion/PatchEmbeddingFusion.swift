import ViTKernel

/// The convolution that cuts an image into patches, with the Reshape and Transpose that make its
/// result a sequence of tokens.
enum PatchEmbeddingFusion {
  static func apply(to rewriter: inout GraphRewriter) {
    for index in rewriter.indices {
      guard let node = rewriter.node(index), let convolution = Tiling(node),
        let image = node.input(0), let weight = node.input(convolution.weight),
        let output = node.outputs[0],
        isTiling(convolution.parameters, image: image, weight: weight, in: rewriter),
        let flat = rewriter.next(output), case .reshape = flat.node.op,
        let sequence = flat.node.outputs[0],
        rewriter.graph.shape(sequence) == flattened(rewriter.graph.shape(output)),
        let tokens = rewriter.next(sequence),
        case .transpose(permutation: [0, 2, 1]?) = tokens.node.op
      else { continue }
      rewriter.fuse(
        [index, flat.index, tokens.index], last: tokens.index,
        into: .fused(convolution.embedding), inputs: node.inputs)
    }
  }

  /// A convolution over floats or bytes, and what it becomes with the channels last.
  private struct Tiling {
    let parameters: ConvParameters
    /// Position of the weight among the inputs.
    let weight: Int
    let embedding: Fused

    init?(_ node: OperatorNode) {
      switch node.op {
      case .conv(let parameters):
        (self.parameters, weight) = (parameters, 1)
        embedding = .patchEmbedding(parameters)
      case .fused(.quantizedConv(let parameters, .channelsFirst)):
        (self.parameters, weight) = (parameters, 3)
        embedding = .quantizedConv(parameters, .channelsLast)
      default: return nil
      }
    }
  }

  /// True where the kernel's windows tile the image without gaps, overlap or padding.
  private static func isTiling(
    _ parameters: ConvParameters, image: ValueID, weight: ValueID, in rewriter: GraphRewriter
  ) -> Bool {
    guard let constant = rewriter.graph[weight].constant,
      [.float32, .int8, .uint8].contains(constant.elementType)
    else { return false }
    let kernel = Array(constant.shape.dropFirst(2))
    let size = Array(rewriter.graph.shape(image).dropFirst(2))
    let dilations = parameters.dilations.allSatisfy { $0 == 1 }
    let pads = parameters.pads.allSatisfy { $0 == 0 } || parameters.autoPad == .valid
    return kernel.count == 2 && size.count == 2 && parameters.strides == kernel
      && parameters.group == 1 && dilations && pads
      && zip(size, kernel).allSatisfy { $0 % $1 == 0 }
  }

  private static func flattened(_ shape: [Int]) -> [Int] {
    shape.count == 4 ? [shape[0], shape[1], shape[2] * shape[3]] : []
  }
}
