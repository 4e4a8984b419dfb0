#include "vitq_index.h"

#include <string.h>

static int64_t index_at(vitq_indices indices, size_t place) {
  return indices.size == 4 ? ((const int32_t *)indices.values)[place]
                           : ((const int64_t *)indices.values)[place];
}

static size_t from_front(int64_t index, size_t length) {
  return (size_t)(index < 0 ? index + (int64_t)length : index);
}

/// The element of data that belongs to `item` of the grid.
static size_t element_place(const vitq_element_places *places, size_t item) {
  size_t place =
      from_front(index_at(places->indices, item), places->axis_length) * places->axis_stride;
  for (size_t d = places->rank; d-- > 0;) {
    place += item % places->dims[d] * places->strides[d];
    item /= places->dims[d];
  }
  return place;
}

void vitq_gather_elements_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_gather_elements *args = ctx;
  for (size_t item = begin; item < end; item++) {
    const size_t place = element_place(&args->places, item);
    switch (args->places.element_size) {
      case 1: ((uint8_t *)args->output)[item] = ((const uint8_t *)args->data)[place]; break;
      case 2: ((uint16_t *)args->output)[item] = ((const uint16_t *)args->data)[place]; break;
      case 4: ((uint32_t *)args->output)[item] = ((const uint32_t *)args->data)[place]; break;
      default: ((uint64_t *)args->output)[item] = ((const uint64_t *)args->data)[place]; break;
    }
  }
}

/// As in ONNX Runtime, the one that is NaN wins.
static float larger(float a, float b) { return a != a ? a : b != b ? b : a > b ? a : b; }

static float smaller(float a, float b) { return a != a ? a : b != b ? b : a < b ? a : b; }

/// Puts `bytes` of updates to `to`.
static void update(vitq_scatter_reduction reduction, void *to, const void *from, size_t bytes) {
  float *data = to;
  const float *updates = from;
  const size_t count = bytes / sizeof *data;
  switch (reduction) {
    case VITQ_SCATTER_REPLACE: memcpy(to, from, bytes); break;
    case VITQ_SCATTER_ADD:
      for (size_t i = 0; i < count; i++) data[i] += updates[i];
      break;
    case VITQ_SCATTER_MUL:
      for (size_t i = 0; i < count; i++) data[i] *= updates[i];
      break;
    case VITQ_SCATTER_MAX:
      for (size_t i = 0; i < count; i++) data[i] = larger(data[i], updates[i]);
      break;
    case VITQ_SCATTER_MIN:
      for (size_t i = 0; i < count; i++) data[i] = smaller(data[i], updates[i]);
      break;
  }
}

void vitq_scatter_elements(const vitq_element_places *places, vitq_scatter_reduction reduction,
                           void *data, const void *updates) {
  size_t count = 1;
  for (size_t d = 0; d < places->rank; d++) count *= places->dims[d];
  const size_t size = places->element_size;
  for (size_t item = 0; item < count; item++) {
    update(reduction, (char *)data + element_place(places, item) * size,
           (const char *)updates + item * size, size);
  }
}

/// The slice of data that tuple `item` names.
static size_t slice_place(const vitq_slice_places *places, size_t item) {
  size_t slice = item / places->batch_tuples * places->batch_slices;
  for (size_t d = 0; d < places->length; d++) {
    const int64_t index = index_at(places->indices, item * places->length + d);
    slice += from_front(index, places->dims[d]) * places->strides[d];
  }
  return slice;
}

void vitq_gather_slices_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_gather_slices *args = ctx;
  const size_t run = args->places.run;
  for (size_t item = begin; item < end; item++) {
    memcpy((char *)args->output + item * run,
           (const char *)args->data + slice_place(&args->places, item) * run, run);
  }
}

void vitq_scatter_slices(const vitq_slice_places *places, size_t count,
                         vitq_scatter_reduction reduction, void *data, const void *updates) {
  for (size_t item = 0; item < count; item++) {
    update(reduction, (char *)data + slice_place(places, item) * places->run,
           (const char *)updates + item * places->run, places->run);
  }
}

size_t vitq_slices_first_bad(const vitq_slice_places *places, size_t count) {
  for (size_t item = 0; item < count; item++) {
    for (size_t d = 0; d < places->length; d++) {
      const int64_t index = index_at(places->indices, item * places->length + d);
      const int64_t limit = (int64_t)places->dims[d];
      if (index < -limit || index >= limit) return item;
    }
  }
  return count;
}
