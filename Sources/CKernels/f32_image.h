// Channels, pooling windows, depthwise convolution and interpolation. Included once for each
// instruction set.

V_TARGET static void V(channel_affine)(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_channel_affine *args = ctx;
  const bool by_column = args->plane == 1;
  const size_t columns = by_column ? args->channels : args->plane;
  for (size_t row = begin; row < end; row++) {
    const float *x = args->x + row * columns;
    float *y = args->y + row * columns;
    const size_t channel = row % args->channels;
    const V(vitq_vf) factor = V(vitq_set1)(args->scale[by_column ? 0 : channel]);
    const V(vitq_vf) term = V(vitq_set1)(args->shift[by_column ? 0 : channel]);
    for (size_t i = 0; i < columns; i += WIDTH) {
      const V(vitq_vf) value = V(row_load)(x, i, columns);
      const V(vitq_vf) scale = by_column ? V(row_load)(args->scale, i, columns) : factor;
      const V(vitq_vf) shift = by_column ? V(row_load)(args->shift, i, columns) : term;
      V(row_store)(y, i, columns, V(vitq_fma)(value, scale, shift));
    }
  }
}

/// The larger, or the sum. A NaN in either makes it NaN.
V_FN V(vitq_vf) V(pool_pair)(V(vitq_vf) a, V(vitq_vf) b, bool largest) {
  return largest ? V(larger)(a, b) : a + b;
}

/// The rows of a window's line, padded and made one: of each column the largest element or the sum.
V_TARGET static void V(pool_line)(
    const vitq_f32_pool *args, const float *plane, size_t output_row, float *line) {
  const float neutral = args->largest ? -__builtin_inff() : 0;
  for (size_t i = 0; i < args->line; i++) line[i] = neutral;
  float *inside = line + args->pad_left;
  const size_t width = args->line - args->pad_left < args->width
      ? args->line - args->pad_left : args->width;
  const ptrdiff_t top =
      (ptrdiff_t)(output_row * args->stride_y) - (ptrdiff_t)args->pad_top;
  for (size_t k = 0; k < args->kernel_height; k++) {
    const ptrdiff_t y = top + (ptrdiff_t)(k * args->dilation_y);
    if (y < 0 || y >= (ptrdiff_t)args->height) continue;
    const float *row = plane + (size_t)y * args->width;
    for (size_t i = 0; i < width; i += WIDTH) {
      const V(vitq_vf) sum = V(pool_pair)(
          V(row_load)(inside, i, width), V(row_load)(row, i, width), args->largest);
      V(row_store)(inside, i, width, sum);
    }
  }
}

V_TARGET static void V(pool)(const void *ctx, size_t begin, size_t end, size_t thread) {
  const vitq_f32_pool *args = ctx;
  float *line = args->scratch + thread * args->scratch_stride;
  const size_t rows = args->output_height, columns = args->output_width;
  const size_t step = args->dilation_x, stride = args->stride_x;
  for (size_t item = begin; item < end; item++) {
    const size_t row = item % rows;
    V(pool_line)(args, args->x + item / rows * args->height * args->width, row, line);
    float *y = args->y + item * columns;
    size_t i = 0;
    for (; stride == 1 && i < columns; i += WIDTH) {
      V(vitq_vf) value = V(row_load)(line, i, columns);
      for (size_t k = 1; k < args->kernel_width; k++) {
        value = V(pool_pair)(value, V(row_load)(line + k * step, i, columns), args->largest);
      }
      V(row_store)(y, i, columns, value);
    }
    for (; i < columns; i++) {
      const float *window = line + i * stride;
      float value = window[0];
      for (size_t k = 1; k < args->kernel_width; k++) {
        const float next = window[k * step];
        if (!args->largest) {
          value += next;
        } else if (next > value || next != next) {
          value = next;
        }
      }
      y[i] = value;
    }
    if (args->largest) continue;
    for (i = 0; i < columns; i++) {
      const float count = args->row_counts[row] * args->column_counts[i];
      y[i] = count == 0 ? 0 : y[i] / count;
    }
  }
}

/// The part of a plane that the windows meet, padded, each row as `stride_x` runs of every
/// stride_x-th element: what a tap of the kernel meets along a row of the result then lies side by
/// side.
V_FN void V(depthwise_phases)(const vitq_f32_depthwise *args, const float *plane, float *phases) {
  const size_t stride = args->stride_x;
  for (size_t row = 0; row < args->phase_rows; row++, phases += stride * args->phase_width) {
    const ptrdiff_t y = (ptrdiff_t)row - (ptrdiff_t)args->pad_top;
    const bool is_inside = y >= 0 && y < (ptrdiff_t)args->height;
    const float *line = plane + (is_inside ? (size_t)y : 0) * args->width;
    for (size_t phase = 0; phase < stride; phase++) {
      float *run = phases + phase * args->phase_width;
      for (size_t i = 0; i < args->phase_width; i++) {
        const ptrdiff_t x = (ptrdiff_t)(phase + i * stride) - (ptrdiff_t)args->pad_left;
        run[i] = is_inside && x >= 0 && x < (ptrdiff_t)args->width ? line[x] : 0;
      }
    }
  }
}

