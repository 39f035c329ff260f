#ifndef GRADC_ELF_IMAGE_H
#define GRADC_ELF_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/// Bytes of a file.
typedef struct {
  const unsigned char *start;
  size_t size;
} gradc_section;

/// A program or a library as it lies in its file.
typedef struct gradc_image {
  struct gradc_image *next;
  /// Where it has been loaded, and how far from the addresses in the file.
  uintptr_t base;
  uintptr_t bias;
  gradc_section symbols, names, lines, line_strings, strings;
} gradc_image;

/// The image that an address is in, or NULL. Its file stays mapped.
const gradc_image *gradc_image_at(uintptr_t address);

#endif
