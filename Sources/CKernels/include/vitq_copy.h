// Moving elements of 1, 2, 4 or 8 bytes. Sizes and strides count elements.
#pragma once

#include "vitq_pool.h"

#include <stddef.h>
#include <stdint.h>

enum { VITQ_COPY_MAX_RANK = 8 };

/// destination[i . destination_strides] = source[i . source_strides] for every index i of a grid.
/// Dimensions are ordered, destination strides descending; a source stride may be 0 or negative.
typedef struct {
  size_t element_size;
  size_t rank;
  size_t dims[VITQ_COPY_MAX_RANK];
  ptrdiff_t source_strides[VITQ_COPY_MAX_RANK];
  ptrdiff_t destination_strides[VITQ_COPY_MAX_RANK];
  const void *source;
  void *destination;
} vitq_copy;

/// Number of items of vitq_copy_task, and in `grain` how many of them are worth a thread.
size_t vitq_copy_items(const vitq_copy *args, size_t *grain);

/// Copies the items [begin, end).
void vitq_copy_task(const void *args, size_t begin, size_t end, size_t thread);

/// destination[o][i] = source[o][indices[i]], in runs of `run` bytes; the indices are in range.
/// Items: outer * count.
typedef struct {
  size_t axis, count, run;
  const void *indices;
  /// 4 or 8: int32 or int64. Negative indices count from the end.
  size_t index_size;
  const void *source;
  void *destination;
} vitq_gather;

/// Copies the items [begin, end).
void vitq_gather_task(const void *args, size_t begin, size_t end, size_t thread);

/// Writes `count` elements, all with the bytes of `*value`. Not a task.
void vitq_fill(void *destination, size_t count, const void *value, size_t element_size);

/// The place of the first index that is not in [-axis, axis), or `count`.
size_t vitq_gather_first_bad(const void *indices, size_t index_size, size_t count, size_t axis);
