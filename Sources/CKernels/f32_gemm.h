// The product of a row-major matrix and a packed one. Included once for each instruction set, after
// its vec_math header, with V_TILE_VECTORS: the vectors in a panel's width.

enum {
  TILE_ROWS = 6,
  // Steps along the depth in an iteration, which share the loop's own instructions.
  TILE_UNROLL = 4,
  TILE_VECTORS = V_TILE_VECTORS,
  WIDTH = V(vitq_width),
  PANEL = TILE_VECTORS * WIDTH,
};

/// One step along the depth: a row of the panel `b` times an element of each row of A. Rows from
/// the fourth on are addressed from `upper`: two bases reach six rows without arithmetic.
V_FN void V(tile_step)(
    const size_t rows, const size_t vectors, const float *lower, const float *upper,
    size_t a_stride, const float *b, V(vitq_vf) sums[TILE_ROWS][TILE_VECTORS]) {
  V(vitq_vf) columns[TILE_VECTORS];
#pragma clang loop unroll(full)
  for (size_t v = 0; v < vectors; v++) columns[v] = V(vitq_load)(b + v * WIDTH);
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
    const V(vitq_vf) element =
        V(vitq_set1)(*(r < 3 ? lower + r * a_stride : upper + (r - 3) * a_stride));
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) {
      sums[r][v] = V(vitq_fma)(element, columns[v], sums[r][v]);
    }
  }
}

/// out = A B for `rows` <= TILE_ROWS and `vectors` <= TILE_VECTORS, which are constants where this
/// is inlined: all sums stay in registers. Each is accumulated in the order of depth, which makes a
/// row's result independent of the rows around it.
V_FN void V(tile)(
    const size_t rows, const size_t vectors, size_t depth, const float *a, size_t a_stride,
    const float *b, float *out, size_t out_stride) {
  V(vitq_vf) sums[TILE_ROWS][TILE_VECTORS];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) sums[r][v] = V(vitq_set1)(0);
  }
  const float *lower = a, *upper = rows > 3 ? a + 3 * a_stride : a;
  for (size_t i = depth / TILE_UNROLL; i > 0; i--) {
#pragma clang loop unroll(full)
    for (size_t k = 0; k < TILE_UNROLL; k++) {
      V(tile_step)(rows, vectors, lower + k, upper + k, a_stride, b + k * PANEL, sums);
    }
    lower += TILE_UNROLL;
    upper += TILE_UNROLL;
    b += TILE_UNROLL * PANEL;
    // Hides where the two come from, or the compiler computes an address for each load.
    __asm__("" : "+r"(lower), "+r"(upper));
  }
  for (size_t i = depth % TILE_UNROLL; i > 0; i--, lower++, upper++, b += PANEL) {
    V(tile_step)(rows, vectors, lower, upper, a_stride, b, sums);
  }
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) {
      V(vitq_store)(out + r * out_stride + v * WIDTH, sums[r][v]);
    }
  }
}

#define TILE(r, v) \
  case (r) * 8 + (v): V(tile)(r, v, depth, a, a_stride, b, out, out_stride); break;
#if V_TILE_VECTORS == 4
#define TILES(r) TILE(r, 1) TILE(r, 2) TILE(r, 3) TILE(r, 4)
#else
#define TILES(r) TILE(r, 1) TILE(r, 2)
#endif

/// Writes whole vectors, up to PANEL columns.
V_TARGET static void V(any_tile)(
    size_t rows, size_t columns, size_t depth, const float *a, size_t a_stride, const float *b,
    float *out, size_t out_stride) {
  switch (rows * 8 + (columns + WIDTH - 1) / WIDTH) {
    TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)
    default: break;
  }
}
#undef TILE
#undef TILES

V_FN V(vitq_vf) V(activated)(vitq_activation activation, V(vitq_vf) x) {
  switch (activation) {
    case VITQ_ACTIVATION_RELU: return V(vitq_relu)(x);
    case VITQ_ACTIVATION_GELU_ERF: return V(vitq_gelu_erf)(x);
    case VITQ_ACTIVATION_GELU_TANH: return V(vitq_gelu_tanh)(x);
    case VITQ_ACTIVATION_QUICK_GELU: return V(vitq_quick_gelu)(x);
    case VITQ_ACTIVATION_SILU: return V(vitq_silu)(x);
    default: return x;
  }
}

