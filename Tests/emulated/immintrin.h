// In place of the compiler's header: AVX-512 VNNI and AVX-VNNI in the plain C of SIMDe, so that the
// kernels written in them run on a processor that has AVX2 and FMA.
#pragma once
#include_next <immintrin.h>

// Wide vectors are passed between functions that are all inlined: there is no ABI to keep.
#pragma clang diagnostic ignored "-Wpsabi"
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <math.h>
#include <string.h>
#include <simde/x86/avx512.h>

// The compiler is told of no instruction set beyond what the command line gives it.
#define target(...)

#define EMULATED static inline __attribute__((always_inline))

// A vector of 512 bits fits no register of the processor.
#ifdef VITQ_OPAQUE
#undef VITQ_OPAQUE
#define VITQ_OPAQUE(vector) __asm__ volatile("" : "+m"(vector))
#endif

// What SIMDe 0.7.4 lacks, or does in another way than the processor.

#define _mm256_dpbusd_avx_epi32 simde_mm256_dpbusd_epi32

/// Copies the `size`-byte elements of which `mask` has a bit; memory of the others is not touched.
EMULATED void emulated_copy(void *to, const void *from, uint64_t mask, size_t size) {
  for (size_t i = 0; i < 64 / size; i++) {
    if (mask >> i & 1) memcpy((char *)to + i * size, (const char *)from + i * size, size);
  }
}

EMULATED __m512 emulated_maskz_loadu_ps(__mmask16 mask, const void *from) {
  __m512 x = simde_mm512_setzero_ps();
  emulated_copy(&x, from, mask, 4);
  return x;
}
#define _mm512_maskz_loadu_ps emulated_maskz_loadu_ps

EMULATED void emulated_mask_storeu_ps(void *to, __mmask16 mask, __m512 x) {
  emulated_copy(to, &x, mask, 4);
}
#define _mm512_mask_storeu_ps emulated_mask_storeu_ps

EMULATED __m512i emulated_maskz_loadu_epi8(__mmask64 mask, const void *from) {
  __m512i x = simde_mm512_setzero_si512();
  emulated_copy(&x, from, mask, 1);
  return x;
}
#define _mm512_maskz_loadu_epi8 emulated_maskz_loadu_epi8

EMULATED int32_t emulated_reduce_add_epi32(__m512i x) {
  uint32_t lanes[16], sum = 0;
  memcpy(lanes, &x, sizeof lanes);
  for (size_t i = 0; i < 16; i++) sum += lanes[i];
  return (int32_t)sum;
}
#define _mm512_reduce_add_epi32 emulated_reduce_add_epi32

/// As the compiler does it: the upper half onto the lower one, four times.
EMULATED float emulated_reduce_add_ps(__m512 x) {
  float lanes[16];
  memcpy(lanes, &x, sizeof lanes);
  for (size_t half = 8; half > 0; half /= 2) {
    for (size_t i = 0; i < half; i++) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}
#define _mm512_reduce_add_ps emulated_reduce_add_ps

EMULATED float emulated_reduce_max_ps(__m512 x) {
  float lanes[16];
  memcpy(lanes, &x, sizeof lanes);
  for (size_t i = 1; i < 16; i++) lanes[0] = lanes[0] > lanes[i] ? lanes[0] : lanes[i];
  return lanes[0];
}
#define _mm512_reduce_max_ps emulated_reduce_max_ps

// SIMDe puts no parentheses around the second argument.
#undef _mm512_roundscale_ps
#define _mm512_roundscale_ps(x, rounding) simde_mm512_roundscale_ps(x, (rounding))

/// SIMDe multiplies by a power of two that itself over- or underflows, and flushes subnormals.
EMULATED __m512 emulated_scalef_ps(__m512 x, __m512 n) {
  float values[16], powers[16];
  memcpy(values, &x, sizeof values);
  memcpy(powers, &n, sizeof powers);
  for (size_t i = 0; i < 16; i++) {
    const float power = floorf(powers[i]);
    // Beyond 300 nothing is left of any float.
    values[i] = power != power ? power : scalbnf(values[i], (int)fmaxf(-300, fminf(300, power)));
  }
  memcpy(&x, values, sizeof values);
  return x;
}
#undef _mm512_scalef_ps
#define _mm512_scalef_ps emulated_scalef_ps
