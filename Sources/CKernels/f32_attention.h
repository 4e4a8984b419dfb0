// Scaled dot-product attention, the heads read in place. Included once for each instruction set,
// after f32_gemm.h and f32_rows.h.

// Query rows whose scores are in the first-level cache at a time.
enum { SCORE_ROWS = 4 * TILE_ROWS };

typedef float V(four) __attribute__((vector_size(16), aligned(4), may_alias));

/// Four rows of four floats, `stride` apart, to the columns of `packed`.
V_FN void V(transpose_4x4)(const float *x, size_t stride, float *packed) {
  V(four) rows[4];
  for (size_t j = 0; j < 4; j++) rows[j] = *(const V(four) *)(x + j * stride);
  const V(four) low01 = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
  const V(four) low23 = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
  const V(four) high01 = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
  const V(four) high23 = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
  *(V(four) *)packed = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  *(V(four) *)(packed + PANEL) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  *(V(four) *)(packed + 2 * PANEL) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  *(V(four) *)(packed + 3 * PANEL) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

/// K [rows][size] transposed and packed: [panels][size][PANEL], the last panel filled with zeros.
V_TARGET static void V(pack_keys)(
    const float *key, size_t stride, size_t rows, size_t size, float *packed) {
  const size_t panels = (rows + PANEL - 1) / PANEL;
  const size_t whole_rows = rows / 4 * 4, whole = size / 4 * 4;
  // A panel's width is a multiple of four in every instruction set.
  for (size_t row = 0; row < whole_rows; row += 4) {
    float *columns = packed + row / PANEL * PANEL * size + row % PANEL;
    const float *x = key + row * stride;
    for (size_t k = 0; k < whole; k += 4) {
      V(transpose_4x4)(x + k, stride, columns + k * PANEL);
    }
    for (size_t k = whole; k < size; k++) {
      for (size_t j = 0; j < 4; j++) columns[k * PANEL + j] = x[j * stride + k];
    }
  }
  for (size_t row = whole_rows; row < panels * PANEL; row++) {
    float *column = packed + row / PANEL * PANEL * size + row % PANEL;
    for (size_t k = 0; k < size; k++) column[k * PANEL] = row < rows ? key[row * stride + k] : 0;
  }
}

/// V [rows][size] packed: [panels][rows][PANEL], the last panel filled with zeros.
V_TARGET static void V(pack_values)(
    const float *value, size_t stride, size_t rows, size_t size, float *packed) {
  for (size_t first = 0; first < size; first += PANEL) {
    const size_t columns = size - first < PANEL ? size - first : PANEL;
    for (size_t row = 0; row < rows; row++, packed += PANEL) {
      for (size_t i = 0; i < PANEL; i += WIDTH) {
        const V(vitq_vf) values =
            i < columns ? V(row_load)(value + row * stride + first, i, columns) : V(vitq_set1)(0);
        V(vitq_store)(packed + i, values);
      }
    }
  }
}

/// What exp is taken of, but for the row's maximum: score * scale + mask.
V_FN V(vitq_vf) V(score)(
    const float *scores, const float *mask, V(vitq_vf) scale, size_t i, size_t columns) {
  const V(vitq_vf) value = V(row_load)(scores, i, columns) * scale;
  return mask == NULL ? value : value + V(row_load)(mask, i, columns);
}

/// A row without weights, and their factor.
V_FN float V(zero_row)(float *scores, size_t columns) {
  for (size_t i = 0; i < columns; i++) scores[i] = 0;
  return 0;
}

V_TARGET static bool V(has_nan)(
    const float *scores, const float *mask, V(vitq_vf) scale, size_t columns) {
  V(vitq_vf) nans = V(vitq_set1)(0);
  for (size_t i = 0; i < columns; i += WIDTH) {
    const V(vitq_vf) value = V(score)(scores, mask, scale, i, columns);
    nans = V(vitq_select)(V(vitq_is_nan)(value), value, nans);
  }
  const float sum = V(vitq_sum)(nans);
  return sum != sum;
}

/// exp(scores * scale + mask - their maximum) along `columns` of one row, in place. Returns the
/// reciprocal of the sum, which makes a softmax of it: NaN where V(softmax_row) gives NaN, unless zeros
/// are asked for.
V_TARGET static float V(score_row)(
    float *scores, size_t columns, float scale, const float *mask,
    vitq_f32_undefined_rows undefined) {
  const V(vitq_vf) factor = V(vitq_set1)(scale);
  const float lowest = -__builtin_inff();
  V(vitq_vf) maximum = V(vitq_set1)(lowest);
  for (size_t i = 0; i < columns; i += WIDTH) {
    V(vitq_vf) value = V(score)(scores, mask, factor, i, columns);
    if (columns - i < WIDTH) value = V(vitq_keep_first)(value, columns - i, lowest);
    maximum = V(vitq_max)(value, maximum);
  }
  const float largest = V(vitq_largest)(maximum);
  // The maximum passes over a NaN, which the sum does not.
  if (undefined == VITQ_ROWS_ZERO_WHERE_MASKED && largest == lowest
      && !V(has_nan)(scores, mask, factor, columns)) {
    return V(zero_row)(scores, columns);
  }
  const V(vitq_vf) highest = V(vitq_set1)(largest);
  V(vitq_vf) sums[2] = {V(vitq_set1)(0), V(vitq_set1)(0)};
  size_t i = 0;
  for (; i + 2 * WIDTH <= columns; i += 2 * WIDTH) {
    for (size_t s = 0; s < 2; s++) {
      const size_t j = i + s * WIDTH;
      const V(vitq_vf) e = V(vitq_exp)(V(score)(scores, mask, factor, j, columns) - highest);
      V(vitq_store)(scores + j, e);
      sums[s] = sums[s] + e;
    }
  }
  for (; i < columns; i += WIDTH) {
    V(vitq_vf) e = V(vitq_exp)(V(score)(scores, mask, factor, i, columns) - highest);
    if (columns - i < WIDTH) e = V(vitq_keep_first)(e, columns - i, 0);
    V(row_store)(scores, i, columns, e);
    sums[0] = sums[0] + e;
  }
  const float reciprocal = 1 / V(vitq_sum)(sums[0] + sums[1]);
  const bool is_zero = undefined == VITQ_ROWS_ZERO && reciprocal != reciprocal;
  return is_zero ? V(zero_row)(scores, columns) : reciprocal;
}

/// Query rows [first, last) of one head, whose keys and values are packed.
V_TARGET static void V(attend)(
    const vitq_f32_attention *args, size_t first, size_t last, const float *query,
    const float *keys, const float *values, const float *mask, float *output, float *scores) {
  const size_t key_rows = args->key_rows;
  const size_t stride = (key_rows + PANEL - 1) / PANEL * PANEL;
  _Alignas(64) float products[TILE_ROWS * PANEL];
  for (size_t begin = first; begin < last; begin += SCORE_ROWS) {
    const size_t end = last - begin < SCORE_ROWS ? last : begin + SCORE_ROWS;
    for (size_t column = 0; column < key_rows; column += PANEL) {
      const size_t columns = key_rows - column < PANEL ? key_rows - column : PANEL;
      for (size_t row = begin; row < end; row += TILE_ROWS) {
        const size_t rows = end - row < TILE_ROWS ? end - row : TILE_ROWS;
        V(any_tile)(rows, columns, args->head_size, query + row * args->query_stride,
                    args->query_stride, keys + column * args->head_size,
                    scores + (row - begin) * stride + column, stride);
      }
    }
    float factors[SCORE_ROWS];
    for (size_t row = begin; row < end; row++) {
      factors[row - begin] = V(score_row)(
          scores + (row - begin) * stride, key_rows, args->scale,
          mask == NULL ? NULL : mask + row * args->mask_row_stride, args->undefined_rows);
    }
    for (size_t column = 0; column < args->value_size; column += PANEL) {
      const size_t left = args->value_size - column;
      const size_t columns = left < PANEL ? left : PANEL;
      for (size_t row = begin; row < end; row += TILE_ROWS) {
        const size_t rows = end - row < TILE_ROWS ? end - row : TILE_ROWS;
        V(any_tile)(rows, columns, key_rows, scores + (row - begin) * stride, stride,
                    values + column * key_rows, products, PANEL);
        for (size_t r = 0; r < rows; r++) {
          float *y = output + (row + r) * args->output_stride + column;
          const V(vitq_vf) factor = V(vitq_set1)(factors[row - begin + r]);
          for (size_t i = 0; i < columns; i += WIDTH) {
            V(row_store)(y, i, columns, V(vitq_load)(products + r * PANEL + i) * factor);
          }
        }
      }
    }
  }
}

V_TARGET static void V(attention)(const void *ctx, size_t begin, size_t end, size_t thread) {
  const vitq_f32_attention *args = ctx;
  const size_t key_panels = (args->key_rows + PANEL - 1) / PANEL;
  const size_t value_panels = (args->value_size + PANEL - 1) / PANEL;
  const size_t key_floats = key_panels * PANEL * args->head_size;
  const size_t value_floats = value_panels * PANEL * args->key_rows;
  float *keys = args->scratch
      + thread * (key_floats + value_floats + SCORE_ROWS * key_panels * PANEL);
  float *values = keys + key_floats;
  float *scores = values + value_floats;
  const size_t piece = (args->query_rows + args->splits - 1) / args->splits;
  for (size_t item = begin; item < end; item++) {
    const size_t first = item % args->splits * piece;
    const size_t head = item / args->splits % args->heads;
    const size_t batch = item / args->splits / args->heads;
    if (first >= args->query_rows) continue;
    const size_t left = args->query_rows - first;
    const size_t shared = head / args->group;
    V(pack_keys)(args->key + batch * args->key_batch_stride + shared * args->key_head_stride,
                 args->key_stride, args->key_rows, args->head_size, keys);
    V(pack_values)(args->value + batch * args->value_batch_stride
                       + shared * args->value_head_stride,
                   args->value_stride, args->key_rows, args->value_size, values);
    const float *mask = args->mask == NULL ? NULL : args->mask
        + batch % args->mask_batches * args->mask_batch_stride + head * args->mask_head_stride;
    V(attend)(args, first, first + (left < piece ? left : piece),
              args->query + batch * args->query_batch_stride + head * args->query_head_stride, keys,
              values, mask,
              args->output + batch * args->output_batch_stride + head * args->output_head_stride,
              scores);
  }
}
