// The tables of float kernels, one for each instruction set.
#pragma once

#include "vitq_f32.h"

extern const vitq_f32_kernels vitq_f32_avx512;
extern const vitq_f32_kernels vitq_f32_avx2;
extern const vitq_f32_kernels vitq_f32_portable;
