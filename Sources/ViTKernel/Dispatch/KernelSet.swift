import CKernels

/// The kernels of one instruction set, which this processor and its operating system can run.
///
/// There is no other way to reach a kernel, so none is called where it would fault.
public struct KernelSet: @unchecked Sendable {
  // The pointers lead to constant tables in the program's read-only data.

  /// What the kernels are written in.
  public let instructionSet: InstructionSet
  let int8: UnsafePointer<vitq_int8_kernels>
  let float: UnsafePointer<vitq_f32_kernels>

  /// The kernels of `instructionSet`, or nil where they can't be run.
  public init?(_ instructionSet: InstructionSet) {
    guard Processor.current.runs(instructionSet),
      let int8 = vitq_int8_kernels_for(instructionSet.code),
      let float = vitq_f32_kernels_for(instructionSet.code)
    else { return nil }
    self.instructionSet = instructionSet
    self.int8 = int8
    self.float = float
  }

  /// All kernel sets that can be run here, slowest first; never empty.
  public static var runnable: [KernelSet] { InstructionSet.allCases.compactMap(KernelSet.init) }

  /// The kernel set named `forced`, or the fastest runnable one where `forced` is nil.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where the name is unknown or the set can't be run here.
  public static func select(forced: String?) throws(KernelError) -> KernelSet {
    let runnable = runnable
    let names = runnable.map(\.instructionSet.rawValue).joined(separator: ", ")
    guard let forced else {
      guard let best = runnable.last else { throw .unsupported("no kernels for this processor") }
      return best
    }
    guard let instructionSet = InstructionSet(rawValue: forced) else {
      throw .invalid("no instruction set is called '\(forced)'; this machine runs \(names)")
    }
    guard let set = KernelSet(instructionSet) else {
      throw .invalid("this machine can't run '\(forced)'; it runs \(names)")
    }
    return set
  }
}
