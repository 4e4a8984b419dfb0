// AVX-512 VNNI: u8 A by s8 B packed [N/64][K/4][64][4]. vpdpbusd sums four products in 32 bits.
// A tile of 6 rows by 64 columns takes 24 of the 32 registers.
#if defined(__x86_64__)
#include <immintrin.h>

#define VITQ_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define VITQ_NR 64
#define VITQ_KR 4
#include "int8_template.h"

#define MR 6

VITQ_INLINE VITQ_TARGET void multiply_step(
    const size_t rows, const size_t vectors, const uint32_t *words, const int8_t *b,
    __m512i acc[MR][4]) {
  __m512i columns[4];
#pragma clang loop unroll(full)
  for (size_t c = 0; c < vectors; c++) columns[c] = _mm512_loadu_si512(b + 64 * c);
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
    const __m512i word = _mm512_set1_epi32((int32_t)words[r]);
#pragma clang loop unroll(full)
    for (size_t c = 0; c < vectors; c++) {
      acc[r][c] = _mm512_dpbusd_epi32(acc[r][c], word, columns[c]);
    }
  }
}

VITQ_INLINE VITQ_TARGET void multiply_tile(
    const size_t rows, const size_t vectors, size_t k, const uint8_t *a, size_t a_stride,
    const int8_t *b, int32_t *sums) {
  __m512i acc[MR][4];
  uint32_t words[MR];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (size_t c = 0; c < vectors; c++) acc[r][c] = _mm512_setzero_si512();
  }
  size_t i = 0;
  for (; i + 4 <= k; i += 4, b += 256) {
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) words[r] = vitq_load_word(a + r * a_stride + i);
    multiply_step(rows, vectors, words, b, acc);
  }
  if (i < k) {
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) words[r] = vitq_load_part(a + r * a_stride + i, k - i);
    multiply_step(rows, vectors, words, b, acc);
  }
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (size_t c = 0; c < vectors; c++) {
      _mm512_storeu_si512(sums + r * VITQ_NR + 16 * c, acc[r][c]);
    }
  }
}

VITQ_INLINE VITQ_TARGET void multiply_vectors(
    size_t rows, const size_t vectors, size_t k, const uint8_t *a, size_t a_stride,
    const int8_t *b, int32_t *sums) {
  switch (rows) {
  case 1: multiply_tile(1, vectors, k, a, a_stride, b, sums); break;
  case 2: multiply_tile(2, vectors, k, a, a_stride, b, sums); break;
  case 3: multiply_tile(3, vectors, k, a, a_stride, b, sums); break;
  case 4: multiply_tile(4, vectors, k, a, a_stride, b, sums); break;
  case 5: multiply_tile(5, vectors, k, a, a_stride, b, sums); break;
  default: multiply_tile(MR, vectors, k, a, a_stride, b, sums); break;
  }
}

static VITQ_TARGET void multiply(
    size_t rows, size_t columns, size_t k, const uint8_t *a, size_t a_stride, const int8_t *b,
    int32_t *sums) {
  switch ((columns + 15) / 16) {
  case 1: multiply_vectors(rows, 1, k, a, a_stride, b, sums); break;
  case 2: multiply_vectors(rows, 2, k, a, a_stride, b, sums); break;
  case 3: multiply_vectors(rows, 3, k, a, a_stride, b, sums); break;
  default: multiply_vectors(rows, 4, k, a, a_stride, b, sums); break;
  }
}

static VITQ_TARGET int32_t sum_bytes(const uint8_t *a, size_t k) {
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i sum = _mm512_setzero_si512();
  for (size_t i = 0; i < k; i += 64) {
    const __mmask64 mask = k - i < 64 ? ((__mmask64)1 << (k - i)) - 1 : ~(__mmask64)0;
    sum = _mm512_dpbusd_epi32(sum, _mm512_maskz_loadu_epi8(mask, a + i), ones);
  }
  return _mm512_reduce_add_epi32(sum);
}

