#include "vitq_elements.h"

void vitq_f32_scan_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_scan *args = ctx;
  const size_t axis = args->axis, inner = args->inner;
  for (size_t item = begin; item < end; item++) {
    const size_t first = item / inner * axis * inner + item % inner;
    // As the reference: in double, rounded once.
    double result = args->multiplies ? 1 : 0;
    for (size_t step = 0; step < axis; step++) {
      const size_t place = first + (args->reverse ? axis - 1 - step : step) * inner;
      const double x = args->x[place];
      const double next = args->multiplies ? result * x : result + x;
      args->y[place] = (float)(args->exclusive ? result : next);
      result = next;
    }
  }
}

void vitq_f32_arg_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_arg *args = ctx;
  const size_t axis = args->axis, inner = args->inner;
  for (size_t item = begin; item < end; item++) {
    const float *x = args->x + item / inner * axis * inner + item % inner;
    size_t best = 0;
    float champion = x[0];
    for (size_t step = 1; step < axis; step++) {
      const float value = x[step * inner];
      const bool wins = args->smallest ? value < champion : value > champion;
      if (wins || (args->last && value == champion)) {
        best = step;
        champion = value;
      }
    }
    args->y[item] = (int64_t)best;
  }
}
