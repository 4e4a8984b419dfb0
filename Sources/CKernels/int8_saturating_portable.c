// Plain C: pairs one by one.
#include "int8_saturating.h"

void vitq_saturating_product_portable(
    const void *ctx, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_saturating_product *p = ctx;
  for (size_t row = begin; row < end; row++) {
    p->saturated[row] = vitq_saturating_columns(p, p->a + row * p->k, 0, p->y + row * p->n);
  }
}
