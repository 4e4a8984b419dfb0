// AVX-VNNI: u8 A by s8 B packed [N/16][K/4][16][4]. vpdpbusd sums four products in 32 bits.
#if defined(__x86_64__)
#include <immintrin.h>

#define VITQ_TARGET __attribute__((target("avx2,avxvnni")))
#define VITQ_NR 16
#define VITQ_KR 4
#include "int8_quantize32.h"
#include "int8_template.h"
#include "int8_pack16.h"

#define MR 6

VITQ_INLINE VITQ_TARGET void multiply_step(
    const size_t rows, const uint32_t *words, const int8_t *b, __m256i acc[MR][2]) {
  const __m256i b0 = _mm256_loadu_si256((const __m256i *)b);
  const __m256i b1 = _mm256_loadu_si256((const __m256i *)(b + 32));
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
    const __m256i word = _mm256_set1_epi32((int32_t)words[r]);
    acc[r][0] = _mm256_dpbusd_avx_epi32(acc[r][0], word, b0);
    acc[r][1] = _mm256_dpbusd_avx_epi32(acc[r][1], word, b1);
  }
}

VITQ_INLINE VITQ_TARGET void multiply_rows(
    const size_t rows, size_t k, const uint8_t *a, size_t a_stride, const int8_t *b,
    int32_t *sums) {
  __m256i acc[MR][2];
  uint32_t words[MR];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) acc[r][0] = acc[r][1] = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + 4 <= k; i += 4, b += 64) {
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) words[r] = vitq_load_word(a + r * a_stride + i);
    multiply_step(rows, words, b, acc);
  }
  if (i < k) {
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) words[r] = vitq_load_part(a + r * a_stride + i, k - i);
    multiply_step(rows, words, b, acc);
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

static VITQ_TARGET void pack_signed(
    const vitq_int8_matrix *b, size_t k, size_t columns, int8_t *packed, int32_t *column_sums) {
  pack_panel(b, k, columns, 0, packed, column_sums);
}

const vitq_int8_kernels vitq_int8_avxvnni = {
    .name = "avxvnni", .instruction = "vpdpbusd ymm", .mr = MR, VITQ_TEMPLATE_KERNELS,
    .multiply = multiply, .row_sum = row_sum, .pack = pack_signed,
    .saturating_product = vitq_saturating_product_avx2};
#endif
