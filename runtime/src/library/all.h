// All routines, for the type that `library.c` chose. Each file uses what is in those before it.
#include "common.h"

#include "cholesky.h"

#include "triangular_solve.h"

#include "lu.h"

#include "adjugate.h"

#include "qr.h"

#include "eigh.h"

#include "svd.h"
