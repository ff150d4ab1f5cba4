// threads.c - the runtime's own team: threads that wait for work, and barriers between them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels take from microseconds to milliseconds and follow each other closely, while waking a
// thread that sleeps takes tens of microseconds: who waits looks for a change a while before going
// to sleep. Where threads outnumber cores nobody looks: the one waited for may need the core.
#include "hosted.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_THREADS = 256, STACK_BYTES = 8 << 20, LINE = 64 };

// How often a waiting thread looks before it sleeps: about 100 microseconds.
enum { LOOKS = 2500 };

// A number that threads wait for, alone in its cache line.
typedef struct event {
  _Alignas(LINE) atomic_uint value;
  atomic_uint sleepers;
} event;

typedef struct pool pool;
typedef struct worker {
  pool *owner;
  uint32_t index;
  pthread_t thread;
} worker;

struct pool {
  gradc_team team;
  gradc_part part;
  void *arguments;
  unsigned looks;
  int ends;
  event work; // grows with every piece of work
  event done; // grows when all workers have finished one
  event turn; // grows when all threads have come to a barrier
  _Alignas(LINE) atomic_uint arrived;
  _Alignas(LINE) atomic_uint busy;
  worker workers[];
};

static void pause_core(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

// Returns when the event is no longer `old`.
static void await(event *e, unsigned old, unsigned looks) {
  for (unsigned i = 0; i < looks; ++i) {
    if (atomic_load_explicit(&e->value, memory_order_acquire) != old)
      return;
    pause_core();
  }
  atomic_fetch_add(&e->sleepers, 1);
  while (atomic_load(&e->value) == old)
    syscall(SYS_futex, &e->value, FUTEX_WAIT_PRIVATE, old, NULL, NULL, 0);
  atomic_fetch_sub(&e->sleepers, 1);
}

static void announce(event *e) {
  // Sequentially consistent on both sides: either the sleeper sees the new value, or it is seen.
  atomic_fetch_add(&e->value, 1);
  if (atomic_load(&e->sleepers))
    syscall(SYS_futex, &e->value, FUTEX_WAKE_PRIVATE, MOST_THREADS, NULL, NULL, 0);
}

static void *work(void *argument) {
  worker *self = argument;
  pool *p = self->owner;
  for (unsigned seen = 0;; ++seen) {
    await(&p->work, seen, p->looks);
    if (p->ends)
      return NULL;
    p->part(p->arguments, &p->team, self->index, p->team.count);
    if (atomic_fetch_sub_explicit(&p->busy, 1, memory_order_acq_rel) == 1)
      announce(&p->done);
  }
}

static void run(gradc_team *team, gradc_part part, void *arguments) {
  pool *p = (pool *)team;
  if (team->count == 1) {
    part(arguments, team, 0, 1);
    return;
  }
  unsigned before = atomic_load_explicit(&p->done.value, memory_order_relaxed);
  p->part = part;
  p->arguments = arguments;
  atomic_store_explicit(&p->busy, team->count - 1, memory_order_relaxed);
  announce(&p->work);
  part(arguments, team, 0, team->count);
  await(&p->done, before, p->looks);
}

static void barrier(gradc_team *team) {
  pool *p = (pool *)team;
  if (team->count == 1)
    return;
  unsigned turn = atomic_load_explicit(&p->turn.value, memory_order_relaxed);
  if (atomic_fetch_add_explicit(&p->arrived, 1, memory_order_acq_rel) + 1 < team->count) {
    await(&p->turn, turn, p->looks);
    return;
  }
  atomic_store_explicit(&p->arrived, 0, memory_order_relaxed);
  announce(&p->turn);
}

static uint32_t usable_cores(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set))
    return 1;
  int cores = CPU_COUNT(&set);
  return cores < 1 ? 1 : (uint32_t)cores;
}

static int start_workers(pool *p) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes))
    return 0;
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  uint32_t wanted = p->team.count;
  for (p->team.count = 1; p->team.count < wanted; ++p->team.count) {
    worker *w = &p->workers[p->team.count];
    *w = (worker){.owner = p, .index = p->team.count};
    if (pthread_create(&w->thread, &attributes, work, w))
      break;
  }
  pthread_attr_destroy(&attributes);
  return p->team.count == wanted;
}

gradc_team *gradc_rt_team_start(uint32_t count, uint64_t scratch_bytes) {
  uint32_t cores = usable_cores();
  if (!count)
    count = cores;
  if (count > MOST_THREADS)
    count = MOST_THREADS;
  pool *p =
      aligned_alloc(LINE, (sizeof *p + count * sizeof p->workers[0] + LINE - 1) / LINE * LINE);
  if (!p)
    return NULL;
  __builtin_memset(p, 0, sizeof *p);
  scratch_bytes = (scratch_bytes + LINE - 1) / LINE * LINE;
  p->team = (gradc_team){.count = count, .run = run, .barrier = barrier};
  p->looks = count > cores ? 0 : LOOKS;
  if (scratch_bytes && count > 1) {
    p->team.scratch_bytes = scratch_bytes;
    p->team.scratch = aligned_alloc(LINE, scratch_bytes * (count - 1));
    if (!p->team.scratch) {
      free(p);
      return NULL;
    }
  }
  if (start_workers(p))
    return &p->team;
  gradc_rt_team_stop(&p->team);
  return NULL;
}

void gradc_rt_team_stop(gradc_team *team) {
  if (!team)
    return;
  pool *p = (pool *)team;
  p->ends = 1;
  announce(&p->work);
  for (uint32_t i = 1; i < team->count; ++i)
    pthread_join(p->workers[i].thread, NULL);
  free(team->scratch);
  free(p);
}
