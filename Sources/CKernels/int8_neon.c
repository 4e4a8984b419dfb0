// arm64 with dot products: s8 B packed [N/16][K/4][16][4]. sdot multiplies signed by signed, so 128
// is subtracted from A's bytes, and from its zero point (a_shift).
#if defined(__aarch64__)
#include <arm_neon.h>

#define VITQ_TARGET __attribute__((target("dotprod")))
#define VITQ_NR 16
#define VITQ_KR 4
#include "int8_template.h"

#define MR 6

VITQ_INLINE VITQ_TARGET void multiply_step(
    const size_t rows, const uint32_t *words, const int8_t *b, int32x4_t acc[MR][4]) {
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
    const int8x16_t word = vreinterpretq_s8_u32(vdupq_n_u32(words[r] ^ 0x80808080));
#pragma clang loop unroll(full)
    for (size_t c = 0; c < 4; c++) acc[r][c] = vdotq_s32(acc[r][c], vld1q_s8(b + 16 * c), word);
  }
}

VITQ_INLINE VITQ_TARGET void multiply_rows(
    const size_t rows, size_t k, const uint8_t *a, size_t a_stride, const int8_t *b,
    int32_t *sums) {
  int32x4_t acc[MR][4];
  uint32_t words[MR];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (size_t c = 0; c < 4; c++) acc[r][c] = vdupq_n_s32(0);
  }
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
#pragma clang loop unroll(full)
    for (size_t c = 0; c < 4; c++) vst1q_s32(sums + r * VITQ_NR + 4 * c, acc[r][c]);
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

const vitq_int8_kernels vitq_int8_neon = {
    .name = "neon", .instruction = "sdot", .mr = MR, .a_shift = 128, VITQ_TEMPLATE_KERNELS,
    .multiply = multiply, .row_sum = row_sum, .pack = pack,
    .saturating_product = vitq_saturating_product_portable};
#endif
