#include "vitq_cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>

static uint64_t read_xcr0(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

vitq_cpuid vitq_cpuid_read(void) {
  vitq_cpuid id = {0};
  uint32_t eax, ebx, ecx, edx;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) id.leaf1_ecx = ecx;
  // XGETBV itself is an illegal instruction where the system has not set OSXSAVE.
  if (id.leaf1_ecx >> 27 & 1) id.xcr0 = read_xcr0();
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) {
    id.leaf7_ebx = ebx;
    id.leaf7_ecx = ecx;
    if (eax >= 1 && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx)) id.leaf7_1_eax = eax;
  }
  return id;
}
#else
vitq_cpuid vitq_cpuid_read(void) { return (vitq_cpuid){0}; }
#endif

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>

bool vitq_cpu_has_dotprod(void) { return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }
#elif defined(__aarch64__) && defined(__APPLE__)
// Every Apple processor that runs a supported macOS has them.
bool vitq_cpu_has_dotprod(void) { return true; }
#else
bool vitq_cpu_has_dotprod(void) { return false; }
#endif
