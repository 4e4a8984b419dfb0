// AVX-512 with VNNI: 24 chains, as many as the tiles of the kernels have sums.
#if defined(__x86_64__)
#include "peak_loops.h"

#include <immintrin.h>

enum { CHAINS = 24 };

static __attribute__((target("avx512f"))) void multiply_f32(size_t rounds) {
  __m512 sums[CHAINS];
  __m512 factor = _mm512_set1_ps(0.5f), addend = _mm512_set1_ps(1);
  VITQ_OPAQUE(factor);
  VITQ_OPAQUE(addend);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) {
    sums[i] = _mm512_set1_ps(1);
    VITQ_OPAQUE(sums[i]);
  }
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < CHAINS; i++) sums[i] = _mm512_fmadd_ps(sums[i], factor, addend);
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) VITQ_OPAQUE(sums[i]);
}

static __attribute__((target("avx512f,avx512vnni"))) void multiply_int8(size_t rounds) {
  __m512i sums[CHAINS];
  __m512i a = _mm512_set1_epi8(3), b = _mm512_set1_epi8(-2);
  VITQ_OPAQUE(a);
  VITQ_OPAQUE(b);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) {
    sums[i] = _mm512_setzero_si512();
    VITQ_OPAQUE(sums[i]);
  }
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < CHAINS; i++) sums[i] = _mm512_dpbusd_epi32(sums[i], a, b);
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) VITQ_OPAQUE(sums[i]);
}

const vitq_peak_loops vitq_peak_avx512vnni = {
    .f32 = {"vfmadd213ps zmm", CHAINS * 16 * 2, multiply_f32},
    .int8 = {"vpdpbusd zmm", CHAINS * 64 * 2, multiply_int8},
};
#endif
