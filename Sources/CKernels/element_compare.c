#include "element_grid.h"

#define LOOP(operation)                                                                     \
  if (a_step == 1 && b_step == 1) {                                                         \
    for (size_t i = 0; i < count; i++) y[i] = a[i] operation b[i];                          \
  } else if (a_step == 1) {                                                                 \
    for (size_t i = 0; i < count; i++) y[i] = a[i] operation *b;                            \
  } else if (b_step == 1) {                                                                 \
    for (size_t i = 0; i < count; i++) y[i] = *a operation b[i];                            \
  } else {                                                                                  \
    for (size_t i = 0; i < count; i++) y[i] = *a operation *b;                              \
  }                                                                                         \
  break;

#define COMPARE(type)                                                                       \
  static void compare_##type(const vitq_compare *args, grid_run run, size_t item) {         \
    const size_t last = args->grid.rank - 1, count = run.count;                             \
    const size_t a_step = args->grid.a_strides[last], b_step = args->grid.b_strides[last];  \
    const type *a = (const type *)args->a + run.a, *b = (const type *)args->b + run.b;      \
    uint8_t *y = args->y + item;                                                            \
    switch (args->comparison) {                                                             \
      case VITQ_EQUAL: LOOP(==)                                                             \
      case VITQ_LESS: LOOP(<)                                                               \
      case VITQ_GREATER: LOOP(>)                                                            \
      case VITQ_LESS_OR_EQUAL: LOOP(<=)                                                     \
      case VITQ_GREATER_OR_EQUAL: LOOP(>=)                                                  \
    }                                                                                       \
  }
COMPARE(float)
COMPARE(int8_t)
COMPARE(uint8_t)
COMPARE(int32_t)
COMPARE(int64_t)
#undef COMPARE
#undef LOOP

void vitq_compare_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_compare *args = ctx;
  while (begin < end) {
    const grid_run run = grid_run_at(&args->grid, begin, end);
    switch (args->element) {
      case VITQ_FLOAT32: compare_float(args, run, begin); break;
      case VITQ_INT8: compare_int8_t(args, run, begin); break;
      case VITQ_BOOL:
      case VITQ_UINT8: compare_uint8_t(args, run, begin); break;
      case VITQ_INT32: compare_int32_t(args, run, begin); break;
      case VITQ_INT64: compare_int64_t(args, run, begin); break;
    }
    begin += run.count;
  }
}
