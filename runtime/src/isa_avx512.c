#if defined(__x86_64__)
#include "vec_avx512.h"
#include "variant.h"
#endif
