#define _GNU_SOURCE
#include <spawn.h>
#include <sys/types.h>
#ifdef __linux__
#include <sys/resource.h>
#endif

#include "gradc_runtime.h"

void gradc_limit_process(int32_t process, uint64_t seconds, uint64_t bytes, uint64_t file_bytes) {
#ifdef __linux__
  struct rlimit time = {seconds, seconds}, memory = {bytes, bytes}, file = {file_bytes, file_bytes};
  prlimit((pid_t)process, RLIMIT_CPU, &time, NULL);
  prlimit((pid_t)process, RLIMIT_AS, &memory, NULL);
  prlimit((pid_t)process, RLIMIT_FSIZE, &file, NULL);
#else
  (void)process, (void)seconds, (void)bytes, (void)file_bytes;
#endif
}

void gradc_close_files(void *actions) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 34)
  posix_spawn_file_actions_addclosefrom_np(actions, 3);
#else
  (void)actions;
#endif
}
