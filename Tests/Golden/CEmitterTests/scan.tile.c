/*
 * rnn
 *   in  x: f32[10,3]
 *   in  w: f32[4,4]
 *   in  h0: f32[4]
 *   out hs: f32[10,4]
 *   out energy: f32[]
 *
 * Written by GradC for libtcc and GradC's runtime.
 */
typedef signed int int32_t;
typedef signed long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

void blas_gemm_f32(int32_t transA, int32_t transB, int64_t m, int64_t n, int64_t k, float alpha, const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc);
float scalar_sin_f32(float a);
void tile_add_f32_vs(float *d, const float *a, float b, int64_t n);
void tile_copy_f32(float *d, const float *a, int64_t n);
void tile_tanh_f32(float *d, const float *a, int64_t n);

/* @ copy (Rnn.swift:10) */
static void k0_copy(const float *h0, float *energy, float *h)
{
  energy[0] = 0.0f;
  tile_copy_f32(h, h0, 4);
}

/* @ add, tanh (Rnn.swift:15) */
static void k3_tanh(float *h, const float *wh, const float *drive, float *h_t_, unsigned char *scratch)
{
  float *tf0 = (float *)(scratch + 0);
  tile_add_f32_vs(tf0, wh, drive[0], 4);
  tile_tanh_f32(h, tf0, 4);
  tile_copy_f32(h_t_, h, 4);
}

static void rnn(const float *x, const float *w, const float *h0, float *hs, float *energy, unsigned char *arena)
{
  float *h = (float *)(arena + 0);
  float *wh = (float *)(arena + 64);
  float *drive = (float *)(arena + 128);
  k0_copy(h0, energy, h);
  /* @ scan (Rnn.swift:12) */
  for (int64_t t = 0; t < 10; ++t) {
    const float *x_t_ = x + 27 - 3 * t;
    float *h_t_ = hs + 36 - 4 * t;
    /* @ dot (Rnn.swift:13) */
    blas_gemm_f32(0, 0, 1, 4, 4, 1.0f, h, 4, w, 4, 0.0f, wh, 4);
    /* @ mul, add (Rnn.swift:14) */
    drive[0] = (x_t_[0] * x_t_[1]) + x_t_[2];
    k3_tanh(h, wh, drive, h_t_, arena + 192);
    /* @ add (Rnn.swift:16) */
    {
      float f0;
      f0 = drive[0] * drive[0];
      energy[0] = (energy[0] + f0) + (scalar_sin_f32(f0) + f0);
    }
  }
}

int gradc_entry(void *const *buffers)
{
  rnn((const float *)buffers[0], (const float *)buffers[1], (const float *)buffers[2], (float *)buffers[3], (float *)buffers[4], (unsigned char *)buffers[5]);
  return 0;
}
