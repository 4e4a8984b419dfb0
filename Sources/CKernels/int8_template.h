// The integer kernels that a compiler vectorizes well, once for each instruction set: the including
// file defines VITQ_TARGET (a function attribute), VITQ_NR and VITQ_KR, and may define
// VITQ_QUANTIZE_32(x, scale, low, high, zero, y) for 32 values, where a compiler narrows badly.
#include "int8_kernels.h"

// Scaling and adding the bias are two roundings, as in ONNX Runtime.
#pragma STDC FP_CONTRACT OFF

#define VITQ_LANES 64

/// Sum `j` of row `r` with all corrections.
VITQ_INLINE VITQ_TARGET uint32_t corrected(
    const vitq_int8_tile *t, size_t r, size_t j, const bool has_zero) {
  const uint32_t sum = (uint32_t)t->sums[r * VITQ_NR + j] + (uint32_t)t->correction[j];
  return has_zero ? sum - (uint32_t)t->row_sums[r] * (uint32_t)t->b_zero[j] : sum;
}

/// All rows, scaled, with the bias and, where it is done here, the residual. The flags are constants
/// where this is inlined, so that a value stays in its register.
VITQ_INLINE VITQ_TARGET void scale_rows(
    const vitq_int8_tile *t, const bool has_zero, const bool has_row_scale, const bool has_bias,
    const bool has_residual, float *y, size_t y_stride) {
  for (size_t r = 0; r < t->rows; r++, y += y_stride) {
    const float row_scale = has_row_scale ? t->row_scale[r] : 1;
    const float *residual = has_residual ? t->residual + r * t->residual_stride : NULL;
    // The residual may be the result itself: an element of it is read before it is written.
#pragma clang loop vectorize(assume_safety)
    for (size_t j = 0; j < VITQ_NR; j++) {
      const float scale = has_row_scale ? row_scale * t->scale[j] : t->scale[j];
      float v = (float)(int32_t)corrected(t, r, j, has_zero) * scale;
      if (has_bias) v = v + t->bias[j];
      y[j] = has_residual ? v + residual[j] : v;
    }
  }
}

VITQ_INLINE VITQ_TARGET void scale_rows_of(
    const vitq_int8_tile *t, const bool has_residual, float *y, size_t y_stride) {
  switch ((t->row_scale ? 4 : t->b_zero ? 2 : 0) + (t->bias ? 1 : 0)) {
  case 0: scale_rows(t, false, false, false, has_residual, y, y_stride); break;
  case 1: scale_rows(t, false, false, true, has_residual, y, y_stride); break;
  case 2: scale_rows(t, true, false, false, has_residual, y, y_stride); break;
  case 3: scale_rows(t, true, false, true, has_residual, y, y_stride); break;
  case 4: scale_rows(t, true, true, false, has_residual, y, y_stride); break;
  default: scale_rows(t, true, true, true, has_residual, y, y_stride); break;
  }
}

/// Writes a row, whose constant length, where it has all columns, needs no call.
VITQ_INLINE VITQ_TARGET void write_row(const vitq_int8_tile *t, size_t r, const void *values) {
  void *y = (char *)t->y + 4 * r * t->y_stride;
  if (t->columns == VITQ_NR) {
    memcpy(y, values, 4 * VITQ_NR);
  } else {
    memcpy(y, values, 4 * t->columns);
  }
}

VITQ_INLINE VITQ_TARGET void finish_integers(const vitq_int8_tile *t) {
  _Alignas(64) uint32_t sums[VITQ_NR];
  for (size_t r = 0; r < t->rows; r++) {
    for (size_t j = 0; j < VITQ_NR; j++) sums[j] = corrected(t, r, j, t->b_zero != NULL);
    write_row(t, r, sums);
  }
}

static VITQ_TARGET void finish(const vitq_int8_tile *t) {
  if (!t->scale) {
    finish_integers(t);
  } else if (!t->activate && t->columns == VITQ_NR) {
    if (t->residual) {
      scale_rows_of(t, true, t->y, t->y_stride);
    } else {
      scale_rows_of(t, false, t->y, t->y_stride);
    }
  } else {
    _Alignas(64) float values[VITQ_INT8_MAX_MR * VITQ_NR];
    scale_rows_of(t, false, values, VITQ_NR);
    if (t->activate) t->activate(values, t->rows * VITQ_NR);
    for (size_t r = 0; r < t->rows; r++) {
      float *v = values + r * VITQ_NR;
      if (t->residual) {
        const float *residual = t->residual + r * t->residual_stride;
        for (size_t j = 0; j < t->columns; j++) v[j] += residual[j];
      }
      write_row(t, r, v);
    }
  }
}

