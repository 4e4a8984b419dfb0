import CKernels

/// What the integer product of a kernel set is like.
public struct KernelDescription: Sendable, Hashable {
  /// Name of the instruction set.
  public let name: String
  /// The instruction that multiplies.
  public let instruction: String
  /// Rows of the result that are computed together.
  public let tileRows: Int
  /// Columns of the result that are computed together: the width of a packed panel of B.
  public let tileColumns: Int
  /// Steps along K that lie next to each other in packed B.
  public let depthStep: Int
  /// Whether an intermediate sum may saturate, so that weights would have to be of a reduced range.
  public let maySaturate: Bool
}

extension KernelSet {
  /// The integer product of this set.
  public var int8Description: KernelDescription {
    let table = int8.pointee
    return KernelDescription(
      name: String(cString: table.name), instruction: String(cString: table.instruction),
      tileRows: table.mr, tileColumns: table.nr, depthStep: table.kr,
      maySaturate: table.may_saturate)
  }
}
