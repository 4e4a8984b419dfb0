// Kernels over float32. Sizes and strides count elements. Each task does the items [begin, end) of
// its loop; which items it gets never changes a bit of the result.
#pragma once

#include "vitq_cpu.h"
#include "vitq_epilogue.h"
#include "vitq_pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VITQ_MAX_RANK = 8 };

/// activation(product + bias) * scale + residual.
typedef struct {
  /// One value for each column, or NULL.
  const float *bias;
  /// One value for each row, or NULL; instead of `bias`, before the activation.
  const float *row_bias;
  vitq_activation activation;
  /// One value for each column, or NULL.
  const float *scale;
  /// Of the result's shape, or NULL. It may be the result's own memory.
  const float *residual;
  size_t residual_stride;
} vitq_f32_epilogue;

/// C = epilogue(A B). Items: row blocks times panels, panels innermost.
typedef struct {
  size_t rows, columns, depth;
  /// A: [rows][depth].
  const float *a;
  size_t a_stride;
  /// B, packed: see vitq_f32_packing.
  const float *b;
  float *c;
  size_t c_stride;
  vitq_f32_epilogue epilogue;
  /// Rows of a row block.
  size_t row_block;
} vitq_f32_gemm;

/// y = epilogue(y) in place, for products that somebody else made. Not a task.
typedef struct {
  size_t rows, columns;
  float *y;
  size_t y_stride;
  vitq_f32_epilogue epilogue;
} vitq_f32_finish;

/// y = (x - mean) / sqrt(variance + epsilon) * scale + bias, along rows, or, where the mean is taken
/// to be 0, y = x / sqrt(mean of squares + epsilon) * scale + bias. Items: rows.
typedef struct {
  size_t columns;
  const float *x;
  /// Added to x first, or NULL.
  const float *addend;
  /// Where x + addend goes, or NULL.
  float *sum;
  /// One value for each column, or NULL for 1.
  const float *scale;
  /// One value for each column, or NULL for 0.
  const float *bias;
  float epsilon;
  bool mean_is_zero;
  float *y;
} vitq_f32_layer_norm;

/// y = softmax(x * scale) along the axis of [outer][axis][inner].
/// Items: outer where inner is 1, else outer * inner.
typedef struct {
  size_t axis, inner;
  const float *x;
  float scale;
  float *y;
} vitq_f32_softmax;

typedef enum {
  VITQ_REDUCE_SUM,
  VITQ_REDUCE_MEAN,
  VITQ_REDUCE_MAX,
  VITQ_REDUCE_MIN,
  // Of rows only.
  VITQ_REDUCE_SUM_SQUARE,
  VITQ_REDUCE_L2,
} vitq_f32_reduction;

/// y = the reduction of each row. Items: rows.
typedef struct {
  vitq_f32_reduction operation;
  size_t columns;
  const float *x;
  float *y;
} vitq_f32_reduce;

/// y[outer][columns] = the reduction of [outer][rows][columns] over the rows. Items: outer * columns.
typedef struct {
  vitq_f32_reduction operation;
  size_t rows, columns;
  const float *x;
  float *y;
} vitq_f32_reduce_columns;

typedef enum {
  VITQ_UNARY_ABS,
  VITQ_UNARY_NEG,
  VITQ_UNARY_SIGN,
  VITQ_UNARY_EXP,
  VITQ_UNARY_LOG,
  VITQ_UNARY_SQRT,
  VITQ_UNARY_RECIPROCAL,
  VITQ_UNARY_ERF,
  VITQ_UNARY_SIN,
  VITQ_UNARY_COS,
  VITQ_UNARY_TAN,
  VITQ_UNARY_ASIN,
  VITQ_UNARY_ACOS,
  VITQ_UNARY_ATAN,
  VITQ_UNARY_SINH,
  VITQ_UNARY_COSH,
  VITQ_UNARY_TANH,
  VITQ_UNARY_ASINH,
  VITQ_UNARY_ACOSH,
  VITQ_UNARY_ATANH,
  VITQ_UNARY_FLOOR,
  VITQ_UNARY_CEIL,
  VITQ_UNARY_ROUND,
  VITQ_UNARY_SIGMOID,
  VITQ_UNARY_RELU,
  VITQ_UNARY_SOFTPLUS,
  VITQ_UNARY_SOFTSIGN,
  VITQ_UNARY_HARD_SWISH,
  VITQ_UNARY_MISH,
  /// x < 0 ? alpha * x : x
  VITQ_UNARY_LEAKY_RELU,
  /// x < 0 ? alpha * (e^x - 1) : x
  VITQ_UNARY_ELU,
  /// max(0, min(1, alpha * x + beta))
  VITQ_UNARY_HARD_SIGMOID,
  VITQ_UNARY_GELU_ERF,
  VITQ_UNARY_GELU_TANH,
  /// min(max(x, alpha), beta)
  VITQ_UNARY_CLIP,
  /// max(0, x) + min(0, alpha * (e^(x / alpha) - 1))
  VITQ_UNARY_CELU,
  /// beta * (x > 0 ? x : alpha * (e^x - 1))
  VITQ_UNARY_SELU,
  /// x > alpha ? x : 0
  VITQ_UNARY_THRESHOLDED_RELU,
  /// x < -alpha ? x + beta : x > alpha ? x - beta : 0
  VITQ_UNARY_SHRINK,
  /// x * sigmoid(alpha * x)
  VITQ_UNARY_SWISH,
} vitq_f32_operation;

