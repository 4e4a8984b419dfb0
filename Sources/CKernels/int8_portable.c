// Plain C: u8 A by s8 B packed [N/16][K][16].
#define VITQ_TARGET
#define VITQ_NR 16
#define VITQ_KR 1
#include "int8_template.h"

static void multiply(
    size_t rows, size_t columns, size_t k, const uint8_t *a, size_t a_stride, const int8_t *b,
    int32_t *sums) {
  (void)columns;
  for (size_t r = 0; r < rows; r++) {
    uint32_t row[VITQ_NR] = {0};
    for (size_t i = 0; i < k; i++) {
      const int32_t value = a[r * a_stride + i];
      for (size_t j = 0; j < VITQ_NR; j++) row[j] += (uint32_t)(value * b[i * VITQ_NR + j]);
    }
    memcpy(sums + r * VITQ_NR, row, sizeof row);
  }
}

const vitq_int8_kernels vitq_int8_portable = {
    .name = "portable", .instruction = "plain C", .mr = 4, VITQ_TEMPLATE_KERNELS,
    .multiply = multiply, .row_sum = row_sum, .pack = pack,
    .saturating_product = vitq_saturating_product_portable};
