import Foundation
import Testing
import ViTKernel

/// Which kernels may be used, from what a processor and its system say.
@Suite struct DispatchTests {
  static let avx: UInt32 = 1 << 12 | 1 << 27 | 1 << 28
  static let avx2: UInt32 = 1 << 5
  static let avx512: UInt32 = 1 << 16 | 1 << 17 | 1 << 30 | 1 << 31
  static let vnni: UInt32 = 1 << 11

  func sets(_ processor: Processor) -> [InstructionSet] {
    InstructionSet.allCases.filter { processor.runs($0) }
  }

  @Test func everythingRunsPortable() {
    #expect(sets(Processor()) == [.portable])
  }

  @Test func zen4AndSapphireRapids() {
    let zen4 = Processor(
      leaf1ECX: Self.avx, leaf7EBX: Self.avx2 | Self.avx512, leaf7ECX: Self.vnni, xcr0: 0xe7)
    #expect(sets(zen4) == [.portable, .avx2, .avx512vnni])
    let sapphire = Processor(
      leaf1ECX: Self.avx, leaf7EBX: Self.avx2 | Self.avx512, leaf7ECX: Self.vnni,
      leaf7Sub1EAX: 1 << 4, xcr0: 0xe7)
    #expect(sets(sapphire) == [.portable, .avx2, .avxvnni, .avx512vnni])
  }

  @Test func alderLakeHasAVXVNNIOnly() {
    let processor = Processor(
      leaf1ECX: Self.avx, leaf7EBX: Self.avx2, leaf7Sub1EAX: 1 << 4, xcr0: 0x7)
    #expect(sets(processor) == [.portable, .avx2, .avxvnni])
  }

  // Skylake-X: AVX-512 without VNNI.
  @Test func avx512WithoutVNNI() {
    let processor = Processor(
      leaf1ECX: Self.avx, leaf7EBX: Self.avx2 | Self.avx512, xcr0: 0xe7)
    #expect(sets(processor) == [.portable, .avx2])
  }

  // The processor could, the system does not save the registers.
  @Test func stateThatTheSystemDoesNotSave() {
    func sets(xcr0: UInt64, leaf1ECX: UInt32 = Self.avx) -> [InstructionSet] {
      self.sets(
        Processor(
          leaf1ECX: leaf1ECX, leaf7EBX: Self.avx2 | Self.avx512, leaf7ECX: Self.vnni,
          leaf7Sub1EAX: 1 << 4, xcr0: xcr0))
    }
    #expect(sets(xcr0: 0x7) == [.portable, .avx2, .avxvnni])
    #expect(sets(xcr0: 0x3) == [.portable])
    #expect(sets(xcr0: 0xe1) == [.portable])
    #expect(sets(xcr0: 0x67) == [.portable, .avx2, .avxvnni])
    #expect(sets(xcr0: 0xe7, leaf1ECX: Self.avx & ~(1 << 27)) == [.portable])
    #expect(sets(xcr0: 0xe7, leaf1ECX: Self.avx & ~(1 << 12)) == [.portable])
  }

  @Test func everyMissingBitOfAVX512Counts() {
    for bit in [16, 17, 30, 31] as [UInt32] {
      let processor = Processor(
        leaf1ECX: Self.avx, leaf7EBX: (Self.avx2 | Self.avx512) & ~(1 << bit),
        leaf7ECX: Self.vnni, xcr0: 0xe7)
      #expect(!processor.runs(.avx512vnni))
    }
  }

  @Test func forcedSetIsTheActiveOne() throws {
    for set in KernelSet.runnable {
      let name = set.instructionSet.rawValue
      let selected = try KernelSet.select(forced: name)
      #expect(selected.instructionSet.rawValue == name)
      #expect(selected.int8Description.name == name)
      #expect(!selected.int8Description.maySaturate)
    }
  }

  @Test func bestSetIsTheDefault() throws {
    let selected = try KernelSet.select(forced: nil)
    #expect(selected.instructionSet == KernelSet.runnable.last?.instructionSet)
  }

  // The suite was told which set to test: it must be among those that it runs over.
  @Test func setOfTheEnvironmentRuns() throws {
    let forced = ProcessInfo.processInfo.environment["VITQ_ISA"]
    let selected = try KernelSet.select(forced: forced)
    #expect(forced == nil || selected.instructionSet.rawValue == forced)
  }

  @Test func unknownAndImpossibleSetsAreErrors() {
    #expect(throws: KernelError.self) { try KernelSet.select(forced: "avx1024") }
    for set in InstructionSet.allCases where !Processor.current.runs(set) {
      #expect(KernelSet(set) == nil)
      #expect(throws: KernelError.self) { try KernelSet.select(forced: set.rawValue) }
    }
  }
}
