#pragma once
#include "vitq_cpu.h"
#include "vitq_epilogue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The integer kernels of one instruction set.
typedef struct {
  const char *name;
} vitq_int8_kernels;

/// The table of an instruction set, or NULL where this architecture has none.
const vitq_int8_kernels *vitq_int8_kernels_for(vitq_isa isa);
