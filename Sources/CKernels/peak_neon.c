// arm64 with dot products: 24 chains, as many as the tiles of the kernels have sums.
#if defined(__aarch64__)
#include "peak_loops.h"

#include <arm_neon.h>

enum { CHAINS = 24 };

static void multiply_f32(size_t rounds) {
  float32x4_t sums[CHAINS];
  float32x4_t factor = vdupq_n_f32(0.5f), other = vdupq_n_f32(0.25f);
  VITQ_OPAQUE(factor);
  VITQ_OPAQUE(other);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) {
    sums[i] = vdupq_n_f32(1);
    VITQ_OPAQUE(sums[i]);
  }
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < CHAINS; i++) sums[i] = vfmaq_f32(sums[i], factor, other);
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) VITQ_OPAQUE(sums[i]);
}

static __attribute__((target("dotprod"))) void multiply_int8(size_t rounds) {
  int32x4_t sums[CHAINS];
  int8x16_t a = vdupq_n_s8(3), b = vdupq_n_s8(-2);
  VITQ_OPAQUE(a);
  VITQ_OPAQUE(b);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) {
    sums[i] = vdupq_n_s32(0);
    VITQ_OPAQUE(sums[i]);
  }
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < CHAINS; i++) sums[i] = vdotq_s32(sums[i], a, b);
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) VITQ_OPAQUE(sums[i]);
}

const vitq_peak_loops vitq_peak_neon = {
    .f32 = {"fmla 4s", CHAINS * 4 * 2, multiply_f32},
    .int8 = {"sdot 4s", CHAINS * 16 * 2, multiply_int8},
};
#endif
