// What the files of the integer kernels share.
#pragma once
#include "vitq_int8.h"

#include <string.h>

#define VITQ_INLINE static inline __attribute__((always_inline))

extern const vitq_int8_kernels vitq_int8_portable;
#if defined(__x86_64__)
extern const vitq_int8_kernels vitq_int8_avx2;
extern const vitq_int8_kernels vitq_int8_avxvnni;
extern const vitq_int8_kernels vitq_int8_avx512vnni;
#endif
#if defined(__aarch64__)
extern const vitq_int8_kernels vitq_int8_neon;
#endif

void vitq_saturating_product_portable(
    const void *ctx, size_t begin, size_t end, size_t thread);
#if defined(__x86_64__)
void vitq_saturating_product_avx2(const void *ctx, size_t begin, size_t end, size_t thread);
#endif

VITQ_INLINE size_t vitq_ceil_div(size_t a, size_t b) { return (a + b - 1) / b; }
VITQ_INLINE size_t vitq_min(size_t a, size_t b) { return a < b ? a : b; }

/// The first `count` < 4 bytes at `bytes`, the others zero.
VITQ_INLINE uint32_t vitq_load_part(const uint8_t *bytes, size_t count) {
  uint32_t word = 0;
  for (size_t i = 0; i < count; i++) word |= (uint32_t)bytes[i] << 8 * i;
  return word;
}

VITQ_INLINE uint32_t vitq_load_word(const void *bytes) {
  uint32_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}
