// AVX2: 16 columns at a time. A product of u8 and s8 fits 16 bits; the sum of two of them with
// saturation differs from the sum that wraps around exactly where it saturates.
#if defined(__x86_64__)
#include "int8_saturating.h"

#include <immintrin.h>

#define VITQ_TARGET __attribute__((target("avx2")))
#define COLUMNS 16

VITQ_INLINE VITQ_TARGET __m256i products(uint8_t a, const int8_t *b) {
  const __m256i columns = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)b));
  return _mm256_mullo_epi16(_mm256_set1_epi16(a), columns);
}

VITQ_INLINE VITQ_TARGET int64_t sum_of_lanes(__m256i x) {
  int32_t lanes[8];
  _mm256_storeu_si256((__m256i *)lanes, x);
  int64_t sum = 0;
  for (size_t i = 0; i < 8; i++) sum += lanes[i];
  return sum;
}

/// 16 columns of one row; gives how many pairs saturated.
VITQ_INLINE VITQ_TARGET int64_t multiply_columns(
    const vitq_saturating_product *p, const uint8_t *a, const int8_t *b, int32_t *y) {
  __m256i low = _mm256_setzero_si256(), high = low, saturated = low;
  for (size_t i = 0; i < p->k; i += 2, b += 2 * p->n) {
    const __m256i first = products(a[i], b);
    const __m256i second =
        i + 1 < p->k ? products(a[i + 1], b + p->n) : _mm256_setzero_si256();
    const __m256i pairs = _mm256_adds_epi16(first, second);
    const __m256i same = _mm256_cmpeq_epi16(pairs, _mm256_add_epi16(first, second));
    const __m256i differs = _mm256_xor_si256(same, _mm256_set1_epi16(-1));
    // -1 * -1 for each pair that saturated.
    saturated = _mm256_add_epi32(saturated, _mm256_madd_epi16(differs, differs));
    low = _mm256_add_epi32(low, _mm256_cvtepi16_epi32(_mm256_castsi256_si128(pairs)));
    high = _mm256_add_epi32(high, _mm256_cvtepi16_epi32(_mm256_extracti128_si256(pairs, 1)));
  }
  _mm256_storeu_si256((__m256i *)y, low);
  _mm256_storeu_si256((__m256i *)(y + 8), high);
  return sum_of_lanes(saturated);
}

VITQ_TARGET void vitq_saturating_product_avx2(
    const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_saturating_product *p = ctx;
  const size_t whole = p->n / COLUMNS * COLUMNS;
  for (size_t row = begin; row < end; row++) {
    p->saturated[row] = vitq_saturating_columns(p, p->a + row * p->k, whole, p->y + row * p->n);
  }
  // Columns outside, so that those of B stay in the cache for all rows.
  for (size_t j = 0; j < whole; j += COLUMNS) {
    for (size_t row = begin; row < end; row++) {
      p->saturated[row] +=
          multiply_columns(p, p->a + row * p->k, p->b + j, p->y + row * p->n + j);
    }
  }
}
#endif
