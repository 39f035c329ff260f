// A pool of parked threads that share the chunks of one piece of work with its caller.
//
// There is one piece of work at a time. A caller that comes meanwhile, or from inside a piece, does its chunks alone:
// the processors are busy already. Who does which chunk is a matter of time, so chunks must not depend on each other.
//
// `users` is the gate of the current work: its low part counts the workers inside, `CLOSED` is added while there is
// nothing to join. Only who has passed the gate reads the work; the caller closes it and waits for those inside, never
// for a worker that is still asleep.
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "gradc_runtime.h"
#include "processors.h"

#define CLOSED (1 << 24)
#define STACK_BYTES ((size_t)2 << 20)

/// How long a thread looks for news before it sleeps, in pauses of about 20 ns on current chips (up to 40 elsewhere):
/// waking it takes 5 to 50 microseconds, and the next kernel of the same program often comes sooner.
#define WORKER_PAUSES 1500
#define CALLER_PAUSES 4000

#define CALLS_AFTER_REFUSAL 1000

struct work {
  void (*body)(void *context, int64_t first, int64_t last);
  void *context;
  int64_t count;
  int64_t chunk;
  int64_t chunk_count;
  /// How the caller rounds, and whether it flushes subnormal numbers.
  unsigned long long floating_mode;
};

static struct {
  /// Held by the caller whose work is shared.
  atomic_flag busy;
  struct work work;
  atomic_int users;
  /// At most so many workers may join.
  int limit;
  _Alignas(64) atomic_llong next_chunk;
  /// Counts pieces of work, so that workers see that there is a new one.
  _Alignas(64) atomic_uint generation;
  atomic_int sleeper_count;
  atomic_int caller_sleeps;
  /// Of the holder of `busy`.
  int worker_count;
  /// How often to go without more workers, since the system had none left.
  int patience;
  pthread_mutex_t mutex;
  pthread_cond_t news;
  pthread_cond_t done;
} pool = {
    .busy = ATOMIC_FLAG_INIT,
    .users = CLOSED,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .news = PTHREAD_COND_INITIALIZER,
    .done = PTHREAD_COND_INITIALIZER,
};

/// Threads for one piece of work with its caller; 0 before it is known.
static atomic_int thread_count;

/// Whether this thread runs a chunk.
static _Thread_local int is_inside;

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

static unsigned long long floating_mode(void) {
#if defined(__x86_64__)
  return __builtin_ia32_stmxcsr() & ~0x3fu;
#elif defined(__aarch64__)
  unsigned long long mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  return mode;
#else
  return 0;
#endif
}

static void set_floating_mode(unsigned long long mode) {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr((unsigned)mode);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#else
  (void)mode;
#endif
}

// MARK: Chunks

static void run_chunk(const struct work *work, int64_t chunk) {
  int64_t first = chunk * work->chunk, rest = work->count - first;
  work->body(work->context, first, first + (rest < work->chunk ? rest : work->chunk));
}

static void run_all(const struct work *work) {
  for (int64_t chunk = 0; chunk < work->chunk_count; chunk++) run_chunk(work, chunk);
}

/// Runs chunks of the pool's work until none is left.
static void run_shared(const struct work *work) {
  int64_t chunk;
  is_inside = 1;
  while ((chunk = atomic_fetch_add_explicit(&pool.next_chunk, 1, memory_order_relaxed)) < work->chunk_count) {
    run_chunk(work, chunk);
  }
  is_inside = 0;
}

// MARK: Workers

/// Passes the gate unless it is closed or enough workers are inside.
static int join(void) {
  int users = atomic_load_explicit(&pool.users, memory_order_relaxed);
  while (users < CLOSED) {
    if (atomic_compare_exchange_weak_explicit(&pool.users, &users, users + 1, memory_order_acquire,
                                              memory_order_relaxed)) {
      if (users < pool.limit) return 1;
      // Only who is inside may read the limit.
      break;
    }
  }
  return users < CLOSED ? -1 : 0;
}

static void leave(void) {
  int users = atomic_fetch_sub_explicit(&pool.users, 1, memory_order_seq_cst) - 1;
  if (users == CLOSED && atomic_load_explicit(&pool.caller_sleeps, memory_order_seq_cst)) {
    pthread_mutex_lock(&pool.mutex);
    pthread_cond_signal(&pool.done);
    pthread_mutex_unlock(&pool.mutex);
  }
}

/// Waits for a generation other than the one seen last.
static unsigned next_generation(unsigned seen) {
  for (int k = 0; k < WORKER_PAUSES; k++) {
    unsigned generation = atomic_load_explicit(&pool.generation, memory_order_acquire);
    if (generation != seen) return generation;
    pause_briefly();
  }
  pthread_mutex_lock(&pool.mutex);
  atomic_fetch_add_explicit(&pool.sleeper_count, 1, memory_order_seq_cst);
  unsigned generation;
  while ((generation = atomic_load_explicit(&pool.generation, memory_order_seq_cst)) == seen) {
    pthread_cond_wait(&pool.news, &pool.mutex);
  }
  atomic_fetch_sub_explicit(&pool.sleeper_count, 1, memory_order_relaxed);
  pthread_mutex_unlock(&pool.mutex);
  return generation;
}

