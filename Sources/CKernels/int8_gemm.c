// The loops around the kernels that do not depend on the instruction set.
#include "int8_kernels.h"

const vitq_int8_kernels *vitq_int8_kernels_for(vitq_isa isa) {
  switch (isa) {
  case VITQ_ISA_PORTABLE:
    return &vitq_int8_portable;
#if defined(__x86_64__)
  case VITQ_ISA_AVX2:
    return &vitq_int8_avx2;
  case VITQ_ISA_AVXVNNI:
    return &vitq_int8_avxvnni;
  case VITQ_ISA_AVX512VNNI:
    return &vitq_int8_avx512vnni;
#endif
#if defined(__aarch64__)
  case VITQ_ISA_NEON:
    return &vitq_int8_neon;
#endif
  default:
    return NULL;
  }
}

static size_t panel_bytes(const vitq_int8_kernels *kernels, size_t k) {
  return vitq_ceil_div(k, kernels->kr) * kernels->kr * kernels->nr;
}

size_t vitq_int8_packed_bytes(const vitq_int8_kernels *kernels, size_t k, size_t n) {
  return vitq_ceil_div(n, kernels->nr) * panel_bytes(kernels, k);
}

size_t vitq_int8_packed_columns(const vitq_int8_kernels *kernels, size_t n) {
  return vitq_ceil_div(n, kernels->nr) * kernels->nr;
}

void vitq_int8_pack_panels(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_int8_packing *p = ctx;
  const size_t nr = p->kernels->nr, panels = vitq_ceil_div(p->n, nr);
  for (size_t unit = begin; unit < end; unit++) {
    const size_t matrix = unit / panels, column = unit % panels * nr;
    vitq_int8_matrix b = p->b;
    b.data += matrix * p->b_matrix_stride + column * b.column_stride;
    p->kernels->pack(
        &b, p->k, vitq_min(nr, p->n - column), p->packed + unit * panel_bytes(p->kernels, p->k),
        p->column_sums + unit * nr);
  }
}

/// Where the parts of prepared rows lie, from the beginning of the workspace.
typedef struct {
  size_t stride, part_stride, row_sums, part_counts, parts, bytes;
} prepared_layout;

static size_t aligned(size_t bytes) { return vitq_ceil_div(bytes, 64) * 64; }

static prepared_layout layout_prepared(size_t rows, size_t k) {
  // Whole vectors to a row, and at most three parts more to each step.
  prepared_layout l = {.stride = vitq_ceil_div(k, 32) * 32, .part_stride = 3 * vitq_ceil_div(k, 4)};
  l.row_sums = aligned(rows * l.stride);
  l.part_counts = l.row_sums + aligned(rows * sizeof(int32_t));
  l.parts = l.part_counts + aligned(rows * sizeof(uint32_t));
  l.bytes = l.parts + aligned(rows * l.part_stride * sizeof(vitq_int8_part));
  return l;
}

size_t vitq_int8_prepared_bytes(const vitq_int8_kernels *kernels, size_t rows, size_t k) {
  return kernels->prepare ? layout_prepared(rows, k).bytes : 0;
}

/// The mean of some of the bytes, with which no difference exceeds 254.
static uint8_t center_of(const uint8_t *a, size_t count) {
  // An odd distance visits all columns of a matrix, whose number mostly is even.
  const size_t step = count / 1024 | 1;
  uint64_t sum = 0, visited = 0;
  for (size_t i = 0; i < count; i += step, visited++) sum += a[i];
  const uint64_t mean = visited == 0 ? 128 : (sum + visited / 2) / visited;
  return (uint8_t)(mean < 1 ? 1 : mean > 254 ? 254 : mean);
}

vitq_int8_prepared vitq_int8_prepared_place(
    const uint8_t *a, size_t rows, size_t k, void *workspace) {
  const prepared_layout l = layout_prepared(rows, k);
  char *bytes = workspace;
  return (vitq_int8_prepared){
      .a = a, .rows = rows, .k = k, .center = center_of(a, rows * k), .values = workspace,
      .stride = l.stride, .row_sums = (int32_t *)(bytes + l.row_sums),
      .part_counts = (uint32_t *)(bytes + l.part_counts),
      .parts = (vitq_int8_part *)(bytes + l.parts), .part_stride = l.part_stride};
}

size_t vitq_int8_panel_units(const vitq_int8_gemm *g) {
  return vitq_ceil_div(g->m, VITQ_INT8_UNIT_ROWS);
}

