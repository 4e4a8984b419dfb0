// AVX2: u8 A by s8 B packed [N/16][K/2][16][2]. Both are widened to 16 bits, because vpmaddubsw
// saturates the sum of two full products; a pair of 16-bit products always fits 32 bits.
#if defined(__x86_64__)
#include <immintrin.h>

#define VITQ_TARGET __attribute__((target("avx2")))
#define VITQ_NR 16
#define VITQ_KR 2
#include "int8_template.h"

#define MR 6
/// Steps of K for which A is widened at once: 6 KiB, so that B's panel stays in the cache.
#define BLOCK 512

static VITQ_TARGET void widen(
    size_t rows, size_t count, const uint8_t *a, size_t a_stride, uint16_t wide[MR][BLOCK]) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t i = 0; i < count; i++) wide[r][i] = a[r * a_stride + i];
    if (count % 2 != 0) wide[r][count] = 0;
  }
}

VITQ_INLINE VITQ_TARGET void multiply_rows(
    const size_t rows, size_t k, const uint8_t *a, size_t a_stride, const int8_t *b,
    int32_t *sums) {
  _Alignas(64) uint16_t wide[MR][BLOCK];
  __m256i acc[MR][2];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) acc[r][0] = acc[r][1] = _mm256_setzero_si256();
  for (size_t k0 = 0; k0 < k; k0 += BLOCK) {
    const size_t count = vitq_min(BLOCK, k - k0);
    widen(rows, count, a + k0, a_stride, wide);
    for (size_t i = 0; i < count; i += 2, b += 32) {
      const __m256i b0 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)b));
      const __m256i b1 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(b + 16)));
#pragma clang loop unroll(full)
      for (size_t r = 0; r < rows; r++) {
        const __m256i pair = _mm256_set1_epi32((int32_t)vitq_load_word(&wide[r][i]));
        acc[r][0] = _mm256_add_epi32(acc[r][0], _mm256_madd_epi16(pair, b0));
        acc[r][1] = _mm256_add_epi32(acc[r][1], _mm256_madd_epi16(pair, b1));
      }
    }
  }
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
    _mm256_storeu_si256((__m256i *)(sums + r * VITQ_NR), acc[r][0]);
    _mm256_storeu_si256((__m256i *)(sums + r * VITQ_NR + 8), acc[r][1]);
  }
}

static VITQ_TARGET void multiply(
    size_t rows, size_t columns, size_t k, const uint8_t *a, size_t a_stride, const int8_t *b,
    int32_t *sums) {
  (void)columns;
  switch (rows) {
  case 1: multiply_rows(1, k, a, a_stride, b, sums); break;
  case 2: multiply_rows(2, k, a, a_stride, b, sums); break;
  case 3: multiply_rows(3, k, a, a_stride, b, sums); break;
  case 4: multiply_rows(4, k, a, a_stride, b, sums); break;
  case 5: multiply_rows(5, k, a, a_stride, b, sums); break;
  default: multiply_rows(MR, k, a, a_stride, b, sums); break;
  }
}

const vitq_int8_kernels vitq_int8_avx2 = {
    .name = "avx2", .instruction = "vpmaddwd", .mr = MR, VITQ_TEMPLATE_KERNELS,
    .multiply = multiply, .row_sum = row_sum, .pack = pack};
#endif
