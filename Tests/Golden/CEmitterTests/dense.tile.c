/*
 * dense
 *   in  x: f32[4,6]
 *   in  w_0: f32[10,6]  w.0
 *   out y: f32[4]
 *
 * Written by GradC for libtcc and GradC's runtime.
 */
typedef signed int int32_t;
typedef signed long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

void blas_gemm_f32(int32_t transA, int32_t transB, int64_t m, int64_t n, int64_t k, float alpha, const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc);
float lanes_add_f32(const float *acc);
void lanes_fill_f32(float *acc, float s);
float scalar_sqrt_f32(float a);
void tile_add_square_f32_vv(float *d, const float *a, const float *b, int64_t n);
void tile_reduce_add_f32(float *acc, const float *a, int64_t n);
extern const float constant_2[10];

/* @ add; mul; sum */
static void k1_row_norm(const float *b, const float *z, float *y, unsigned char *scratch)
{
  float *tf0 = (float *)(scratch + 0);
  float *af0 = (float *)(scratch + 256);
  for (int64_t i0 = 0; i0 < 4; ++i0) {
    lanes_fill_f32(af0, 0.0f);
    tile_add_square_f32_vv(tf0, z + 10 * i0, b, 10);
    tile_reduce_add_f32(af0, tf0, 10);
    y[i0] = scalar_sqrt_f32(lanes_add_f32(af0));
  }
}

static void dense(const float *x, const float *w_0, float *y, unsigned char *arena)
{
  const float *b = constant_2;
  float *z = (float *)(arena + 64);
  /* @ dot */
  blas_gemm_f32(0, 1, 4, 10, 6, 1.0f, x, 6, w_0, 6, 0.0f, z, 10);
  k1_row_norm(b, z, y, arena + 1280);
}

int gradc_entry(void *const *buffers)
{
  dense((const float *)buffers[0], (const float *)buffers[1], (float *)buffers[2], (unsigned char *)buffers[3]);
  return 0;
}