static void *work_forever(void *start) {
  // Work that was shared before this thread ran may still be open.
  unsigned seen = (unsigned)(uintptr_t)start;
  for (;;) {
    seen = next_generation(seen);
    int joined = join();
    if (joined > 0) {
      unsigned long long own = floating_mode();
      if (own != pool.work.floating_mode) set_floating_mode(pool.work.floating_mode);
      run_shared(&pool.work);
    }
    if (joined != 0) leave();
  }
  return NULL;
}

/// Starts threads until there are as many as wanted, or the system has no more.
static void start_workers(int wanted) {
  if (pool.worker_count >= wanted || (pool.patience > 0 && pool.patience--)) return;
  pthread_attr_t attributes;
  sigset_t all, old;
  if (pthread_attr_init(&attributes) != 0) return;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  // Signals are for threads of the program's own.
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  unsigned generation = atomic_load_explicit(&pool.generation, memory_order_relaxed);
  while (pool.worker_count < wanted) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, work_forever, (void *)(uintptr_t)generation) != 0) {
      pool.patience = CALLS_AFTER_REFUSAL;
      break;
    }
    pool.worker_count++;
  }
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  pthread_attr_destroy(&attributes);
}

// MARK: Forks

/// A child has the thread that forked and no other: workers are started anew when they are needed.
static void begin_anew(void) {
  atomic_flag_clear(&pool.busy);
  atomic_store(&pool.users, CLOSED);
  atomic_store(&pool.sleeper_count, 0);
  atomic_store(&pool.caller_sleeps, 0);
  pool.worker_count = 0;
  pool.patience = 0;
  pthread_mutex_init(&pool.mutex, NULL);
  pthread_cond_init(&pool.news, NULL);
  pthread_cond_init(&pool.done, NULL);
}

__attribute__((constructor)) static void prepare_for_forks(void) { pthread_atfork(NULL, NULL, begin_anew); }

// MARK: Callers

/// Opens the gate and wakes who sleeps.
static void share(int helpers) {
  pool.limit = helpers;
  atomic_store_explicit(&pool.next_chunk, 0, memory_order_relaxed);
  atomic_store_explicit(&pool.users, 0, memory_order_release);
  atomic_fetch_add_explicit(&pool.generation, 1, memory_order_seq_cst);
  int sleepers = atomic_load_explicit(&pool.sleeper_count, memory_order_seq_cst);
  if (sleepers == 0) return;
  pthread_mutex_lock(&pool.mutex);
  if (sleepers <= helpers) {
    pthread_cond_broadcast(&pool.news);
  } else {
    for (int k = 0; k < helpers; k++) pthread_cond_signal(&pool.news);
  }
  pthread_mutex_unlock(&pool.mutex);
}

/// Closes the gate and waits until nobody is inside.
static void close_and_wait(void) {
  atomic_fetch_add_explicit(&pool.users, CLOSED, memory_order_acq_rel);
  for (int k = 0; k < CALLER_PAUSES; k++) {
    if (atomic_load_explicit(&pool.users, memory_order_acquire) == CLOSED) return;
    pause_briefly();
  }
  pthread_mutex_lock(&pool.mutex);
  atomic_store_explicit(&pool.caller_sleeps, 1, memory_order_seq_cst);
  while (atomic_load_explicit(&pool.users, memory_order_seq_cst) != CLOSED) {
    pthread_cond_wait(&pool.done, &pool.mutex);
  }
  atomic_store_explicit(&pool.caller_sleeps, 0, memory_order_relaxed);
  pthread_mutex_unlock(&pool.mutex);
}

void gradc_parallel_for(void (*body)(void *context, int64_t first, int64_t last), void *context, int64_t count,
                        int64_t chunk) {
  if (count <= 0) return;
  if (chunk < 1) chunk = count;
  struct work work = {.body = body, .context = context, .count = count, .chunk = chunk};
  work.chunk_count = count / chunk + (count % chunk != 0);
  int64_t helpers = gradc_threads() - 1;
  if (helpers > work.chunk_count - 1) helpers = work.chunk_count - 1;
  if (helpers < 1 || is_inside || atomic_flag_test_and_set_explicit(&pool.busy, memory_order_acquire)) {
    run_all(&work);
    return;
  }
  start_workers((int)helpers);
  if (pool.worker_count == 0) {
    atomic_flag_clear_explicit(&pool.busy, memory_order_release);
    run_all(&work);
    return;
  }
  work.floating_mode = floating_mode();
  pool.work = work;
  share((int)helpers);
  run_shared(&work);
  close_and_wait();
  atomic_flag_clear_explicit(&pool.busy, memory_order_release);
}

// MARK: The number of threads

int32_t gradc_threads_default(void) {
  int count = gradc_parse_thread_count(getenv("GRADC_THREADS"), GRADC_GREATEST_THREADS);
  if (count < 1) count = gradc_processor_count();
  return count > GRADC_GREATEST_THREADS ? GRADC_GREATEST_THREADS : count;
}

int32_t gradc_threads(void) {
  int count = atomic_load_explicit(&thread_count, memory_order_relaxed);
  if (count > 0) return count;
  // Unless somebody sets it meanwhile.
  int chosen = gradc_threads_default();
  return atomic_compare_exchange_strong(&thread_count, &count, chosen) ? chosen : count;
}

void gradc_threads_set(int32_t count) {
  if (count > GRADC_GREATEST_THREADS) count = GRADC_GREATEST_THREADS;
  atomic_store(&thread_count, count < 1 ? gradc_threads_default() : count);
}
