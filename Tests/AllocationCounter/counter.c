#if defined(__linux__)
#define _GNU_SOURCE
#include <link.h>
#endif

#include "allocation_counter.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Sanitizers have allocators of their own, which clang tells in another way than gcc.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER
#endif

#if defined(__linux__) && defined(__GLIBC__) && !defined(HAS_SANITIZER)

// The C library's functions under their other names. An executable that links this file has the ones below instead.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local long count;

long gradc_allocation_count(void) { return count; }

/// The code of libraries that are not ours: some kernels of OpenBLAS for AVX-512 take memory for a small product and give it back.
static struct { uintptr_t start, end; } foreign[8];
static int foreign_count;

static int note_foreign(struct dl_phdr_info *library, size_t size, void *unused)
{
  (void)size, (void)unused;
  if (!strstr(library->dlpi_name, "blas") && !strstr(library->dlpi_name, "lapack")) return 0;
  for (int segment = 0; segment < library->dlpi_phnum && foreign_count < 8; ++segment) {
    const ElfW(Phdr) *header = &library->dlpi_phdr[segment];
    if (header->p_type != PT_LOAD || !(header->p_flags & PF_X)) continue;
    foreign[foreign_count].start = library->dlpi_addr + header->p_vaddr;
    foreign[foreign_count].end = foreign[foreign_count].start + header->p_memsz;
    ++foreign_count;
  }
  return 0;
}

__attribute__((constructor)) static void find_foreign(void) { dl_iterate_phdr(note_foreign, NULL); }

static int is_foreign(const void *caller)
{
  for (int library = 0; library < foreign_count; ++library) {
    if ((uintptr_t)caller - foreign[library].start < foreign[library].end - foreign[library].start) return 1;
  }
  return 0;
}

#define COUNT() (count += !is_foreign(__builtin_return_address(0)))

void *malloc(size_t size)
{
  COUNT();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
  COUNT();
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size)
{
  COUNT();
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size)
{
  COUNT();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
  COUNT();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
  COUNT();
  void *found = __libc_memalign(alignment, size);
  if (!found) return ENOMEM;
  *memory = found;
  return 0;
}

#else

long gradc_allocation_count(void) { return -1; }

#endif
