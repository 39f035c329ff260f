// Every kernel, in the order of the symbol tables. Included once to define the kernels of an instruction set, once
// more for their addresses, and once for names and prototypes; KERNEL(result, name, parameters, body) says which.
#include "kernels/elementwise.h"
#include "kernels/cast.h"
#include "kernels/chains.h"
#include "kernels/contracted.h"
#include "kernels/memory.h"
#include "kernels/reduce.h"
#include "kernels/scalar.h"
#include "kernels/products.h"
