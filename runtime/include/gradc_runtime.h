#ifndef GRADC_RUNTIME_H
#define GRADC_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The number of partial results of a reduction: the accumulator of `tile_reduce_*` is an array of this many elements.
#define GRADC_LANES 32

/// Elements of a right factor at most that `product_rows` puts in another order.
#define GRADC_PRODUCT_COPY 1024

// MARK: Symbols

/// The function of this name for the selected instruction set, or NULL.
const void *gradc_symbol(const char *name);

/// The function of this name for the instruction set "baseline", "avx2" or "avx512", selected or not; NULL if the CPU
/// lacks the instruction set or there is no such symbol.
const void *gradc_isa_symbol(const char *isa, const char *name);

/// The C prototype of the symbol without a final semicolon, or NULL.
///
/// It uses `int64_t`, `int32_t`, `uint8_t` and built-in types.
const char *gradc_symbol_prototype_of(const char *name);

/// The number of symbols.
size_t gradc_symbol_count(void);

/// The name of a symbol, or NULL from `gradc_symbol_count()` on.
const char *gradc_symbol_name(size_t index);

/// The prototype of a symbol, or NULL from `gradc_symbol_count()` on.
const char *gradc_symbol_prototype(size_t index);

// MARK: Vectors in registers

/// Bytes of a vector register of the selected instruction set.
size_t gradc_vector_byte_count(void);

/// Whether the functions of `gradc_elementary_source` are computed with fused multiply-adds.
int gradc_vector_has_fma(void);

/// The text of functions for one dtype, "f32" or "f64"; `src/elementary.h` says what the text needs to be defined. NULL for
/// other dtypes.
const char *gradc_elementary_source(const char *dtype);

/// The same for functions within 3.5 ulp, `src/relaxed.h`, whose text comes after that.
const char *gradc_relaxed_source(const char *dtype);

/// The function of a whole register for an op and a dtype, "exp_f32", with the bits of the tile kernel, or NULL. Its operands
/// and its result are vector registers, so that only code compiled for the instruction set can call it.
const void *gradc_vector_function(const char *name);

// MARK: Instruction sets

/// The selected instruction set: "baseline", "avx2" or "avx512".
///
/// It is the best the CPU has, unless the environment variable GRADC_ISA names a lower one.
const char *gradc_isa_name(void);

/// Selects an instruction set; returns nonzero, and changes nothing, if it is unknown or the CPU lacks it.
int gradc_isa_select(const char *name);

// MARK: Memory

/// Memory aligned to 64 bytes, or NULL; `bytes` may be 0. From 4 MiB on it is in pages of 2 MiB where the system has them.
void *gradc_aligned_alloc(size_t bytes);

/// Frees memory from `gradc_aligned_alloc` or of a tape; NULL is allowed.
void gradc_aligned_free(void *memory);

/// Memory that grows: rows of one size that a loop records. `rows` and `capacity`, its bytes, start at 0.
struct gradc_tape {
  void *rows;
  int64_t capacity;
};

/// Makes room for so many rows of a `struct gradc_tape`, whose content is kept; `rows` is not NULL then. It grows by
/// doubling, so that a loop may ask for one more row in every iteration. Returns nonzero, and changes nothing, if
/// there is no memory.
int32_t gradc_tape_reserve(void *tape, int64_t rows, int64_t row_bytes);

/// Bounds the processor time in seconds, the memory, and the size of a file written, of every process that a child process
/// starts from now on, and its own; nothing where the system can't.
void gradc_limit_process(int32_t process, uint64_t seconds, uint64_t bytes, uint64_t file_bytes);

/// Adds to a `posix_spawn_file_actions_t` that all files but the standard three are closed; nothing where the system can't.
void gradc_close_files(void *actions);

/// Brings 8 KiB of code that follow the caller at a distance of 32 KiB into the second-level cache. Code that is longer
/// than the caches and has no loops waits for nothing else: processors look ahead for data, hardly for code.
void gradc_prefetch_code(void);

/// Lets other threads see what this one has stored past the caches before whatever it stores from now on.
void gradc_end_streams(void);

// MARK: Threads

/// A number that no other living thread has; never 0.
uintptr_t gradc_thread_number(void);

/// The greatest number of threads that share one piece of work.
#define GRADC_GREATEST_THREADS 256

/// Calls `body(context, first, last)` for the consecutive ranges of `chunk` numbers, the last one maybe shorter, that
/// make up 0 ..< count, and returns when all calls have returned. The ranges are the same whatever the number of threads;
/// which come first, which run at once and on which thread is not said. With one thread, inside another such call,
/// while another thread's call is under way, or where the system gives no threads, the caller makes all calls, in order.
///
/// Threads are started when they are first needed, and never end. They round as the caller does. After a fork the
/// child starts its own. `body` must not fork, and must return.
void gradc_parallel_for(void (*body)(void *context, int64_t first, int64_t last), void *context, int64_t count,
                        int64_t chunk);

/// How many threads, the caller among them, share one piece of work: what was set last, or else the default.
int32_t gradc_threads(void);

/// Sets the number of threads; numbers above the greatest are the greatest, numbers below 1 ask for the default.
void gradc_threads_set(int32_t count);

/// The environment variable GRADC_THREADS, if it is a positive integer, or else the processors that this process may run
/// on by its affinity and its control group's quota.
int32_t gradc_threads_default(void);

/// The number of threads that a text asks for: a decimal integer from 1 on, with spaces around it allowed; 0 if it is
/// anything else. Numbers above the greatest are the greatest.
int32_t gradc_parse_thread_count(const char *text, int32_t greatest);

// MARK: Relocation of generated code

/// Between these two calls the current thread's requests for pages both writable and executable are granted without
/// the right to execute. They nest.
void gradc_relocation_begin(void);
void gradc_relocation_end(void);

/// How often the current thread was denied the right to execute.
int64_t gradc_relocation_refusals(void);

#ifdef __cplusplus
}
#endif

#endif