static VITQ_TARGET __attribute__((unused)) int32_t row_sum(const uint8_t *a, size_t k) {
  uint32_t sum = 0;
  for (size_t i = 0; i < k; i++) sum += a[i];
  return (int32_t)sum;
}

/// Packs steps [k0, k0 + steps) of K, steps <= VITQ_KR, for all columns of a panel.
static VITQ_TARGET void pack_steps(
    const vitq_int8_matrix *b, size_t k0, size_t steps, size_t columns, int8_t *restrict packed) {
  const uint8_t *rows = b->data + k0 * b->row_stride;
  memset(packed, 0, VITQ_NR * VITQ_KR);
  for (size_t i = 0; i < steps; i++) {
    const uint8_t *row = rows + i * b->row_stride;
    if (b->column_stride == 1) {
      for (size_t j = 0; j < columns; j++) packed[j * VITQ_KR + i] = (int8_t)(row[j] ^ b->flip);
    } else {
      for (size_t j = 0; j < columns; j++) {
        packed[j * VITQ_KR + i] = (int8_t)(row[j * b->column_stride] ^ b->flip);
      }
    }
  }
}

static VITQ_TARGET __attribute__((unused)) void pack(
    const vitq_int8_matrix *b, size_t k, size_t columns, int8_t *packed, int32_t *column_sums) {
  memset(column_sums, 0, VITQ_NR * sizeof *column_sums);
  for (size_t k0 = 0; k0 < k; k0 += VITQ_KR, packed += VITQ_NR * VITQ_KR) {
    pack_steps(b, k0, vitq_min(VITQ_KR, k - k0), columns, packed);
    for (size_t j = 0; j < VITQ_NR; j++) {
      for (size_t i = 0; i < VITQ_KR; i++) column_sums[j] += packed[j * VITQ_KR + i];
    }
  }
}

static VITQ_TARGET void block_range(const float *x, size_t count, float *range) {
  float low[VITQ_LANES] = {0}, high[VITQ_LANES] = {0};
  size_t i = 0;
  // The comparisons are false for NaN, which so changes nothing.
  for (; i + VITQ_LANES <= count; i += VITQ_LANES) {
    for (size_t j = 0; j < VITQ_LANES; j++) low[j] = x[i + j] < low[j] ? x[i + j] : low[j];
    for (size_t j = 0; j < VITQ_LANES; j++) high[j] = x[i + j] > high[j] ? x[i + j] : high[j];
  }
  for (size_t j = 0; i < count; i++, j++) {
    low[j] = x[i] < low[j] ? x[i] : low[j];
    high[j] = x[i] > high[j] ? x[i] : high[j];
  }
  for (size_t j = 1; j < VITQ_LANES; j++) {
    low[0] = low[j] < low[0] ? low[j] : low[0];
    high[0] = high[j] > high[0] ? high[j] : high[0];
  }
  range[0] = low[0];
  range[1] = high[0];
}

static void minimum_maximum(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_minimum_maximum *m = ctx;
  for (size_t span = begin; span < end; span++) {
    const size_t first = span * m->span;
    block_range(m->x + first, vitq_min(m->span, m->count - first), m->ranges + 2 * span);
  }
}

/// x / scale as an integer within [low, high]; NaN becomes low.
VITQ_INLINE VITQ_TARGET float quotient(float x, float scale, float low, float high) {
  float v = x / scale;
  v = v > low ? v : low;
  v = v < high ? v : high;
  // Adding and subtracting 1.5 * 2^23 rounds to the nearest integer, halves to even.
  return (v + 12582912.0f) - 12582912.0f;
}

/// The parameters of one span.
typedef struct {
  float scale, low, high;
  int32_t zero;
} span_parameters;

VITQ_INLINE span_parameters parameters(const vitq_quantization *q, size_t span) {
  const size_t i = span % q->axis * q->step;
  const uint8_t byte = q->zero ? q->zero[i] : 0;
  const int32_t zero = q->is_signed ? (int8_t)byte : byte;
  const float low = (float)((q->is_signed ? -128 : 0) - zero);
  return (span_parameters){.scale = q->scale[i], .low = low, .high = low + 255.0f, .zero = zero};
}

