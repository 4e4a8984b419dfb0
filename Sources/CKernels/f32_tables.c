#include "f32_tables.h"

const vitq_f32_kernels *vitq_f32_kernels_for(vitq_isa isa) {
  switch (isa) {
#if defined(__x86_64__)
    case VITQ_ISA_AVX512VNNI: return &vitq_f32_avx512;
    case VITQ_ISA_AVX2:
    case VITQ_ISA_AVXVNNI: return &vitq_f32_avx2;
#endif
    case VITQ_ISA_NEON:
    case VITQ_ISA_PORTABLE: return &vitq_f32_portable;
    default: return NULL;
  }
}

void vitq_f32_pack(const float *b, size_t depth, size_t columns, bool transposed, size_t panel,
                   float *packed) {
  const size_t row_step = transposed ? 1 : columns;
  const size_t column_step = transposed ? depth : 1;
  for (size_t first = 0; first < columns; first += panel) {
    const size_t width = columns - first < panel ? columns - first : panel;
    for (size_t k = 0; k < depth; k++, packed += panel) {
      const float *row = b + k * row_step + first * column_step;
      for (size_t j = 0; j < width; j++) packed[j] = row[j * column_step];
      for (size_t j = width; j < panel; j++) packed[j] = 0;
    }
  }
}

size_t vitq_f32_attention_scratch(const vitq_f32_kernels *kernels, size_t key_rows,
                                  size_t head_size, size_t value_size) {
  const size_t panel = kernels->panel;
  const size_t padded_keys = (key_rows + panel - 1) / panel * panel;
  const size_t padded_values = (value_size + panel - 1) / panel * panel;
  const size_t score_rows = 4 * kernels->tile_rows;
  return padded_keys * (head_size + score_rows) + padded_values * key_rows;
}
