// Packing panels of [K/4][16][4] bytes with SSE2, which every x86-64 has: what AVX2 and AVX-VNNI share.
// Included by files that include int8_template.h with VITQ_NR 16 and VITQ_KR 4.
#pragma once

/// Interleaves four rows of 16 bytes to [16][4].
VITQ_INLINE VITQ_TARGET void interleave_rows(const __m128i rows[4], __m128i out[4]) {
  const __m128i low01 = _mm_unpacklo_epi8(rows[0], rows[1]);
  const __m128i high01 = _mm_unpackhi_epi8(rows[0], rows[1]);
  const __m128i low23 = _mm_unpacklo_epi8(rows[2], rows[3]);
  const __m128i high23 = _mm_unpackhi_epi8(rows[2], rows[3]);
  out[0] = _mm_unpacklo_epi16(low01, low23);
  out[1] = _mm_unpackhi_epi16(low01, low23);
  out[2] = _mm_unpacklo_epi16(high01, high23);
  out[3] = _mm_unpackhi_epi16(high01, high23);
}

/// As `pack`, with `shift` xored into what is packed (the column sums are those of the signed values).
VITQ_INLINE VITQ_TARGET void pack_panel(
    const vitq_int8_matrix *b, size_t k, size_t columns, uint8_t shift, int8_t *packed,
    int32_t *column_sums) {
  const __m128i flip = _mm_set1_epi8((char)(b->flip)), shifts = _mm_set1_epi8((char)shift);
  const __m256i ones8 = _mm256_set1_epi8(1), ones16 = _mm256_set1_epi16(1);
  __m256i sums[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
  for (size_t k0 = 0; k0 < k; k0 += 4, packed += 64) {
    __m128i out[4];
    if (columns == 16 && b->column_stride == 1 && k - k0 >= 4) {
      __m128i rows[4];
      for (size_t i = 0; i < 4; i++) {
        const uint8_t *row = b->data + (k0 + i) * b->row_stride;
        rows[i] = _mm_xor_si128(_mm_loadu_si128((const __m128i *)row), flip);
      }
      interleave_rows(rows, out);
    } else {
      pack_steps(b, k0, vitq_min(4, k - k0), columns, packed);
      for (size_t i = 0; i < 4; i++) out[i] = _mm_loadu_si128((const __m128i *)(packed + 16 * i));
    }
    for (size_t i = 0; i < 2; i++) {
      const __m256i both = _mm256_set_m128i(out[2 * i + 1], out[2 * i]);
      // Ones are the unsigned operand: two signed bytes add up to no more than 256.
      const __m256i pairs = _mm256_maddubs_epi16(ones8, both);
      sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(pairs, ones16));
    }
    for (size_t i = 0; i < 4; i++) {
      _mm_storeu_si128((__m128i *)(packed + 16 * i), _mm_xor_si128(out[i], shifts));
    }
  }
  _mm256_storeu_si256((__m256i *)column_sums, sums[0]);
  _mm256_storeu_si256((__m256i *)(column_sums + 8), sums[1]);
}
