// One element of a product that saturates, for the files of each instruction set.
#pragma once
#include "int8_kernels.h"

/// y and the saturated pairs of columns [first, n) of one row, column by column.
VITQ_INLINE int64_t vitq_saturating_columns(
    const vitq_saturating_product *p, const uint8_t *a, size_t first, int32_t *y) {
  int64_t saturated = 0;
  for (size_t j = first; j < p->n; j++) {
    uint32_t sum = 0;
    for (size_t i = 0; i < p->k; i += 2) {
      int32_t pair = a[i] * p->b[i * p->n + j];
      if (i + 1 < p->k) pair += a[i + 1] * p->b[(i + 1) * p->n + j];
      const int32_t kept = pair > INT16_MAX ? INT16_MAX : pair < INT16_MIN ? INT16_MIN : pair;
      saturated += kept != pair;
      sum += (uint32_t)kept;
    }
    y[j] = (int32_t)sum;
  }
  return saturated;
}
