// AVX2 and AVX-VNNI, which share their float loop: 12 chains, as many as the tiles of the kernels
// have sums.
#if defined(__x86_64__)
#include "peak_loops.h"

#include <immintrin.h>

enum { CHAINS = 12 };

static __attribute__((target("avx2,fma"))) void multiply_f32(size_t rounds) {
  __m256 sums[CHAINS];
  __m256 factor = _mm256_set1_ps(0.5f), addend = _mm256_set1_ps(1);
  VITQ_OPAQUE(factor);
  VITQ_OPAQUE(addend);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) {
    sums[i] = _mm256_set1_ps(1);
    VITQ_OPAQUE(sums[i]);
  }
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < CHAINS; i++) sums[i] = _mm256_fmadd_ps(sums[i], factor, addend);
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) VITQ_OPAQUE(sums[i]);
}

/// What the exact product without VNNI consists of: pairs of products in 16 bits, widened and added.
static __attribute__((target("avx2"))) void multiply_pairs(size_t rounds) {
  __m256i sums[CHAINS];
  __m256i a = _mm256_set1_epi8(3), b = _mm256_set1_epi8(-2);
  const __m256i ones = _mm256_set1_epi16(1);
  VITQ_OPAQUE(b);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) {
    sums[i] = _mm256_setzero_si256();
    VITQ_OPAQUE(sums[i]);
  }
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < CHAINS; i++) {
      VITQ_OPAQUE(a);
      const __m256i pairs = _mm256_maddubs_epi16(a, b);
      sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(pairs, ones));
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) VITQ_OPAQUE(sums[i]);
}

static __attribute__((target("avx2,avxvnni"))) void multiply_int8(size_t rounds) {
  __m256i sums[CHAINS];
  __m256i a = _mm256_set1_epi8(3), b = _mm256_set1_epi8(-2);
  VITQ_OPAQUE(a);
  VITQ_OPAQUE(b);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) {
    sums[i] = _mm256_setzero_si256();
    VITQ_OPAQUE(sums[i]);
  }
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < CHAINS; i++) sums[i] = _mm256_dpbusd_avx_epi32(sums[i], a, b);
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) VITQ_OPAQUE(sums[i]);
}

#define FLOAT_LOOP {"vfmadd213ps ymm", CHAINS * 8 * 2, multiply_f32}

const vitq_peak_loops vitq_peak_avx2 = {
    .f32 = FLOAT_LOOP,
    .int8 = {"vpmaddubsw, vpmaddwd, vpaddd ymm", CHAINS * 32 * 2, multiply_pairs},
};

const vitq_peak_loops vitq_peak_avxvnni = {
    .f32 = FLOAT_LOOP,
    .int8 = {"vpdpbusd ymm", CHAINS * 32 * 2, multiply_int8},
};
#endif
