#pragma once
#include <stdbool.h>
#include <stdint.h>

/// What a processor and its operating system say about themselves; zeros on anything but x86.
typedef struct {
  uint32_t leaf1_ecx;
  uint32_t leaf7_ebx;
  uint32_t leaf7_ecx;
  uint32_t leaf7_1_eax;
  /// Register state that the operating system saves; zero where it offers no XGETBV.
  uint64_t xcr0;
} vitq_cpuid;

/// Reads CPUID, and XCR0 where OSXSAVE says that it may be read.
vitq_cpuid vitq_cpuid_read(void);

/// Whether this is an arm64 processor with the dot products of ARMv8.2.
bool vitq_cpu_has_dotprod(void);

/// The instruction sets that there are tables of kernels for.
typedef enum {
  VITQ_ISA_PORTABLE,
  VITQ_ISA_AVX2,
  VITQ_ISA_AVXVNNI,
  VITQ_ISA_AVX512VNNI,
  VITQ_ISA_NEON,
} vitq_isa;
