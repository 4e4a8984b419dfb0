import CKernels

extension Executor {
  /// Picks elements: ONNX GatherElements-13.
  ///
  /// - Parameters:
  ///   - data: Any element type.
  ///   - indices: int32 or int64, of a shape that off `axis` lies within data's.
  ///   - axis: In `0..<rank`.
  ///   - output: Data's type and the indices' shape; no operand.
  /// - Throws: ``KernelError`` where an index is out of range or a tensor does not fit.
  public func gatherElements(
    _ data: Tensor, indices: Tensor, axis: Int, into output: Tensor
  ) throws(KernelError) {
    let shape = try ShapeRules.gatherElements(data.shape, indices: indices.shape, axis: axis)
    try requireWritable(output, like: data, shape: shape)
    let places = try elementPlaces(data, indices, axis: axis)
    guard output.count > 0 else { return }
    let arguments = vitq_gather_elements(
      places: places, data: data.bytes.baseAddress, output: output.mutableBytes.baseAddress)
    parallel(output.count, grain: Self.elementGrain, vitq_gather_elements_task, arguments)
  }

  /// Copies `data` and changes elements of the copy: ONNX ScatterElements-18.
  ///
  /// - Parameters:
  ///   - data: Any element type; float32 where `reduction` is not `none`.
  ///   - indices: int32 or int64, of a shape that off `axis` lies within data's.
  ///   - updates: Data's type and the indices' shape.
  ///   - axis: In `0..<rank`.
  ///   - output: Data's type and shape; no operand.
  /// - Throws: ``KernelError`` where an index is out of range or a tensor does not fit.
  public func scatterElements(
    _ data: Tensor, indices: Tensor, updates: Tensor, axis: Int, reduction: ScatterReduction,
    into output: Tensor
  ) throws(KernelError) {
    _ = try ShapeRules.scatterElements(
      data.shape, indices: indices.shape, updates: updates.shape, axis: axis)
    try requireUpdates(updates, of: data, reduction, into: output)
    var places = try elementPlaces(data, indices, axis: axis)
    output.copyElements(from: data)
    guard updates.count > 0 else { return }
    vitq_scatter_elements(
      &places, reduction.code, output.mutableBytes.baseAddress, updates.bytes.baseAddress)
  }

  /// Picks slices: ONNX GatherND-13.
  ///
  /// - Parameters:
  ///   - data: Any element type.
  ///   - indices: int32 or int64 [..., length of a tuple].
  ///   - batchDims: Leading dimensions that data and indices share.
  ///   - output: Data's type and the shape of ``ShapeRules/gatherND(_:indices:batchDims:)``; no operand.
  /// - Throws: ``KernelError`` where an index is out of range or a tensor does not fit.
  public func gatherND(
    _ data: Tensor, indices: Tensor, batchDims: Int, into output: Tensor
  ) throws(KernelError) {
    let shape = try ShapeRules.gatherND(data.shape, indices: indices.shape, batchDims: batchDims)
    try requireWritable(output, like: data, shape: shape)
    let (places, count) = try slicePlaces(data, indices, batchDims: batchDims)
    guard output.count > 0 else { return }
    let arguments = vitq_gather_slices(
      places: places, data: data.bytes.baseAddress, output: output.mutableBytes.baseAddress)
    parallel(count, grain: max(1, 65536 / places.run), vitq_gather_slices_task, arguments)
  }

  /// Copies `data` and changes slices of the copy: ONNX ScatterND-18.
  ///
  /// - Parameters:
  ///   - data: Any element type; float32 where `reduction` is not `none`.
  ///   - indices: int32 or int64 [..., length of a tuple].
  ///   - updates: Data's type; a slice for each tuple.
  ///   - output: Data's type and shape; no operand.
  /// - Throws: ``KernelError`` where an index is out of range or a tensor does not fit.
  public func scatterND(
    _ data: Tensor, indices: Tensor, updates: Tensor, reduction: ScatterReduction,
    into output: Tensor
  ) throws(KernelError) {
    _ = try ShapeRules.scatterND(data.shape, indices: indices.shape, updates: updates.shape)
    try requireUpdates(updates, of: data, reduction, into: output)
    var (places, count) = try slicePlaces(data, indices, batchDims: 0)
    output.copyElements(from: data)
    guard updates.count > 0 else { return }
    vitq_scatter_slices(
      &places, count, reduction.code, output.mutableBytes.baseAddress, updates.bytes.baseAddress)
  }

