import ViTEngine
import ViTKernel

extension ModelShape {
  /// The linear layers in fp32 over packed weights and over OpenBLAS, and in int8.
  func linearCases(_ executor: Executor) throws(KernelError) -> [KernelCase] {
    var cases: [KernelCase] = []
    for linear in linears {
      let layer = Layer(
        rows: rows, depth: linear.depth, columns: linear.columns, activation: linear.activation,
        role: linear.role)
      cases.append(try layer.packed(executor))
      cases.append(try layer.openBLAS(executor))
      cases.append(try layer.int8(executor))
    }
    return cases
  }

  /// Attention over all heads: two products and a softmax.
  func attentionCase(_ executor: Executor) -> KernelCase {
    let size = hidden / heads
    let shape = AttentionShape(
      batch: batch, heads: heads, queryRows: Self.tokens, keyRows: Self.tokens, headSize: size,
      valueSize: size)
    let (query, key, value) = (normal(batch), normal(batch), normal(batch))
    let output = Tensor(.float32, shape: query.shape)
    let workspace = Tensor(.uint8, shape: [executor.attentionWorkspace(shape)])
    let products = 2 * batch * heads * Self.tokens * Self.tokens * size
    return KernelCase(
      kernel: "attention fp32", role: "attention",
      shape: "\(batch)x\(heads)x\(Self.tokens)x\(size)", kind: .float32,
      operations: 2 * Double(products), bytes: 4 * Double(4 * rows * hidden)
    ) { () throws(KernelError) in
      try executor.attention(
        shape, AttentionOptions(scale: 0.125), query: AttentionOperand(query),
        key: AttentionOperand(key), value: AttentionOperand(value), workspace: workspace,
        into: output)
    }
  }

  private func normal(_ seed: Int) -> Tensor {
    Tensor(normalValues(rows * hidden, seed: seed), shape: [batch, Self.tokens, hidden])
  }
}

/// A linear layer, [rows, depth] by [depth, columns], with bias and activation.
private struct Layer {
  let rows: Int
  let depth: Int
  let columns: Int
  let activation: Activation
  let role: String

  private var input: Tensor { Tensor(normalValues(rows * depth, seed: 1), shape: [rows, depth]) }
  private var weight: Tensor {
    Tensor(normalValues(depth * columns, seed: 2), shape: [depth, columns])
  }
  private var epilogue: Epilogue {
    Epilogue(bias: Tensor(normalValues(columns, seed: 3), shape: [columns]), activation: activation)
  }

  private func makeCase(
    _ kernel: String, _ kind: KernelCase.Kind, elementBytes: Int,
    run: @escaping () throws(KernelError) -> Void
  ) -> KernelCase {
    KernelCase(
      kernel: kernel, role: role, shape: "\(rows)x\(depth)x\(columns)", kind: kind,
      operations: 2 * Double(rows * depth * columns),
      bytes: Double(elementBytes * (rows * depth + depth * columns) + 4 * rows * columns), run: run)
  }

  func packed(_ executor: Executor) throws(KernelError) -> KernelCase {
    let (x, epilogue) = (input, epilogue)
    let packed = try PackedFloatMatrix(weight, for: executor)
    let y = Tensor(.float32, shape: [rows, columns])
    return makeCase("linear fp32", .float32, elementBytes: 4) { () throws(KernelError) in
      try executor.multiply(x, packed, epilogue: epilogue, into: y)
    }
  }

  func openBLAS(_ executor: Executor) throws(KernelError) -> KernelCase {
    let (x, weight, epilogue) = (input, weight, epilogue)
    let plan = try ProductPlan(matMul: x.shape, weight.shape)
    let y = Tensor(.float32, shape: [rows, columns])
    return makeCase("linear fp32 OpenBLAS", .float32, elementBytes: 4) { () throws(KernelError) in
      try executor.multiply(x, weight, plan: plan, epilogue: epilogue, into: y)
    }
  }

  /// What a quantized linear layer costs once its input is quantized.
  func int8(_ executor: Executor) throws(KernelError) -> KernelCase {
    let count = rows * depth
    let values = Tensor(.uint8, shape: [rows, depth])
    let (scale, zeroPoint) = (Tensor(.float32, shape: []), Tensor(.uint8, shape: []))
    try executor.dynamicQuantize(
      input, into: values, scale: scale, zeroPoint: zeroPoint,
      workspace: Tensor(.uint8, shape: [Executor.dynamicQuantizeWorkspace(count: count)]))
    let quantized = normalValues(depth * columns, seed: 4).map {
      Int8(max(-127, min(127, 40 * $0)).rounded())
    }
    let weight = try PackedInt8Matrix(
      Tensor(quantized, shape: [depth, columns]), for: executor)
    let scales = Tensor([Float](repeating: 0.001, count: columns), shape: [columns])
    let a = QuantizedTensor(values: values, scale: scale, zeroPoint: zeroPoint)
    let (epilogue, y) = (epilogue, Tensor(.float32, shape: [rows, columns]))
    let workspace = Tensor(
      .uint8, shape: [executor.int8ProductWorkspace(aShape: [rows, depth], aType: .uint8)])
    return makeCase("linear int8", .int8, elementBytes: 1) { () throws(KernelError) in
      try executor.quantizedGemm(
        a, weight, bScale: scales, epilogue: epilogue, into: y, workspace: workspace)
    }
  }
}
