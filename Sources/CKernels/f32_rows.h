// LayerNorm, softmax and reductions along rows. Included once for each instruction set.

/// A row in whole vectors and a rest, both reduced in the same fixed order.
V_FN V(vitq_vf) V(row_load)(const float *x, size_t i, size_t columns) {
  return i + WIDTH <= columns ? V(vitq_load)(x + i) : V(vitq_load_first)(x + i, columns - i);
}

V_FN void V(row_store)(float *y, size_t i, size_t columns, V(vitq_vf) value) {
  if (i + WIDTH <= columns) {
    V(vitq_store)(y + i, value);
  } else {
    V(vitq_store_first)(y + i, columns - i, value);
  }
}

V_TARGET static float V(row_sum)(const float *x, size_t columns) {
  // Four sums: one would wait for each addition to finish.
  V(vitq_vf) sums[4];
  for (size_t s = 0; s < 4; s++) sums[s] = V(vitq_set1)(0);
  size_t i = 0;
  for (; i + 4 * WIDTH <= columns; i += 4 * WIDTH) {
    for (size_t s = 0; s < 4; s++) sums[s] = sums[s] + V(vitq_load)(x + i + s * WIDTH);
  }
  for (; i < columns; i += WIDTH) sums[0] = sums[0] + V(row_load)(x, i, columns);
  return V(vitq_sum)((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

V_TARGET static float V(row_square_sum)(const float *x, size_t columns, float mean) {
  const V(vitq_vf) center = V(vitq_set1)(mean);
  V(vitq_vf) sums[4];
  for (size_t s = 0; s < 4; s++) sums[s] = V(vitq_set1)(0);
  size_t i = 0;
  for (; i + 4 * WIDTH <= columns; i += 4 * WIDTH) {
    for (size_t s = 0; s < 4; s++) {
      const V(vitq_vf) d = V(vitq_load)(x + i + s * WIDTH) - center;
      sums[s] = V(vitq_fma)(d, d, sums[s]);
    }
  }
  for (; i < columns; i += WIDTH) {
    V(vitq_vf) d = V(row_load)(x, i, columns) - center;
    if (columns - i < WIDTH) d = V(vitq_keep_first)(d, columns - i, 0);
    sums[0] = V(vitq_fma)(d, d, sums[0]);
  }
  return V(vitq_sum)((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

V_TARGET static void V(layer_norm)(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_layer_norm *args = ctx;
  const size_t columns = args->columns;
  for (size_t row = begin; row < end; row++) {
    const float *x = args->x + row * columns;
    float *y = args->y + row * columns;
    if (args->addend != NULL) {
      const float *addend = args->addend + row * columns;
      float *sum = args->sum != NULL ? args->sum + row * columns : y;
      for (size_t i = 0; i < columns; i += WIDTH) {
        V(row_store)(sum, i, columns, V(row_load)(x, i, columns) + V(row_load)(addend, i, columns));
      }
      x = sum;
    }
    const float mean = args->mean_is_zero ? 0 : V(row_sum)(x, columns) / (float)columns;
    const float variance = V(row_square_sum)(x, columns, mean) / (float)columns;
    const V(vitq_vf) center = V(vitq_set1)(mean);
    const V(vitq_vf) factor = V(vitq_set1)(1 / __builtin_sqrtf(variance + args->epsilon));
    for (size_t i = 0; i < columns; i += WIDTH) {
      V(vitq_vf) value = (V(row_load)(x, i, columns) - center) * factor;
      if (args->scale != NULL) value = value * V(row_load)(args->scale, i, columns);
      if (args->bias != NULL) value = value + V(row_load)(args->bias, i, columns);
      V(row_store)(y, i, columns, value);
    }
  }
}

V_TARGET static float V(row_max)(const float *x, size_t columns) {
  const float lowest = -__builtin_inff();
  V(vitq_vf) maxima[2] = {V(vitq_set1)(lowest), V(vitq_set1)(lowest)};
  size_t i = 0;
  for (; i + 2 * WIDTH <= columns; i += 2 * WIDTH) {
    maxima[0] = V(vitq_max)(V(vitq_load)(x + i), maxima[0]);
    maxima[1] = V(vitq_max)(V(vitq_load)(x + i + WIDTH), maxima[1]);
  }
  for (; i < columns; i += WIDTH) {
    V(vitq_vf) value = V(row_load)(x, i, columns);
    if (columns - i < WIDTH) value = V(vitq_keep_first)(value, columns - i, lowest);
    maxima[0] = V(vitq_max)(value, maxima[0]);
  }
  return V(vitq_largest)(V(vitq_max)(maxima[0], maxima[1]));
}

/// softmax in place. A NaN, +inf, or nothing but -inf in a row makes the whole row NaN, as in ONNX
/// Runtime: the row's maximum passes over a NaN, the sum does not.
V_TARGET static void V(softmax_row)(float *y, size_t columns) {
  const V(vitq_vf) highest = V(vitq_set1)(V(row_max)(y, columns));
  V(vitq_vf) sums[2] = {V(vitq_set1)(0), V(vitq_set1)(0)};
  size_t i = 0;
  for (; i + 2 * WIDTH <= columns; i += 2 * WIDTH) {
    const V(vitq_vf) e0 = V(vitq_exp)(V(vitq_load)(y + i) - highest);
    const V(vitq_vf) e1 = V(vitq_exp)(V(vitq_load)(y + i + WIDTH) - highest);
    V(vitq_store)(y + i, e0);
    V(vitq_store)(y + i + WIDTH, e1);
    sums[0] = sums[0] + e0;
    sums[1] = sums[1] + e1;
  }
  for (; i < columns; i += WIDTH) {
    V(vitq_vf) e = V(vitq_exp)(V(row_load)(y, i, columns) - highest);
    if (columns - i < WIDTH) e = V(vitq_keep_first)(e, columns - i, 0);
    V(row_store)(y, i, columns, e);
    sums[0] = sums[0] + e;
  }
  const V(vitq_vf) factor = V(vitq_set1)(1 / V(vitq_sum)(sums[0] + sums[1]));
  for (i = 0; i < columns; i += WIDTH) {
    V(row_store)(y, i, columns, V(row_load)(y, i, columns) * factor);
  }
}

/// The softmax of `lanes` neighbouring columns of [axis][inner].
V_TARGET static void V(softmax_lanes)(
    const vitq_f32_softmax *args, const float *x, float *y, size_t lanes) {
  const V(vitq_vf) scale = V(vitq_set1)(args->scale);
  const size_t inner = args->inner;
  V(vitq_vf) highest = V(vitq_set1)(-__builtin_inff());
  for (size_t k = 0; k < args->axis; k++) {
    highest = V(vitq_max)(V(row_load)(x + k * inner, 0, lanes) * scale, highest);
  }
  V(vitq_vf) sum = V(vitq_set1)(0);
  for (size_t k = 0; k < args->axis; k++) {
    const V(vitq_vf) e = V(vitq_exp)(V(row_load)(x + k * inner, 0, lanes) * scale - highest);
    V(row_store)(y + k * inner, 0, lanes, e);
    sum = sum + e;
  }
  const V(vitq_vf) factor = V(vitq_set1)(1) / sum;
  for (size_t k = 0; k < args->axis; k++) {
    V(row_store)(y + k * inner, 0, lanes, V(row_load)(y + k * inner, 0, lanes) * factor);
  }
}

V_TARGET static void V(softmax)(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_softmax *args = ctx;
  if (args->inner != 1) {
    while (begin < end) {
      const size_t column = begin % args->inner;
      const size_t offset = begin / args->inner * args->axis * args->inner + column;
      size_t lanes = args->inner - column < end - begin ? args->inner - column : end - begin;
      if (lanes > WIDTH) lanes = WIDTH;
      V(softmax_lanes)(args, args->x + offset, args->y + offset, lanes);
      begin += lanes;
    }
    return;
  }
  const V(vitq_vf) scale = V(vitq_set1)(args->scale);
  for (size_t row = begin; row < end; row++) {
    const float *x = args->x + row * args->axis;
    float *y = args->y + row * args->axis;
    for (size_t i = 0; i < args->axis; i += WIDTH) {
      V(row_store)(y, i, args->axis, V(row_load)(x, i, args->axis) * scale);
    }
    V(softmax_row)(y, args->axis);
  }
}

/// The largest or smallest element, NaN where one is NaN.
V_TARGET static float V(row_extreme)(const float *x, size_t columns, bool largest) {
  const V(vitq_vf) sign = V(vitq_set1)(largest ? 1.0f : -1.0f);
  V(vitq_vf) extreme = V(vitq_set1)(-__builtin_inff());
  V(vitq_vf) nans = V(vitq_set1)(0);
  for (size_t i = 0; i < columns; i += WIDTH) {
    V(vitq_vf) value = V(row_load)(x, i, columns) * sign;
    if (columns - i < WIDTH) value = V(vitq_keep_first)(value, columns - i, -__builtin_inff());
    extreme = V(vitq_max)(value, extreme);
    nans = V(vitq_select)(V(vitq_is_nan)(value), value, nans);
  }
  const float nan = V(vitq_sum)(nans);
  if (nan != nan) return nan;
  const float result = V(vitq_largest)(extreme);
  return largest ? result : -result;
}

V_TARGET static void V(reduce)(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_reduce *args = ctx;
  const size_t columns = args->columns;
  for (size_t row = begin; row < end; row++) {
    const float *x = args->x + row * columns;
    switch (args->operation) {
      case VITQ_REDUCE_SUM: args->y[row] = V(row_sum)(x, columns); break;
      case VITQ_REDUCE_MEAN: args->y[row] = V(row_sum)(x, columns) / (float)columns; break;
      case VITQ_REDUCE_MAX: args->y[row] = V(row_extreme)(x, columns, true); break;
      case VITQ_REDUCE_MIN: args->y[row] = V(row_extreme)(x, columns, false); break;
      case VITQ_REDUCE_SUM_SQUARE: args->y[row] = V(row_square_sum)(x, columns, 0); break;
      case VITQ_REDUCE_L2:
        args->y[row] = __builtin_sqrtf(V(row_square_sum)(x, columns, 0));
        break;
    }
  }
}
