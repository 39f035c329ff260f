/*
 * softmax
 *   in  x: f32[16,300]
 *   out y: f32[16,300]
 *
 * Written by GradC for libtcc and GradC's runtime.
 */
typedef signed int int32_t;
typedef signed long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

float lanes_add_f32(const float *acc);
void lanes_fill_f32(float *acc, float s);
float lanes_max_f32(const float *acc);
void tile_div_f32_vs(float *d, const float *a, float b, int64_t n);
void tile_exp_f32(float *d, const float *a, int64_t n);
void tile_reduce_add_f32(float *acc, const float *a, int64_t n);
void tile_reduce_max_f32(float *acc, const float *a, int64_t n);
void tile_sub_f32_vs(float *d, const float *a, float b, int64_t n);
static const uint32_t bits_f32_ff800000 = 0xff800000u;

/* @ max; sub; exp; sum; div */
static void k0_softmax(const float *x, float *y, unsigned char *scratch)
{
  enum { width = 512 };
  float *tf0 = (float *)(scratch + 0);
  float *af0 = (float *)(scratch + 2048);
  float f0;
  for (int64_t i0 = 0; i0 < 16; ++i0) {
    lanes_fill_f32(af0, *(const float *)&bits_f32_ff800000);
    tile_reduce_max_f32(af0, x + 300 * i0, 300);
    f0 = lanes_max_f32(af0);
    lanes_fill_f32(af0, 0.0f);
    for (int64_t i1 = 0; i1 < 300; i1 += width) {
      const int64_t n1 = 300 - i1 < width ? 300 - i1 : width;
      tile_sub_f32_vs(tf0, x + 300 * i0 + i1, f0, n1);
      tile_exp_f32(y + 300 * i0 + i1, tf0, n1);
      tile_reduce_add_f32(af0, y + 300 * i0 + i1, n1);
    }
    f0 = lanes_add_f32(af0);
    tile_div_f32_vs(y + 300 * i0, y + 300 * i0, f0, 300);
  }
}

static void softmax(const float *x, float *y, unsigned char *arena)
{
  k0_softmax(x, y, arena + 0);
}

int gradc_entry(void *const *buffers)
{
  softmax((const float *)buffers[0], (float *)buffers[1], (unsigned char *)buffers[2]);
  return 0;
}
