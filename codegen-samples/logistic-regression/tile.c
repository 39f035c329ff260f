/*
 * logistic_regression_value_and_grad
 *   in  w: f32[16]
 *   in  b: f32[]
 *   in  x: f32[128,16]
 *   in  y: f32[128]
 *   out result: f32[]
 *   out w_gradient: f32[16]
 *   out b_gradient: f32[]
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
void tile_abs_f32(float *d, const float *a, int64_t n);
void tile_add_f32_vs(float *d, const float *a, float b, int64_t n);
void tile_add_mac_f32_vvvv(float *d, const float *a, const float *b, const float *c, const float *e, int64_t n);
void tile_exp_f32(float *d, const float *a, int64_t n);
void tile_fma_f32_vsv(float *d, const float *a, float b, const float *c, int64_t n);
void tile_log1p_f32(float *d, const float *a, int64_t n);
void tile_logistic_f32(float *d, const float *a, int64_t n);
void tile_max_f32_vs(float *d, const float *a, float b, int64_t n);
void tile_mul_mac_f32_vsvs(float *d, const float *a, float b, const float *c, float e, int64_t n);
void tile_neg_f32(float *d, const float *a, int64_t n);
void tile_reduce_add_f32(float *acc, const float *a, int64_t n);
void tile_reduce_mul_add_f32_vv(float *acc, const float *a, const float *b, int64_t n);

/* @ mul, logistic, sub, abs, neg, exp, log1p, max, add, reduce_sum (GradCModels/Model+Learning.swift:26);
 * add, mul, sub, reduce_sum (GradCModels/Model+Learning.swift:22) */
static void k1_reduce_sum_sub(const float *b, const float *y, float *result, float *b_gradient, float *sub, unsigned char *scratch)
{
  enum { width = 128 };
  float *tf0 = (float *)(scratch + 0);
  float *tf1 = (float *)(scratch + 512);
  float *tf2 = (float *)(scratch + 1024);
  float *tf3 = (float *)(scratch + 1536);
  float *af0 = (float *)(scratch + 2048);
  float *af1 = (float *)(scratch + 2176);
  lanes_fill_f32(af0, 0.0f);
  lanes_fill_f32(af1, 0.0f);
  for (int64_t i0 = 0; i0 < 128; i0 += width) {
    const int64_t n0 = 128 - i0 < width ? 128 - i0 : width;
    tile_add_f32_vs(tf0, sub + i0, b[0], n0);
    tile_abs_f32(tf1, tf0, n0);
    tile_neg_f32(tf1, tf1, n0);
    tile_exp_f32(tf1, tf1, n0);
    tile_log1p_f32(tf1, tf1, n0);
    tile_max_f32_vs(tf2, tf0, 0.0f, n0);
    tile_neg_f32(tf3, tf0, n0);
    tile_add_mac_f32_vvvv(tf1, tf2, tf1, y + i0, tf3, n0);
    tile_reduce_add_f32(af0, tf1, n0);
    tile_logistic_f32(tf0, tf0, n0);
    tile_mul_mac_f32_vsvs(sub + i0, y + i0, -0.0078125f, tf0, 0.0078125f, n0);
    tile_reduce_add_f32(af1, sub + i0, n0);
  }
  result[0] = lanes_add_f32(af0);
  b_gradient[0] = lanes_add_f32(af1);
}

/* @ mul, reduce_sum, div (GradCModels/Model+Learning.swift:26);
 * mul, add (GradCModels/Model+Learning.swift:22) */
static void k2_reduce_sum_add(const float *w, float *result, unsigned char *scratch)
{
  float *af0 = (float *)(scratch + 0);
  lanes_fill_f32(af0, 0.0f);
  tile_reduce_mul_add_f32_vv(af0, w, w, 16);
  result[0] = (result[0] / 128.0f) + (lanes_add_f32(af0) * 0.01f);
}

/* @ mul, add (GradCModels/Model+Learning.swift:26) */
static void k4_add(const float *w, float *w_gradient)
{
  tile_fma_f32_vsv(w_gradient, w, 0.02f, w_gradient, 16);
}

static void logistic_regression_value_and_grad(const float *w, const float *b, const float *x, const float *y, float *result, float *w_gradient, float *b_gradient, unsigned char *arena)
{
  float *sub = (float *)(arena + 0);
  /* @ dot_general (GradCModels/Model+Learning.swift:26) */
  blas_gemm_f32(0, 0, 128, 1, 16, 1.0f, x, 16, w, 1, 0.0f, sub, 1);
  k1_reduce_sum_sub(b, y, result, b_gradient, sub, arena + 512);
  k2_reduce_sum_add(w, result, arena + 512);
  /* @ dot_general (GradCModels/Model+Learning.swift:26) */
  blas_gemm_f32(1, 0, 16, 1, 128, 1.0f, x, 16, sub, 1, 0.0f, w_gradient, 1);
  k4_add(w, w_gradient);
}

int gradc_entry(void *const *buffers)
{
  logistic_regression_value_and_grad((const float *)buffers[0], (const float *)buffers[1], (const float *)buffers[2], (const float *)buffers[3], (float *)buffers[4], (float *)buffers[5], (float *)buffers[6], (unsigned char *)buffers[7]);
  return 0;
}
