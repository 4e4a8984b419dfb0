// A pool of threads for parallel loops.
#pragma once

#include <stddef.h>

typedef struct vitq_pool vitq_pool;

/// Does the items [begin, end) of a loop. `thread` is below vitq_pool_threads(pool) and differs
/// between the calls of one loop that run at the same time: it selects a thread's scratch.
typedef void (*vitq_task)(const void *ctx, size_t begin, size_t end, size_t thread);

/// A pool of `threads` >= 1 threads, the caller of vitq_pool_run being one of them. It has fewer
/// where the system grants no more. NULL when there is no memory.
vitq_pool *vitq_pool_create(size_t threads);

/// Ends the pool's threads and waits for them. No loop may be running; `pool` may be NULL.
void vitq_pool_destroy(vitq_pool *pool);

/// Number of threads, the caller included: 1 where `pool` is NULL.
size_t vitq_pool_threads(const vitq_pool *pool);

/// Calls `fn` on pieces of [0, count) and returns when all are done. Pieces are multiples of `grain` >= 1
/// items, but for the last one, and get smaller towards the end. Which thread takes which piece is not
/// determined. Allocates nothing. Where the pool is busy, with a loop of another thread or one that
/// this call is nested in, and where it is NULL, the caller does everything itself, as thread 0.
void vitq_pool_run(vitq_pool *pool, size_t count, size_t grain, vitq_task fn, const void *ctx);

/// Number of processors that this process may use: its affinity mask, and the processor quota of
/// its control groups (version 1 or 2) rounded up. At least 1.
size_t vitq_available_processors(void);