/// y = operation(x); y may be x. Items: elements.
typedef struct {
  vitq_f32_operation operation;
  float alpha, beta;
  const float *x;
  float *y;
} vitq_f32_unary;

/// Operations without a vector form, through the C library. Same items as vitq_f32_unary.
void vitq_f32_unary_scalar(const vitq_f32_unary *args, size_t begin, size_t end);

typedef enum {
  VITQ_BINARY_ADD,
  VITQ_BINARY_SUB,
  VITQ_BINARY_MUL,
  VITQ_BINARY_DIV,
  VITQ_BINARY_POW,
  VITQ_BINARY_MIN,
  VITQ_BINARY_MAX,
  /// The remainder with the dividend's sign: C's fmod.
  VITQ_BINARY_FMOD,
  /// The remainder with the divisor's sign, also where it is zero.
  VITQ_BINARY_MOD,
  /// a < 0 ? b * a : a
  VITQ_BINARY_PRELU,
} vitq_f32_binary_operation;

/// y = a operation b over a grid of `rank` dimensions; y is dense. An operand's innermost stride is
/// 0 or 1. Items: elements of y.
typedef struct {
  vitq_f32_binary_operation operation;
  size_t rank;
  size_t dims[VITQ_MAX_RANK];
  size_t a_strides[VITQ_MAX_RANK];
  size_t b_strides[VITQ_MAX_RANK];
  const float *a;
  const float *b;
  float *y;
} vitq_f32_binary;

/// What attention makes of a row without a softmax.
typedef enum {
  VITQ_ROWS_NAN,
  /// One of nothing but -infinity gives 0.
  VITQ_ROWS_ZERO_WHERE_MASKED,
  /// So does one with a NaN or +infinity.
  VITQ_ROWS_ZERO,
} vitq_f32_undefined_rows;

/// softmax(Q K^T * scale + mask) V for each head of Q. Items: batch * heads * splits, splits innermost.
typedef struct {
  size_t heads, query_rows, key_rows, head_size, value_size;
  /// Heads of Q that share a head of K and V.
  size_t group;
  /// Into how many pieces the query rows of a head are cut.
  size_t splits;
  const float *query, *key, *value;
  /// Distance from one row of a head to the next.
  size_t query_stride, key_stride, value_stride, output_stride;
  /// Distance from one head to the next.
  size_t query_head_stride, key_head_stride, value_head_stride, output_head_stride;
  /// Distance from one image of the batch to the next.
  size_t query_batch_stride, key_batch_stride, value_batch_stride, output_batch_stride;
  float scale;
  /// Added to the scores, or NULL; strides are 0 where it is broadcast.
  const float *mask;
  size_t mask_batch_stride, mask_head_stride, mask_row_stride;
  /// Images after which the mask begins again.
  size_t mask_batches;
  vitq_f32_undefined_rows undefined_rows;
  float *output;
  /// vitq_f32_attention_scratch floats for each thread.
  float *scratch;
} vitq_f32_attention;

/// Turns pairs of a head's first `rotated` values by the angle of their row's position; the rest stays.
/// y is laid out like x and may be x. Items: batch * rows.
typedef struct {
  size_t rows, heads, head_size;
  /// Even, at most head_size.
  size_t rotated;
  /// Pairs are neighbours; else the values of one half and of the other.
  bool interleaved;
  size_t batch_stride, row_stride, head_stride;
  const float *x;
  /// [positions][rotated / 2].
  const float *cosines, *sines;
  /// One for each item, or only that of the first row, or NULL where an item is its own position.
  const int64_t *positions;
  bool has_position_of_each;
  float *y;
} vitq_f32_rotary;

void vitq_f32_rotary_task(const void *args, size_t begin, size_t end, size_t thread);

