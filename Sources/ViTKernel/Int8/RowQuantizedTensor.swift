/// Rows of integers of which each group has parameters of its own:
/// real = (values + lowest) * scale.
public struct RowQuantizedTensor: Sendable {
  /// uint8 [..., K]: rows of K.
  public var values: Tensor
  /// float32, one to each group of rows; the groups are equally large and follow each other.
  public var scale: Tensor
  /// int32, as many: minus the zero point.
  public var lowest: Tensor

  /// Quantized rows and their parameters.
  public init(values: Tensor, scale: Tensor, lowest: Tensor) {
    self.values = values
    self.scale = scale
    self.lowest = lowest
  }

  /// Number of rows.
  var rowCount: Int { values.shape.dropLast().reduce(1, *) }

  /// Rows in a group.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where types and counts do not fit.
  func groupSize() throws(KernelError) -> Int {
    try require(values.elementType == .uint8, "rows must be uint8, not \(values.elementType)")
    try require(scale.elementType == .float32, "scales of rows must be float32")
    try require(lowest.elementType == .int32, "lowest integers of rows must be int32")
    try require(
      lowest.count == scale.count && rowCount.isMultiple(of: max(1, scale.count))
        && (scale.count > 0 || rowCount == 0),
      "\(scale.count) scales and \(lowest.count) lowest integers for \(rowCount) rows")
    return max(1, rowCount / max(1, scale.count))
  }
}