/// Columns [first, first + columns) of one row of an epilogue. `x` and `y` point to the first one.
V_TARGET static void V(finish_row)(
    const vitq_f32_epilogue *epilogue, size_t row, size_t first, size_t columns, const float *x,
    float *y) {
  const float *bias = epilogue->bias == NULL ? NULL : epilogue->bias + first;
  const float *scale = epilogue->scale == NULL ? NULL : epilogue->scale + first;
  const float row_bias = epilogue->row_bias == NULL ? 0 : epilogue->row_bias[row];
  const float *residual = epilogue->residual == NULL
      ? NULL : epilogue->residual + row * epilogue->residual_stride + first;
  size_t i = 0;
  for (; i + WIDTH <= columns; i += WIDTH) {
    V(vitq_vf) value = V(vitq_load)(x + i);
    if (bias != NULL) value = value + V(vitq_load)(bias + i);
    if (epilogue->row_bias != NULL) value = value + V(vitq_set1)(row_bias);
    value = V(activated)(epilogue->activation, value);
    if (scale != NULL) value = value * V(vitq_load)(scale + i);
    if (residual != NULL) value = value + V(vitq_load)(residual + i);
    V(vitq_store)(y + i, value);
  }
  if (i == columns) return;
  const size_t rest = columns - i;
  V(vitq_vf) value = V(vitq_load_first)(x + i, rest);
  if (bias != NULL) value = value + V(vitq_load_first)(bias + i, rest);
  if (epilogue->row_bias != NULL) value = value + V(vitq_set1)(row_bias);
  value = V(activated)(epilogue->activation, value);
  if (scale != NULL) value = value * V(vitq_load_first)(scale + i, rest);
  if (residual != NULL) value = value + V(vitq_load_first)(residual + i, rest);
  V(vitq_store_first)(y + i, rest, value);
}

V_TARGET static void V(finish)(const vitq_f32_finish *args) {
  for (size_t row = 0; row < args->rows; row++) {
    float *y = args->y + row * args->y_stride;
    V(finish_row)(&args->epilogue, row, 0, args->columns, y, y);
  }
}

/// Fetches one of `parts` pieces of the panel that this thread multiplies by next, so that weights that
/// lie in memory arrive while the current ones are used.
V_FN void V(prefetch_part)(const float *panel, size_t floats, size_t part, size_t parts) {
  const size_t last = floats * (part + 1) / parts;
  for (size_t i = floats * part / parts / 16 * 16; i < last; i += 16) {
    __builtin_prefetch(panel + i, 0, 2);
  }
}

/// Fetches where a tile's result will lie, and its residual, while the tile is multiplied.
V_FN void V(prefetch_result)(
    const vitq_f32_gemm *args, size_t first, size_t row, size_t rows) {
  const vitq_f32_epilogue *epilogue = &args->epilogue;
  const size_t line = 16;
  for (size_t r = row; r < row + rows; r++) {
    for (size_t i = first; i < first + PANEL; i += line) {
      __builtin_prefetch(args->c + r * args->c_stride + i, 1, 3);
      if (epilogue->residual == NULL) continue;
      __builtin_prefetch(epilogue->residual + r * epilogue->residual_stride + i, 0, 3);
    }
  }
}

V_TARGET static void V(gemm)(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_gemm *args = ctx;
  const size_t panels = (args->columns + PANEL - 1) / PANEL;
  _Alignas(64) float products[TILE_ROWS * PANEL];
  for (size_t item = begin; item < end; item++) {
    const size_t panel = item % panels;
    const size_t first = panel * PANEL;
    const size_t columns = args->columns - first < PANEL ? args->columns - first : PANEL;
    const float *b = args->b + panel * args->depth * PANEL;
    size_t row = item / panels * args->row_block;
    const size_t left = args->rows - row;
    const size_t last = row + (left < args->row_block ? left : args->row_block);
    const bool has_next = item + 1 < end;
    const float *next = args->b + (item + 1) % panels * args->depth * PANEL;
    const size_t tiles = (last - row + TILE_ROWS - 1) / TILE_ROWS;
    for (size_t tile = 0; row < last; row += TILE_ROWS, tile++) {
      if (has_next) V(prefetch_part)(next, args->depth * PANEL, tile, tiles);
      const size_t rows = last - row < TILE_ROWS ? last - row : TILE_ROWS;
      V(prefetch_result)(args, first, row, rows);
      V(any_tile)(rows, columns, args->depth, args->a + row * args->a_stride, args->a_stride, b,
                  products, PANEL);
      for (size_t r = 0; r < rows; r++) {
        V(finish_row)(&args->epilogue, row + r, first, columns, products + r * PANEL,
                      args->c + (row + r) * args->c_stride + first);
      }
    }
  }
}

#define ACTIVATE(name, function)                                        \
  V_TARGET static void V(name)(float *values, size_t count) {           \
    size_t i = 0;                                                       \
    for (; i + WIDTH <= count; i += WIDTH) {                            \
      V(vitq_store)(values + i, V(function)(V(vitq_load)(values + i))); \
    }                                                                   \
    if (i == count) return;                                             \
    V(vitq_store_first)                                                 \
    (values + i, count - i, V(function)(V(vitq_load_first)(values + i, count - i))); \
  }
ACTIVATE(activate_relu, vitq_relu)
ACTIVATE(activate_gelu_erf, vitq_gelu_erf)
ACTIVATE(activate_gelu_tanh, vitq_gelu_tanh)
ACTIVATE(activate_quick_gelu, vitq_quick_gelu)
ACTIVATE(activate_silu, vitq_silu)
#undef ACTIVATE
