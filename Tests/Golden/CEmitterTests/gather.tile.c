/*
 * lookup
 *   in  table: f32[50,8]
 *   in  label: i32[100]
 *   out picked: f32[100,8]
 *   out counts: f32[50]
 *   out diagonal: f32[100]
 *
 * Written by GradC for libtcc and GradC's runtime.
 */
typedef signed int int32_t;
typedef signed long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

void tile_add_i64_vv(int64_t *d, const int64_t *a, const int64_t *b, int64_t n);
void tile_cast_i32_i64(int64_t *d, const int32_t *a, int64_t n);
void tile_copy_f32(float *d, const float *a, int64_t n);
void tile_fill_f32(float *d, float s, int64_t n);
void tile_gather_f32_i64(float *d, const float *base, const int64_t *index, int64_t stride, int64_t limit, int64_t n);
void tile_iota_i64(int64_t *d, int64_t start, int64_t step, int64_t n);
void tile_max_i32_vs(int32_t *d, const int32_t *a, int32_t b, int64_t n);
void tile_max_i64_vs(int64_t *d, const int64_t *a, int64_t b, int64_t n);
void tile_min_i32_vs(int32_t *d, const int32_t *a, int32_t b, int64_t n);
void tile_min_i64_vs(int64_t *d, const int64_t *a, int64_t b, int64_t n);
void tile_scatter_add_f32_i32(float *base, const int32_t *index, int64_t stride, int64_t limit, const float *a, int64_t n);

/* @ gather */
static void k0_embedding(const float *table, const int32_t *label, float *picked)
{
  int32_t j0;
  for (int64_t i0 = 0; i0 < 100; ++i0) {
    j0 = label[i0];
    tile_copy_f32(picked + 8 * i0, table + 8 * (j0 < 0 ? 0 : j0 < 50 ? j0 : 49), 8);
  }
}

/* @ scatter */
static void k1_histogram(const int32_t *label, float *counts, unsigned char *scratch)
{
  enum { width = 128 };
  float *tf0 = (float *)(scratch + 0);
  int32_t *tj0 = (int32_t *)(scratch + 512);
  tile_fill_f32(counts, 0.0f, 50);
  for (int64_t i1 = 0; i1 < 100; i1 += width) {
    const int64_t n1 = 100 - i1 < width ? 100 - i1 : width;
    tile_fill_f32(tf0, 1.0f, n1);
    tile_max_i32_vs(tj0, label + i1, 0, n1);
    tile_min_i32_vs(tj0, tj0, 49, n1);
    tile_scatter_add_f32_i32(counts, tj0, 1, 50, tf0, n1);
  }
}

/* @ gather */
static void k2_pick(const int32_t *label, const float *picked, float *diagonal, unsigned char *scratch)
{
  enum { width = 128 };
  int64_t *tl0 = (int64_t *)(scratch + 0);
  int64_t *tl1 = (int64_t *)(scratch + 1024);
  for (int64_t i0 = 0; i0 < 100; i0 += width) {
    const int64_t n0 = 100 - i0 < width ? 100 - i0 : width;
    tile_cast_i32_i64(tl0, label + i0, n0);
    tile_max_i64_vs(tl0, tl0, 0, n0);
    tile_min_i64_vs(tl0, tl0, 7, n0);
    tile_iota_i64(tl1, 8 * i0, 8, n0);
    tile_add_i64_vv(tl0, tl0, tl1, n0);
    tile_gather_f32_i64(diagonal + i0, picked, tl0, 1, 800, n0);
  }
}

static void lookup(const float *table, const int32_t *label, float *picked, float *counts, float *diagonal, unsigned char *arena)
{
  k0_embedding(table, label, picked);
  k1_histogram(label, counts, arena + 0);
  k2_pick(label, picked, diagonal, arena + 0);
}

int gradc_entry(void *const *buffers)
{
  lookup((const float *)buffers[0], (const int32_t *)buffers[1], (float *)buffers[2], (float *)buffers[3], (float *)buffers[4], (unsigned char *)buffers[5]);
  return 0;
}
