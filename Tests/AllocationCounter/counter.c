#include "allocation_counter.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__linux__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

// The C library's functions under their other names. An executable that links this file has the ones below instead.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local long count;

long gradc_allocation_count(void) { return count; }

void *malloc(size_t size)
{
  ++count;
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
  ++count;
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size)
{
  ++count;
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size)
{
  ++count;
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
  ++count;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
  ++count;
  void *found = __libc_memalign(alignment, size);
  if (!found) return ENOMEM;
  *memory = found;
  return 0;
}

#else

long gradc_allocation_count(void) { return -1; }

#endif
