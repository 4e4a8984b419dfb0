// In place of the compiler's header, which cpu_identify.c includes before it defines
// `vitq_cpuid_read`: the processor's own answer, and the bits of what is emulated.
#pragma once
#include_next <cpuid.h>

vitq_cpuid vitq_cpuid_read_here(void);

vitq_cpuid vitq_cpuid_read(void) {
  vitq_cpuid id = vitq_cpuid_read_here();
  // AVX-512 F, DQ, BW and VL; AVX-512 VNNI; AVX-VNNI; their registers are saved.
  id.leaf7_ebx |= 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;
  id.leaf7_ecx |= 1u << 11;
  id.leaf7_1_eax |= 1u << 4;
  id.xcr0 |= 0xe6;
  return id;
}

#define vitq_cpuid_read vitq_cpuid_read_here
