#if defined(__x86_64__)
#include "vec_avx2.h"
#include "variant.h"
#endif
