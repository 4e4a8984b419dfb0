#include "vitq_f32.h"

#include <string.h>

/// One row of a kernel's window: `width` elements from `x` on, `step` apart, 0 where outside.
static void copy_window_row(const vitq_f32_im2col *args, const float *line, ptrdiff_t left,
                            float *row) {
  const ptrdiff_t width = (ptrdiff_t)args->width;
  const ptrdiff_t count = (ptrdiff_t)args->kernel_width;
  if (args->dilation_x == 1 && left >= 0 && left + count <= width) {
    memcpy(row, line + left, args->kernel_width * sizeof *row);
    return;
  }
  for (ptrdiff_t i = 0; i < count; i++) {
    const ptrdiff_t x = left + i * (ptrdiff_t)args->dilation_x;
    row[i] = x >= 0 && x < width ? line[x] : 0;
  }
}

void vitq_f32_im2col_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_im2col *args = ctx;
  const size_t per_image = args->output_height * args->output_width;
  const size_t row_length = args->channels * args->kernel_height * args->kernel_width;
  for (size_t item = begin; item < end; item++) {
    const float *image = args->x + item / per_image * args->batch_stride;
    const size_t place = item % per_image;
    const ptrdiff_t top = (ptrdiff_t)(place / args->output_width * args->stride_y)
        - (ptrdiff_t)args->pad_top;
    const ptrdiff_t left = (ptrdiff_t)(place % args->output_width * args->stride_x)
        - (ptrdiff_t)args->pad_left;
    float *row = args->rows + item * row_length;
    for (size_t channel = 0; channel < args->channels; channel++) {
      for (size_t ky = 0; ky < args->kernel_height; ky++, row += args->kernel_width) {
        const ptrdiff_t y = top + (ptrdiff_t)(ky * args->dilation_y);
        if (y < 0 || y >= (ptrdiff_t)args->height) {
          memset(row, 0, args->kernel_width * sizeof *row);
          continue;
        }
        const size_t line = (channel * args->height + (size_t)y) * args->width;
        copy_window_row(args, image + line, left, row);
      }
    }
  }
}

/// Columns [0, count) of one row of the packed windows: an element of the kernel at `count` neighbouring
/// places of one row of the result. `line` is the row of the input that it meets, `left` the column
/// at the first place.
static void copy_places(const vitq_f32_im2col *args, const float *line, ptrdiff_t left,
                        size_t count, float *packed) {
  const ptrdiff_t width = (ptrdiff_t)args->width, stride = (ptrdiff_t)args->stride_x;
  if (stride == 1 && left >= 0 && left + (ptrdiff_t)count <= width) {
    memcpy(packed, line + left, count * sizeof *packed);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    const ptrdiff_t x = left + (ptrdiff_t)i * stride;
    packed[i] = x >= 0 && x < width ? line[x] : 0;
  }
}

/// What the windows at `count` neighbouring places of one row of the result meet, into columns of a
/// panel.
static void pack_places(const vitq_f32_window_packing *packing, size_t row, size_t column,
                        size_t count, float *packed) {
  const vitq_f32_im2col *args = &packing->windows;
  const ptrdiff_t top = (ptrdiff_t)(row * args->stride_y) - (ptrdiff_t)args->pad_top;
  const ptrdiff_t left = (ptrdiff_t)(column * args->stride_x) - (ptrdiff_t)args->pad_left;
  for (size_t channel = 0; channel < args->channels; channel++) {
    for (size_t ky = 0; ky < args->kernel_height; ky++) {
      const ptrdiff_t y = top + (ptrdiff_t)(ky * args->dilation_y);
      const bool is_inside = y >= 0 && y < (ptrdiff_t)args->height;
      const float *line =
          args->x + (channel * args->height + (is_inside ? (size_t)y : 0)) * args->width;
      for (size_t kx = 0; kx < args->kernel_width; kx++, packed += packing->panel) {
        if (is_inside) {
          copy_places(args, line, left + (ptrdiff_t)(kx * args->dilation_x), count, packed);
        } else {
          memset(packed, 0, count * sizeof *packed);
        }
      }
    }
  }
}

void vitq_f32_pack_windows_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_window_packing *packing = ctx;
  const vitq_f32_im2col *args = &packing->windows;
  const size_t depth = args->channels * args->kernel_height * args->kernel_width;
  const size_t places = args->output_height * args->output_width;
  for (size_t item = begin; item < end; item++) {
    float *packed = args->rows + item * depth * packing->panel;
    const size_t first = item * packing->panel;
    const size_t last = places - first < packing->panel ? places : first + packing->panel;
    if (last - first < packing->panel) memset(packed, 0, depth * packing->panel * sizeof *packed);
    for (size_t place = first; place < last;) {
      const size_t row = place / args->output_width, column = place % args->output_width;
      const size_t rest = args->output_width - column;
      const size_t count = rest < last - place ? rest : last - place;
      pack_places(packing, row, column, count, packed + (place - first));
      place += count;
    }
  }
}
