// The text of elementary.h, for code that a compiler of the system makes at run time.
#include <stddef.h>
#include <string.h>

#include "gradc_runtime.h"

#define TEXT_f32(...) #__VA_ARGS__
#define TEXT_f64(...)
static const char source_f32[] =
#include "elementary.h"
    ;
#undef TEXT_f32
#undef TEXT_f64

#define TEXT_f32(...)
#define TEXT_f64(...) #__VA_ARGS__
static const char source_f64[] =
#include "elementary.h"
    ;

const char *gradc_elementary_source(const char *dtype) {
  if (!dtype) return NULL;
  return strcmp(dtype, "f32") == 0 ? source_f32 : strcmp(dtype, "f64") == 0 ? source_f64 : NULL;
}
