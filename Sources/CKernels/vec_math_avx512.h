// Sixteen floats at a time, for AVX-512F.
//
// Defines the vector type and the primitives that vec_math.h and the kernels are written in, then
// includes vec_math.h, which defines vitq_exp_avx512(__m512) and its siblings.
#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#ifdef V
#error "one instruction set a file"
#endif
#define V(name) name##_avx512
#define V_TARGET __attribute__((target("avx512f")))
#define V_FN static inline __attribute__((target("avx512f"), always_inline))

typedef __m512 vitq_vf_avx512;
typedef __mmask16 vitq_vm_avx512;
enum { vitq_width_avx512 = 16 };

V_FN __m512 vitq_set1_avx512(float x) { return _mm512_set1_ps(x); }
V_FN __m512 vitq_load_avx512(const float *p) { return _mm512_loadu_ps(p); }
V_FN void vitq_store_avx512(float *p, __m512 x) { _mm512_storeu_ps(p, x); }

/// The first `n` <= 16 elements; the others are 0 and not read.
V_FN __m512 vitq_load_first_avx512(const float *p, size_t n) {
  return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}

/// Writes only the first `n` <= 16 elements.
V_FN void vitq_store_first_avx512(float *p, size_t n, __m512 x) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), x);
}

/// The first `n` elements of x, and `rest` in the others.
V_FN __m512 vitq_keep_first_avx512(__m512 x, size_t n, float rest) {
  return _mm512_mask_blend_ps((__mmask16)((1u << n) - 1), _mm512_set1_ps(rest), x);
}

V_FN __m512 vitq_fma_avx512(__m512 a, __m512 b, __m512 c) { return _mm512_fmadd_ps(a, b, c); }
V_FN __m512 vitq_fnma_avx512(__m512 a, __m512 b, __m512 c) { return _mm512_fnmadd_ps(a, b, c); }

/// The second operand where either is NaN, so a NaN in `x` survives vitq_min(limit, x).
V_FN __m512 vitq_min_avx512(__m512 a, __m512 b) { return _mm512_min_ps(a, b); }
V_FN __m512 vitq_max_avx512(__m512 a, __m512 b) { return _mm512_max_ps(a, b); }

/// The magnitude of `x` with the sign of `sign`.
V_FN __m512 vitq_copysign_avx512(__m512 x, __m512 sign) {
  const __m512i bit = _mm512_set1_epi32(INT32_MIN);
  return _mm512_castsi512_ps(_mm512_ternarylogic_epi32(
      bit, _mm512_castps_si512(sign), _mm512_castps_si512(x), 0xCA));
}

V_FN __m512 vitq_abs_avx512(__m512 x) { return _mm512_abs_ps(x); }
V_FN __m512 vitq_sqrt_avx512(__m512 x) { return _mm512_sqrt_ps(x); }
V_FN __m512 vitq_floor_avx512(__m512 x) {
  return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}
V_FN __m512 vitq_ceil_avx512(__m512 x) {
  return _mm512_roundscale_ps(x, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
}

/// To the nearest integer, halves to even.
V_FN __m512 vitq_rint_avx512(__m512 x) {
  return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/// x times 2 to the power n, n an integer in [-250, 250]; gradual underflow, NaN stays.
V_FN __m512 vitq_scale2_avx512(__m512 x, __m512 n) { return _mm512_scalef_ps(x, n); }

V_FN __mmask16 vitq_less_avx512(__m512 a, __m512 b) {
  return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}
V_FN __m512 vitq_select_avx512(__mmask16 m, __m512 yes, __m512 no) {
  return _mm512_mask_blend_ps(m, no, yes);
}

V_FN __mmask16 vitq_is_nan_avx512(__m512 x) { return _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q); }

V_FN float vitq_sum_avx512(__m512 x) { return _mm512_reduce_add_ps(x); }

/// The largest element; undetermined where one is NaN.
V_FN float vitq_largest_avx512(__m512 x) { return _mm512_reduce_max_ps(x); }

#include "vec_math.h"
