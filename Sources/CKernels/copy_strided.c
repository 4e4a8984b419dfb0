#include "vitq_copy.h"

#include <string.h>

enum {
  // Elements of a side of the blocks that a transposition goes by: a cache line of float32.
  BLOCK = 16,
  NO_DIMENSION = VITQ_COPY_MAX_RANK,
  GRAIN_BYTES = 65536,
};

/// The dimension along which the source is contiguous, where that is not the destination's: the
/// copy is then a transposition of these two. NO_DIMENSION where it is none.
static size_t transposed_dimension(const vitq_copy *args) {
  if (args->rank < 2) return NO_DIMENSION;
  const size_t last = args->rank - 1;
  if (args->source_strides[last] == 1 || args->dims[last] < 4) return NO_DIMENSION;
  for (size_t d = 0; d < last; d++) {
    if (args->source_strides[d] == 1 && args->dims[d] >= 4) return d;
  }
  return NO_DIMENSION;
}

static size_t product_without(const vitq_copy *args, size_t excluded) {
  size_t product = 1;
  for (size_t d = 0; d + 1 < args->rank; d++) {
    if (d != excluded) product *= args->dims[d];
  }
  return product;
}

size_t vitq_copy_items(const vitq_copy *args, size_t *grain) {
  const size_t length = args->rank == 0 ? 1 : args->dims[args->rank - 1];
  const size_t dimension = transposed_dimension(args);
  const size_t elements = GRAIN_BYTES / args->element_size;
  if (dimension == NO_DIMENSION) {
    *grain = elements;
    return product_without(args, NO_DIMENSION) * length;
  }
  const size_t strip = BLOCK * (length == 0 ? 1 : length);
  *grain = elements / strip + 1;
  return product_without(args, dimension) * ((args->dims[dimension] + BLOCK - 1) / BLOCK);
}

/// Source and destination offset of the place `index` in the grid without its last dimension and
/// without `excluded`.
static void locate(const vitq_copy *args, size_t index, size_t excluded, ptrdiff_t *source,
                   ptrdiff_t *destination) {
  *source = *destination = 0;
  for (size_t d = args->rank == 0 ? 0 : args->rank - 1; d-- > 0;) {
    if (d == excluded) continue;
    const ptrdiff_t place = (ptrdiff_t)(index % args->dims[d]);
    index /= args->dims[d];
    *source += place * args->source_strides[d];
    *destination += place * args->destination_strides[d];
  }
}

#define RUN(type)                                                                            \
  static void run_##type(const vitq_copy *args, ptrdiff_t source, ptrdiff_t source_step,     \
                         ptrdiff_t destination, ptrdiff_t destination_step, size_t count) {  \
    const type *from = (const type *)args->source + source;                                  \
    type *to = (type *)args->destination + destination;                                      \
    if (source_step == 1 && destination_step == 1) {                                         \
      memcpy(to, from, count * sizeof *to);                                                  \
      return;                                                                                \
    }                                                                                        \
    for (size_t i = 0; i < count; i++) {                                                     \
      to[(ptrdiff_t)i * destination_step] = from[(ptrdiff_t)i * source_step];                \
    }                                                                                        \
  }                                                                                          \
                                                                                             \
  static void strip_##type(const vitq_copy *args, ptrdiff_t source, ptrdiff_t destination,   \
                           size_t dimension, size_t width) {                                 \
    const size_t last = args->rank - 1;                                                      \
    const ptrdiff_t source_step = args->source_strides[last];                                \
    const ptrdiff_t destination_step = args->destination_strides[last];                      \
    const ptrdiff_t destination_row = args->destination_strides[dimension];                  \
    const type *from = (const type *)args->source + source;                                  \
    type *to = (type *)args->destination + destination;                                      \
    for (size_t first = 0; first < args->dims[last]; first += BLOCK) {                       \
      const size_t left = args->dims[last] - first;                                          \
      const size_t count = left < BLOCK ? left : BLOCK;                                      \
      for (size_t r = 0; r < width; r++) {                                                   \
        type *row = to + (ptrdiff_t)r * destination_row + (ptrdiff_t)first * destination_step; \
        const type *column = from + r + (ptrdiff_t)first * source_step;                      \
        for (size_t i = 0; i < count; i++) {                                                 \
          row[(ptrdiff_t)i * destination_step] = column[(ptrdiff_t)i * source_step];         \
        }                                                                                    \
      }                                                                                      \
    }                                                                                        \
  }
RUN(uint8_t)
RUN(uint16_t)
RUN(uint32_t)
RUN(uint64_t)
#undef RUN

#define BY_SIZE(function, ...)                          \
  switch (args->element_size) {                         \
    case 1: function##_uint8_t(__VA_ARGS__); break;     \
    case 2: function##_uint16_t(__VA_ARGS__); break;    \
    case 4: function##_uint32_t(__VA_ARGS__); break;    \
    default: function##_uint64_t(__VA_ARGS__); break;   \
  }

static void copy_strips(const vitq_copy *args, size_t dimension, size_t begin, size_t end) {
  const size_t strips = (args->dims[dimension] + BLOCK - 1) / BLOCK;
  for (size_t item = begin; item < end; item++) {
    ptrdiff_t source, destination;
    locate(args, item / strips, dimension, &source, &destination);
    const size_t first = item % strips * BLOCK;
    const size_t left = args->dims[dimension] - first;
    source += (ptrdiff_t)first;
    destination += (ptrdiff_t)first * args->destination_strides[dimension];
    BY_SIZE(strip, args, source, destination, dimension, left < BLOCK ? left : BLOCK)
  }
}

void vitq_copy_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_copy *args = ctx;
  const size_t dimension = transposed_dimension(args);
  if (dimension != NO_DIMENSION) {
    copy_strips(args, dimension, begin, end);
    return;
  }
  const size_t length = args->rank == 0 ? 1 : args->dims[args->rank - 1];
  const ptrdiff_t source_step = args->rank == 0 ? 1 : args->source_strides[args->rank - 1];
  const ptrdiff_t step = args->rank == 0 ? 1 : args->destination_strides[args->rank - 1];
  while (begin < end) {
    const size_t column = begin % length;
    const size_t count = length - column < end - begin ? length - column : end - begin;
    ptrdiff_t source, destination;
    locate(args, begin / length, NO_DIMENSION, &source, &destination);
    source += (ptrdiff_t)column * source_step;
    destination += (ptrdiff_t)column * step;
    BY_SIZE(run, args, source, source_step, destination, step, count)
    begin += count;
  }
}
