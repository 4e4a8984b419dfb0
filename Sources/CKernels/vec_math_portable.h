// Four floats at a time in the compiler's own vectors: what every processor of the baseline has.
//
// Defines the vector type and the primitives that vec_math.h and the kernels are written in, then
// includes vec_math.h, which defines vitq_exp_portable and its siblings.
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef V
#error "one instruction set a file"
#endif
#define V(name) name##_portable
#define V_TARGET
#define V_FN static inline __attribute__((always_inline))

typedef float vitq_vf_portable __attribute__((vector_size(16)));
typedef int32_t vitq_vm_portable __attribute__((vector_size(16)));
enum { vitq_width_portable = 4 };

V_FN vitq_vf_portable vitq_set1_portable(float x) { return (vitq_vf_portable){x, x, x, x}; }

V_FN vitq_vf_portable vitq_load_portable(const float *p) {
  vitq_vf_portable x;
  memcpy(&x, p, sizeof x);
  return x;
}

V_FN void vitq_store_portable(float *p, vitq_vf_portable x) { memcpy(p, &x, sizeof x); }

/// The first `n` <= 4 elements; the others are 0 and not read.
V_FN vitq_vf_portable vitq_load_first_portable(const float *p, size_t n) {
  vitq_vf_portable x = {0};
  memcpy(&x, p, n * sizeof *p);
  return x;
}

/// Writes only the first `n` <= 4 elements.
V_FN void vitq_store_first_portable(float *p, size_t n, vitq_vf_portable x) {
  memcpy(p, &x, n * sizeof *p);
}

V_FN vitq_vf_portable vitq_select_portable(
    vitq_vm_portable m, vitq_vf_portable yes, vitq_vf_portable no) {
  return (vitq_vf_portable)((m & (vitq_vm_portable)yes) | (~m & (vitq_vm_portable)no));
}

/// The first `n` elements of x, and `rest` in the others.
V_FN vitq_vf_portable vitq_keep_first_portable(vitq_vf_portable x, size_t n, float rest) {
  const int32_t count = (int32_t)n;
  const vitq_vm_portable lane = {0, 1, 2, 3};
  const vitq_vm_portable limit = {count, count, count, count};
  return vitq_select_portable(lane < limit, x, vitq_set1_portable(rest));
}

V_FN vitq_vf_portable vitq_fma_portable(
    vitq_vf_portable a, vitq_vf_portable b, vitq_vf_portable c) {
  return a * b + c;
}
V_FN vitq_vf_portable vitq_fnma_portable(
    vitq_vf_portable a, vitq_vf_portable b, vitq_vf_portable c) {
  return c - a * b;
}

/// The second operand where either is NaN, so a NaN in `x` survives vitq_min(limit, x).
V_FN vitq_vf_portable vitq_min_portable(vitq_vf_portable a, vitq_vf_portable b) {
  return vitq_select_portable(a < b, a, b);
}
V_FN vitq_vf_portable vitq_max_portable(vitq_vf_portable a, vitq_vf_portable b) {
  return vitq_select_portable(a > b, a, b);
}

/// The magnitude of `x` with the sign of `sign`.
V_FN vitq_vf_portable vitq_copysign_portable(vitq_vf_portable x, vitq_vf_portable sign) {
  const vitq_vm_portable bit = (vitq_vm_portable)vitq_set1_portable(-0.0f);
  return (vitq_vf_portable)((~bit & (vitq_vm_portable)x) | (bit & (vitq_vm_portable)sign));
}

V_FN vitq_vf_portable vitq_abs_portable(vitq_vf_portable x) {
  return vitq_copysign_portable(x, vitq_set1_portable(0));
}

#define VITQ_LANES(f, x) ((vitq_vf_portable){f((x)[0]), f((x)[1]), f((x)[2]), f((x)[3])})
V_FN vitq_vf_portable vitq_sqrt_portable(vitq_vf_portable x) { return VITQ_LANES(sqrtf, x); }
V_FN vitq_vf_portable vitq_floor_portable(vitq_vf_portable x) { return VITQ_LANES(floorf, x); }
V_FN vitq_vf_portable vitq_ceil_portable(vitq_vf_portable x) { return VITQ_LANES(ceilf, x); }
#undef VITQ_LANES

/// To the nearest integer, halves to even.
V_FN vitq_vf_portable vitq_rint_portable(vitq_vf_portable x) {
  // Adding and taking away 2^23 leaves no room for a fraction; larger numbers have none.
  const vitq_vf_portable limit = vitq_set1_portable(0x1p23f);
  const vitq_vf_portable magnitude = vitq_abs_portable(x);
  const vitq_vf_portable rounded = vitq_copysign_portable((magnitude + limit) - limit, x);
  return vitq_select_portable(magnitude < limit, rounded, x);
}

/// x times 2 to the power n, n an integer in [-250, 250]; gradual underflow, NaN stays.
V_FN vitq_vf_portable vitq_scale2_portable(vitq_vf_portable x, vitq_vf_portable n) {
  // 2^n may lie outside float's range where the product does not: it is applied in two halves.
  // Above 2^23 a float's bits count units, which makes an integer of n whatever it is.
  typedef uint32_t bits __attribute__((vector_size(16)));
  const vitq_vf_portable shift = vitq_set1_portable(0x1.8p23f);
  const vitq_vm_portable whole = (vitq_vm_portable)((bits)(n + shift) - (bits)shift);
  const vitq_vm_portable half = whole >> 1;
  const bits low = (bits)half + 127;
  const bits high = (bits)whole - (bits)half + 127;
  return x * (vitq_vf_portable)(low << 23) * (vitq_vf_portable)(high << 23);
}

V_FN vitq_vm_portable vitq_less_portable(vitq_vf_portable a, vitq_vf_portable b) { return a < b; }

V_FN vitq_vm_portable vitq_is_nan_portable(vitq_vf_portable x) { return x != x; }

V_FN float vitq_sum_portable(vitq_vf_portable x) { return (x[0] + x[2]) + (x[1] + x[3]); }

/// The largest element; undetermined where one is NaN.
V_FN float vitq_largest_portable(vitq_vf_portable x) {
  const float a = x[0] > x[2] ? x[0] : x[2];
  const float b = x[1] > x[3] ? x[1] : x[3];
  return a > b ? a : b;
}

#include "vec_math.h"