  private func requireWritable(
    _ output: Tensor, like data: Tensor, shape: [Int]
  ) throws(KernelError) {
    try require(
      output.elementType == data.elementType && output.shape == shape && data.isAligned
        && !output.storage.isReadOnly,
      "\(data.elementType) of shape \(shape) into \(output.elementType) \(output.shape)")
  }

  private func requireUpdates(
    _ updates: Tensor, of data: Tensor, _ reduction: ScatterReduction, into output: Tensor
  ) throws(KernelError) {
    try requireWritable(output, like: data, shape: data.shape)
    try require(
      updates.elementType == data.elementType && updates.isAligned,
      "updates of \(updates.elementType) for \(data.elementType)")
    guard reduction == .none || data.elementType == .float32 else {
      throw .unsupported("a parallel scatter by \(reduction) of \(data.elementType)")
    }
  }

  private func indexValues(_ indices: Tensor) throws(KernelError) -> vitq_indices {
    try require(
      (indices.elementType == .int32 || indices.elementType == .int64) && indices.isAligned,
      "indices must be int32 or int64, not \(indices.elementType)")
    return vitq_indices(values: indices.bytes.baseAddress, size: indices.elementType.byteCount)
  }

  private func elementPlaces(
    _ data: Tensor, _ indices: Tensor, axis: Int
  ) throws(KernelError) -> vitq_element_places {
    let values = try indexValues(indices)
    let axis = try ShapeRules.axis(axis, rank: data.shape.count)
    let length = data.shape[axis]
    let bad = vitq_gather_first_bad(values.values, values.size, indices.count, length)
    try require(
      bad == indices.count, "index number \(bad) is out of range for axis \(axis) of \(data.shape)")
    var strides = ShapeRules.strides(data.shape)
    let axisStride = strides[axis]
    strides[axis] = 0
    return vitq_element_places(
      element_size: data.elementType.byteCount, rank: indices.shape.count,
      dims: tuple(try eight(indices.shape, 1)), strides: tuple(try eight(strides, 0)),
      axis_stride: axisStride, axis_length: length, indices: values)
  }

  private func slicePlaces(
    _ data: Tensor, _ indices: Tensor, batchDims: Int
  ) throws(KernelError) -> (vitq_slice_places, count: Int) {
    let length = indices.shape.last ?? 0
    let grid = Array(data.shape[batchDims..<(batchDims + length)])
    let slice = data.shape[(batchDims + length)...].reduce(1, *)
    let count = indices.shape.dropLast().reduce(1, *)
    var places = vitq_slice_places(
      run: slice * data.elementType.byteCount, length: length, dims: tuple(try eight(grid, 1)),
      strides: tuple(try eight(ShapeRules.strides(grid), 0)),
      batch_tuples: max(1, indices.shape[batchDims...].dropLast().reduce(1, *)),
      batch_slices: grid.reduce(1, *), indices: try indexValues(indices))
    let bad = vitq_slices_first_bad(&places, count)
    try require(
      bad == count, "index tuple number \(bad) is out of range for \(grid) of \(data.shape)")
    return (places, count)
  }

  private func eight(_ values: [Int], _ rest: Int) throws(KernelError) -> InlineArray<8, Int> {
    guard values.count <= Int(VITQ_INDEX_MAX_RANK) else {
      throw .unsupported("indices into more than 8 dimensions")
    }
    var result = InlineArray<8, Int>(repeating: rest)
    for (place, value) in values.enumerated() { result[place] = value }
    return result
  }
}

extension ScatterReduction {
  fileprivate var code: vitq_scatter_reduction {
    switch self {
    case .none: VITQ_SCATTER_REPLACE
    case .add: VITQ_SCATTER_ADD
    case .mul: VITQ_SCATTER_MUL
    case .max: VITQ_SCATTER_MAX
    case .min: VITQ_SCATTER_MIN
    }
  }
}
