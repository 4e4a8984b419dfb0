#include "vitq_int8.h"

#include <string.h>

/// One row of a kernel's window: elements of `line` from `left` on.
static void copy_window_row(
    const vitq_int8_im2col *args, const uint8_t *line, ptrdiff_t left, uint8_t *row) {
  const ptrdiff_t width = (ptrdiff_t)args->width;
  const ptrdiff_t count = (ptrdiff_t)args->kernel_width;
  if (args->dilation_x == 1 && left >= 0 && left + count <= width) {
    memcpy(row, line + left, args->kernel_width);
    return;
  }
  for (ptrdiff_t i = 0; i < count; i++) {
    const ptrdiff_t x = left + i * (ptrdiff_t)args->dilation_x;
    row[i] = x >= 0 && x < width ? line[x] : args->outside;
  }
}

void vitq_int8_im2col_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_int8_im2col *args = ctx;
  const size_t per_image = args->output_height * args->output_width;
  const size_t row_length = args->channels * args->kernel_height * args->kernel_width;
  for (size_t item = begin; item < end; item++) {
    const uint8_t *image = args->x + item / per_image * args->batch_stride;
    const size_t place = item % per_image;
    const ptrdiff_t top = (ptrdiff_t)(place / args->output_width * args->stride_y)
        - (ptrdiff_t)args->pad_top;
    const ptrdiff_t left = (ptrdiff_t)(place % args->output_width * args->stride_x)
        - (ptrdiff_t)args->pad_left;
    uint8_t *row = args->rows + item * row_length;
    for (size_t channel = 0; channel < args->channels; channel++) {
      for (size_t ky = 0; ky < args->kernel_height; ky++, row += args->kernel_width) {
        const ptrdiff_t y = top + (ptrdiff_t)(ky * args->dilation_y);
        if (y < 0 || y >= (ptrdiff_t)args->height) {
          memset(row, args->outside, args->kernel_width);
          continue;
        }
        const size_t line = (channel * args->height + (size_t)y) * args->width;
        copy_window_row(args, image + line, left, row);
      }
    }
  }
}
