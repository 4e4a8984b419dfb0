#include "peak_loops.h"

const vitq_peak_loops *vitq_peak_loops_for(vitq_isa isa) {
  switch (isa) {
    case VITQ_ISA_PORTABLE: return &vitq_peak_portable;
#if defined(__x86_64__)
    case VITQ_ISA_AVX2: return &vitq_peak_avx2;
    case VITQ_ISA_AVXVNNI: return &vitq_peak_avxvnni;
    case VITQ_ISA_AVX512VNNI: return &vitq_peak_avx512vnni;
#endif
#if defined(__aarch64__)
    case VITQ_ISA_NEON: return &vitq_peak_neon;
#endif
    default: return NULL;
  }
}

void vitq_peak_task(const void *args, size_t begin, size_t end, size_t thread) {
  (void)thread;
  const vitq_peak *peak = args;
  for (size_t item = begin; item < end; item++) peak->run(peak->rounds);
}

void vitq_peak_read_task(const void *args, size_t begin, size_t end, size_t thread) {
  (void)thread;
  typedef uint64_t vector __attribute__((vector_size(16)));
  const vitq_peak_read *read = args;
  const vector *data = (const vector *)((const char *)read->data + begin * read->block);
  const size_t count = (end - begin) * read->block / sizeof(vector);
  // Four sums, so that no load waits for another's addition.
  vector sums[4] = {0};
  for (size_t i = 0; i + 4 <= count; i += 4) {
    for (size_t j = 0; j < 4; j++) sums[j] ^= data[i + j];
  }
  for (size_t j = 0; j < 4; j++) VITQ_OPAQUE(sums[j]);
}
