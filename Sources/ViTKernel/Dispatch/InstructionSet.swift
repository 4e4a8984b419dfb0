import CKernels

/// A family of machine instructions that there are kernels for.
public enum InstructionSet: String, Sendable, CaseIterable {
  /// Plain C: what every processor of the architecture can do.
  case portable
  /// AVX2 and FMA.
  case avx2
  /// AVX2, FMA and the 256-bit dot products of AVX-VNNI.
  case avxvnni
  /// AVX-512 F, BW, DQ, VL and VNNI.
  case avx512vnni
  /// arm64 with the dot products of ARMv8.2.
  case neon
}

extension InstructionSet {
  var code: vitq_isa {
    switch self {
    case .portable: VITQ_ISA_PORTABLE
    case .avx2: VITQ_ISA_AVX2
    case .avxvnni: VITQ_ISA_AVXVNNI
    case .avx512vnni: VITQ_ISA_AVX512VNNI
    case .neon: VITQ_ISA_NEON
    }
  }
}