/// `vectors` vectors of a row of the result, whose first window begins at `corner`.
V_FN void V(depthwise_run)(
    const vitq_f32_depthwise *args, const float *corner, const float *weight, float bias,
    const size_t vectors, V(vitq_vf) *sums) {
  const size_t stride = args->stride_x;
#pragma clang loop unroll(full)
  for (size_t v = 0; v < vectors; v++) sums[v] = V(vitq_set1)(bias);
  for (size_t ky = 0; ky < args->kernel_height; ky++) {
    const float *row = corner + ky * args->dilation_y * stride * args->phase_width;
    for (size_t kx = 0; kx < args->kernel_width; kx++, weight++) {
      const size_t x = kx * args->dilation_x;
      const float *run = row + x % stride * args->phase_width + x / stride;
      const V(vitq_vf) factor = V(vitq_set1)(*weight);
#pragma clang loop unroll(full)
      for (size_t v = 0; v < vectors; v++) {
        sums[v] = V(vitq_fma)(factor, V(vitq_load)(run + v * WIDTH), sums[v]);
      }
    }
  }
}

V_TARGET static void V(depthwise_plane)(
    const vitq_f32_depthwise *args, const float *phases, const float *weight, float bias,
    float *y) {
  const size_t columns = args->output_width;
  for (size_t row = 0; row < args->output_height; row++, y += columns) {
    const float *corner = phases + row * args->stride_y * args->stride_x * args->phase_width;
    size_t i = 0;
    V(vitq_vf) sums[4];
    for (; i + 4 * WIDTH <= columns; i += 4 * WIDTH) {
      V(depthwise_run)(args, corner + i, weight, bias, 4, sums);
      for (size_t v = 0; v < 4; v++) V(vitq_store)(y + i + v * WIDTH, sums[v]);
    }
    for (; i < columns; i += WIDTH) {
      V(depthwise_run)(args, corner + i, weight, bias, 1, sums);
      V(row_store)(y, i, columns, sums[0]);
    }
  }
}

V_TARGET static void V(depthwise)(const void *ctx, size_t begin, size_t end, size_t thread) {
  const vitq_f32_depthwise *args = ctx;
  float *phases = args->scratch + thread * args->scratch_stride;
  const size_t kernel = args->kernel_height * args->kernel_width;
  const size_t outputs = args->channels * args->multiplier;
  for (size_t item = begin; item < end; item++) {
    V(depthwise_phases)(args, args->x + item * args->height * args->width, phases);
    for (size_t m = 0; m < args->multiplier; m++) {
      const size_t plane = item * args->multiplier + m;
      const size_t output = plane % outputs;
      V(depthwise_plane)(
          args, phases, args->weight + output * kernel,
          args->bias == NULL ? 0 : args->bias[output],
          args->y + plane * args->output_height * args->output_width);
    }
  }
}

V_TARGET static void V(resample)(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_f32_resample *args = ctx;
  const size_t taps = args->taps, inner = args->inner;
  if (inner == 1) {
    for (size_t row = begin; row < end; row++) {
      const float *x = args->x + row * args->input;
      float *y = args->y + row * args->output;
      const uint32_t *index = args->indices;
      const float *weight = args->weights;
      for (size_t o = 0; o < args->output; o++, index += taps, weight += taps) {
        float sum = weight[0] * x[index[0]];
        for (size_t t = 1; t < taps; t++) sum += weight[t] * x[index[t]];
        y[o] = sum;
      }
    }
    return;
  }
  for (size_t item = begin; item < end; item++) {
    const size_t o = item % args->output;
    const float *x = args->x + item / args->output * args->input * inner;
    const uint32_t *index = args->indices + o * taps;
    const float *weight = args->weights + o * taps;
    float *y = args->y + item * inner;
    for (size_t i = 0; i < inner; i += WIDTH) {
      V(vitq_vf) sum = V(vitq_set1)(weight[0]) * V(row_load)(x + index[0] * inner, i, inner);
      for (size_t t = 1; t < taps; t++) {
        const V(vitq_vf) value = V(row_load)(x + index[t] * inner, i, inner);
        sum = V(vitq_fma)(V(vitq_set1)(weight[t]), value, sum);
      }
      V(row_store)(y, i, inner, sum);
    }
  }
}
