import ViTKernel

/// Kernels over int8 rows that have scales of their own.
extension Lowering {
  func rowQuantize(_ node: OperatorNode) -> LoweredNode {
    let executor = executor
    let rowCount = shape(node, input: 0).dropLast().reduce(1, *)
    return LoweredNode(
      name: "rowQuantize", workspaceBytes: Executor.rowQuantizeWorkspace(rows: rowCount)
    ) { binding throws(KernelError) in
      let x = rows(try binding.input(0))
      let q = RowQuantizedTensor(
        values: rows(try binding.output(0)), scale: flat(try binding.output(1)),
        lowest: flat(try binding.output(2)))
      let workspace = binding.workspace
      return { () throws(KernelError) in
        try executor.dynamicQuantizeRows(x, into: q, workspace: workspace)
      }
    }
  }

  /// A linear layer over such rows with a constant weight.
  func rowQuantizedLinear(
    _ node: OperatorNode, _ fusion: LinearFusion
  ) throws(KernelError) -> LoweredNode {
    let executor = executor
    let weight = try weights.int8(try constant(node, 3), for: executor)
    let bytes = executor.int8ProductWorkspace(aShape: shape(node, input: 0), aType: .uint8)
    return LoweredNode(
      name: "rowQuantizedLinear", workspaceBytes: bytes,
      work: work(node, depth: weight.rows, .int8)
    ) { binding throws(KernelError) in
      let a = RowQuantizedTensor(
        values: rows(try binding.input(0)), scale: flat(try binding.input(1)),
        lowest: flat(try binding.input(2)))
      let scale = flat(try binding.input(4))
      let zeroPoint = binding.optionalInput(5).map(flat)
      let columnSums = flat(try binding.input(6))
      let epilogue = try self.epilogue(fusion, binding, from: 7)
      let y = rows(try binding.output(0))
      let workspace = binding.workspace
      return { () throws(KernelError) in
        try executor.quantizedGemm(
          a, weight, bScale: scale, bZeroPoint: zeroPoint, columnSums: columnSums,
          epilogue: epilogue, into: y, workspace: workspace)
      }
    }
  }
}
