/*
 * column_sum
 *   in  x: f32[40,100]
 *   in  w: f32[40]
 *   out s: f32[100]
 *
 * Written by GradC for libtcc and GradC's runtime.
 */
typedef signed int int32_t;
typedef signed long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

void tile_copy_f32(float *d, const float *a, int64_t n);
void tile_fill_f32(float *d, float s, int64_t n);
void tile_mul_add_f32_vsv(float *d, const float *a, float b, const float *c, int64_t n);

/* @ mul; sum */
static void k0_weighted_columns(const float *x, const float *w, float *s, unsigned char *scratch)
{
  enum { width = 128 };
  float *tf0 = (float *)(scratch + 0);
  for (int64_t i1 = 0; i1 < 100; i1 += width) {
    const int64_t n1 = 100 - i1 < width ? 100 - i1 : width;
    tile_fill_f32(tf0, 0.0f, n1);
    for (int64_t i0 = 0; i0 < 40; ++i0) {
      tile_mul_add_f32_vsv(tf0, x + 100 * i0 + i1, w[i0], tf0, n1);
    }
    tile_copy_f32(s + i1, tf0, n1);
  }
}

static void column_sum(const float *x, const float *w, float *s, unsigned char *arena)
{
  k0_weighted_columns(x, w, s, arena + 0);
}

int gradc_entry(void *const *buffers)
{
  column_sum((const float *)buffers[0], (const float *)buffers[1], (float *)buffers[2], (unsigned char *)buffers[3]);
  return 0;
}