static VITQ_TARGET void quantize(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_quantization *q = ctx;
  for (size_t span = begin; span < end; span++) {
    const span_parameters p = parameters(q, span);
    const size_t last = vitq_min((span + 1) * q->span, q->count);
    const float *x = q->x;
    uint8_t *restrict y = q->y;
    size_t i = span * q->span;
#ifdef VITQ_QUANTIZE_32
    for (; i + 32 <= last; i += 32) VITQ_QUANTIZE_32(x + i, p.scale, p.low, p.high, p.zero, y + i);
#endif
    for (; i < last; i++) {
      y[i] = (uint8_t)((int32_t)quotient(x[i], p.scale, p.low, p.high) + p.zero);
    }
  }
}

/// What `x` is after quantizing and dequantizing; adding zero turns -0 to 0, as an integer would.
VITQ_INLINE VITQ_TARGET float fake(float x, span_parameters p) {
  return (quotient(x, p.scale, p.low, p.high) + 0.0f) * p.scale;
}

static VITQ_TARGET void fake_quantize(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_quantization *q = ctx;
  for (size_t span = begin; span < end; span++) {
    const span_parameters p = parameters(q, span);
    const size_t last = vitq_min((span + 1) * q->span, q->count);
    const float *x = q->x;
    float *y = q->y;
    // In place or not, element i of y depends on no other element of x.
#pragma clang loop vectorize(assume_safety)
    for (size_t i = span * q->span; i < last; i++) y[i] = fake(x[i], p);
  }
}

static VITQ_TARGET void dequantize(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_quantization *q = ctx;
  for (size_t span = begin; span < end; span++) {
    const span_parameters p = parameters(q, span);
    const size_t last = vitq_min((span + 1) * q->span, q->count);
    float *restrict y = q->y;
    if (q->is_signed) {
      const int8_t *x = q->x;
      for (size_t i = span * q->span; i < last; i++) y[i] = (float)(x[i] - p.zero) * p.scale;
    } else {
      const uint8_t *x = q->x;
      for (size_t i = span * q->span; i < last; i++) y[i] = (float)(x[i] - p.zero) * p.scale;
    }
  }
}

VITQ_INLINE VITQ_TARGET float operand_value(const vitq_fake_operand *o, float x) {
  if (o->zero < 0) return x;
  const float low = (float)-o->zero;
  return fake(x, (span_parameters){.scale = o->scale, .low = low, .high = low + 255.0f});
}

/// y[0, count) from elements of `a` and `b` that follow each other, or one of `b` for all.
static VITQ_TARGET void add_run(
    const vitq_fake_operand *a, const float *ax, size_t a_step, const vitq_fake_operand *b,
    const float *bx, size_t b_step, float *y, size_t count) {
  const vitq_fake_operand ao = *a, bo = *b;
  if (a_step == 1 && b_step == 1) {
#pragma clang loop vectorize(assume_safety)
    for (size_t i = 0; i < count; i++) y[i] = operand_value(&ao, ax[i]) + operand_value(&bo, bx[i]);
  } else {
    for (size_t i = 0; i < count; i++) {
      y[i] = operand_value(&ao, ax[i * a_step]) + operand_value(&bo, bx[i * b_step]);
    }
  }
}

static VITQ_TARGET void fake_quantized_add(
    const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_fake_quantized_sum *s = ctx;
  const size_t a_step = s->a.period != 1, b_step = s->b.period != 1;
  const size_t last = vitq_min(end * VITQ_INT8_BLOCK, s->count);
  for (size_t i = begin * VITQ_INT8_BLOCK; i < last;) {
    const size_t ai = i % s->a.period, bi = i % s->b.period;
    size_t run = last - i;
    if (a_step) run = vitq_min(run, s->a.period - ai);
    if (b_step) run = vitq_min(run, s->b.period - bi);
    add_run(&s->a, s->a.x + ai, a_step, &s->b, s->b.x + bi, b_step, s->y + i, run);
    i += run;
  }
}

/// The members of a table that this file gives.
#define VITQ_TEMPLATE_KERNELS                                                                     \
  .nr = VITQ_NR, .kr = VITQ_KR, .may_saturate = false, .finish = finish,                          \
  .minimum_maximum = minimum_maximum, .quantize = quantize, .fake_quantize = fake_quantize,       \
  .dequantize = dequantize, .fake_quantized_add = fake_quantized_add
