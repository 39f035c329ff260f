/*
 * digits_value_and_grad
 *   in  layers_0_weight: f32[64,128]  layers[0].weight
 *   in  layers_0_bias: f32[128]  layers[0].bias
 *   in  layers_1_weight: f32[128,64]  layers[1].weight
 *   in  layers_1_bias: f32[64]  layers[1].bias
 *   in  layers_2_weight: f32[64,10]  layers[2].weight
 *   in  layers_2_bias: f32[10]  layers[2].bias
 *   in  images: f32[32,64]
 *   in  labels: i32[32]
 *   out result: f32[]
 *   out layers_0_weight_gradient: f32[64,128]  layers[0].weight_gradient
 *   out layers_0_bias_gradient: f32[128]  layers[0].bias_gradient
 *   out layers_1_weight_gradient: f32[128,64]  layers[1].weight_gradient
 *   out layers_1_bias_gradient: f32[64]  layers[1].bias_gradient
 *   out layers_2_weight_gradient: f32[64,10]  layers[2].weight_gradient
 *   out layers_2_bias_gradient: f32[10]  layers[2].bias_gradient
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
float lanes_max_f32(const float *acc);
float scalar_abs_f32(float a);
float scalar_log_f32(float a);
void tile_add_f32_vv(float *d, const float *a, const float *b, int64_t n);
void tile_add_sub_f32_vvs(float *d, const float *a, const float *b, float c, int64_t n);
void tile_cast_bool_f32(float *d, const uint8_t *a, int64_t n);
void tile_chain_add_sub_sub_f32_vvss(float *d, const float *a, const float *b, float c, float e, int64_t n);
void tile_copy_f32(float *d, const float *a, int64_t n);
void tile_eq_i32_sv(uint8_t *d, int32_t a, const int32_t *b, int64_t n);
void tile_exp_f32(float *d, const float *a, int64_t n);
void tile_fill_f32(float *d, float s, int64_t n);
void tile_iota_i32(int32_t *d, int32_t start, int32_t step, int64_t n);
void tile_mul_f32_vs(float *d, const float *a, float b, int64_t n);
void tile_mul_f32_vv(float *d, const float *a, const float *b, int64_t n);
void tile_mul_mac_f32_vsvs(float *d, const float *a, float b, const float *c, float e, int64_t n);
void tile_neg_f32(float *d, const float *a, int64_t n);
void tile_reduce_add_f32(float *acc, const float *a, int64_t n);
void tile_reduce_max_f32(float *acc, const float *a, int64_t n);
void tile_select_le_f32_vssv(float *d, const float *a, float b, float c, const float *e, int64_t n);
static const uint32_t bits_f32_7f800000 = 0x7f800000u;
static const uint32_t bits_f32_ff800000 = 0xff800000u;

/* @ add (GradCModels/Model+Learning.swift:54); le, select (GradCModels/Model+Learning.swift:76) */
static void k1_select(const float *layers_0_bias, float *select_, const float *select__4, unsigned char *scratch)
{
  enum { width = 128 };
  float *tf0 = (float *)(scratch + 0);
  for (int64_t i0 = 0; i0 < 32; ++i0) {
    for (int64_t i1 = 0; i1 < 128; i1 += width) {
      const int64_t n1 = 128 - i1 < width ? 128 - i1 : width;
      tile_add_f32_vv(tf0, select__4 + 128 * i0 + i1, layers_0_bias + i1, n1);
      tile_select_le_f32_vssv(select_ + 128 * i0 + i1, tf0, 0.0f, 0.0f, tf0, n1);
    }
  }
}

/* @ add (GradCModels/Model+Learning.swift:54); le, select (GradCModels/Model+Learning.swift:76) */
static void k3_select(const float *layers_1_bias, float *select__2, const float *select__3, unsigned char *scratch)
{
  float *tf0 = (float *)(scratch + 0);
  for (int64_t i0 = 0; i0 < 32; ++i0) {
    tile_add_f32_vv(tf0, select__3 + 64 * i0, layers_1_bias, 64);
    tile_select_le_f32_vssv(select__2 + 64 * i0, tf0, 0.0f, 0.0f, tf0, 64);
  }
}

/* @ add, mul, neg (GradCModels/Model+Learning.swift:54);
 * reduce_max, eq, cast, reduce_sum, abs, lt, select, sub, exp, log, div, mul (GradCModels/Model+Learning.swift:56) */
