import CKernels

/// DynamicQuantizeLinear's arithmetic over groups of rows instead of a whole tensor.
extension Executor {
  /// Bytes of workspace that ``dynamicQuantizeRows(_:into:workspace:)`` needs for `rows` rows.
  public static func rowQuantizeWorkspace(rows: Int) -> Int { RowScratch(rows: rows).byteCount }

  /// Quantizes the rows of float32 `x` [..., K] to those of `q`, each group by the range of its values:
  /// what DynamicQuantizeLinear-11 gives for a group by itself, bit for bit.
  ///
  /// - Parameters:
  ///   - q: Values, scales and lowest integers are written; their counts say what a group is.
  ///   - workspace: At least ``rowQuantizeWorkspace(rows:)`` bytes.
  public func dynamicQuantizeRows(
    _ x: Tensor, into q: RowQuantizedTensor, workspace: Tensor
  ) throws(KernelError) {
    try require(x.elementType == .float32, "x must be float32, not \(x.elementType)")
    try require(q.values.count == x.count, "\(q.values.count) integers for \(x.count) values")
    let (group, rows) = (try q.groupSize(), q.rowCount)
    let scratch = RowScratch(rows: rows)
    try require(
      workspace.byteCount >= scratch.byteCount,
      "workspace of \(workspace.byteCount) bytes is too small")
    guard x.count > 0 else { return setEmptyParameters(of: q) }
    let columns = x.count / rows
    let ranges = workspace.view(.float32, shape: [2 * rows], at: 0)
    let scales = workspace.view(.float32, shape: [rows], at: scratch.scalesAt)
    let zeros = workspace.view(.uint8, shape: [rows], at: scratch.zerosAt)
    parallel(
      rows, grain: grain(rows), kernels.int8.pointee.minimum_maximum,
      vitq_minimum_maximum(
        x: x.buffer(of: Float.self).baseAddress, count: x.count, span: columns,
        ranges: ranges.mutableBuffer(of: Float.self).baseAddress))
    setParameters(of: q, group: group, ranges: ranges, scales: scales, zeros: zeros)
    try quantizeLinear(
      x.reshaped([rows, columns]), scale: scales, zeroPoint: zeros, axis: 0, into: q.values)
  }

  private func setEmptyParameters(of q: RowQuantizedTensor) {
    q.scale.mutableBuffer(of: Float.self).update(repeating: 1)
    q.lowest.mutableBuffer(of: Int32.self).update(repeating: 0)
  }

  /// The parameters of each group, and once more for each row.
  private func setParameters(
    of q: RowQuantizedTensor, group: Int, ranges: Tensor, scales: Tensor, zeros: Tensor
  ) {
    let ranges = ranges.buffer(of: Float.self)
    let (scaleOfRow, zeroOfRow) = (
      scales.mutableBuffer(of: Float.self), zeros.mutableBuffer(of: UInt8.self)
    )
    let (scale, lowest) = (
      q.scale.mutableBuffer(of: Float.self), q.lowest.mutableBuffer(of: Int32.self)
    )
    for index in 0..<scale.count {
      let rows = (index * group)..<((index + 1) * group)
      var (minimum, maximum) = (Float.zero, Float.zero)
      for row in rows {
        minimum = min(minimum, ranges[2 * row])
        maximum = max(maximum, ranges[2 * row + 1])
      }
      let parameters = DynamicQuantization(minimum: minimum, maximum: maximum)
      scale[index] = parameters.scale
      lowest[index] = -Int32(parameters.zeroPoint)
      for row in rows {
        scaleOfRow[row] = parameters.scale
        zeroOfRow[row] = parameters.zeroPoint
      }
    }
  }
}

/// Where things lie in the workspace: two floats, a float and a byte to each row.
private struct RowScratch {
  let scalesAt: Int
  let zerosAt: Int
  let byteCount: Int

  init(rows: Int) {
    scalesAt = TensorStorage.aligned(2 * rows * MemoryLayout<Float>.size)
    zerosAt = scalesAt + TensorStorage.aligned(rows * MemoryLayout<Float>.size)
    byteCount = zerosAt + TensorStorage.aligned(rows)
  }
}
