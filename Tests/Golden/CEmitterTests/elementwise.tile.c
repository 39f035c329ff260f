/*
 * affine_tanh
 *   in  x: f32[64,1000]
 *   in  scale: f32[]
 *   in  bias: f32[1000]
 *   out y: f32[64,1000]
 *
 * Written by GradC for libtcc and GradC's runtime.
 */
typedef signed int int32_t;
typedef signed long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

void tile_mul_add_f32_vsv(float *d, const float *a, float b, const float *c, int64_t n);
void tile_mul_rsub_f32_vvv(float *d, const float *a, const float *b, const float *c, int64_t n);
void tile_tanh_f32(float *d, const float *a, int64_t n);

/* @ mul; add; tanh */
static void k0_affine(const float *x, const float *scale, const float *bias, float *y, unsigned char *scratch)
{
  enum { width = 1024 };
  float *tf0 = (float *)(scratch + 0);
  for (int64_t i0 = 0; i0 < 64; ++i0) {
    for (int64_t i1 = 0; i1 < 1000; i1 += width) {
      const int64_t n1 = 1000 - i1 < width ? 1000 - i1 : width;
      tile_mul_add_f32_vsv(tf0, x + 1000 * i0 + i1, scale[0], bias + i1, n1);
      tile_tanh_f32(tf0, tf0, n1);
      tile_mul_rsub_f32_vvv(y + 1000 * i0 + i1, tf0, tf0, tf0, n1);
    }
  }
}

static void affine_tanh(const float *x, const float *scale, const float *bias, float *y, unsigned char *arena)
{
  k0_affine(x, scale, bias, y, arena + 0);
}

int gradc_entry(void *const *buffers)
{
  affine_tanh((const float *)buffers[0], (const float *)buffers[1], (const float *)buffers[2], (float *)buffers[3], (unsigned char *)buffers[4]);
  return 0;
}
