/* logistic_regression_value_and_grad */
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
void tile_chain_mul_mul_mul_f32_vsvv(float *d, const float *a, float b, const float *c, const float *e, int64_t n);
void tile_div_f32_sv(float *d, float a, const float *b, int64_t n);
void tile_exp_f32(float *d, const float *a, int64_t n);
void tile_fma_f32_vsv(float *d, const float *a, float b, const float *c, int64_t n);
void tile_fms_f32_vsv(float *d, const float *a, float b, const float *c, int64_t n);
void tile_log1p_f32(float *d, const float *a, int64_t n);
void tile_max_f32_vs(float *d, const float *a, float b, int64_t n);
void tile_mul_fma_f32_vssv(float *d, const float *a, float b, float c, const float *e, int64_t n);
void tile_neg_f32(float *d, const float *a, int64_t n);
void tile_reduce_add_f32(float *acc, const float *a, int64_t n);
void tile_reduce_mul_add_f32_vv(float *acc, const float *a, const float *b, int64_t n);
void tile_select_eq_f32_vssv(float *d, const float *a, float b, float c, const float *e, int64_t n);
void tile_select_eq_f32_vvss(float *d, const float *a, const float *b, float c, float e, int64_t n);
void tile_sign_f32(float *d, const float *a, int64_t n);

/* @ exp (GradCModels/Model+Learning.swift:26..., reduce_sum (GradCModels/Model+Learning.s..., add (GradCModels/Model+Learning.swift:26..., reduce_sum (GradCModels/Model+Learning.s... */
static void k1_exp_reduce_sum_add(const float *b, const float *y, float *b_gradient, const float *dot_general, float *reduce_sum, float *add, unsigned char *scratch)
{
  enum { width = 128 };
  float *tf0 = (float *)(scratch + 0);
  float *tf1 = (float *)(scratch + 512);
  float *tf2 = (float *)(scratch + 1024);
  float *tf3 = (float *)(scratch + 1536);
  float *tf4 = (float *)(scratch + 2048);
  float *tf5 = (float *)(scratch + 2560);
  float *af0 = (float *)(scratch + 3072);
  float *af1 = (float *)(scratch + 3200);
  lanes_fill_f32(af0, 0.0f);
  lanes_fill_f32(af1, 0.0f);
  for (int64_t i0 = 0; i0 < 128; i0 += width) {
    const int64_t n0 = 128 - i0 < width ? 128 - i0 : width;
    tile_add_f32_vs(tf0, dot_general + i0, b[0], n0);
    tile_abs_f32(tf1, tf0, n0);
    tile_neg_f32(tf1, tf1, n0);
    tile_exp_f32(tf1, tf1, n0);
    tile_max_f32_vs(tf2, tf0, 0.0f, n0);
    tile_select_eq_f32_vvss(tf3, tf0, tf2, 1.0f, 0.0f, n0);
    tile_select_eq_f32_vssv(tf3, tf0, 0.0f, 0.5f, tf3, n0);
    tile_add_f32_vs(tf4, tf1, 1.0f, n0);
    tile_div_f32_sv(tf4, 1.0f, tf4, n0);
    tile_sign_f32(tf5, tf0, n0);
    tile_chain_mul_mul_mul_f32_vsvv(tf4, tf4, 0.0078125f, tf1, tf5, n0);
    tile_fms_f32_vsv(tf4, y + i0, -0.0078125f, tf4, n0);
    tile_fma_f32_vsv(add + i0, tf3, 0.0078125f, tf4, n0);
    tile_log1p_f32(tf1, tf1, n0);
    tile_neg_f32(tf0, tf0, n0);
    tile_add_mac_f32_vvvv(tf1, tf2, tf1, y + i0, tf0, n0);
    tile_reduce_add_f32(af0, tf1, n0);
    tile_reduce_add_f32(af1, add + i0, n0);
  }
  reduce_sum[0] = lanes_add_f32(af0);
  b_gradient[0] = lanes_add_f32(af1);
}

/* @ reduce_sum (GradCModels/Model+Learning.s..., add (GradCModels/Model+Learning.swift:22... */
static void k2_reduce_sum_add(const float *w, float *result, const float *reduce_sum, unsigned char *scratch)
{
  float *af0 = (float *)(scratch + 0);
  lanes_fill_f32(af0, 0.0f);
  tile_reduce_mul_add_f32_vv(af0, w, w, 16);
  result[0] = (reduce_sum[0] / 128.0f) + (lanes_add_f32(af0) * 0.01f);
}

/* @ add (GradCModels/Model+Learning.swift:26... */
static void k4_add(const float *w, float *w_gradient, const float *dot_general_2)
{
  tile_mul_fma_f32_vssv(w_gradient, w, 0.01f, 2.0f, dot_general_2, 16);
}

static void logistic_regression_value_and_grad(const float *w, const float *b, const float *x, const float *y, float *result, float *w_gradient, float *b_gradient, unsigned char *arena)
{
  float *dot_general = (float *)(arena + 0);
  float *reduce_sum = (float *)(arena + 512);
  float *add = (float *)(arena + 576);
  float *dot_general_2 = (float *)(arena + 0);
  /* @ dot_general (GradCModels/Model+Learning.... */
  blas_gemm_f32(0, 0, 128, 1, 16, 1.0f, x, 16, w, 1, 0.0f, dot_general, 1);
  k1_exp_reduce_sum_add(b, y, b_gradient, dot_general, reduce_sum, add, arena + 1088);
  k2_reduce_sum_add(w, result, reduce_sum, arena + 1088);
  /* @ dot_general (GradCModels/Model+Learning.... */
  blas_gemm_f32(1, 0, 16, 1, 128, 1.0f, x, 16, add, 1, 0.0f, dot_general_2, 1);
  k4_add(w, w_gradient, dot_general_2);
}

void gradc_entry(void *const *buffers)
{
  logistic_regression_value_and_grad((const float *)buffers[0], (const float *)buffers[1], (const float *)buffers[2], (const float *)buffers[3], (float *)buffers[4], (float *)buffers[5], (float *)buffers[6], (unsigned char *)buffers[7]);
}
