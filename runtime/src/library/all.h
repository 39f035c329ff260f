// All routines, for the type that `library.c` chose.
#include "common.h"

#include "cholesky.h"
#include "triangular_solve.h"
