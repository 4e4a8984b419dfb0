#include "vitq_int8.h"

static const vitq_int8_kernels portable = {.name = "portable"};
#if defined(__x86_64__)
static const vitq_int8_kernels avx2 = {.name = "avx2"};
static const vitq_int8_kernels avxvnni = {.name = "avxvnni"};
static const vitq_int8_kernels avx512vnni = {.name = "avx512vnni"};
#endif

const vitq_int8_kernels *vitq_int8_kernels_for(vitq_isa isa) {
  switch (isa) {
  case VITQ_ISA_PORTABLE: return &portable;
#if defined(__x86_64__)
  case VITQ_ISA_AVX2: return &avx2;
  case VITQ_ISA_AVXVNNI: return &avxvnni;
  case VITQ_ISA_AVX512VNNI: return &avx512vnni;
#endif
  default: return NULL;
  }
}
