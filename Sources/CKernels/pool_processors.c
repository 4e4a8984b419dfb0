#define _GNU_SOURCE
#include "vitq_pool.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__)
#include <sched.h>

static size_t processors_in_affinity_mask(void) {
  // The mask may be longer than cpu_set_t's 1024 processors; the call fails when ours is shorter.
  cpu_set_t sets[16];
  if (sched_getaffinity(0, sizeof sets, sets) != 0) return 0;
  return (size_t)CPU_COUNT_S(sizeof sets, sets);
}

/// The quota in processors, rounded up, or `none` where the group sets none.
static size_t rounded_up(long long quota, long long period, size_t none) {
  if (quota <= 0 || period <= 0) return none;
  return (size_t)((quota + period - 1) / period);
}

static size_t quota_of_v2_group(const char *directory) {
  char path[PATH_MAX + 16];
  snprintf(path, sizeof path, "%s/cpu.max", directory);
  FILE *file = fopen(path, "r");
  if (file == NULL) return SIZE_MAX;
  long long quota = 0, period = 0;
  const int fields = fscanf(file, "%lld %lld", &quota, &period);
  fclose(file);
  return fields == 2 ? rounded_up(quota, period, SIZE_MAX) : SIZE_MAX;
}

static long long number_in(const char *directory, const char *name) {
  char path[PATH_MAX + 32];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  long long number = 0;
  if (fscanf(file, "%lld", &number) != 1) number = 0;
  fclose(file);
  return number;
}

static size_t quota_of_v1_group(const char *directory) {
  return rounded_up(number_in(directory, "cpu.cfs_quota_us"),
                    number_in(directory, "cpu.cfs_period_us"), SIZE_MAX);
}

/// The smallest quota of the group and those that it lies in: each of them binds. In a container
/// the group's path may be the host's and lead nowhere; the mount's root then holds the
/// container's own.
static size_t smallest_quota(const char *mount, const char *group,
                             size_t (*quota_of)(const char *directory)) {
  char directory[PATH_MAX];
  const int length = snprintf(directory, sizeof directory, "%s%s", mount, group);
  if (length < 0 || (size_t)length >= sizeof directory) return quota_of(mount);
  size_t smallest = SIZE_MAX;
  const size_t root = strlen(mount);
  for (;;) {
    const size_t quota = quota_of(directory);
    if (quota < smallest) smallest = quota;
    char *slash = strrchr(directory, '/');
    if (strlen(directory) <= root || slash == NULL || (size_t)(slash - directory) < root) break;
    *slash = '\0';
  }
  return smallest;
}

/// Whether `cpu` is one of the names that commas separate.
static bool names_cpu(const char *controllers) {
  while (controllers != NULL) {
    if (*controllers == ',') controllers++;
    if (strcspn(controllers, ",") == 3 && strncmp(controllers, "cpu", 3) == 0) return true;
    controllers = strchr(controllers, ',');
  }
  return false;
}

static size_t processors_in_quota(void) {
  FILE *file = fopen("/proc/self/cgroup", "r");
  if (file == NULL) return SIZE_MAX;
  size_t smallest = SIZE_MAX;
  char line[PATH_MAX + 256];
  // Lines read "hierarchy:controllers:path"; version 2 has hierarchy 0 and no controllers.
  while (fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    char *controllers = strchr(line, ':');
    char *path = controllers == NULL ? NULL : strchr(controllers + 1, ':');
    if (path == NULL) continue;
    controllers++;
    *path++ = '\0';
    size_t quota = SIZE_MAX;
    if (*controllers == '\0') {
      quota = smallest_quota("/sys/fs/cgroup", path, quota_of_v2_group);
    } else if (names_cpu(controllers)) {
      quota = smallest_quota("/sys/fs/cgroup/cpu", path, quota_of_v1_group);
    }
    if (quota < smallest) smallest = quota;
  }
  fclose(file);
  return smallest;
}
#endif

size_t vitq_available_processors(void) {
  size_t processors = 0;
#if defined(__linux__)
  processors = processors_in_affinity_mask();
#endif
  if (processors == 0) {
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    processors = online > 0 ? (size_t)online : 1;
  }
#if defined(__linux__)
  const size_t quota = processors_in_quota();
  if (quota < processors) processors = quota;
#endif
  return processors;
}
