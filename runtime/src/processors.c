#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "processors.h"

#include "gradc_runtime.h"

#if defined(__linux__)
/// The processors of the affinity mask; 0 if it can't be asked for.
static int affinity_count(void) {
  // The kernel refuses masks that are too short for its machine.
  for (int processors = 1024; processors <= 1 << 18; processors *= 4) {
    cpu_set_t *set = CPU_ALLOC(processors);
    if (!set) return 0;
    size_t bytes = CPU_ALLOC_SIZE(processors);
    CPU_ZERO_S(bytes, set);
    int status = sched_getaffinity(0, bytes, set);
    int count = status == 0 ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (status == 0) return count;
  }
  return 0;
}

/// The processors that a quota of time amounts to, rounded up; 0 if there is no quota.
static int quota_count(void) {
  long long quota = 0, period = 0;
  FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
  if (file) {
    if (fscanf(file, "%lld %lld", &quota, &period) != 2) quota = 0;
    fclose(file);
  } else if ((file = fopen("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "re"))) {
    if (fscanf(file, "%lld", &quota) != 1) quota = 0;
    fclose(file);
    if ((file = fopen("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "re"))) {
      if (fscanf(file, "%lld", &period) != 1) period = 0;
      fclose(file);
    }
  }
  if (quota <= 0 || period <= 0) return 0;
  long long count = (quota + period - 1) / period;
  return count > 1 << 18 ? 1 << 18 : (int)count;
}
#else
static int affinity_count(void) { return 0; }
static int quota_count(void) { return 0; }
#endif

int gradc_processor_count(void) {
  int count = affinity_count(), quota = quota_count();
  if (count < 1) count = (int)sysconf(_SC_NPROCESSORS_ONLN);
  if (quota > 0 && quota < count) count = quota;
  return count < 1 ? 1 : count;
}

static int is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int32_t gradc_parse_thread_count(const char *text, int32_t greatest) {
  int32_t count = 0;
  if (!text) return 0;
  while (is_space(*text)) text++;
  if (*text == '+') text++;
  if (*text < '0' || *text > '9') return 0;
  for (; *text >= '0' && *text <= '9'; text++) {
    count = count > greatest / 10 ? greatest : count * 10 + (*text - '0');
    if (count > greatest) count = greatest;
  }
  while (is_space(*text)) text++;
  return *text ? 0 : count;
}
