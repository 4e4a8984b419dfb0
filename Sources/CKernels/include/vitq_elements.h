// Loops over elements of several types, in plain C that compilers vectorise. Sizes and strides count
// elements. Each task does the items [begin, end) of its loop.
#pragma once

#include "vitq_pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VITQ_GRID_MAX_RANK = 8 };

typedef enum {
  VITQ_FLOAT32,
  VITQ_INT8,
  VITQ_UINT8,
  VITQ_INT32,
  VITQ_INT64,
  /// A byte, 0 or 1.
  VITQ_BOOL,
} vitq_element;

/// Up to three operands broadcast to a dense result. An operand's innermost stride is 0 or 1.
typedef struct {
  size_t rank;
  size_t dims[VITQ_GRID_MAX_RANK];
  size_t a_strides[VITQ_GRID_MAX_RANK];
  size_t b_strides[VITQ_GRID_MAX_RANK];
  size_t c_strides[VITQ_GRID_MAX_RANK];
} vitq_grid;

/// y = a ? b : c; a holds bools, the others elements of 1, 2, 4 or 8 bytes. Items: elements of y.
typedef struct {
  vitq_grid grid;
  size_t element_size;
  const uint8_t *a;
  const void *b, *c;
  void *y;
} vitq_select;

void vitq_select_task(const void *args, size_t begin, size_t end, size_t thread);

typedef enum {
  VITQ_EQUAL,
  VITQ_LESS,
  VITQ_GREATER,
  VITQ_LESS_OR_EQUAL,
  VITQ_GREATER_OR_EQUAL,
} vitq_comparison;

/// y = a comparison b, as bools. Items: elements of y.
typedef struct {
  vitq_grid grid;
  vitq_comparison comparison;
  vitq_element element;
  const void *a, *b;
  uint8_t *y;
} vitq_compare;

void vitq_compare_task(const void *args, size_t begin, size_t end, size_t thread);

/// y = x in another type. Floats are truncated; what does not fit, and NaN, becomes the least int32
/// (int64), of which narrower types keep the low bits. Items: elements.
typedef struct {
  vitq_element from, to;
  const void *x;
  void *y;
} vitq_cast;

void vitq_cast_task(const void *args, size_t begin, size_t end, size_t thread);

/// y = x rounded to a number that float16 or bfloat16 has, halves to even. Items: elements.
typedef struct {
  const float *x;
  float *y;
} vitq_round;

void vitq_round_float16_task(const void *args, size_t begin, size_t end, size_t thread);
void vitq_round_bfloat16_task(const void *args, size_t begin, size_t end, size_t thread);

/// Running sums or products along the axis of [outer][axis][inner]. Items: outer * inner.
typedef struct {
  bool multiplies, exclusive, reverse;
  size_t axis, inner;
  const float *x;
  float *y;
} vitq_f32_scan;

void vitq_f32_scan_task(const void *args, size_t begin, size_t end, size_t thread);

/// Index of the largest or smallest element along the axis of [outer][axis][inner]: of equals the first,
/// or the last; of NaNs none, unless it is the first element. Items: outer * inner.
typedef struct {
  bool smallest, last;
  size_t axis, inner;
  const float *x;
  int64_t *y;
} vitq_f32_arg;

void vitq_f32_arg_task(const void *args, size_t begin, size_t end, size_t thread);
