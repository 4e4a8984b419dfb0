#include "include/vitq_resample.h"

enum {
  fraction_bits = 22,
  /// Samples whose sums are kept in registers.
  block = 32,
};

static inline uint8_t rounded(int32_t sum) {
  int32_t value = sum >> fraction_bits;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

void vitq_resample_rows(
    const uint8_t *source, size_t rows, size_t width, size_t new_width,
    const vitq_window *windows, const int32_t *weights, uint8_t *target) {
  for (size_t row = 0; row < rows; row++, source += 3 * width) {
    for (size_t column = 0; column < new_width; column++, target += 3) {
      vitq_window window = windows[column];
      const uint8_t *pixel = source + 3 * (size_t)window.start;
      const int32_t *weight = weights + window.offset;
      int32_t red = 1 << (fraction_bits - 1), green = red, blue = red;
      for (int32_t i = 0; i < window.count; i++, pixel += 3) {
        red += pixel[0] * weight[i];
        green += pixel[1] * weight[i];
        blue += pixel[2] * weight[i];
      }
      target[0] = rounded(red);
      target[1] = rounded(green);
      target[2] = rounded(blue);
    }
  }
}

static inline __attribute__((always_inline)) void resample_block(
    const uint8_t *source, size_t stride, const int32_t *weight, int32_t count, size_t samples,
    uint8_t *target) {
  int32_t sums[block];
  for (size_t i = 0; i < samples; i++) sums[i] = 1 << (fraction_bits - 1);
  for (int32_t row = 0; row < count; row++, source += stride) {
    for (size_t i = 0; i < samples; i++) sums[i] += source[i] * weight[row];
  }
  for (size_t i = 0; i < samples; i++) target[i] = rounded(sums[i]);
}

static inline __attribute__((always_inline)) void resample_columns(
    const uint8_t *source, size_t stride, size_t new_rows, const vitq_window *windows,
    const int32_t *weights, uint8_t *target) {
  for (size_t row = 0; row < new_rows; row++, target += stride) {
    vitq_window window = windows[row];
    const uint8_t *first = source + (size_t)window.start * stride;
    const int32_t *weight = weights + window.offset;
    size_t sample = 0;
    for (; sample + block <= stride; sample += block)
      resample_block(first + sample, stride, weight, window.count, block, target + sample);
    resample_block(
        first + sample, stride, weight, window.count, stride - sample, target + sample);
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void resample_columns_avx2(
    const uint8_t *source, size_t stride, size_t new_rows, const vitq_window *windows,
    const int32_t *weights, uint8_t *target) {
  resample_columns(source, stride, new_rows, windows, weights, target);
}
#endif

void vitq_resample_columns(
    const uint8_t *source, size_t stride, size_t new_rows, const vitq_window *windows,
    const int32_t *weights, uint8_t *target) {
#if defined(__x86_64__)
  // SSE2 has no product of 32 bits.
  if (__builtin_cpu_supports("avx2")) {
    resample_columns_avx2(source, stride, new_rows, windows, weights, target);
    return;
  }
#endif
  resample_columns(source, stride, new_rows, windows, weights, target);
}
