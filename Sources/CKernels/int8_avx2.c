// AVX2: B plus 128 as u8, packed [N/16][K/4][16][4], by A minus a center as s8.
//
// vpmaddubsw adds two products in int16 and saturates, so that not every A can be multiplied in one
// piece: u8 by s8 reaches 255 * 254. The bytes of an activation lie close together, though. With their
// mean taken off, the positive ones of nearly every pair sum up to at most 128, and so do the
// negative ones: then a pair of products is within 255 * 128 = 32640. `prepare` finds the others
// and splits them into parts that are as small; `amend` adds the parts. So no sum saturates,
// whatever A is, and only the time depends on it.
#if defined(__x86_64__)
#include <immintrin.h>

#define VITQ_TARGET __attribute__((target("avx2")))
#define VITQ_NR 16
#define VITQ_KR 4
#include "int8_quantize32.h"
#include "int8_template.h"
#include "int8_pack16.h"

#define MR 6
/// Steps along the depth in an iteration, which share the loop's own instructions.
#define UNROLL 4
/// What the sum of a pair's parts of one sign may reach.
#define LARGEST_PAIR 128

/// acc + the products of four steps, where no pair of them can saturate.
VITQ_INLINE VITQ_TARGET __m256i dot(__m256i acc, __m256i columns, __m256i word) {
  static const _Alignas(32) int16_t ones[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  __m256i sums = _mm256_maddubs_epi16(columns, word);
  // _mm256_madd_epi16 and _mm256_add_epi32. Twelve sums, two columns, a word and its products leave
  // no register for the ones, which so come from memory; a compiler spills sums instead.
  __asm__("vpmaddwd %2, %0, %0\n\tvpaddd %0, %1, %1" : "+x"(sums), "+x"(acc) : "m"(ones));
  return acc;
}

/// One step along the depth: 64 bytes of the panel `b` times four bytes of each row of A. Rows from
/// the fourth on are addressed from `upper`: two bases reach six rows without arithmetic.
VITQ_INLINE VITQ_TARGET void multiply_step(
    const size_t rows, const uint8_t *lower, const uint8_t *upper, size_t a_stride,
    const int8_t *b, __m256i acc[MR][2]) {
  const __m256i b0 = _mm256_loadu_si256((const __m256i *)b);
  const __m256i b1 = _mm256_loadu_si256((const __m256i *)(b + 32));
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
    const uint8_t *a = r < 3 ? lower + r * a_stride : upper + (r - 3) * a_stride;
    const __m256i word = _mm256_set1_epi32((int32_t)vitq_load_word(a));
    acc[r][0] = dot(acc[r][0], b0, word);
    acc[r][1] = dot(acc[r][1], b1, word);
  }
}

VITQ_INLINE VITQ_TARGET void multiply_rows(
    const size_t rows, size_t k, const uint8_t *a, size_t a_stride, const int8_t *b,
    int32_t *sums) {
  __m256i acc[MR][2];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) acc[r][0] = acc[r][1] = _mm256_setzero_si256();
  const uint8_t *lower = a, *upper = rows > 3 ? a + 3 * a_stride : a;
  const size_t steps = vitq_ceil_div(k, 4);
  for (size_t i = steps / UNROLL; i > 0; i--) {
#pragma clang loop unroll(full)
    for (size_t s = 0; s < UNROLL; s++) {
      multiply_step(rows, lower + 4 * s, upper + 4 * s, a_stride, b + 64 * s, acc);
    }
    lower += 4 * UNROLL;
    upper += 4 * UNROLL;
    b += 64 * UNROLL;
    // Hides where the two come from, or the compiler computes an address for each load.
    __asm__("" : "+r"(lower), "+r"(upper));
  }
  for (size_t i = steps % UNROLL; i > 0; i--, lower += 4, upper += 4, b += 64) {
    multiply_step(rows, lower, upper, a_stride, b, acc);
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

/// Adds what `multiply` left out of rows [row, row + rows): the parts that did not fit, and the 128
/// that were added to B.
static VITQ_TARGET void amend(
    const vitq_int8_prepared *p, size_t row, size_t rows, const int8_t *b, int32_t *sums) {
  for (size_t r = 0; r < rows; r++, row++, sums += VITQ_NR) {
    const __m256i shift = _mm256_set1_epi32((int32_t)(128 * (uint32_t)p->row_sums[row]));
    __m256i acc0 = _mm256_sub_epi32(_mm256_loadu_si256((const __m256i *)sums), shift);
    __m256i acc1 = _mm256_sub_epi32(_mm256_loadu_si256((const __m256i *)(sums + 8)), shift);
    const vitq_int8_part *parts = p->parts + row * p->part_stride;
    for (size_t i = 0; i < p->part_counts[row]; i++) {
      const int8_t *columns = b + (size_t)parts[i].step * VITQ_NR * VITQ_KR;
      const __m256i word = _mm256_set1_epi32((int32_t)parts[i].word);
      acc0 = dot(acc0, _mm256_loadu_si256((const __m256i *)columns), word);
      acc1 = dot(acc1, _mm256_loadu_si256((const __m256i *)(columns + 32)), word);
    }
    _mm256_storeu_si256((__m256i *)sums, acc0);
    _mm256_storeu_si256((__m256i *)(sums + 8), acc1);
  }
}

/// Whether a pair of values can be multiplied when it is split into `parts` equal parts.
VITQ_INLINE bool pair_fits(int32_t a, int32_t b, const int32_t parts) {
  const int32_t round = parts - 1;
  const int32_t above = ((a > 0 ? a : 0) + round) / parts + ((b > 0 ? b : 0) + round) / parts;
  const int32_t below = ((a < 0 ? -a : 0) + round) / parts + ((b < 0 ? -b : 0) + round) / parts;
  return above <= LARGEST_PAIR && below <= LARGEST_PAIR;
}

/// Splits four values, at most 254 in magnitude, into words that add up to them; false where `parts`,
/// a constant, so that nothing is divided, are too few.
VITQ_INLINE bool split_into(const int32_t parts, const int32_t values[4], uint32_t words[4]) {
  if (!pair_fits(values[0], values[1], parts) || !pair_fits(values[2], values[3], parts)) {
    return false;
  }
  int32_t rest[4] = {values[0], values[1], values[2], values[3]};
#pragma clang loop unroll(full)
  for (int32_t part = 0; part < parts; part++) {
    uint32_t word = 0;
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 4; i++) {
      const int32_t value = rest[i] / (parts - part);
      rest[i] -= value;
      word |= (uint32_t)(uint8_t)value << 8 * i;
    }
    words[part] = word;
  }
  return true;
}

