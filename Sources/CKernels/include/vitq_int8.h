#pragma once
#include "vitq_cpu.h"
#include "vitq_epilogue.h"
#include "vitq_pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The widest tile of all kernels.
#define VITQ_INT8_MAX_MR 6
#define VITQ_INT8_MAX_NR 64
/// Rows of the result in one unit of work: a multiple of every kernel's `mr`.
#define VITQ_INT8_UNIT_ROWS 24
/// Most batch dimensions of a product.
#define VITQ_MAX_BATCH_RANK 8

/// A matrix of bytes. `flip` is 0x80 where they are unsigned, and a kernel reads `byte ^ flip` as
/// signed, which subtracts 128.
typedef struct {
  const uint8_t *data;
  size_t row_stride;
  size_t column_stride;
  uint8_t flip;
} vitq_int8_matrix;

/// One tile of a product: its sums, and what becomes of them.
typedef struct {
  size_t rows;
  size_t columns;
  /// [rows][nr]
  const int32_t *sums;
  /// [nr], added to each row's sums.
  const int32_t *correction;
  /// [nr] and [rows]: their product is subtracted; NULL where all zero points of B are zero.
  const int32_t *b_zero;
  const int32_t *row_sums;
  /// [nr], or NULL where the result is int32.
  const float *scale;
  /// [rows]: what `scale` is multiplied by in each row; NULL, or there is `b_zero` too.
  const float *row_scale;
  /// [nr] or NULL.
  const float *bias;
  vitq_activate activate;
  const float *residual;
  size_t residual_stride;
  /// float or int32.
  void *y;
  size_t y_stride;
} vitq_int8_tile;

/// Four values of A that are added to step `step` of a row.
typedef struct {
  uint32_t step;
  uint32_t word;
} vitq_int8_part;

/// A, minus a center, in the form of a kernel that can't multiply every byte in one piece. All of it
/// lies in a workspace; `vitq_int8_prepared_place` says where.
typedef struct {
  /// Rows of all matrices; each has `k` bytes.
  const uint8_t *a;
  size_t rows, k;
  uint8_t center;
  /// [rows][stride]: A - center, or the first of its parts; zero behind the end of a row.
  int8_t *values;
  size_t stride;
  /// [rows]: the sum of A - center.
  int32_t *row_sums;
  /// [rows] and [rows][part_stride]: the other parts.
  uint32_t *part_counts;
  vitq_int8_part *parts;
  size_t part_stride;
} vitq_int8_prepared;

/// The integer kernels of one instruction set.
typedef struct {
  const char *name;
  /// The instruction that multiplies.
  const char *instruction;
  /// Tile of the result, and the number of steps along K that lie next to each other in packed B:
  /// [ceil(N / nr)][ceil(K / kr)][nr][kr].
  size_t mr, nr, kr;
  /// Subtracted from A's bytes before they are multiplied.
  int32_t a_shift;
  /// Whether an intermediate sum may saturate.
  bool may_saturate;

  /// Sums of `rows` <= mr rows of A times one packed panel of B, to [rows][nr]; only the first
  /// `columns` need be computed.
  void (*multiply)(
      size_t rows, size_t columns, size_t k, const uint8_t *a, size_t a_stride, const int8_t *b,
      int32_t *sums);
  /// Prepares rows of A, of which `ctx`, a vitq_int8_prepared, is filled; NULL where `multiply` reads A
  /// as it is. Else it reads the prepared values, and `amend` completes its sums.
  vitq_task prepare;
  void (*amend)(
      const vitq_int8_prepared *prepared, size_t row, size_t rows, const int8_t *b, int32_t *sums);
  void (*finish)(const vitq_int8_tile *tile);
  /// Sum of `k` bytes.
  int32_t (*row_sum)(const uint8_t *a, size_t k);
  /// Packs one panel of `columns` <= nr columns, zero-padded, and sums its columns to [nr].
  void (*pack)(
      const vitq_int8_matrix *b, size_t k, size_t columns, int8_t *packed, int32_t *column_sums);

  vitq_task minimum_maximum;
  vitq_task quantize;
  vitq_task fake_quantize;
  vitq_task dequantize;
  vitq_task fake_quantized_add;
  /// Rows of a product that saturates; `ctx` is a vitq_saturating_product. The same bits everywhere.
  vitq_task saturating_product;
} vitq_int8_kernels;

/// The table of an instruction set, or NULL where this architecture has none.
const vitq_int8_kernels *vitq_int8_kernels_for(vitq_isa isa);

/// Where the matrices of a batched product lie: those of index `i` along dimension `d` are
/// `i * a[d]` and `i * b[d]` matrices from the first.
typedef struct {
  size_t rank;
  size_t count;
  size_t dims[VITQ_MAX_BATCH_RANK];
  size_t a[VITQ_MAX_BATCH_RANK];
  size_t b[VITQ_MAX_BATCH_RANK];
} vitq_batches;

/// Broadcasts the batch dimensions of two operands against each other as numpy does. False where
/// they do not fit, or there are too many.
bool vitq_batches_make(
    vitq_batches *batches, const ptrdiff_t *a_dims, size_t a_rank, const ptrdiff_t *b_dims,
    size_t b_rank);

/// Matrices of B to be packed, all of the same shape.
typedef struct {
  const vitq_int8_kernels *kernels;
  size_t k, n;
  vitq_int8_matrix b;
  size_t b_matrix_stride;
  /// vitq_int8_packed_bytes and vitq_int8_packed_columns for each matrix.
  int8_t *packed;
  int32_t *column_sums;
} vitq_int8_packing;