size_t vitq_int8_gemm_units(const vitq_int8_gemm *g) {
  return g->batches.count * vitq_ceil_div(g->n, g->kernels->nr) * vitq_int8_panel_units(g);
}

/// The values of one panel's columns.
typedef struct {
  _Alignas(64) int32_t correction[VITQ_INT8_MAX_NR];
  _Alignas(64) int32_t b_zero[VITQ_INT8_MAX_NR];
  _Alignas(64) float scale[VITQ_INT8_MAX_NR];
  _Alignas(64) float bias[VITQ_INT8_MAX_NR];
  _Alignas(64) int32_t a_factor[VITQ_INT8_MAX_NR];
  bool has_b_zero;
} panel_columns;

static void load_columns(
    const vitq_int8_gemm *g, size_t column, size_t columns, const int32_t *sums, panel_columns *p) {
  memset(p, 0, sizeof *p);
  const uint32_t a_zero = (uint32_t)(g->a_zero - g->kernels->a_shift);
  for (size_t j = 0; j < columns; j++) {
    const size_t n = column + j;
    p->correction[j] = (int32_t)(0 - a_zero * (uint32_t)sums[j]);
    const uint8_t zero = g->b_zero ? g->b_zero[n * g->b_zero_step] : 0;
    p->b_zero[j] = (int8_t)(zero ^ g->b_flip);
    if (p->b_zero[j] != 0) p->has_b_zero = true;
    if (g->b_scale) p->scale[j] = g->a_scale * g->b_scale[n * g->b_scale_step];
    if (g->bias) p->bias[j] = g->bias[n];
    if (g->a_factor) p->a_factor[j] = g->a_factor[n];
  }
}

/// The scales of `rows` rows from `first` on, and what their integers add to the sums: through
/// `factors`, where the tile has no other use for those, or at once.
static void load_rows(
    const vitq_int8_gemm *g, const panel_columns *p, size_t first, size_t rows, float *scales,
    int32_t *factors, int32_t *sums) {
  const size_t nr = g->kernels->nr;
  for (size_t r = 0; r < rows; r++) {
    const size_t group = (first + r) / g->a_group;
    const uint32_t lowest = (uint32_t)g->a_lowest[group];
    scales[r] = g->a_scales[group];
    if (!p->has_b_zero) {
      factors[r] = (int32_t)(0 - lowest);
    } else {
      for (size_t j = 0; j < nr; j++) {
        sums[r * nr + j] = (int32_t)((uint32_t)sums[r * nr + j] + lowest * (uint32_t)p->a_factor[j]);
      }
    }
  }
}

/// Fetches one of `parts` pieces of the panel that comes next, so that weights that lie in memory
/// arrive while the current ones are used.
static inline void prefetch_part(const int8_t *panel, size_t bytes, size_t part, size_t parts) {
  const size_t last = bytes * (part + 1) / parts;
  for (size_t i = bytes * part / parts / 64 * 64; i < last; i += 64) {
    __builtin_prefetch(panel + i, 0, 2);
  }
}

/// Rows [row, row + rows) of one panel of one batch. `a_row` is the first row of the batch's A; `next` is
/// the panel after `b`, or NULL.
static void multiply_unit(
    const vitq_int8_gemm *g, size_t a_row, const int8_t *b, const int8_t *next,
    const panel_columns *p, size_t rows, size_t columns, size_t y_offset, size_t row) {
  const vitq_int8_kernels *kernels = g->kernels;
  // Zeroed for the padding columns that a kernel may leave out.
  _Alignas(64) int32_t sums[VITQ_INT8_MAX_MR * VITQ_INT8_MAX_NR] = {0};
  int32_t row_sums[VITQ_INT8_MAX_MR];
  float row_scales[VITQ_INT8_MAX_MR];
  vitq_int8_tile tile = {
      .columns = columns, .sums = sums, .correction = p->correction,
      .b_zero = p->has_b_zero ? p->b_zero : g->a_scales ? p->a_factor : NULL,
      .row_sums = row_sums, .row_scale = g->a_scales ? row_scales : NULL,
      .scale = g->b_scale ? p->scale : NULL, .bias = g->bias ? p->bias : NULL,
      .activate = g->activate, .residual_stride = g->y_stride, .y_stride = g->y_stride};
  const size_t bytes = panel_bytes(kernels, g->k), tiles = vitq_ceil_div(rows, kernels->mr);
  for (size_t i = row, part = 0; i < row + rows; i += kernels->mr, part++) {
    if (next) prefetch_part(next, bytes, part, tiles);
    tile.rows = vitq_min(kernels->mr, row + rows - i);
    const uint8_t *a_rows = g->a + (a_row + i) * g->a_stride;
    kernels->multiply(tile.rows, columns, g->k, a_rows, g->a_stride, b, sums);
    if (g->prepared.values) kernels->amend(&g->prepared, a_row + i, tile.rows, b, sums);
    if (g->a_scales) {
      load_rows(g, p, a_row + i, tile.rows, row_scales, row_sums, sums);
    }
    if (p->has_b_zero) {
      for (size_t r = 0; r < tile.rows; r++) {
        const int32_t sum = g->prepared.values
            ? g->prepared.row_sums[a_row + i + r] : kernels->row_sum(a_rows + r * g->a_stride, g->k);
        row_sums[r] = (int32_t)((uint32_t)sum - (uint32_t)g->k * (uint32_t)g->a_zero);
      }
    }
    const size_t offset = y_offset + i * g->y_stride;
    tile.y = (char *)g->y + 4 * offset;
    tile.residual = g->residual ? g->residual + offset : NULL;
    kernels->finish(&tile);
  }
}

