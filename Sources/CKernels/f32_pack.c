// Packing a float matrix into panels, once for each constant weight.
#include "vitq_f32.h"

#include <string.h>

/// Rows of B that an item copies to all panels: read in long runs, written in runs of so many rows.
enum { BLOCK_ROWS = 32 };

static size_t divide_up(size_t a, size_t b) { return (a + b - 1) / b; }

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

size_t vitq_f32_pack_items(const vitq_f32_packing *p) {
  return p->transposed ? divide_up(p->columns, p->panel) : divide_up(p->depth, BLOCK_ROWS);
}

/// Rows [first, last) of B into each panel.
static void pack_rows(const vitq_f32_packing *p, size_t first, size_t last) {
  const size_t panel = p->panel;
  for (size_t column = 0; column < p->columns; column += panel) {
    const size_t width = smaller(panel, p->columns - column);
    float *packed = p->packed + column * p->depth + first * panel;
    for (size_t k = first; k < last; k++, packed += panel) {
      const char *row = (const char *)p->b + (k * p->columns + column) * sizeof(float);
      memcpy(packed, row, width * sizeof(float));
      memset(packed + width, 0, (panel - width) * sizeof(float));
    }
  }
}

/// One panel of a B that is stored as [columns][depth].
static void pack_columns(const vitq_f32_packing *p, size_t column) {
  const size_t panel = p->panel, width = smaller(panel, p->columns - column);
  float *packed = p->packed + column * p->depth;
  if (width < panel) memset(packed, 0, p->depth * panel * sizeof(float));
  for (size_t k = 0; k < p->depth; k++, packed += panel) {
    const char *element = (const char *)p->b + (column * p->depth + k) * sizeof(float);
    for (size_t j = 0; j < width; j++, element += p->depth * sizeof(float)) {
      memcpy(packed + j, element, sizeof(float));
    }
  }
}

void vitq_f32_pack_task(const void *args, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_packing *p = args;
  for (size_t item = begin; item < end; item++) {
    if (p->transposed) {
      pack_columns(p, item * p->panel);
    } else {
      pack_rows(p, item * BLOCK_ROWS, smaller((item + 1) * BLOCK_ROWS, p->depth));
    }
  }
}
