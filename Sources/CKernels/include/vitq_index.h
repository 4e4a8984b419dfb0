// Moving single elements and slices to and from places that indices name. Strides count elements.
#pragma once

#include "vitq_pool.h"

#include <stddef.h>
#include <stdint.h>

enum { VITQ_INDEX_MAX_RANK = 8 };

/// int32 or int64 indices; negative ones count from the end.
typedef struct {
  const void *values;
  /// 4 or 8.
  size_t size;
} vitq_indices;

typedef enum {
  VITQ_SCATTER_REPLACE,
  // The others over float32 only.
  VITQ_SCATTER_ADD,
  VITQ_SCATTER_MUL,
  VITQ_SCATTER_MAX,
  VITQ_SCATTER_MIN,
} vitq_scatter_reduction;

/// Elements of `data` at index . strides + indices[index] * axis_stride, for the indices of a grid, and the
/// dense elements of `other` that belong to them. Items of the gather: elements of the grid.
typedef struct {
  size_t element_size;
  size_t rank;
  size_t dims[VITQ_INDEX_MAX_RANK];
  /// Of data; 0 along the axis.
  size_t strides[VITQ_INDEX_MAX_RANK];
  size_t axis_stride, axis_length;
  vitq_indices indices;
} vitq_element_places;

typedef struct {
  vitq_element_places places;
  const void *data;
  void *output;
} vitq_gather_elements;

void vitq_gather_elements_task(const void *args, size_t begin, size_t end, size_t thread);

/// In order: where an element is named twice, the later update is made on the earlier one.
void vitq_scatter_elements(const vitq_element_places *places, vitq_scatter_reduction reduction,
                           void *data, const void *updates);

/// Slices of `run` bytes of data, each named by a tuple of `length` indices into a grid of slices.
typedef struct {
  size_t run;
  size_t length;
  size_t dims[VITQ_INDEX_MAX_RANK];
  /// In slices.
  size_t strides[VITQ_INDEX_MAX_RANK];
  /// Tuples that belong to one batch, and its slices.
  size_t batch_tuples, batch_slices;
  vitq_indices indices;
} vitq_slice_places;

/// Items: tuples.
typedef struct {
  vitq_slice_places places;
  const void *data;
  void *output;
} vitq_gather_slices;

void vitq_gather_slices_task(const void *args, size_t begin, size_t end, size_t thread);

/// In order, `count` tuples.
void vitq_scatter_slices(const vitq_slice_places *places, size_t count,
                         vitq_scatter_reduction reduction, void *data, const void *updates);

/// The first of `count` tuples with an index out of range, or `count`.
size_t vitq_slices_first_bad(const vitq_slice_places *places, size_t count);
