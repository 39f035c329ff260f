// libtcc, linked into the same image, relocates code: its request for writable and executable pages must be cut down.
#include <libtcc.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "gradc_runtime.h"

/// Writes the permissions of the mapping that holds `address`.
static void permissions(const void *address, char *result) {
  char line[512];
  FILE *maps = fopen("/proc/self/maps", "r");
  strcpy(result, "none");
  while (maps && fgets(line, sizeof line, maps)) {
    unsigned long first, last;
    char rights[8];
    if (sscanf(line, "%lx-%lx %7s", &first, &last, rights) != 3) continue;
    if ((uintptr_t)address >= first && (uintptr_t)address < last) strcpy(result, rights);
  }
  if (maps) fclose(maps);
}

int main(void) {
  char rights[8];
  TCCState *tcc = tcc_new();
  tcc_set_options(tcc, "-nostdlib");
  tcc_set_output_type(tcc, TCC_OUTPUT_MEMORY);
  if (tcc_compile_string(tcc, "int seven(void) { return 7; }") != 0) return 1;
  int size = tcc_relocate(tcc, NULL);
  size_t bytes = ((size_t)size + 8191) / 4096 * 4096;
  void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (size < 0 || pages == MAP_FAILED) return 1;
  gradc_relocation_begin();
  int failed = tcc_relocate(tcc, pages);
  gradc_relocation_end();
  permissions(pages, rights);
  long long refusals = gradc_relocation_refusals();
  printf("relocate %d, refusals %lld, pages %s", failed, refusals, rights);
  mprotect(pages, bytes, PROT_READ | PROT_EXEC);
  permissions(pages, rights);
  int (*seven)(void) = (int (*)(void))tcc_get_symbol(tcc, "seven");
  int value = seven ? seven() : -1;
  printf(", then %s, seven() = %d\n", rights, value);
  tcc_delete(tcc);
  return failed || refusals < 1 || strncmp(rights, "r-x", 3) != 0 || value != 7;
}