size_t vitq_int8_packed_bytes(const vitq_int8_kernels *kernels, size_t k, size_t n);
size_t vitq_int8_packed_columns(const vitq_int8_kernels *kernels, size_t n);

/// Packs panels; there are ceil(n / nr) for each matrix. `ctx` is a vitq_int8_packing.
void vitq_int8_pack_panels(const void *ctx, size_t begin, size_t end, size_t thread);

/// Bytes of workspace for prepared rows; zero for kernels that don't prepare. They must be aligned to 64.
size_t vitq_int8_prepared_bytes(const vitq_int8_kernels *kernels, size_t rows, size_t k);

/// Rows of bytes as they will lie in `workspace`, with a center that suits them: about their mean.
vitq_int8_prepared vitq_int8_prepared_place(
    const uint8_t *a, size_t rows, size_t k, void *workspace);

/// A product of u8 A [m, k] and packed B [k, n], for each batch:
/// sum((A - a_zero) * (B - b_zero)) in int32 that wraps around, then the epilogue.
typedef struct {
  const vitq_int8_kernels *kernels;
  size_t m, n, k;
  vitq_batches batches;
  /// The rows of all matrices follow each other.
  const uint8_t *a;
  size_t a_stride;
  /// Has no values where the kernels don't prepare. Else `a` points to its values, and their center is
  /// subtracted from `a_zero`.
  vitq_int8_prepared prepared;
  const int8_t *b;
  const int32_t *b_column_sums;
  int32_t a_zero;
  /// Bytes, read as `byte ^ b_flip`; NULL stands for zero bytes.
  const uint8_t *b_zero;
  uint8_t b_flip;
  /// 0 where there is one for all columns, else 1; likewise `b_scale_step`.
  size_t b_zero_step;
  float a_scale;
  /// A scale and an integer to each `a_group` rows of A: the integer times `a_factor` [n] is added to
  /// the sums. NULL where `a_scale` and `a_zero` say it for all rows; else these are 1 and 0.
  const float *a_scales;
  const int32_t *a_lowest;
  const int32_t *a_factor;
  size_t a_group;
  /// NULL where the result is int32 as it is.
  const float *b_scale;
  size_t b_scale_step;
  const float *bias;
  vitq_activate activate;
  /// Rows like those of `y`, or NULL.
  const float *residual;
  void *y;
  size_t y_stride;
} vitq_int8_gemm;

/// Units of work in a product, and of one panel of it.
size_t vitq_int8_gemm_units(const vitq_int8_gemm *gemm);
size_t vitq_int8_panel_units(const vitq_int8_gemm *gemm);

/// Does units of a product. `ctx` is a vitq_int8_gemm.
void vitq_int8_gemm_run(const void *ctx, size_t begin, size_t end, size_t thread);

/// Flips the sign bit of bytes, which moves int8 to uint8: `y = x ^ 0x80`.
typedef struct {
  const uint8_t *x;
  uint8_t *y;
  size_t count;
} vitq_int8_flip;

/// Flips blocks of VITQ_INT8_BLOCK bytes. `ctx` is a vitq_int8_flip.
void vitq_int8_flip_blocks(const void *ctx, size_t begin, size_t end, size_t thread);

/// Elements in one item of the loops over elements.
#define VITQ_INT8_BLOCK 4096

/// Smallest and largest of zero and the elements, for each `span` of them; NaN counts for nothing.
typedef struct {
  const float *x;
  size_t count, span;
  /// [spans][2]
  float *ranges;
} vitq_minimum_maximum;

/// Quantizes floats, dequantizes bytes, or does both, span by span: span `i` has the elements
/// [i * span, (i + 1) * span) and the parameters of index `i % axis * step`.
typedef struct {
  size_t count, span, axis, step;
  /// float or bytes.
  const void *x;
  void *y;
  const float *scale;
  /// Bytes, or NULL for zeros.
  const uint8_t *zero;
  bool is_signed;
} vitq_quantization;

/// One operand of a sum: floats that are taken as they are, or (zero >= 0) quantized to uint8 and
/// back. Element `i` of the sum takes element `i % period`.
typedef struct {
  const float *x;
  size_t period;
  float scale;
  int32_t zero;
} vitq_fake_operand;

/// y = a + b, in blocks of VITQ_INT8_BLOCK.
typedef struct {
  vitq_fake_operand a, b;
  float *y;
  size_t count;
} vitq_fake_quantized_sum;

/// What a kernel on vpmaddubsw makes of u8 A [m, k] by s8 B [k, n], where nothing is done against its
/// saturation: products of steps (0, 1), (2, 3), ... of K are added in int16 that saturates, and these
/// sums in int32. A last step without a partner pairs with zero.
typedef struct {
  size_t m, n, k;
  const uint8_t *a;
  const int8_t *b;
  /// [m, n]
  int32_t *y;
  /// [m]: how many of a row's n * ceil(k / 2) pairs saturated.
  int64_t *saturated;
} vitq_saturating_product;

/// Windows of images of bytes as rows: `rows` [images * places][channels][kernel height][kernel width].
typedef struct {
  const uint8_t *x;
  size_t batch_stride;
  size_t channels, height, width;
  size_t kernel_height, kernel_width;
  size_t output_height, output_width;
  size_t stride_y, stride_x;
  size_t dilation_y, dilation_x;
  size_t pad_top, pad_left;
  /// What lies outside of an image: the byte that stands for zero.
  uint8_t outside;
  uint8_t *rows;
} vitq_int8_im2col;

/// Writes rows [begin, end). `ctx` is a vitq_int8_im2col.
void vitq_int8_im2col_task(const void *ctx, size_t begin, size_t end, size_t thread);
