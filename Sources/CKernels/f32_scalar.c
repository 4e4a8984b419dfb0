#include "vitq_f32.h"

#include <math.h>

static float sign(float x) { return isnan(x) ? x : (float)((x > 0) - (x < 0)); }

static float softplus(float x) {
  // log(1 + e^x) without overflow for large x.
  return x > 0 ? x + log1pf(expf(-x)) : log1pf(expf(x));
}

static float mish(float x) { return x * tanhf(softplus(x)); }

static float softsign(float x) { return x / (1 + fabsf(x)); }

static float elu(float x, float alpha) { return x < 0 ? alpha * expm1f(x) : x; }

static float celu(float x, float alpha) {
  return fmaxf(0, x) + fminf(0, alpha * expm1f(x / alpha));
}

static float selu(float x, float alpha, float gamma) {
  return gamma * (x > 0 ? x : alpha * expm1f(x));
}

static float shrink(float x, float lambda, float bias) {
  return x < -lambda ? x + bias : x > lambda ? x - bias : 0;
}

#define EACH(expression)                                                      \
  for (size_t i = begin; i < end; i++) {                                      \
    const float v = x[i];                                                     \
    y[i] = (expression);                                                      \
  }                                                                           \
  break

void vitq_f32_unary_scalar(const vitq_f32_unary *args, size_t begin, size_t end) {
  const float *x = args->x;
  float *y = args->y;
  switch (args->operation) {
    case VITQ_UNARY_SIGN: EACH(sign(v));
    case VITQ_UNARY_LOG: EACH(logf(v));
    case VITQ_UNARY_SIN: EACH(sinf(v));
    case VITQ_UNARY_COS: EACH(cosf(v));
    case VITQ_UNARY_TAN: EACH(tanf(v));
    case VITQ_UNARY_ASIN: EACH(asinf(v));
    case VITQ_UNARY_ACOS: EACH(acosf(v));
    case VITQ_UNARY_ATAN: EACH(atanf(v));
    case VITQ_UNARY_SINH: EACH(sinhf(v));
    case VITQ_UNARY_COSH: EACH(coshf(v));
    case VITQ_UNARY_ASINH: EACH(asinhf(v));
    case VITQ_UNARY_ACOSH: EACH(acoshf(v));
    case VITQ_UNARY_ATANH: EACH(atanhf(v));
    case VITQ_UNARY_SOFTPLUS: EACH(softplus(v));
    case VITQ_UNARY_SOFTSIGN: EACH(softsign(v));
    case VITQ_UNARY_MISH: EACH(mish(v));
    case VITQ_UNARY_ELU: EACH(elu(v, args->alpha));
    case VITQ_UNARY_CELU: EACH(celu(v, args->alpha));
    case VITQ_UNARY_SELU: EACH(selu(v, args->alpha, args->beta));
    case VITQ_UNARY_THRESHOLDED_RELU: EACH(v > args->alpha ? v : 0);
    case VITQ_UNARY_SHRINK: EACH(shrink(v, args->alpha, args->beta));
    default: break;
  }
}
#undef EACH
