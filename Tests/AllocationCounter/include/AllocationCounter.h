#pragma once
#include <stddef.h>

/// Number of blocks that malloc and its kin have handed out so far to the calling thread.
///
/// Zero always where the C library is not glibc: nothing is counted there.
size_t vitq_allocation_count(void);
