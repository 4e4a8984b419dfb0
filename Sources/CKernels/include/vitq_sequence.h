// Several loops over the same elements, block by block, so that each finds the elements in the
// first-level cache where the one before left them.
#pragma once
#include "vitq_pool.h"

#include <stddef.h>

/// Elements of a block.
#define VITQ_SEQUENCE_BLOCK 4096

/// One of the loops.
typedef struct {
  vitq_task task;
  const void *ctx;
  /// Items of it in a block, and in all.
  size_t block_items, items;
} vitq_sequence_step;

typedef struct {
  size_t steps;
  const vitq_sequence_step *step;
} vitq_sequence;

/// Does the steps for blocks [begin, end). `ctx` is a vitq_sequence.
void vitq_sequence_run(const void *ctx, size_t begin, size_t end, size_t thread);
