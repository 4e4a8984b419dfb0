#include "vitq_elements.h"

#include <string.h>

// What x86-64's conversion makes of a number that does not fit, written out.
static inline int32_t truncated32(float x) {
  return x >= -0x1p31f && x < 0x1p31f ? (int32_t)x : INT32_MIN;
}

static inline int64_t truncated64(float x) {
  return x >= -0x1p63f && x < 0x1p63f ? (int64_t)x : INT64_MIN;
}

#define LOOP(type, expression)                       \
  {                                                  \
    type *y = (type *)args->y;                       \
    for (size_t i = begin; i < end; i++) {           \
      y[i] = (type)(expression);                     \
    }                                                \
    break;                                           \
  }

#define FROM_INTEGER(type)                                                              \
  static void from_##type(const vitq_cast *args, size_t begin, size_t end) {            \
    const type *x = (const type *)args->x;                                              \
    switch (args->to) {                                                                 \
      case VITQ_FLOAT32: LOOP(float, x[i])                                              \
      case VITQ_INT8: LOOP(int8_t, x[i])                                                \
      case VITQ_UINT8: LOOP(uint8_t, x[i])                                              \
      case VITQ_INT32: LOOP(int32_t, x[i])                                              \
      case VITQ_INT64: LOOP(int64_t, x[i])                                              \
      case VITQ_BOOL: LOOP(uint8_t, x[i] != 0)                                          \
    }                                                                                   \
  }
FROM_INTEGER(int8_t)
FROM_INTEGER(uint8_t)
FROM_INTEGER(int32_t)
FROM_INTEGER(int64_t)
#undef FROM_INTEGER

static void from_float(const vitq_cast *args, size_t begin, size_t end) {
  const float *x = (const float *)args->x;
  switch (args->to) {
    case VITQ_FLOAT32: LOOP(float, x[i])
    case VITQ_INT8: LOOP(int8_t, truncated32(x[i]))
    case VITQ_UINT8: LOOP(uint8_t, truncated32(x[i]))
    case VITQ_INT32: LOOP(int32_t, truncated32(x[i]))
    case VITQ_INT64: LOOP(int64_t, truncated64(x[i]))
    case VITQ_BOOL: LOOP(uint8_t, x[i] != 0)
  }
}
#undef LOOP

void vitq_cast_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_cast *args = ctx;
  switch (args->from) {
    case VITQ_FLOAT32: from_float(args, begin, end); break;
    case VITQ_INT8: from_int8_t(args, begin, end); break;
    case VITQ_BOOL:
    case VITQ_UINT8: from_uint8_t(args, begin, end); break;
    case VITQ_INT32: from_int32_t(args, begin, end); break;
    case VITQ_INT64: from_int64_t(args, begin, end); break;
  }
}

static inline uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/// Drops the low `count` bits of a number, to nearest, halves to even. A carry goes into the exponent.
static inline uint32_t rounded(uint32_t bits, uint32_t count) {
  const uint32_t odd = bits >> count & 1;
  return (bits + (1u << (count - 1)) - 1 + odd) & ~((1u << count) - 1);
}

void vitq_round_float16_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_round *args = ctx;
  const uint32_t infinity = 0x7f800000;
  for (size_t i = begin; i < end; i++) {
    const uint32_t bits = bits_of(args->x[i]), sign = bits & 0x80000000, magnitude = bits ^ sign;
    // Below 2^-14 float16 counts in steps of 2^-24; a sum with 1/2 has just these.
    const uint32_t small = bits_of((float_of(magnitude) + 0.5f) - 0.5f);
    const uint32_t normal = rounded(magnitude, 13);
    // 2^16 is the first number beyond 65504.
    const uint32_t large = normal >= 0x47800000 ? infinity : normal;
    const uint32_t number = magnitude < 0x38800000 ? small : large;
    args->y[i] = magnitude > infinity ? args->x[i] : float_of(sign | number);
  }
}

void vitq_round_bfloat16_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_round *args = ctx;
  for (size_t i = begin; i < end; i++) {
    const uint32_t bits = bits_of(args->x[i]);
    const uint32_t magnitude = bits & 0x7fffffff;
    args->y[i] = magnitude > 0x7f800000 ? args->x[i] : float_of(rounded(bits, 16));
  }
}
