import ViTKernel

/// Convolutions over bytes.
extension Lowering {
  /// A convolution with scales, in float32.
  func quantizedConv(
    _ node: OperatorNode, _ parameters: ConvParameters, _ layout: Convolution.Layout
  ) throws(KernelError) -> LoweredNode {
    try int8Convolution(
      node, try constant(node, 3), parameters, layout, name: "quantizedConv"
    ) { binding throws(KernelError) in
      (
        QuantizedTensor(
          values: try binding.input(0), scale: try binding.input(1),
          zeroPoint: binding.optionalInput(2)),
        ConvolutionScales(
          scale: try binding.input(4), zeroPoint: binding.optionalInput(5),
          bias: binding.optionalInput(6).map(flat))
      )
    }
  }

  /// ConvInteger by itself; nil for weights that are not constant, and other than two spatial axes.
  func convInteger(
    _ node: OperatorNode, _ parameters: ConvParameters
  ) throws(KernelError) -> LoweredNode? {
    guard let weight = node.input(1).flatMap({ graph[$0].constant }), weight.shape.count == 4,
      shape(node, input: 2).reduce(1, *) == 1
    else { return nil }
    return try int8Convolution(
      node, weight, parameters, .channelsFirst, name: "convInteger"
    ) { binding throws(KernelError) in
      (
        QuantizedTensor(
          values: try binding.input(0), scale: Tensor(scalar: Float(1)),
          zeroPoint: binding.optionalInput(2)),
        ConvolutionScales(zeroPoint: binding.optionalInput(3))
      )
    }
  }

  private func int8Convolution(
    _ node: OperatorNode, _ weight: Constant, _ parameters: ConvParameters,
    _ layout: Convolution.Layout, name: String,
    operands: @escaping (Binding) throws(KernelError) -> (QuantizedTensor, ConvolutionScales)
  ) throws(KernelError) -> LoweredNode {
    let executor = executor
    let packed = try weights.int8Convolution(weight, parameters, layout: layout, for: executor)
    let plan = try packed.plan(
      shape(node, input: 0), type: type(node, input: 0), for: executor)
    let work = work(node, depth: weight.shape.dropFirst().reduce(1, *), .int8)
    return LoweredNode(name: name, workspaceBytes: plan.workspace, work: work) {
      binding throws(KernelError) in
      let (x, scales) = try operands(binding)
      let (y, workspace) = (try binding.output(0), binding.workspace)
      return { () throws(KernelError) in
        try executor.convolve(x, packed, scales, plan: plan, workspace: workspace, into: y)
      }
    }
  }
}
