// Names, prototypes and look-up. A kernel has one number in all tables; the common functions follow.
#include "symbols.h"

#include <pthread.h>
#include <string.h>

#include "kernels/loops.h"
#include "math_list.h"
#include "types.h"

#define TEXT(...) TEXT_(__VA_ARGS__)
#define TEXT_(...) #__VA_ARGS__

struct entry {
  const char *name;
  const char *prototype;
};

#define KERNEL(result, name, parameters, ...) {#name, TEXT(result name) TEXT(parameters)},
static const struct entry kernels[] = {
#include "kernels/all.h"
};
#undef KERNEL

enum { kernel_count = sizeof kernels / sizeof kernels[0] };
_Static_assert(kernel_count <= GRADC_KERNEL_CAPACITY, "raise GRADC_KERNEL_CAPACITY");

// MARK: Hash table from name to number

enum { slot_count = 8192 };
_Static_assert(GRADC_KERNEL_CAPACITY + 256 <= slot_count / 2, "raise slot_count");

/// Number + 1, or 0 for an empty slot.
static uint16_t slots[slot_count];
static pthread_once_t slots_filled = PTHREAD_ONCE_INIT;

/// Eight characters at a time: a process that compiles one function waits for the hashes of all names.
static uint32_t hash(const char *name) {
  size_t length = strlen(name);
  uint64_t h = length;
  while (length > 0) {
    size_t count = length < 8 ? length : 8;
    uint64_t word = 0;
    memcpy(&word, name, count);
    // The multiplier is 2^64 divided by the golden ratio.
    h = (h ^ word) * 0x9E3779B97F4A7C15u;
    h ^= h >> 32;
    name += count;
    length -= count;
  }
  return (uint32_t)h;
}

static const char *name_of(size_t number) {
  return number < kernel_count ? kernels[number].name : gradc_common_symbols[number - kernel_count].name;
}

static void fill_slots(void) {
  for (size_t number = 0; number < gradc_symbol_count(); number++) {
    uint32_t k = hash(name_of(number)) % slot_count;
    while (slots[k]) k = (k + 1) % slot_count;
    slots[k] = (uint16_t)(number + 1);
  }
}

/// The number of the symbol, or -1.
static int64_t find(const char *name) {
  if (!name) return -1;
  pthread_once(&slots_filled, fill_slots);
  for (uint32_t k = hash(name) % slot_count; slots[k]; k = (k + 1) % slot_count) {
    if (strcmp(name_of(slots[k] - 1u), name) == 0) return slots[k] - 1;
  }
  return -1;
}

static const void *address(const void *const *table, const char *name) {
  int64_t number = find(name);
  if (!table || number < 0) return NULL;
  return number < kernel_count ? table[number] : gradc_common_symbols[number - kernel_count].address;
}

const void *gradc_symbol(const char *name) { return address(gradc_selected_table(), name); }

const void *gradc_isa_symbol(const char *isa, const char *name) { return address(gradc_table_of(isa), name); }

// MARK: Enumeration

size_t gradc_symbol_count(void) { return kernel_count + gradc_common_symbol_count; }

const char *gradc_symbol_name(size_t index) { return index < gradc_symbol_count() ? name_of(index) : NULL; }

const char *gradc_symbol_prototype(size_t index) {
  if (index >= gradc_symbol_count()) return NULL;
  return index < kernel_count ? kernels[index].prototype : gradc_common_symbols[index - kernel_count].prototype;
}

const char *gradc_symbol_prototype_of(const char *name) {
  int64_t number = find(name);
  return number < 0 ? NULL : gradc_symbol_prototype((size_t)number);
}
