// The kernels of one instruction set, after its vec_*.h.
#include "symbols.h"
#include "ops.h"
#include "cast_ops.h"
#include "kernels/loops.h"

#define KERNEL(result, name, parameters, ...) static result VARIANT(name) parameters __VA_ARGS__
#include "kernels/all.h"
#undef KERNEL

#define KERNEL(result, name, parameters, ...) (const void *)VARIANT(name),
const void *const TABLE_NAME[GRADC_KERNEL_CAPACITY] = {
#include "kernels/all.h"
};
#undef KERNEL

#include "vector_functions.h"

#ifdef TARGET
#pragma clang attribute pop
#endif
