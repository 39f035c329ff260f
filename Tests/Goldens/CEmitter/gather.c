/*
 * lookup
 *   in  table: f32[50,8]
 *   in  label: i32[100]
 *   out picked: f32[100,8]
 *   out counts: f32[50]
 *   out diagonal: f32[100]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "gather.h"
#include <math.h>

static int64_t clamp_index(int64_t index, int64_t limit)
{
  return index < 0 ? 0 : index < limit ? index : limit - 1;
}

/* gather */
static void k0_embedding(const float *restrict table, const int32_t *restrict label, float *restrict picked)
{
  for (int64_t i0 = 0; i0 < 100; ++i0) {
    const int32_t v0 = label[i0];
    for (int64_t i1 = 0; i1 < 8; ++i1) {
      picked[8 * i0 + i1] = table[i1 + 8 * clamp_index(v0, 50)];
    }
  }
}

/* scatter */
static void k1_histogram(const int32_t *restrict label, float *restrict counts)
{
  for (int64_t i0 = 0; i0 < 50; ++i0) {
    counts[i0] = 0.0f;
  }
  for (int64_t i1 = 0; i1 < 100; ++i1) {
    counts[clamp_index(label[i1], 50)] += 1.0f;
  }
}

/* gather */
static void k2_pick(const int32_t *restrict label, const float *restrict picked, float *restrict diagonal)
{
  for (int64_t i0 = 0; i0 < 100; ++i0) {
    diagonal[i0] = picked[8 * i0 + clamp_index(label[i0], 8)];
  }
}

void lookup(const float *table, const int32_t *label, float *picked, float *counts, float *diagonal, void *workspace)
{
  (void)workspace;
  k0_embedding(table, label, picked);
  k1_histogram(label, counts);
  k2_pick(label, picked, diagonal);
}
