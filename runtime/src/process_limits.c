#define _GNU_SOURCE
#include <sys/types.h>
#ifdef __linux__
#include <sys/resource.h>
#endif

#include "gradc_runtime.h"

void gradc_limit_process(int32_t process, uint64_t seconds, uint64_t bytes) {
#ifdef __linux__
  struct rlimit time = {seconds, seconds}, memory = {bytes, bytes};
  prlimit((pid_t)process, RLIMIT_CPU, &time, NULL);
  prlimit((pid_t)process, RLIMIT_AS, &memory, NULL);
#else
  (void)process, (void)seconds, (void)bytes;
#endif
}
