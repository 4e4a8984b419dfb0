#include "vitq_sequence.h"

void vitq_sequence_run(const void *ctx, size_t begin, size_t end, size_t thread) {
  const vitq_sequence *sequence = ctx;
  for (size_t block = begin; block < end; block++) {
    for (size_t i = 0; i < sequence->steps; i++) {
      const vitq_sequence_step *step = &sequence->step[i];
      const size_t first = block * step->block_items, last = first + step->block_items;
      step->task(step->ctx, first, last < step->items ? last : step->items, thread);
    }
  }
}
