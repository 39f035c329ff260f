#ifndef GRADC_CALL_STACK_H
#define GRADC_CALL_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Where in the sources the code is that runs: what is needed of a symboliser, and nothing loaded or linked for it. On
// systems without ELF nothing is found. Not to be called by several threads at once.

/// The addresses of the calls that lead here, innermost first; returns how many there are, at most `capacity`.
size_t gradc_call_stack(uintptr_t *addresses, size_t capacity);

/// The linker's name of the function that an address is in, or NULL. Valid forever.
const char *gradc_function_name(uintptr_t address);

/// The line of source an address comes from, or 0, and the path of its file.
///
/// Code that was inlined from a file for which `is_skipped` is true counts as the line before it in the function.
int gradc_source_line(uintptr_t address, bool (*is_skipped)(const char *path), char *path, size_t capacity);

#endif
