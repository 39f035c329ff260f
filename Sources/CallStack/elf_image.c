#define _GNU_SOURCE  // dladdr
#include "elf_image.h"

#include "call_stack.h"

#if defined(__ELF__) && defined(__linux__) && defined(__LP64__)

#include <dlfcn.h>
#include <elf.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

size_t gradc_call_stack(uintptr_t *addresses, size_t capacity)
{
  const int count = backtrace((void **)addresses, (int)capacity);
  return count > 0 ? (size_t)count : 0;
}

static gradc_section file_bytes(const char *path)
{
  gradc_section file = {0};
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return file;
  struct stat status;
  if (fstat(descriptor, &status) == 0 && status.st_size > 0) {
    void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (bytes != MAP_FAILED) file = (gradc_section){bytes, (size_t)status.st_size};
  }
  close(descriptor);
  return file;
}

static gradc_section part(gradc_section file, uint64_t offset, uint64_t size)
{
  if (offset > file.size || size > file.size - offset) return (gradc_section){0};
  return (gradc_section){file.start + offset, size};
}

static void read_sections(gradc_image *image, gradc_section file)
{
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)file.start;
  if (file.size < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return;
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_shentsize != sizeof(Elf64_Shdr)) return;
  const gradc_section segments = part(file, header->e_phoff, (uint64_t)header->e_phnum * sizeof(Elf64_Phdr));
  const gradc_section table = part(file, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr));
  if (!table.start || header->e_shstrndx >= header->e_shnum) return;
  image->bias = header->e_type == ET_DYN ? image->base : 0;
  if (header->e_type == ET_DYN && segments.start) {
    // The first page loaded is at `base`.
    const Elf64_Phdr *segment = (const Elf64_Phdr *)segments.start;
    for (unsigned index = 0; index < header->e_phnum; ++index) {
      if (segment[index].p_type != PT_LOAD) continue;
      image->bias = image->base - (segment[index].p_vaddr - segment[index].p_offset % 4096) / 4096 * 4096;
      break;
    }
  }
  const Elf64_Shdr *sections = (const Elf64_Shdr *)table.start;
  const gradc_section titles =
      part(file, sections[header->e_shstrndx].sh_offset, sections[header->e_shstrndx].sh_size);
  for (unsigned index = 0; index < header->e_shnum; ++index) {
    const Elf64_Shdr *section = &sections[index];
    if (section->sh_type == SHT_NOBITS || section->sh_flags & SHF_COMPRESSED) continue;
    const gradc_section bytes = part(file, section->sh_offset, section->sh_size);
    if (section->sh_type == SHT_SYMTAB && section->sh_link < header->e_shnum) {
      image->symbols = bytes;
      image->names = part(file, sections[section->sh_link].sh_offset, sections[section->sh_link].sh_size);
      continue;
    }
    if (section->sh_name >= titles.size) continue;
    const char *title = (const char *)titles.start + section->sh_name;
    const size_t room = titles.size - section->sh_name;
    if (strncmp(title, ".debug_line", room) == 0) image->lines = bytes;
    if (strncmp(title, ".debug_line_str", room) == 0) image->line_strings = bytes;
    if (strncmp(title, ".debug_str", room) == 0) image->strings = bytes;
  }
}

const gradc_image *gradc_image_at(uintptr_t address)
{
  static gradc_image *known;
  Dl_info info;
  if (!dladdr((void *)address, &info) || !info.dli_fname) return NULL;
  for (const gradc_image *image = known; image; image = image->next) {
    if (image->base == (uintptr_t)info.dli_fbase) return image;
  }
  gradc_image *image = calloc(1, sizeof *image);
  if (!image) return NULL;
  image->base = (uintptr_t)info.dli_fbase;
  image->next = known;
  known = image;
  gradc_section file = file_bytes(info.dli_fname);
  // The program's own name is whatever it was started by, perhaps from another folder.
  if (!file.start) file = file_bytes("/proc/self/exe");
  if (file.start) read_sections(image, file);
  return image;
}

const char *gradc_function_name(uintptr_t address)
{
  const gradc_image *image = gradc_image_at(address);
  if (!image || !image->symbols.start || !image->names.size) return NULL;
  if (image->names.start[image->names.size - 1] != 0) return NULL;
  const uintptr_t wanted = address - image->bias;
  const Elf64_Sym *symbols = (const Elf64_Sym *)image->symbols.start;
  const size_t count = image->symbols.size / sizeof *symbols;
  for (size_t index = 0; index < count; ++index) {
    const Elf64_Sym *symbol = &symbols[index];
    if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || wanted < symbol->st_value) continue;
    if (wanted - symbol->st_value < symbol->st_size && symbol->st_name < image->names.size) {
      return (const char *)image->names.start + symbol->st_name;
    }
  }
  return NULL;
}

#else

size_t gradc_call_stack(uintptr_t *addresses, size_t capacity)
{
  (void)addresses;
  (void)capacity;
  return 0;
}

const gradc_image *gradc_image_at(uintptr_t address)
{
  (void)address;
  return NULL;
}

const char *gradc_function_name(uintptr_t address)
{
  (void)address;
  return NULL;
}

#endif
