#include "element_grid.h"

#define SELECT(type)                                                                         \
  static void select_##type(const vitq_select *args, grid_run run, size_t item) {            \
    const size_t last = args->grid.rank - 1;                                                 \
    const size_t a_step = args->grid.a_strides[last];                                        \
    const size_t b_step = args->grid.b_strides[last], c_step = args->grid.c_strides[last];   \
    const uint8_t *a = args->a + run.a;                                                      \
    const type *b = (const type *)args->b + run.b, *c = (const type *)args->c + run.c;       \
    type *y = (type *)args->y + item;                                                        \
    if (a_step == 1 && b_step == 1 && c_step == 1) {                                         \
      for (size_t i = 0; i < run.count; i++) y[i] = a[i] ? b[i] : c[i];                      \
    } else if (a_step == 1 && b_step == 1) {                                                 \
      for (size_t i = 0; i < run.count; i++) y[i] = a[i] ? b[i] : *c;                        \
    } else if (a_step == 1 && c_step == 1) {                                                 \
      for (size_t i = 0; i < run.count; i++) y[i] = a[i] ? *b : c[i];                        \
    } else {                                                                                 \
      for (size_t i = 0; i < run.count; i++) {                                               \
        y[i] = a[i * a_step] ? b[i * b_step] : c[i * c_step];                                \
      }                                                                                      \
    }                                                                                        \
  }
SELECT(uint8_t)
SELECT(uint16_t)
SELECT(uint32_t)
SELECT(uint64_t)
#undef SELECT

void vitq_select_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_select *args = ctx;
  while (begin < end) {
    const grid_run run = grid_run_at(&args->grid, begin, end);
    switch (args->element_size) {
      case 1: select_uint8_t(args, run, begin); break;
      case 2: select_uint16_t(args, run, begin); break;
      case 4: select_uint32_t(args, run, begin); break;
      default: select_uint64_t(args, run, begin); break;
    }
    begin += run.count;
  }
}