/// y = x * scale[channel] + shift[channel] over [batch][channels][plane]; y may be x.
/// Items: batch where plane is 1, else batch * channels.
typedef struct {
  size_t channels, plane;
  const float *x, *scale, *shift;
  float *y;
} vitq_f32_channel_affine;

/// The largest element or the mean of each window over planes [height][width].
/// Items: planes * output_height.
typedef struct {
  bool largest;
  size_t height, width, output_height, output_width;
  size_t kernel_height, kernel_width, stride_y, stride_x, dilation_y, dilation_x;
  size_t pad_top, pad_left;
  /// Elements of a row of the input with the padding that the windows meet.
  size_t line;
  const float *x;
  float *y;
  /// By which a mean's sum is divided, once for its row of the result and once for its column; not
  /// read where the largest is wanted.
  const float *row_counts, *column_counts;
  /// `line` floats for each thread, scratch_stride apart.
  float *scratch;
  size_t scratch_stride;
} vitq_f32_pool;

/// Convolution of planes [height][width], each by `multiplier` kernels of its own.
/// Items: batch * channels.
typedef struct {
  size_t channels, multiplier;
  size_t height, width, output_height, output_width;
  size_t kernel_height, kernel_width, stride_y, stride_x, dilation_y, dilation_x;
  size_t pad_top, pad_left;
  /// Rows of the padded plane that the windows meet; elements of each of a row's stride_x runs, a
  /// vector more than are needed.
  size_t phase_rows, phase_width;
  const float *x;
  /// [channels][multiplier][kernel_height][kernel_width]
  const float *weight;
  /// [channels][multiplier], or NULL.
  const float *bias;
  float *y;
  /// phase_rows * stride_x * phase_width floats for each thread, scratch_stride apart.
  float *scratch;
  size_t scratch_stride;
} vitq_f32_depthwise;

/// [outer][input][inner] to [outer][output][inner]: each output is a sum of `taps` weighted inputs.
/// Items: outer where inner is 1, else outer * output.
typedef struct {
  size_t input, output, inner, taps;
  /// [output][taps], below `input`.
  const uint32_t *indices;
  /// [output][taps]
  const float *weights;
  const float *x;
  float *y;
} vitq_f32_resample;

/// The float kernels of one instruction set. Tasks take the struct of their name.
typedef struct {
  const char *name;
  /// Columns of a panel of packed B.
  size_t panel;
  /// Rows that a product's innermost loop does at once.
  size_t tile_rows;
  vitq_task gemm;
  vitq_task layer_norm;
  vitq_task softmax;
  vitq_task reduce;
  vitq_task reduce_columns;
  vitq_task unary;
  vitq_task binary;
  vitq_task attention;
  vitq_task channel_affine;
  vitq_task pool;
  vitq_task depthwise;
  vitq_task resample;
  void (*finish)(const vitq_f32_finish *args);
  vitq_activate activate[VITQ_ACTIVATION_COUNT];
} vitq_f32_kernels;

/// The table of an instruction set, or NULL where this architecture has none.
const vitq_f32_kernels *vitq_f32_kernels_for(vitq_isa isa);

/// Packs B [depth][columns] as [panels][depth][panel], the last panel filled up with zeros.
typedef struct {
  /// Floats, aligned or not: those of a file lie anywhere.
  const void *b;
  size_t depth, columns;
  /// B is stored as [columns][depth].
  bool transposed;
  size_t panel;
  float *packed;
} vitq_f32_packing;

size_t vitq_f32_pack_items(const vitq_f32_packing *packing);
void vitq_f32_pack_task(const void *args, size_t begin, size_t end, size_t thread);

/// Floats of scratch that a thread needs for attention, a multiple of 16.
size_t vitq_f32_attention_scratch(const vitq_f32_kernels *kernels, size_t key_rows,
                                  size_t head_size, size_t value_size);

/// Rearranges images [batch][channels][height][width] into rows of
/// [batch][output_height][output_width][channels][kernel_height][kernel_width], 0 beyond the edges.
/// Items: rows.
typedef struct {
  const float *x;
  /// Distance from one image of the batch to the next.
  size_t batch_stride;
  size_t channels, height, width;
  size_t kernel_height, kernel_width;
  size_t output_height, output_width;
  size_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  float *rows;
} vitq_f32_im2col;

void vitq_f32_im2col_task(const void *args, size_t begin, size_t end, size_t thread);

/// Packs the windows of one image as a matrix [channels * kernel][places], for a product from the left
/// by the weights: [panels][depth][panel], the last panel filled up with zeros. `windows.rows` is
/// where it goes. Items: panels.
typedef struct {
  vitq_f32_im2col windows;
  size_t panel;
} vitq_f32_window_packing;

void vitq_f32_pack_windows_task(const void *args, size_t begin, size_t end, size_t thread);
