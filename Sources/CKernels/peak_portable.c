// What every processor of the baseline has: the compiler's own vectors.
#include "peak_loops.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { CHAINS = 12 };

typedef float floats __attribute__((vector_size(16)));
typedef int16_t pairs __attribute__((vector_size(16)));
typedef int32_t words __attribute__((vector_size(16)));

static void multiply_f32(size_t rounds) {
  floats sums[CHAINS];
  floats factor = {0.5f, 0.5f, 0.5f, 0.5f}, addend = {1, 1, 1, 1};
  VITQ_OPAQUE(factor);
  VITQ_OPAQUE(addend);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) {
    sums[i] = (floats){1, 1, 1, 1};
    VITQ_OPAQUE(sums[i]);
  }
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < CHAINS; i++) sums[i] = sums[i] * factor + addend;
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) VITQ_OPAQUE(sums[i]);
}

/// sum + two products for each of its elements; the order of the products does not matter here.
static inline words multiply_add(words sum, pairs a, pairs b) {
#if defined(__SSE2__)
  return sum + (words)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
#define LOW(x) __builtin_convertvector(__builtin_shufflevector(x, x, 0, 1, 2, 3), words)
#define HIGH(x) __builtin_convertvector(__builtin_shufflevector(x, x, 4, 5, 6, 7), words)
  return sum + LOW(a) * LOW(b) + HIGH(a) * HIGH(b);
#endif
}

/// Bytes that are already widened to 16 bits.
static void multiply_int16(size_t rounds) {
  words sums[CHAINS];
  pairs a = {3, 3, 3, 3, 3, 3, 3, 3}, b = {-2, -2, -2, -2, -2, -2, -2, -2};
  VITQ_OPAQUE(b);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) {
    sums[i] = (words){0};
    VITQ_OPAQUE(sums[i]);
  }
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < CHAINS; i++) {
      VITQ_OPAQUE(a);
      sums[i] = multiply_add(sums[i], a, b);
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CHAINS; i++) VITQ_OPAQUE(sums[i]);
}

const vitq_peak_loops vitq_peak_portable = {
    .f32 = {"plain C", CHAINS * 4 * 2, multiply_f32},
    .int8 = {"plain C", CHAINS * 8 * 2, multiply_int16},
};
