// Quantizing 32 values with AVX2, for int8_template.h: a compiler narrows 32 bits to 8 by shuffles, where
// two packs and a permutation do.
#pragma once
#include <immintrin.h>
#include <stdint.h>

/// x / scale within [low, high], rounded to the nearest integer, halves to even; NaN becomes low.
static inline __attribute__((target("avx2"), always_inline)) __m256i vitq_quotients(
    const float *x, __m256 scale, __m256 low, __m256 high) {
  const __m256 quotient = _mm256_div_ps(_mm256_loadu_ps(x), scale);
  // The second operand where one is NaN.
  return _mm256_cvtps_epi32(_mm256_min_ps(_mm256_max_ps(quotient, low), high));
}

static inline __attribute__((target("avx2"), always_inline)) void vitq_quantize_32(
    const float *x, float scale, float low, float high, int32_t zero, uint8_t *y) {
  const __m256 s = _mm256_set1_ps(scale), l = _mm256_set1_ps(low), h = _mm256_set1_ps(high);
  const __m256i ab = _mm256_packs_epi32(
      vitq_quotients(x, s, l, h), vitq_quotients(x + 8, s, l, h));
  const __m256i cd = _mm256_packs_epi32(
      vitq_quotients(x + 16, s, l, h), vitq_quotients(x + 24, s, l, h));
  // Bytes of either sign: adding the zero point wraps around to the right one.
  const __m256i mask = _mm256_set1_epi16(0xff), zeros = _mm256_set1_epi16((short)zero);
  const __m256i bytes = _mm256_packus_epi16(
      _mm256_and_si256(_mm256_add_epi16(ab, zeros), mask),
      _mm256_and_si256(_mm256_add_epi16(cd, zeros), mask));
  // Packing worked within each half: runs of four lie in the order a c e g b d f h.
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  _mm256_storeu_si256((__m256i *)y, _mm256_permutevar8x32_epi32(bytes, order));
}

#define VITQ_QUANTIZE_32 vitq_quantize_32