static void k5_reduce_max_exp_reduce_sum(const float *layers_2_bias, const int32_t *labels, const float *dot_general, float *reduce_sum, float *sub, unsigned char *scratch)
{
  float *tf0 = (float *)(scratch + 0);
  float *tf1 = (float *)(scratch + 256);
  float *af0 = (float *)(scratch + 512);
  float *af1 = (float *)(scratch + 640);
  int32_t *tj0 = (int32_t *)(scratch + 768);
  uint8_t *tc0 = (uint8_t *)(scratch + 1024);
  float f0, f1, f2;
  int32_t j0;
  for (int64_t i0 = 0; i0 < 32; ++i0) {
    lanes_fill_f32(af0, *(const float *)&bits_f32_ff800000);
    lanes_fill_f32(af1, 0.0f);
    j0 = labels[i0];
    tile_add_f32_vv(tf0, dot_general + 10 * i0, layers_2_bias, 10);
    tile_reduce_max_f32(af0, tf0, 10);
    tile_iota_i32(tj0, 0, 1, 10);
    tile_eq_i32_sv(tc0, j0, tj0, 10);
    tile_cast_bool_f32(tf0, tc0, 10);
    tile_mul_f32_vs(tf0, tf0, 0.03125f, 10);
    tile_reduce_add_f32(af1, tf0, 10);
    f0 = lanes_max_f32(af0);
    lanes_fill_f32(af0, 0.0f);
    f0 = (scalar_abs_f32(f0) < *(const float *)&bits_f32_7f800000) ? f0 : 0.0f;
    tile_add_sub_f32_vvs(tf0, dot_general + 10 * i0, layers_2_bias, f0, 10);
    tile_exp_f32(sub + 10 * i0, tf0, 10);
    tile_reduce_add_f32(af0, sub + 10 * i0, 10);
    f1 = lanes_add_f32(af0);
    f2 = scalar_log_f32(f1);
    lanes_fill_f32(af0, 0.0f);
    f1 = lanes_add_f32(af1) / f1;
    tile_iota_i32(tj0, 0, 1, 10);
    tile_eq_i32_sv(tc0, j0, tj0, 10);
    tile_cast_bool_f32(tf0, tc0, 10);
    tile_mul_mac_f32_vsvs(sub + 10 * i0, tf0, -0.03125f, sub + 10 * i0, f1, 10);
    tile_chain_add_sub_sub_f32_vvss(tf1, dot_general + 10 * i0, layers_2_bias, f0, f2, 10);
    tile_mul_f32_vv(tf1, tf0, tf1, 10);
    tile_neg_f32(tf1, tf1, 10);
    tile_reduce_add_f32(af0, tf1, 10);
    reduce_sum[i0] = lanes_add_f32(af0);
  }
}

/* @ reduce_sum, div (GradCModels/Model+Learning.swift:56) */
static void k6_reduce_sum_div(float *result, const float *reduce_sum, unsigned char *scratch)
{
  float *af0 = (float *)(scratch + 0);
  lanes_fill_f32(af0, 0.0f);
  tile_reduce_add_f32(af0, reduce_sum, 32);
  result[0] = lanes_add_f32(af0) / 32.0f;
}

/* @ reduce_sum (GradCModels/Model+Learning.swift:54) */
static void k7_reduce_sum(float *layers_2_bias_gradient, const float *sub, unsigned char *scratch)
{
  float *tf0 = (float *)(scratch + 0);
  tile_fill_f32(tf0, 0.0f, 10);
  for (int64_t i0 = 0; i0 < 32; ++i0) {
    tile_add_f32_vv(tf0, tf0, sub + 10 * i0, 10);
  }
  tile_copy_f32(layers_2_bias_gradient, tf0, 10);
}

/* @ add, reduce_sum (GradCModels/Model+Learning.swift:54);
 * le, select (GradCModels/Model+Learning.swift:76) */
static void k10_select_reduce_sum(const float *layers_1_bias, float *layers_1_bias_gradient, const float *dot_general_2, float *select__3, unsigned char *scratch)
{
  float *tf0 = (float *)(scratch + 0);
  float *tf1 = (float *)(scratch + 256);
  tile_fill_f32(tf0, 0.0f, 64);
  for (int64_t i0 = 0; i0 < 32; ++i0) {
    tile_add_f32_vv(tf1, select__3 + 64 * i0, layers_1_bias, 64);
    tile_select_le_f32_vssv(select__3 + 64 * i0, tf1, 0.0f, 0.0f, dot_general_2 + 64 * i0, 64);
    tile_add_f32_vv(tf0, tf0, select__3 + 64 * i0, 64);
  }
  tile_copy_f32(layers_1_bias_gradient, tf0, 64);
}

/* @ add, reduce_sum (GradCModels/Model+Learning.swift:54);
 * le, select (GradCModels/Model+Learning.swift:76) */
