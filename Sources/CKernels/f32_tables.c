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

size_t vitq_f32_attention_scratch(const vitq_f32_kernels *kernels, size_t key_rows,
                                  size_t head_size, size_t value_size) {
  const size_t panel = kernels->panel;
  const size_t padded_keys = (key_rows + panel - 1) / panel * panel;
  const size_t padded_values = (value_size + panel - 1) / panel * panel;
  const size_t score_rows = 4 * kernels->tile_rows;
  return padded_keys * (head_size + score_rows) + padded_values * key_rows;
}
