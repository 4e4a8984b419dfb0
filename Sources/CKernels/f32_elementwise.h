// Operations on single elements and on broadcast pairs. Included once for each instruction set.

#define EACH(expression)                                         \
  for (size_t i = begin; i < end; i += WIDTH) {                  \
    const V(vitq_vf) v = V(row_load)(x, i, end);                 \
    V(row_store)(y, i, end, (expression));                       \
  }                                                              \
  break

V_TARGET static void V(unary)(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_unary *args = ctx;
  const float *x = args->x;
  float *y = args->y;
  const V(vitq_vf) zero = V(vitq_set1)(0), one = V(vitq_set1)(1);
  const V(vitq_vf) alpha = V(vitq_set1)(args->alpha), beta = V(vitq_set1)(args->beta);
  switch (args->operation) {
    case VITQ_UNARY_ABS: EACH(V(vitq_abs)(v));
    case VITQ_UNARY_NEG: EACH(-v);
    case VITQ_UNARY_EXP: EACH(V(vitq_exp)(v));
    case VITQ_UNARY_SQRT: EACH(V(vitq_sqrt)(v));
    case VITQ_UNARY_RECIPROCAL: EACH(one / v);
    case VITQ_UNARY_ERF: EACH(V(vitq_erf)(v));
    case VITQ_UNARY_TANH: EACH(V(vitq_tanh)(v));
    case VITQ_UNARY_FLOOR: EACH(V(vitq_floor)(v));
    case VITQ_UNARY_CEIL: EACH(V(vitq_ceil)(v));
    case VITQ_UNARY_ROUND: EACH(V(vitq_rint)(v));
    case VITQ_UNARY_SIGMOID: EACH(V(vitq_sigmoid)(v));
    case VITQ_UNARY_RELU: EACH(V(vitq_relu)(v));
    case VITQ_UNARY_LEAKY_RELU: EACH(V(vitq_select)(V(vitq_less)(v, zero), alpha * v, v));
    case VITQ_UNARY_HARD_SIGMOID:
      EACH(V(vitq_max)(zero, V(vitq_min)(one, V(vitq_fma)(alpha, v, beta))));
    case VITQ_UNARY_HARD_SWISH: {
      const V(vitq_vf) sixth = V(vitq_set1)(1.0f / 6), half = V(vitq_set1)(0.5f);
      EACH(v * V(vitq_max)(zero, V(vitq_min)(one, V(vitq_fma)(v, sixth, half))));
    }
    case VITQ_UNARY_SWISH: EACH(v * V(vitq_sigmoid)(alpha * v));
    case VITQ_UNARY_GELU_ERF: EACH(V(vitq_gelu_erf)(v));
    case VITQ_UNARY_GELU_TANH: EACH(V(vitq_gelu_tanh)(v));
    case VITQ_UNARY_CLIP: EACH(V(vitq_min)(beta, V(vitq_max)(alpha, v)));
    default: vitq_f32_unary_scalar(args, begin, end);
  }
}
#undef EACH

V_FN V(vitq_vf) V(smaller)(V(vitq_vf) a, V(vitq_vf) b) {
  return V(vitq_select)(V(vitq_is_nan)(a), a, V(vitq_min)(a, b));
}

V_FN V(vitq_vf) V(larger)(V(vitq_vf) a, V(vitq_vf) b) {
  return V(vitq_select)(V(vitq_is_nan)(a), a, V(vitq_max)(a, b));
}

#define EACH(expression)                                                                  \
  for (size_t i = 0; i < count; i += WIDTH) {                                             \
    const V(vitq_vf) p = a_step == 0 ? V(vitq_set1)(*a) : V(row_load)(a, i, count);       \
    const V(vitq_vf) q = b_step == 0 ? V(vitq_set1)(*b) : V(row_load)(b, i, count);       \
    V(row_store)(y, i, count, (expression));                                              \
  }                                                                                       \
  break

/// A run of `count` elements; a step is 0 where the operand is one element repeated.
V_FN void V(binary_run)(
    vitq_f32_binary_operation operation, const float *a, const size_t a_step, const float *b,
    const size_t b_step, float *y, size_t count) {
  switch (operation) {
    case VITQ_BINARY_ADD: EACH(p + q);
    case VITQ_BINARY_SUB: EACH(p - q);
    case VITQ_BINARY_MUL: EACH(p * q);
    case VITQ_BINARY_DIV: EACH(p / q);
    case VITQ_BINARY_MIN: EACH(V(smaller)(p, q));
    case VITQ_BINARY_MAX: EACH(V(larger)(p, q));
    case VITQ_BINARY_POW:
      for (size_t i = 0; i < count; i++) {
        const float base = a[i * a_step], exponent = b[i * b_step];
        y[i] = exponent == 2 ? base * base : powf(base, exponent);
      }
      break;
    case VITQ_BINARY_FMOD:
      for (size_t i = 0; i < count; i++) y[i] = fmodf(a[i * a_step], b[i * b_step]);
      break;
    case VITQ_BINARY_MOD:
      for (size_t i = 0; i < count; i++) {
        const float divisor = b[i * b_step], rest = fmodf(a[i * a_step], divisor);
        if (rest == 0) {
          y[i] = copysignf(0, divisor);
        } else {
          y[i] = (rest < 0) != (divisor < 0) ? rest + divisor : rest;
        }
      }
      break;
    case VITQ_BINARY_PRELU:
      EACH(V(vitq_select)(V(vitq_less)(p, V(vitq_set1)(0)), p * q, p));
  }
}
#undef EACH

V_TARGET static void V(binary)(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_binary *args = ctx;
  const size_t last = args->rank - 1;
  const size_t length = args->dims[last];
  const size_t a_step = args->a_strides[last], b_step = args->b_strides[last];
  while (begin < end) {
    const size_t column = begin % length;
    size_t a = column * a_step, b = column * b_step;
    size_t index = begin / length;
    for (size_t d = last; d-- > 0;) {
      const size_t place = index % args->dims[d];
      index /= args->dims[d];
      a += place * args->a_strides[d];
      b += place * args->b_strides[d];
    }
    const size_t count = length - column < end - begin ? length - column : end - begin;
    const float *pa = args->a + a, *pb = args->b + b;
    float *y = args->y + begin;
    if (a_step == 0) {
      V(binary_run)(args->operation, pa, 0, pb, b_step, y, count);
    } else if (b_step == 0) {
      V(binary_run)(args->operation, pa, 1, pb, 0, y, count);
    } else {
      V(binary_run)(args->operation, pa, 1, pb, 1, y, count);
    }
    begin += count;
  }
}
