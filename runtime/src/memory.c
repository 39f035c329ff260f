#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "gradc_runtime.h"

/// Pages of this size, where the system has them, are asked for once instead of 512 times, and kernels that stream through
/// memory seldom look for where a page is.
enum { huge_page = 2 << 20 };

void *gradc_aligned_alloc(size_t bytes) {
  void *memory = NULL;
  if (bytes == 0) bytes = 1;
#if defined(MADV_HUGEPAGE)
  if (bytes >= 2 * (size_t)huge_page) {
    if (posix_memalign(&memory, huge_page, bytes) != 0) return NULL;
    // Whole pages only: what is asked for takes no more memory than before. Advice that is not taken is no error.
    madvise(memory, bytes / huge_page * huge_page, MADV_HUGEPAGE);
    return memory;
  }
#endif
  return posix_memalign(&memory, 64, bytes) == 0 ? memory : NULL;
}

void gradc_aligned_free(void *memory) { free(memory); }

int32_t gradc_tape_reserve(void *tape, int64_t rows, int64_t row_bytes) {
  struct gradc_tape *memory = tape;
  int64_t bytes, grown;
  if (rows < 0 || row_bytes < 0 || __builtin_mul_overflow(rows, row_bytes, &bytes)) return 1;
  if (memory->rows && bytes <= memory->capacity) return 0;
  if (bytes < 64) bytes = 64;
  grown = memory->capacity > INT64_MAX / 2 ? bytes : 2 * memory->capacity;
  if (grown < bytes) grown = bytes;
  void *larger = realloc(memory->rows, (size_t)grown);
  if (!larger && grown > bytes) {
    grown = bytes;
    larger = realloc(memory->rows, (size_t)grown);
  }
  if (!larger) return 1;
  memory->rows = larger;
  memory->capacity = grown;
  return 0;
}

__attribute__((noinline)) void gradc_prefetch_code(void) {
  uintptr_t code = (uintptr_t)__builtin_return_address(0) + 32768;
  // An address that is not mapped is no fault.
  for (uintptr_t line = 0; line < 8192; line += 64) __builtin_prefetch((const void *)(code + line), 0, 2);
}

void gradc_end_streams(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#endif
}

static _Thread_local char own;

uintptr_t gradc_thread_number(void) { return (uintptr_t)&own; }
