#include "vec_baseline.h"
#include "variant.h"
