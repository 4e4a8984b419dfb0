// Takes the place of glibc's allocator functions in the program that it is linked into, so that a
// test can say that a piece of code allocates nothing.
#include "AllocationCounter.h"

#include <errno.h>

// Of each thread by itself, because other tests run at the same time.
static _Thread_local size_t allocations;
static _Thread_local size_t bytes;

size_t vitq_allocation_count(void) { return allocations; }

size_t vitq_allocated_bytes(void) { return bytes; }

#ifdef __GLIBC__
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static void count(size_t size) {
  allocations++;
  bytes += size;
}

void *malloc(size_t size) {
  count(size);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(number * size);
  return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
  count(size);
  return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  count(size);
  *block = __libc_memalign(alignment, size);
  return *block == NULL && size != 0 ? ENOMEM : 0;
}
#endif