/// Interleaves four rows of 64 bytes to [64][4].
VITQ_INLINE VITQ_TARGET void interleave(const __m512i rows[4], __m512i out[4]) {
  const __m512i low01 = _mm512_unpacklo_epi8(rows[0], rows[1]);
  const __m512i high01 = _mm512_unpackhi_epi8(rows[0], rows[1]);
  const __m512i low23 = _mm512_unpacklo_epi8(rows[2], rows[3]);
  const __m512i high23 = _mm512_unpackhi_epi8(rows[2], rows[3]);
  // 128-bit lane l of q[i] has the columns 16 * l + 4 * i and the three after it.
  const __m512i q0 = _mm512_unpacklo_epi16(low01, low23);
  const __m512i q1 = _mm512_unpackhi_epi16(low01, low23);
  const __m512i q2 = _mm512_unpacklo_epi16(high01, high23);
  const __m512i q3 = _mm512_unpackhi_epi16(high01, high23);
  const __m512i even01 = _mm512_shuffle_i32x4(q0, q1, 0x88);
  const __m512i odd01 = _mm512_shuffle_i32x4(q0, q1, 0xdd);
  const __m512i even23 = _mm512_shuffle_i32x4(q2, q3, 0x88);
  const __m512i odd23 = _mm512_shuffle_i32x4(q2, q3, 0xdd);
  // evenXY: lanes 0 and 2 of X, then of Y; oddXY: lanes 1 and 3.
  out[0] = _mm512_shuffle_i32x4(even01, even23, 0x88);
  out[1] = _mm512_shuffle_i32x4(odd01, odd23, 0x88);
  out[2] = _mm512_shuffle_i32x4(even01, even23, 0xdd);
  out[3] = _mm512_shuffle_i32x4(odd01, odd23, 0xdd);
}

/// Packs one step of four rows that lie in rows of memory.
VITQ_INLINE VITQ_TARGET void pack_rows(
    const vitq_int8_matrix *b, size_t k0, size_t steps, __mmask64 mask, __m512i out[4]) {
  const __m512i flip = _mm512_maskz_set1_epi8(mask, (char)b->flip);
  __m512i rows[4];
  for (size_t i = 0; i < 4; i++) {
    rows[i] = _mm512_setzero_si512();
    if (i >= steps) continue;
    const uint8_t *row = b->data + (k0 + i) * b->row_stride;
    rows[i] = _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, row), flip);
  }
  interleave(rows, out);
}

static VITQ_TARGET void pack_panel(
    const vitq_int8_matrix *b, size_t k, size_t columns, int8_t *packed, int32_t *column_sums) {
  const __mmask64 mask = columns < 64 ? ((__mmask64)1 << columns) - 1 : ~(__mmask64)0;
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i sums[4], step[4];
  for (size_t c = 0; c < 4; c++) sums[c] = _mm512_setzero_si512();
  for (size_t k0 = 0; k0 < k; k0 += 4, packed += 256) {
    if (b->column_stride == 1) {
      pack_rows(b, k0, vitq_min(4, k - k0), mask, step);
      for (size_t c = 0; c < 4; c++) _mm512_storeu_si512(packed + 64 * c, step[c]);
    } else {
      pack_steps(b, k0, vitq_min(4, k - k0), columns, packed);
      for (size_t c = 0; c < 4; c++) step[c] = _mm512_loadu_si512(packed + 64 * c);
    }
    for (size_t c = 0; c < 4; c++) sums[c] = _mm512_dpbusd_epi32(sums[c], ones, step[c]);
  }
  for (size_t c = 0; c < 4; c++) _mm512_storeu_si512(column_sums + 16 * c, sums[c]);
}

const vitq_int8_kernels vitq_int8_avx512vnni = {
    .name = "avx512vnni", .instruction = "vpdpbusd zmm", .mr = MR, VITQ_TEMPLATE_KERNELS,
    .multiply = multiply, .row_sum = sum_bytes, .pack = pack_panel,
    .saturating_product = vitq_saturating_product_avx2};
#endif
