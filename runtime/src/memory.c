#include <stdlib.h>

#include "gradc_runtime.h"

void *gradc_aligned_alloc(size_t bytes) {
  void *memory = NULL;
  if (bytes == 0) bytes = 1;
  return posix_memalign(&memory, 64, bytes) == 0 ? memory : NULL;
}

void gradc_aligned_free(void *memory) { free(memory); }

static _Thread_local char own;

uintptr_t gradc_thread_number(void) { return (uintptr_t)&own; }
