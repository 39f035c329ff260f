#include "gradc_runtime.h"
