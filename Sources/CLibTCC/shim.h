#pragma once

#include <libtcc.h>
#include <setjmp.h>
#include <stddef.h>
#include <string.h>

// What libtcc said during one compilation, one message a line, cut where the buffer is full.
//
// Outside tcc_compile_string, libtcc answers an error by calling exit. While `armed` is set, the first message
// therefore leaves by `escape`; the frames jumped over are libtcc's own and hold nothing that tcc_delete doesn't free.
struct gradc_tcc_log {
  jmp_buf escape;
  int armed;
  int count;
  size_t length;
  char text[8192];
};

static inline void gradc_tcc_report(void *log_pointer, const char *message) {
  struct gradc_tcc_log *log = (struct gradc_tcc_log *)log_pointer;
  size_t length = strlen(message);
  size_t room = sizeof log->text - 2 - log->length;
  if (length > room) length = room;
  memcpy(log->text + log->length, message, length);
  log->length += length;
  if (length < room) log->text[log->length++] = '\n';
  log->text[log->length] = 0;
  log->count++;
  if (log->armed) longjmp(log->escape, 1);
}

// Swift sees `text` as a tuple of 8192 elements.
static inline const char *gradc_tcc_log_text(const struct gradc_tcc_log *log) { return log->text; }

static inline void gradc_tcc_log_attach(TCCState *state, struct gradc_tcc_log *log) {
  log->armed = 0;
  log->count = 0;
  log->length = 0;
  log->text[0] = 0;
  tcc_set_error_func(state, log, gradc_tcc_report);
}

// tcc_relocate, with errors returned instead of ending the process.
__attribute__((noinline)) static int gradc_tcc_relocate(TCCState *state, void *memory, struct gradc_tcc_log *log) {
  if (setjmp(log->escape) != 0) {
    log->armed = 0;
    return -1;
  }
  log->armed = 1;
  int result = tcc_relocate(state, memory);
  log->armed = 0;
  return result;
}

// Makes code just written visible to the instruction fetch; x86 needs nothing.
static inline void gradc_clear_instruction_cache(void *start, void *end) {
  __builtin___clear_cache((char *)start, (char *)end);
}
