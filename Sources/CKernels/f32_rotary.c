#include "vitq_f32.h"

#include <string.h>

/// The two values of a pair turned by an angle; they may be overwritten.
static void rotate(float real, float imaginary, float cosine, float sine, float *y0, float *y1) {
  *y0 = cosine * real - sine * imaginary;
  *y1 = sine * real + cosine * imaginary;
}

static void rotate_head(const vitq_f32_rotary *args, const float *x, const float *cosines,
                        const float *sines, float *y) {
  const size_t pairs = args->rotated / 2;
  if (args->interleaved) {
    for (size_t i = 0; i < pairs; i++) {
      rotate(x[2 * i], x[2 * i + 1], cosines[i], sines[i], y + 2 * i, y + 2 * i + 1);
    }
  } else {
    for (size_t i = 0; i < pairs; i++) {
      rotate(x[i], x[i + pairs], cosines[i], sines[i], y + i, y + i + pairs);
    }
  }
  const size_t rest = args->head_size - args->rotated;
  memmove(y + args->rotated, x + args->rotated, rest * sizeof *y);
}

void vitq_f32_rotary_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_rotary *args = ctx;
  for (size_t item = begin; item < end; item++) {
    const size_t batch = item / args->rows, row = item % args->rows;
    size_t place = item;
    if (args->positions != NULL) {
      place = args->has_position_of_each ? (size_t)args->positions[item]
                                         : (size_t)args->positions[0] + row;
    }
    const size_t start = batch * args->batch_stride + row * args->row_stride;
    for (size_t head = 0; head < args->heads; head++) {
      const size_t offset = start + head * args->head_stride;
      rotate_head(args, args->x + offset, args->cosines + place * (args->rotated / 2),
                  args->sines + place * (args->rotated / 2), args->y + offset);
    }
  }
}