static size_t split(const int32_t values[4], uint32_t words[4]) {
  if (split_into(2, values, words)) return 2;
  if (split_into(3, values, words)) return 3;
  split_into(4, values, words);
  return 4;
}

/// Splits the steps of a block of 32 bytes that `bad` has bits of, a bit for each byte.
static VITQ_TARGET size_t split_steps(
    const uint8_t *x, int32_t center, uint32_t bad, size_t first_step, int8_t *y,
    vitq_int8_part *parts) {
  size_t count = 0;
  for (; bad != 0;) {
    const size_t step = (size_t)__builtin_ctz(bad) / 4;
    bad &= ~((uint32_t)0xf << 4 * step);
    int32_t values[4];
    for (size_t i = 0; i < 4; i++) values[i] = (int32_t)x[4 * step + i] - center;
    uint32_t words[4];
    const size_t made = split(values, words);
    memcpy(y + 4 * step, &words[0], 4);
    for (size_t i = 1; i < made; i++) {
      parts[count++] = (vitq_int8_part){(uint32_t)(first_step + step), words[i]};
    }
  }
  return count;
}

static VITQ_TARGET void prepare_row(const vitq_int8_prepared *p, size_t row) {
  const uint8_t *x = p->a + row * p->k;
  int8_t *y = p->values + row * p->stride;
  vitq_int8_part *parts = p->parts + row * p->part_stride;
  const __m256i center = _mm256_set1_epi8((char)p->center), ones = _mm256_set1_epi8(1);
  const __m256i most_above = _mm256_set1_epi16(LARGEST_PAIR - 1);
  const __m256i most_below = _mm256_set1_epi16(LARGEST_PAIR);
  __m256i total = _mm256_setzero_si256();
  size_t count = 0;
  for (size_t i = 0; i < p->k; i += 32) {
    uint8_t padded[32];
    const uint8_t *block = x + i;
    if (p->k - i < 32) {
      memset(padded, p->center, sizeof padded);
      memcpy(padded, block, p->k - i);
      block = padded;
    }
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)block);
    total = _mm256_add_epi64(total, _mm256_sad_epu8(bytes, _mm256_setzero_si256()));
    _mm256_storeu_si256((__m256i *)(y + i), _mm256_sub_epi8(bytes, center));
    // At most 127, and no more than 128 below: each then fits a byte as well.
    const __m256i above = _mm256_maddubs_epi16(_mm256_subs_epu8(bytes, center), ones);
    const __m256i below = _mm256_maddubs_epi16(_mm256_subs_epu8(center, bytes), ones);
    const uint32_t bad = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(
        _mm256_cmpgt_epi16(above, most_above), _mm256_cmpgt_epi16(below, most_below)));
    if (bad != 0) count += split_steps(block, p->center, bad, i / 4, y + i, parts + count);
  }
  uint64_t sums[4];
  _mm256_storeu_si256((__m256i *)sums, total);
  const uint64_t sum = sums[0] + sums[1] + sums[2] + sums[3];
  p->row_sums[row] = (int32_t)(uint32_t)(sum - (uint64_t)p->center * p->stride);
  p->part_counts[row] = (uint32_t)count;
}

static void prepare(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  for (size_t row = begin; row < end; row++) prepare_row(ctx, row);
}

static VITQ_TARGET void pack_unsigned(
    const vitq_int8_matrix *b, size_t k, size_t columns, int8_t *packed, int32_t *column_sums) {
  pack_panel(b, k, columns, 0x80, packed, column_sums);
}

const vitq_int8_kernels vitq_int8_avx2 = {
    .name = "avx2", .instruction = "vpmaddubsw, vpmaddwd", .mr = MR, VITQ_TEMPLATE_KERNELS,
    .multiply = multiply, .prepare = prepare, .amend = amend, .row_sum = row_sum,
    .pack = pack_unsigned,
    .saturating_product = vitq_saturating_product_avx2};
#endif
