// How fast the machine is without any kernel: loops whose operands stay in registers, and a loop
// that only reads memory.
#pragma once

#include "vitq_cpu.h"
#include "vitq_pool.h"

#include <stddef.h>

/// A loop over one kind of multiplication and addition.
typedef struct {
  /// The instructions that it consists of.
  const char *instruction;
  /// Multiplications and additions in a round.
  size_t operations;
  void (*run)(size_t rounds);
} vitq_peak_loop;

/// The loops of one instruction set.
typedef struct {
  /// float32.
  vitq_peak_loop f32;
  /// Products of uint8 and int8, exact in int32.
  vitq_peak_loop int8;
} vitq_peak_loops;

/// The loops of an instruction set, or NULL where this architecture has none.
const vitq_peak_loops *vitq_peak_loops_for(vitq_isa isa);

/// Items: any number, each one `rounds` rounds.
typedef struct {
  void (*run)(size_t rounds);
  size_t rounds;
} vitq_peak;

void vitq_peak_task(const void *args, size_t begin, size_t end, size_t thread);

/// Reads memory from its begin to its end. Items: blocks of `block` bytes.
typedef struct {
  const void *data;
  /// A multiple of 64.
  size_t block;
} vitq_peak_read;

void vitq_peak_read_task(const void *args, size_t begin, size_t end, size_t thread);
