// What the files of the register-only loops share.
#pragma once

#include "vitq_peak.h"

#include <stdint.h>

extern const vitq_peak_loops vitq_peak_portable;
#if defined(__x86_64__)
extern const vitq_peak_loops vitq_peak_avx2;
extern const vitq_peak_loops vitq_peak_avxvnni;
extern const vitq_peak_loops vitq_peak_avx512vnni;
#endif
#if defined(__aarch64__)
extern const vitq_peak_loops vitq_peak_neon;
#endif

/// Pretends to change a vector register, in no instruction: what is computed from it can be neither
/// left out, nor merged with its neighbours, nor moved out of the loop.
#if defined(__aarch64__)
#define VITQ_OPAQUE(vector) __asm__ volatile("" : "+w"(vector))
#else
#define VITQ_OPAQUE(vector) __asm__ volatile("" : "+v"(vector))
#endif
