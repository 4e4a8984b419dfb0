import CKernels

/// What a processor can do and what its operating system lets programs use.
///
/// A processor's bit alone is not enough: where the system does not save the wide registers
/// (OSXSAVE and XCR0), the instructions fault or lose their state.
package struct Processor: Sendable {
  let leaf1ECX: UInt32
  let leaf7EBX: UInt32
  let leaf7ECX: UInt32
  let leaf7Sub1EAX: UInt32
  let xcr0: UInt64
  let hasDotProducts: Bool

  /// A processor described by CPUID leaf 1 (ECX), leaf 7 (EBX, ECX), leaf 7.1 (EAX) and XCR0.
  package init(
    leaf1ECX: UInt32 = 0, leaf7EBX: UInt32 = 0, leaf7ECX: UInt32 = 0, leaf7Sub1EAX: UInt32 = 0,
    xcr0: UInt64 = 0, hasDotProducts: Bool = false
  ) {
    self.leaf1ECX = leaf1ECX
    self.leaf7EBX = leaf7EBX
    self.leaf7ECX = leaf7ECX
    self.leaf7Sub1EAX = leaf7Sub1EAX
    self.xcr0 = xcr0
    self.hasDotProducts = hasDotProducts
  }

  /// The processor that this program runs on.
  package static let current: Processor = {
    let id = vitq_cpuid_read()
    return Processor(
      leaf1ECX: id.leaf1_ecx, leaf7EBX: id.leaf7_ebx, leaf7ECX: id.leaf7_ecx,
      leaf7Sub1EAX: id.leaf7_1_eax, xcr0: id.xcr0, hasDotProducts: vitq_cpu_has_dotprod())
  }()

  /// Whether every instruction of `set` may be executed.
  package func runs(_ set: InstructionSet) -> Bool {
    switch set {
    case .portable: true
    case .avx2: hasAVX2
    case .avxvnni: hasAVX2 && leaf7Sub1EAX.has(bit: 4)
    case .avx512vnni: hasAVX512VNNI
    case .neon: hasDotProducts
    }
  }

  private var hasAVX2: Bool {
    // FMA, OSXSAVE, AVX; XMM and YMM state; AVX2.
    leaf1ECX.has(bit: 12) && leaf1ECX.has(bit: 27) && leaf1ECX.has(bit: 28)
      && xcr0 & 0b110 == 0b110 && leaf7EBX.has(bit: 5)
  }

  private var hasAVX512VNNI: Bool {
    // Mask, upper ZMM and high ZMM state; F, DQ, BW, VL; VNNI.
    hasAVX2 && xcr0 & 0b1110_0000 == 0b1110_0000
      && [16, 17, 30, 31].allSatisfy { leaf7EBX.has(bit: $0) } && leaf7ECX.has(bit: 11)
  }
}

extension UInt32 {
  fileprivate func has(bit: UInt32) -> Bool { self >> bit & 1 == 1 }
}
