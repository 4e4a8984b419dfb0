#include "vitq_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

// `state` holds everything that decides who works on what:
//   bits 32-63  generation: the number of the loop
//   bit  31     open: workers may still join
//   bits 0-30   workers that have joined and not left
// A worker joins by one compare-and-swap, so it can't join a loop that the caller has closed, and
// the caller waits only for those who joined: a worker that sleeps through a short loop delays
// nobody.
#define OPEN_BIT ((uint64_t)1 << 31)
#define JOINED_MASK (OPEN_BIT - 1)

enum { SPINS_BEFORE_SLEEP = 2000, SPINS_BEFORE_YIELD = 4000 };

typedef struct {
  vitq_pool *pool;
  size_t index;
  pthread_t handle;
} worker;

struct vitq_pool {
  _Alignas(64) _Atomic uint64_t state;
  _Alignas(64) _Atomic size_t next_item;
  _Alignas(64) size_t count;
  size_t grain;
  vitq_task fn;
  const void *ctx;
  _Alignas(64) atomic_flag busy;
  _Atomic bool stopping;
  _Atomic size_t sleepers;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  size_t threads;
  worker workers[];
};

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Takes a share of what is left: large pieces first, which keep a thread in its part of the data, small
/// ones last, so that no thread waits long for another.
static void do_pieces(vitq_pool *pool, size_t thread) {
  const size_t count = pool->count, grain = pool->grain, shares = 2 * pool->threads * grain;
  size_t begin = atomic_load_explicit(&pool->next_item, memory_order_relaxed);
  while (begin < count) {
    const size_t left = count - begin, size = (left + shares - 1) / shares * grain;
    const size_t end = left <= size ? count : begin + size;
    if (atomic_compare_exchange_weak_explicit(
            &pool->next_item, &begin, end, memory_order_relaxed, memory_order_relaxed)) {
      pool->fn(pool->ctx, begin, end, thread);
      begin = atomic_load_explicit(&pool->next_item, memory_order_relaxed);
    }
  }
}

/// True when the caller of this has joined the open loop that `state` shows.
static bool join(vitq_pool *pool, uint64_t state) {
  const uint64_t generation = state >> 32;
  while ((state & OPEN_BIT) != 0 && state >> 32 == generation) {
    if (atomic_compare_exchange_weak_explicit(
            &pool->state, &state, state + 1, memory_order_acquire, memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

/// Waits for a loop after the one of `generation`, spinning first, because the next loop usually
/// comes within microseconds and waking a thread costs tens of them.
static uint64_t wait_for_loop(vitq_pool *pool, uint64_t generation) {
  uint64_t state;
  for (int spin = 0; spin < SPINS_BEFORE_SLEEP; spin++) {
    state = atomic_load_explicit(&pool->state, memory_order_acquire);
    if (state >> 32 != generation) return state;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  // Sequentially consistent, as is the caller's publishing and its look at `sleepers`: one of the
  // two sees the other.
  atomic_fetch_add(&pool->sleepers, 1);
  while ((state = atomic_load(&pool->state)) >> 32 == generation) {
    pthread_cond_wait(&pool->wake, &pool->mutex);
  }
  atomic_fetch_sub(&pool->sleepers, 1);
  pthread_mutex_unlock(&pool->mutex);
  return state;
}

static void wake_sleepers(vitq_pool *pool) {
  if (atomic_load(&pool->sleepers) == 0) return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

static void *work(void *argument) {
  const worker *self = argument;
  vitq_pool *pool = self->pool;
  uint64_t generation = 0;
  for (;;) {
    const uint64_t state = wait_for_loop(pool, generation);
    if (atomic_load_explicit(&pool->stopping, memory_order_acquire)) return NULL;
    generation = state >> 32;
    if (!join(pool, state)) continue;
    do_pieces(pool, self->index);
    atomic_fetch_sub_explicit(&pool->state, 1, memory_order_release);
  }
}

vitq_pool *vitq_pool_create(size_t threads) {
  if (threads == 0) threads = 1;
  if (threads > INT32_MAX) return NULL;
  size_t bytes = sizeof(vitq_pool) + (threads - 1) * sizeof(worker);
  bytes = (bytes + 63) / 64 * 64;
  vitq_pool *pool = aligned_alloc(64, bytes);
  if (pool == NULL) return NULL;
  atomic_init(&pool->state, 0);
  atomic_init(&pool->next_item, 0);
  atomic_init(&pool->stopping, false);
  atomic_init(&pool->sleepers, 0);
  atomic_flag_clear(&pool->busy);
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pool->threads = 1;
  for (size_t index = 1; index < threads; index++) {
    worker *new_worker = &pool->workers[index - 1];
    *new_worker = (worker){.pool = pool, .index = index};
    if (pthread_create(&new_worker->handle, NULL, work, new_worker) != 0) break;
    pool->threads++;
  }
  return pool;
}

void vitq_pool_destroy(vitq_pool *pool) {
  if (pool == NULL) return;
  atomic_store(&pool->stopping, true);
  atomic_fetch_add(&pool->state, (uint64_t)1 << 32);
  wake_sleepers(pool);
  for (size_t index = 1; index < pool->threads; index++) {
    pthread_join(pool->workers[index - 1].handle, NULL);
  }
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
  free(pool);
}

size_t vitq_pool_threads(const vitq_pool *pool) { return pool == NULL ? 1 : pool->threads; }

void vitq_pool_run(vitq_pool *pool, size_t count, size_t grain, vitq_task fn, const void *ctx) {
  if (count == 0) return;
  if (grain == 0) grain = 1;
  if (pool == NULL || pool->threads == 1 || count <= grain ||
      atomic_flag_test_and_set_explicit(&pool->busy, memory_order_acquire)) {
    fn(ctx, 0, count, 0);
    return;
  }
  pool->count = count;
  pool->grain = grain;
  pool->fn = fn;
  pool->ctx = ctx;
  atomic_store_explicit(&pool->next_item, 0, memory_order_relaxed);
  // Nobody else writes the state while no loop is open and nobody is joined.
  const uint64_t generation = (atomic_load_explicit(&pool->state, memory_order_relaxed) >> 32) + 1;
  atomic_store(&pool->state, generation << 32 | OPEN_BIT);
  wake_sleepers(pool);

  do_pieces(pool, 0);

  uint64_t state = atomic_fetch_and_explicit(&pool->state, ~OPEN_BIT, memory_order_acquire);
  state &= ~OPEN_BIT;
  for (int spin = 0; (state & JOINED_MASK) != 0; spin++) {
    if (spin < SPINS_BEFORE_YIELD) {
      relax();
    } else {
      sched_yield();
    }
    state = atomic_load_explicit(&pool->state, memory_order_acquire);
  }
  atomic_flag_clear_explicit(&pool->busy, memory_order_release);
}
