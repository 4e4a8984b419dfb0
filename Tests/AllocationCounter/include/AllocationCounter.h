#pragma once
#include <stddef.h>

/// Number of blocks that malloc and its kin have handed out so far to the calling thread.
///
/// Zero always where the C library is not glibc: nothing is counted there.
size_t vitq_allocation_count(void);

/// Bytes that malloc and its kin have been asked for so far by the calling thread, whether they were
/// freed since or not. Counted as ``vitq_allocation_count`` is.
size_t vitq_allocated_bytes(void);
