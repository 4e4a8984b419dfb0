#ifndef VITQ_RESAMPLE_H
#define VITQ_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

/// What a new sample is made of: the `count` old ones from `start` on, times the weights from `offset`
/// on, which have 22 bits after the point. The sum is rounded and clipped to 8 bits.
typedef struct vitq_window {
  int32_t start;
  int32_t count;
  int32_t offset;
} vitq_window;

/// Resamples each of the `rows` rows of `width` RGB pixels to `new_width` ones, a window each.
void vitq_resample_rows(
    const uint8_t *source, size_t rows, size_t width, size_t new_width,
    const vitq_window *windows, const int32_t *weights, uint8_t *target);

/// Resamples the columns of rows of `stride` samples to `new_rows` rows, a window each.
void vitq_resample_columns(
    const uint8_t *source, size_t stride, size_t new_rows, const vitq_window *windows,
    const int32_t *weights, uint8_t *target);

#endif
