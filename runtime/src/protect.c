// tcc_relocate asks for pages that are writable and executable at once, then writes code to them.
// This hidden mprotect is the one that the libtcc linked into the same image calls; shared libraries keep libc's.
// During a relocation it withholds the right to execute: whoever owns the pages grants it once they are read-only.
#include "gradc_runtime.h"

static _Thread_local int64_t relocation_depth;
static _Thread_local int64_t relocation_refusals;

void gradc_relocation_begin(void) { relocation_depth++; }

void gradc_relocation_end(void) {
  if (relocation_depth > 0) relocation_depth--;
}

int64_t gradc_relocation_refusals(void) { return relocation_refusals; }

#if defined(__linux__)
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((visibility("hidden"))) int mprotect(void *address, size_t length, int protection) {
  const int writable_code = PROT_WRITE | PROT_EXEC;
  if (relocation_depth > 0 && (protection & writable_code) == writable_code) {
    protection &= ~PROT_EXEC;
    relocation_refusals++;
  }
  return (int)syscall(SYS_mprotect, address, length, protection);
}
#endif
