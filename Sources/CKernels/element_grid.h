// Walking over a broadcast grid in runs along its innermost dimension.
#pragma once

#include "vitq_elements.h"

/// A run of `count` elements from `item` on: where it begins in each operand.
typedef struct {
  size_t a, b, c, count;
} grid_run;

static inline grid_run grid_run_at(const vitq_grid *grid, size_t item, size_t end) {
  const size_t last = grid->rank - 1;
  const size_t length = grid->dims[last];
  const size_t column = item % length;
  size_t index = item / length;
  grid_run run = {
      .a = column * grid->a_strides[last],
      .b = column * grid->b_strides[last],
      .c = column * grid->c_strides[last],
      .count = length - column < end - item ? length - column : end - item,
  };
  for (size_t d = last; d-- > 0;) {
    const size_t place = index % grid->dims[d];
    index /= grid->dims[d];
    run.a += place * grid->a_strides[d];
    run.b += place * grid->b_strides[d];
    run.c += place * grid->c_strides[d];
  }
  return run;
}
