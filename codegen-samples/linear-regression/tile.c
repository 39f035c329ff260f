/*
 * linear_regression_value_and_grad
 *   in  w: f32[8]
 *   in  b: f32[]
 *   in  x: f32[64,8]
 *   in  y: f32[64]
 *   out result: f32[]
 *   out w_gradient: f32[8]
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
void tile_add_sub_f32_vsv(float *d, const float *a, float b, const float *c, int64_t n);
void tile_mul_f32_vs(float *d, const float *a, float b, int64_t n);
void tile_reduce_add_f32(float *acc, const float *a, int64_t n);
void tile_reduce_mul_add_f32_vv(float *acc, const float *a, const float *b, int64_t n);

/* @ add, sub, reduce_sum (GradCModels/Model+Learning.swift:9);
 * mul, reduce_sum, div (GradCModels/Model+Learning.swift:13) */
static void k1_reduce_sum_div_mul(const float *b, const float *y, float *result, float *b_gradient, float *mul, unsigned char *scratch)
{
  float *tf0 = (float *)(scratch + 0);
  float *af0 = (float *)(scratch + 256);
  float *af1 = (float *)(scratch + 384);
  lanes_fill_f32(af0, 0.0f);
  lanes_fill_f32(af1, 0.0f);
  tile_add_sub_f32_vsv(tf0, mul, b[0], y, 64);
  tile_reduce_mul_add_f32_vv(af0, tf0, tf0, 64);
  tile_mul_f32_vs(mul, tf0, 0.03125f, 64);
  tile_reduce_add_f32(af1, mul, 64);
  b_gradient[0] = lanes_add_f32(af1);
  result[0] = lanes_add_f32(af0) / 64.0f;
}

static void linear_regression_value_and_grad(const float *w, const float *b, const float *x, const float *y, float *result, float *w_gradient, float *b_gradient, unsigned char *arena)
{
  float *mul = (float *)(arena + 0);
  /* @ dot_general (GradCModels/Model+Learning.swift:13) */
  blas_gemm_f32(0, 0, 64, 1, 8, 1.0f, x, 8, w, 1, 0.0f, mul, 1);
  k1_reduce_sum_div_mul(b, y, result, b_gradient, mul, arena + 256);
  /* @ dot_general (GradCModels/Model+Learning.swift:13) */
  blas_gemm_f32(1, 0, 8, 1, 64, 1.0f, x, 8, mul, 1, 0.0f, w_gradient, 1);
}

int gradc_entry(void *const *buffers)
{
  linear_regression_value_and_grad((const float *)buffers[0], (const float *)buffers[1], (const float *)buffers[2], (const float *)buffers[3], (float *)buffers[4], (float *)buffers[5], (float *)buffers[6], (unsigned char *)buffers[7]);
  return 0;
}
