// Eight floats at a time, for AVX2 with FMA.
//
// Defines the vector type and the primitives that vec_math.h and the kernels are written in, then
// includes vec_math.h, which defines vitq_exp_avx2(__m256) and its siblings.
#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#ifdef V
#error "one instruction set a file"
#endif
#define V(name) name##_avx2
#define V_TARGET __attribute__((target("avx2,fma")))
#define V_FN static inline __attribute__((target("avx2,fma"), always_inline))

typedef __m256 vitq_vf_avx2;
typedef __m256 vitq_vm_avx2;
enum { vitq_width_avx2 = 8 };

V_FN __m256 vitq_set1_avx2(float x) { return _mm256_set1_ps(x); }
V_FN __m256 vitq_load_avx2(const float *p) { return _mm256_loadu_ps(p); }
V_FN void vitq_store_avx2(float *p, __m256 x) { _mm256_storeu_ps(p, x); }

V_FN __m256i vitq_first_mask_avx2(size_t n) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lane);
}

/// The first `n` <= 8 elements; the others are 0 and not read.
V_FN __m256 vitq_load_first_avx2(const float *p, size_t n) {
  return _mm256_maskload_ps(p, vitq_first_mask_avx2(n));
}

/// Writes only the first `n` <= 8 elements.
V_FN void vitq_store_first_avx2(float *p, size_t n, __m256 x) {
  _mm256_maskstore_ps(p, vitq_first_mask_avx2(n), x);
}

/// The first `n` elements of x, and `rest` in the others.
V_FN __m256 vitq_keep_first_avx2(__m256 x, size_t n, float rest) {
  return _mm256_blendv_ps(
      _mm256_set1_ps(rest), x, _mm256_castsi256_ps(vitq_first_mask_avx2(n)));
}

V_FN __m256 vitq_fma_avx2(__m256 a, __m256 b, __m256 c) { return _mm256_fmadd_ps(a, b, c); }
V_FN __m256 vitq_fnma_avx2(__m256 a, __m256 b, __m256 c) { return _mm256_fnmadd_ps(a, b, c); }

/// The second operand where either is NaN, so a NaN in `x` survives vitq_min(limit, x).
V_FN __m256 vitq_min_avx2(__m256 a, __m256 b) { return _mm256_min_ps(a, b); }
V_FN __m256 vitq_max_avx2(__m256 a, __m256 b) { return _mm256_max_ps(a, b); }

/// The magnitude of `x` with the sign of `sign`.
V_FN __m256 vitq_copysign_avx2(__m256 x, __m256 sign) {
  const __m256 bit = _mm256_set1_ps(-0.0f);
  return _mm256_or_ps(_mm256_andnot_ps(bit, x), _mm256_and_ps(bit, sign));
}

V_FN __m256 vitq_abs_avx2(__m256 x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x); }
V_FN __m256 vitq_sqrt_avx2(__m256 x) { return _mm256_sqrt_ps(x); }
V_FN __m256 vitq_floor_avx2(__m256 x) { return _mm256_floor_ps(x); }
V_FN __m256 vitq_ceil_avx2(__m256 x) { return _mm256_ceil_ps(x); }

/// To the nearest integer, halves to even.
V_FN __m256 vitq_rint_avx2(__m256 x) {
  return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/// x times 2 to the power n, n an integer in [-250, 250]; gradual underflow, NaN stays.
V_FN __m256 vitq_scale2_avx2(__m256 x, __m256 n) {
  // 2^n may lie outside float's range where the product does not: it is applied in two halves.
  const __m256i bias = _mm256_set1_epi32(127);
  const __m256i whole = _mm256_cvtps_epi32(n);
  const __m256i half = _mm256_srai_epi32(whole, 1);
  const __m256i rest = _mm256_sub_epi32(whole, half);
  const __m256 a = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(half, bias), 23));
  const __m256 b = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(rest, bias), 23));
  return x * a * b;
}

V_FN __m256 vitq_less_avx2(__m256 a, __m256 b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
V_FN __m256 vitq_select_avx2(__m256 m, __m256 yes, __m256 no) {
  return _mm256_blendv_ps(no, yes, m);
}

V_FN __m256 vitq_is_nan_avx2(__m256 x) { return _mm256_cmp_ps(x, x, _CMP_UNORD_Q); }

V_FN float vitq_sum_avx2(__m256 x) {
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

/// The largest element; undetermined where one is NaN.
V_FN float vitq_largest_avx2(__m256 x) {
  __m128 s = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  s = _mm_max_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_max_ss(s, _mm_movehdup_ps(s)));
}

#include "vec_math.h"
