#include "vitq_copy.h"

#include <string.h>

static int64_t index_at(const void *indices, size_t index_size, size_t place) {
  return index_size == 4 ? ((const int32_t *)indices)[place] : ((const int64_t *)indices)[place];
}

void vitq_gather_task(const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_gather *args = ctx;
  const char *source = args->source;
  char *destination = args->destination;
  for (size_t item = begin; item < end; item++) {
    int64_t index = index_at(args->indices, args->index_size, item % args->count);
    if (index < 0) index += (int64_t)args->axis;
    const size_t row = item / args->count * args->axis + (size_t)index;
    memcpy(destination + item * args->run, source + row * args->run, args->run);
  }
}

size_t vitq_gather_first_bad(const void *indices, size_t index_size, size_t count, size_t axis) {
  const int64_t limit = (int64_t)axis;
  for (size_t i = 0; i < count; i++) {
    const int64_t index = index_at(indices, index_size, i);
    if (index < -limit || index >= limit) return i;
  }
  return count;
}

void vitq_fill(void *destination, size_t count, const void *value, size_t element_size) {
  char *to = destination;
  for (size_t i = 0; i < count; i++) memcpy(to + i * element_size, value, element_size);
}
