// Reductions over rows that lie below each other. Included once for each instruction set.

V_FN V(vitq_vf) V(column_step)(vitq_f32_reduction operation, V(vitq_vf) result, V(vitq_vf) value) {
  switch (operation) {
    case VITQ_REDUCE_MAX: return V(larger)(result, value);
    case VITQ_REDUCE_MIN: return V(smaller)(result, value);
    default: return result + value;
  }
}

/// `vectors` vectors of columns from `x` on. Each column is added up from the first row to the last,
/// however the columns are cut.
V_FN void V(column_block)(const vitq_f32_reduce_columns *args, const float *x, float *y,
                          const size_t vectors, size_t count) {
  V(vitq_vf) results[4];
  for (size_t v = 0; v < vectors; v++) results[v] = V(row_load)(x, v * WIDTH, count);
  for (size_t row = 1; row < args->rows; row++) {
    x += args->columns;
    for (size_t v = 0; v < vectors; v++) {
      results[v] = V(column_step)(args->operation, results[v], V(row_load)(x, v * WIDTH, count));
    }
  }
  const V(vitq_vf) rows = V(vitq_set1)((float)args->rows);
  for (size_t v = 0; v < vectors; v++) {
    if (args->operation == VITQ_REDUCE_MEAN) results[v] = results[v] / rows;
    V(row_store)(y, v * WIDTH, count, results[v]);
  }
}

V_TARGET static void V(reduce_columns)(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_reduce_columns *args = ctx;
  const size_t columns = args->columns;
  while (begin < end) {
    const size_t column = begin % columns;
    const size_t count = columns - column < end - begin ? columns - column : end - begin;
    const float *x = args->x + begin / columns * args->rows * columns + column;
    size_t i = 0;
    for (; i + 4 * WIDTH <= count; i += 4 * WIDTH) {
      V(column_block)(args, x + i, args->y + begin + i, 4, 4 * WIDTH);
    }
    for (; i < count; i += WIDTH) {
      V(column_block)(args, x + i, args->y + begin + i, 1, count - i);
    }
    begin += count;
  }
}