static void k13_select_reduce_sum(const float *layers_0_bias, float *layers_0_bias_gradient, const float *dot_general_3, float *select__4, unsigned char *scratch)
{
  enum { width = 128 };
  float *tf0 = (float *)(scratch + 0);
  float *tf1 = (float *)(scratch + 512);
  for (int64_t i1 = 0; i1 < 128; i1 += width) {
    const int64_t n1 = 128 - i1 < width ? 128 - i1 : width;
    tile_fill_f32(tf0, 0.0f, n1);
    for (int64_t i0 = 0; i0 < 32; ++i0) {
      tile_add_f32_vv(tf1, select__4 + 128 * i0 + i1, layers_0_bias + i1, n1);
      tile_select_le_f32_vssv(select__4 + 128 * i0 + i1, tf1, 0.0f, 0.0f, dot_general_3 + 128 * i0 + i1, n1);
      tile_add_f32_vv(tf0, tf0, select__4 + 128 * i0 + i1, n1);
    }
    tile_copy_f32(layers_0_bias_gradient + i1, tf0, n1);
  }
}

static void digits_value_and_grad(const float *layers_0_weight, const float *layers_0_bias, const float *layers_1_weight, const float *layers_1_bias, const float *layers_2_weight, const float *layers_2_bias, const float *images, const int32_t *labels, float *result, float *layers_0_weight_gradient, float *layers_0_bias_gradient, float *layers_1_weight_gradient, float *layers_1_bias_gradient, float *layers_2_weight_gradient, float *layers_2_bias_gradient, unsigned char *arena)
{
  float *select_ = (float *)(arena + 16384);
  float *select__2 = (float *)(arena + 40960);
  float *dot_general = (float *)(arena + 49152);
  float *reduce_sum = (float *)(arena + 50432);
  float *sub = (float *)(arena + 50560);
  float *dot_general_2 = (float *)(arena + 40960);
  float *select__3 = (float *)(arena + 32768);
  float *dot_general_3 = (float *)(arena + 16384);
  float *select__4 = (float *)(arena + 0);
  /* @ dot_general (GradCModels/Model+Learning.swift:56) */
  blas_gemm_f32(0, 0, 32, 128, 64, 1.0f, images, 64, layers_0_weight, 128, 0.0f, select__4, 128);
  k1_select(layers_0_bias, select_, select__4, arena + 51840);
  /* @ dot_general (GradCModels/Model+Learning.swift:56) */
  blas_gemm_f32(0, 0, 32, 64, 128, 1.0f, select_, 128, layers_1_weight, 64, 0.0f, select__3, 64);
  k3_select(layers_1_bias, select__2, select__3, arena + 51840);
  /* @ dot_general (GradCModels/Model+Learning.swift:56) */
  blas_gemm_f32(0, 0, 32, 10, 64, 1.0f, select__2, 64, layers_2_weight, 10, 0.0f, dot_general, 10);
  k5_reduce_max_exp_reduce_sum(layers_2_bias, labels, dot_general, reduce_sum, sub, arena + 51840);
  k6_reduce_sum_div(result, reduce_sum, arena + 51840);
  k7_reduce_sum(layers_2_bias_gradient, sub, arena + 51840);
  /* @ dot_general (GradCModels/Model+Learning.swift:56) */
  blas_gemm_f32(1, 0, 64, 10, 32, 1.0f, select__2, 64, sub, 10, 0.0f, layers_2_weight_gradient, 10);
  /* @ dot_general (GradCModels/Model+Learning.swift:56) */
  blas_gemm_f32(0, 1, 32, 64, 10, 1.0f, sub, 10, layers_2_weight, 10, 0.0f, dot_general_2, 64);
  k10_select_reduce_sum(layers_1_bias, layers_1_bias_gradient, dot_general_2, select__3, arena + 51840);
  /* @ dot_general (GradCModels/Model+Learning.swift:56) */
  blas_gemm_f32(1, 0, 128, 64, 32, 1.0f, select_, 128, select__3, 64, 0.0f, layers_1_weight_gradient, 64);
  /* @ dot_general (GradCModels/Model+Learning.swift:56) */
  blas_gemm_f32(0, 1, 32, 128, 64, 1.0f, select__3, 64, layers_1_weight, 64, 0.0f, dot_general_3, 128);
  k13_select_reduce_sum(layers_0_bias, layers_0_bias_gradient, dot_general_3, select__4, arena + 51840);
  /* @ dot_general (GradCModels/Model+Learning.swift:56) */
  blas_gemm_f32(1, 0, 64, 128, 32, 1.0f, images, 64, select__4, 128, 0.0f, layers_0_weight_gradient, 128);
}

int gradc_entry(void *const *buffers)
{
  digits_value_and_grad((const float *)buffers[0], (const float *)buffers[1], (const float *)buffers[2], (const float *)buffers[3], (const float *)buffers[4], (const float *)buffers[5], (const float *)buffers[6], (const int32_t *)buffers[7], (float *)buffers[8], (float *)buffers[9], (float *)buffers[10], (float *)buffers[11], (float *)buffers[12], (float *)buffers[13], (float *)buffers[14], (unsigned char *)buffers[15]);
  return 0;
}