bool vitq_batches_make(
    vitq_batches *batches, const ptrdiff_t *a_dims, size_t a_rank, const ptrdiff_t *b_dims,
    size_t b_rank) {
  const size_t rank = a_rank > b_rank ? a_rank : b_rank;
  if (rank > VITQ_MAX_BATCH_RANK) return false;
  *batches = (vitq_batches){.rank = rank, .count = 1};
  size_t a_step = 1, b_step = 1;
  for (size_t i = 1; i <= rank; i++) {
    const size_t a = i <= a_rank ? (size_t)a_dims[a_rank - i] : 1;
    const size_t b = i <= b_rank ? (size_t)b_dims[b_rank - i] : 1;
    if (a != b && a != 1 && b != 1) return false;
    const size_t d = rank - i;
    batches->dims[d] = a == 1 ? b : a;
    batches->a[d] = a == 1 ? 0 : a_step;
    batches->b[d] = b == 1 ? 0 : b_step;
    batches->count *= batches->dims[d];
    a_step *= a;
    b_step *= b;
  }
  return true;
}

static void batch_indices(const vitq_batches *batches, size_t batch, size_t *a, size_t *b) {
  *a = *b = 0;
  for (size_t d = batches->rank; d-- > 0;) {
    const size_t i = batch % batches->dims[d];
    batch /= batches->dims[d];
    *a += i * batches->a[d];
    *b += i * batches->b[d];
  }
}

void vitq_int8_gemm_run(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_int8_gemm *g = ctx;
  const size_t nr = g->kernels->nr, panels = vitq_ceil_div(g->n, nr);
  const size_t chunks = vitq_int8_panel_units(g), bytes = panel_bytes(g->kernels, g->k);
  for (size_t unit = begin; unit < end;) {
    const size_t chunk = unit % chunks, panel = unit / chunks % panels;
    const size_t batch = unit / chunks / panels, last = vitq_min(unit - chunk + chunks, end);
    size_t a_matrix, b_matrix;
    batch_indices(&g->batches, batch, &a_matrix, &b_matrix);
    const size_t b_panel = b_matrix * panels + panel, column = panel * nr;
    const size_t columns = vitq_min(nr, g->n - column), row = chunk * VITQ_INT8_UNIT_ROWS;
    panel_columns p;
    load_columns(g, column, columns, g->b_column_sums + b_panel * nr, &p);
    const size_t rows = vitq_min((last - unit) * VITQ_INT8_UNIT_ROWS, g->m - row);
    const int8_t *b = g->b + b_panel * bytes;
    const bool has_next = last < end && panel + 1 < panels;
    multiply_unit(
        g, a_matrix * g->m, b, has_next ? b + bytes : NULL, &p, rows, columns,
        batch * g->m * g->y_stride + column, row);
    unit = last;
  }
}

void vitq_int8_flip_blocks(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_int8_flip *f = ctx;
  const size_t last = vitq_min(end * VITQ_INT8_BLOCK, f->count);
  for (size_t i = begin * VITQ_INT8_BLOCK; i < last; i++) f->y[i] = f->x[i] ^ 0x80;
}
