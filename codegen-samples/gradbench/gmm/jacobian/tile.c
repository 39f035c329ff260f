/*
 * gmm_grad
 *   in  alpha: f64[5]
 *   in  mu: f64[5,2]
 *   in  q: f64[5,2]
 *   in  l: f64[5,1]
 *   in  x: f64[1000,2]
 *   out alpha_gradient: f64[5]
 *   out mu_gradient: f64[5,2]
 *   out q_gradient: f64[5,2]
 *   out l_gradient: f64[5,1]
 *
 * Written by GradC for libtcc and GradC's runtime.
 */
typedef signed int int32_t;
typedef signed long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

void blas_gemm_f64(int32_t transA, int32_t transB, int64_t m, int64_t n, int64_t k, double alpha, const double *a, int64_t lda, const double *b, int64_t ldb, double beta, double *c, int64_t ldc);
void gradc_parallel_for(void (*body)(void *context, int64_t first, int64_t last), void *context, int64_t count, int64_t chunk);
void product_dots_f64(int64_t m, int64_t n, int64_t k, const double *a, int64_t row_a, const double *b, int64_t column_b, double *c, int64_t row_c, int32_t adds);
void product_rows_f64(int64_t m, int64_t n, int64_t k, const double *a, int64_t row_a, int64_t column_a, const double *b, int64_t row_b, int64_t column_b, double *c, int64_t row_c, int32_t adds);
double scalar_abs_f64(double a);
double scalar_exp_f64(double a);
double scalar_max_f64(double a, double b);
int64_t scalar_max_i64(int64_t a, int64_t b);
int64_t scalar_min_i64(int64_t a, int64_t b);
void tile_abs_f64(double *d, const double *a, int64_t n);
void tile_add_f64_vv(double *d, const double *a, const double *b, int64_t n);
void tile_add_fma_f64_vvvs(double *d, const double *a, const double *b, const double *c, double e, int64_t n);
void tile_chain_add_add_add_f64_vvvv(double *d, const double *a, const double *b, const double *c, const double *e, int64_t n);
void tile_copy_f64(double *d, const double *a, int64_t n);
void tile_div_f64_sv(double *d, double a, const double *b, int64_t n);
void tile_eq_f64_vs(uint8_t *d, const double *a, double b, int64_t n);
void tile_eq_i64_sv(uint8_t *d, int64_t a, const int64_t *b, int64_t n);
void tile_eq_i64_vs(uint8_t *d, const int64_t *a, int64_t b, int64_t n);
void tile_exp_f64(double *d, const double *a, int64_t n);
void tile_fill_f64(double *d, double s, int64_t n);
void tile_fill_i64(int64_t *d, int64_t s, int64_t n);
void tile_fma_f64_vss(double *d, const double *a, double b, double c, int64_t n);
void tile_fma_f64_vsv(double *d, const double *a, double b, const double *c, int64_t n);
void tile_iota_i64(int64_t *d, int64_t start, int64_t step, int64_t n);
void tile_load_f64(double *d, const double *base, int64_t stride, int64_t n);
void tile_max_f64_vv(double *d, const double *a, const double *b, int64_t n);
void tile_mul_f64_vs(double *d, const double *a, double b, int64_t n);
void tile_mul_mul_f64_vss(double *d, const double *a, double b, double c, int64_t n);
void tile_neg_f64(double *d, const double *a, int64_t n);
void tile_scatter_set_f64_i64(double *base, const int64_t *index, int64_t stride, int64_t limit, const double *a, int64_t n);
void tile_select_f64_ss(double *d, const uint8_t *c, double a, double b, int64_t n);
void tile_select_f64_sv(double *d, const uint8_t *c, double a, const double *b, int64_t n);
void tile_select_f64_vs(double *d, const uint8_t *c, const double *a, double b, int64_t n);
void tile_select_lt_f64_vsvs(double *d, const double *a, double b, const double *c, double e, int64_t n);
void tile_store_f64(double *base, int64_t stride, const double *a, int64_t n);
void tile_sub_add_f64_vvv(double *d, const double *a, const double *b, const double *c, int64_t n);
void tile_sub_f64_vv(double *d, const double *a, const double *b, int64_t n);
void tile_sub_mul_f64_vvv(double *d, const double *a, const double *b, const double *c, int64_t n);
void tile_sub_square_add_f64_vvv(double *d, const double *a, const double *b, const double *c, int64_t n);
void tile_sub_square_f64_vv(double *d, const double *a, const double *b, int64_t n);
static const uint64_t bits_f64_7ff0000000000000 = 0x7ff0000000000000ULL;

/* @ exp (GradBenchModels/GaussianMixture.swift:63); reduce_sum (GradBenchModels/GaussianMixture.swift:64) */
static void k0_exp_reduce_sum(const double *q, double *q_gradient, double *reduce_sum, unsigned char *scratch)
{
  double *td0 = (double *)(scratch + 0);
  double *td1 = (double *)(scratch + 512);
  double *td2 = (double *)(scratch + 1024);
  tile_load_f64(td0, q, 2, 5);
  tile_exp_f64(td1, td0, 5);
  tile_store_f64(q_gradient, 2, td1, 5);
  tile_load_f64(td1, q + 1, 2, 5);
  tile_exp_f64(td2, td1, 5);
  tile_store_f64(q_gradient + 1, 2, td2, 5);
  tile_add_f64_vv(reduce_sum, td0, td1, 5);
}

/* @ scatter_set (GradBenchModels/GaussianMixture.swift:83) */
static void k1_scatter_set(double *add)
{
  tile_fill_f64(add, 0.0, 20);
}

/* @ scatter_set (GradBenchModels/GaussianMixture.swift:83) */
static void k2_scatter_set(const double *l, double *add, unsigned char *scratch)
{
  int64_t *tl0 = (int64_t *)(scratch + 0);
  tile_iota_i64(tl0, 0 + scalar_min_i64(scalar_max_i64(2, 0), 3), 4, 5);
  tile_scatter_set_f64_i64(add, tl0, 1, 20, l, 5);
}

/* @ eq, select (GradBenchModels/GaussianMixture.swift:84); add (GradBenchModels/GaussianMixture.swift:62) */
static void k3_add(const double *q_gradient, double *add, unsigned char *scratch)
{
  double *td0 = (double *)(scratch + 0);
  int64_t *tl0 = (int64_t *)(scratch + 512);
  uint8_t *tc0 = (uint8_t *)(scratch + 1024);
  double d0;
  int64_t l0;
  for (int64_t i0 = 0; i0 < 5; ++i0) {
    for (int64_t i1 = 0; i1 < 2; ++i1) {
      d0 = q_gradient[2 * i0 + i1];
      l0 = (int64_t)(i1);
      tile_iota_i64(tl0, 0, 1, 2);
      tile_eq_i64_vs(tc0, tl0, l0, 2);
      tile_select_f64_ss(td0, tc0, d0, 0.0, 2);
      tile_add_f64_vv(add + 4 * i0 + 2 * i1, add + 4 * i0 + 2 * i1, td0, 2);
    }
  }
}

/* @ sub (GradBenchModels/GaussianMixture.swift:62);
 * mul, reduce_sum (GradBenchModels/GaussianMixture.swift:67) */
static void k6_reduce_sum(void *chunk_buffers, int64_t chunk_start, int64_t chunk_end)
{
  void *const *buffers = (void *const *)chunk_buffers;
  const double *dot_general = (const double *)buffers[0];
  const double *dot_general_2 = (const double *)buffers[1];
  double *reduce_sum_2 = (double *)buffers[2];
  unsigned char chunk_scratch[2112];
  unsigned char *scratch = chunk_scratch + (-(uint64_t)chunk_scratch & 63);
  double *td0 = (double *)(scratch + 0);
  double *td1 = (double *)(scratch + 512);
  double *td2 = (double *)(scratch + 1024);
  double *td3 = (double *)(scratch + 1536);
  for (int64_t i0 = chunk_start; i0 < chunk_end; ++i0) {
    tile_load_f64(td0, dot_general_2, 2, 5);
    tile_load_f64(td1, dot_general + 10 * i0, 2, 5);
    tile_load_f64(td2, dot_general_2 + 1, 2, 5);
    tile_load_f64(td3, dot_general + 10 * i0 + 1, 2, 5);
    tile_sub_square_f64_vv(td2, td3, td2, 5);
    tile_sub_square_add_f64_vvv(reduce_sum_2 + 5 * i0, td1, td0, td2, 5);
  }
}

/* @ mul, add, sub (GradBenchModels/GaussianMixture.swift:62);
 * reduce_max, abs, lt, select, sub, exp, reduce_sum, eq, div (GradBenchModels/GaussianMixture.swift:69) */
static void k7_reduce_max_exp_reduce_sum(const double *alpha, const double *reduce_sum, const double *reduce_sum_2, double *exp_, double *select_, unsigned char *scratch)
{
  enum { width = 256 };
  double *td0 = (double *)(scratch + 0);
  double *td1 = (double *)(scratch + 2048);
  double *td2 = (double *)(scratch + 4096);
  double *td3 = (double *)(scratch + 6144);
  double *td4 = (double *)(scratch + 8192);
  double *td5 = (double *)(scratch + 10240);
  double *td6 = (double *)(scratch + 12288);
  uint8_t *tc0 = (uint8_t *)(scratch + 14336);
  double d0, d1, d2, d3, d4;
  d0 = alpha[0] + reduce_sum[0];
  d1 = alpha[1] + reduce_sum[1];
  d2 = alpha[2] + reduce_sum[2];
  d3 = alpha[3] + reduce_sum[3];
  d4 = alpha[4] + reduce_sum[4];
  for (int64_t i0 = 0; i0 < 1000; i0 += width) {
    const int64_t n0 = 1000 - i0 < width ? 1000 - i0 : width;
    tile_load_f64(td0, reduce_sum_2 + 5 * i0, 5, n0);
    tile_fma_f64_vss(td0, td0, -0.5, d0, n0);
    tile_load_f64(td1, reduce_sum_2 + 5 * i0 + 1, 5, n0);
    tile_fma_f64_vss(td1, td1, -0.5, d1, n0);
    tile_max_f64_vv(td2, td0, td1, n0);
    tile_load_f64(td3, reduce_sum_2 + 5 * i0 + 2, 5, n0);
    tile_fma_f64_vss(td3, td3, -0.5, d2, n0);
    tile_max_f64_vv(td2, td2, td3, n0);
    tile_load_f64(td4, reduce_sum_2 + 5 * i0 + 3, 5, n0);
    tile_fma_f64_vss(td4, td4, -0.5, d3, n0);
    tile_max_f64_vv(td2, td2, td4, n0);
    tile_load_f64(td5, reduce_sum_2 + 5 * i0 + 4, 5, n0);
    tile_fma_f64_vss(td5, td5, -0.5, d4, n0);
    tile_max_f64_vv(td2, td2, td5, n0);
    tile_abs_f64(td6, td2, n0);
    tile_select_lt_f64_vsvs(td2, td6, *(const double *)&bits_f64_7ff0000000000000, td2, 0.0, n0);
    tile_sub_f64_vv(td0, td0, td2, n0);
    tile_exp_f64(td0, td0, n0);
    tile_store_f64(exp_ + 5 * i0, 5, td0, n0);
    tile_sub_f64_vv(td1, td1, td2, n0);
    tile_exp_f64(td1, td1, n0);
    tile_store_f64(exp_ + 5 * i0 + 1, 5, td1, n0);
    tile_sub_f64_vv(td3, td3, td2, n0);
    tile_exp_f64(td3, td3, n0);
    tile_store_f64(exp_ + 5 * i0 + 2, 5, td3, n0);
    tile_sub_f64_vv(td4, td4, td2, n0);
    tile_exp_f64(td4, td4, n0);
    tile_store_f64(exp_ + 5 * i0 + 3, 5, td4, n0);
    tile_chain_add_add_add_f64_vvvv(td4, td0, td1, td3, td4, n0);
    tile_sub_f64_vv(td2, td5, td2, n0);
    tile_exp_f64(td2, td2, n0);
    tile_store_f64(exp_ + 5 * i0 + 4, 5, td2, n0);
    tile_add_f64_vv(td2, td4, td2, n0);
    tile_eq_f64_vs(tc0, td2, 0.0, n0);
    tile_select_f64_sv(td2, tc0, 1.0, td2, n0);
    tile_div_f64_sv(td2, 1.0, td2, n0);
    tile_select_f64_sv(select_ + i0, tc0, 0.0, td2, n0);
  }
}

/* @ reduce_max, abs, lt, select, sub, exp, reduce_sum (GradBenchModels/GaussianMixture.swift:69) */
static void k8_reduce_max_exp_reduce_sum(const double *alpha, double *alpha_gradient, double *reduce_sum_3)
{
  double d0, d1, d2, d3, d4;
  d0 = scalar_max_f64(scalar_max_f64(scalar_max_f64(scalar_max_f64(alpha[0], alpha[1]), alpha[2]), alpha[3]), alpha[4]);
  d0 = (scalar_abs_f64(d0) < *(const double *)&bits_f64_7ff0000000000000) ? d0 : 0.0;
  d1 = scalar_exp_f64(alpha[0] - d0);
  alpha_gradient[0] = d1;
  d2 = scalar_exp_f64(alpha[1] - d0);
  alpha_gradient[1] = d2;
  d3 = scalar_exp_f64(alpha[2] - d0);
  alpha_gradient[2] = d3;
  d4 = scalar_exp_f64(alpha[3] - d0);
  alpha_gradient[3] = d4;
  d0 = scalar_exp_f64(alpha[4] - d0);
  alpha_gradient[4] = d0;
  reduce_sum_3[0] = (((d1 + d2) + d3) + d4) + d0;
}

/* @ mul, eq, select, div (GradBenchModels/GaussianMixture.swift:69);
 * reduce_sum, add (GradBenchModels/GaussianMixture.swift:62);
 * mul (GradBenchModels/GaussianMixture.swift:69);
 * mul, sub, neg, reduce_sum (GradBenchModels/GaussianMixture.swift:62);
 * mul (GradBenchModels/GaussianMixture.swift:67) */
static void k9_reduce_sum_add_mul_reduce_sum(double *alpha_gradient, const double *dot_general, const double *dot_general_2, const double *exp_, const double *reduce_sum_3, const double *select_, double *reduce_sum_4, double *mul, double *reduce_sum_5, unsigned char *scratch)
{
  double *td0 = (double *)(scratch + 0);
  double *td1 = (double *)(scratch + 512);
  double *td2 = (double *)(scratch + 1024);
  double *td3 = (double *)(scratch + 1536);
  double *td4 = (double *)(scratch + 2048);
  double *td5 = (double *)(scratch + 2560);
  double *td6 = (double *)(scratch + 3072);
  double d0;
  uint8_t c0;
  c0 = reduce_sum_3[0] == 0.0;
  d0 = c0 ? 0.0 : (-1000.0 / (c0 ? 1.0 : reduce_sum_3[0]));
  tile_fill_f64(td0, 0.0, 5);
  tile_fill_f64(td1, 0.0, 5);
  tile_fill_f64(td2, 0.0, 5);
  tile_load_f64(td3, dot_general_2, 2, 5);
  tile_load_f64(td4, dot_general_2 + 1, 2, 5);
  for (int64_t i0 = 0; i0 < 1000; ++i0) {
    tile_mul_f64_vs(td5, exp_ + 5 * i0, select_[i0], 5);
    tile_add_f64_vv(td0, td0, td5, 5);
    tile_mul_mul_f64_vss(td5, td5, -0.5, 2.0, 5);
    tile_load_f64(td6, dot_general + 10 * i0, 2, 5);
    tile_sub_mul_f64_vvv(td6, td6, td3, td5, 5);
    tile_store_f64(mul + 10 * i0, 2, td6, 5);
    tile_neg_f64(td6, td6, 5);
    tile_add_f64_vv(td1, td1, td6, 5);
    tile_load_f64(td6, dot_general + 10 * i0 + 1, 2, 5);
    tile_sub_mul_f64_vvv(td5, td6, td4, td5, 5);
    tile_store_f64(mul + 10 * i0 + 1, 2, td5, 5);
    tile_neg_f64(td5, td5, 5);
    tile_add_f64_vv(td2, td2, td5, 5);
  }
  tile_copy_f64(reduce_sum_4, td0, 5);
  tile_fma_f64_vsv(alpha_gradient, alpha_gradient, d0, td0, 5);
  tile_store_f64(reduce_sum_5, 2, td1, 5);
  tile_store_f64(reduce_sum_5 + 1, 2, td2, 5);
}

/* @ sub, add (GradBenchModels/GaussianMixture.swift:66);
 * eq, select, reduce_sum (GradBenchModels/GaussianMixture.swift:84);
 * mul, add (GradBenchModels/GaussianMixture.swift:63); add (GradBenchModels/GaussianMixture.swift:62) */
static void k13_add_reduce_sum(double *q_gradient, const double *add, const double *reduce_sum_4, const double *dot_general_3, const double *dot_general_4, double *add_2, unsigned char *scratch)
{
  double *td0 = (double *)(scratch + 0);
  double *td1 = (double *)(scratch + 512);
  double *td2 = (double *)(scratch + 1024);
  double *td3 = (double *)(scratch + 1536);
  int64_t *tl0 = (int64_t *)(scratch + 2048);
  uint8_t *tc0 = (uint8_t *)(scratch + 2560);
  double d0;
  int64_t l0, l1;
  l0 = (int64_t)(0);
  l1 = (int64_t)(1);
  for (int64_t i0 = 0; i0 < 5; ++i0) {
    d0 = reduce_sum_4[i0] + 0.0;
    tile_load_f64(td0, dot_general_4 + 4 * i0, 2, 2);
    tile_load_f64(td1, add + 4 * i0, 2, 2);
    tile_load_f64(td2, dot_general_3 + 4 * i0, 2, 2);
    tile_sub_add_f64_vvv(td0, td2, td1, td0, 2);
    tile_store_f64(add_2 + 4 * i0, 2, td0, 2);
    tile_iota_i64(tl0, 0, 1, 2);
    tile_eq_i64_sv(tc0, l0, tl0, 2);
    tile_select_f64_vs(td0, tc0, td0, 0.0, 2);
    tile_load_f64(td1, dot_general_4 + 4 * i0 + 1, 2, 2);
    tile_load_f64(td2, add + 4 * i0 + 1, 2, 2);
    tile_load_f64(td3, dot_general_3 + 4 * i0 + 1, 2, 2);
    tile_sub_add_f64_vvv(td1, td3, td2, td1, 2);
    tile_store_f64(add_2 + 4 * i0 + 1, 2, td1, 2);
    tile_iota_i64(tl0, 0, 1, 2);
    tile_eq_i64_sv(tc0, l1, tl0, 2);
    tile_select_f64_vs(td1, tc0, td1, 0.0, 2);
    tile_add_fma_f64_vvvs(q_gradient + 2 * i0, td0, td1, q_gradient + 2 * i0, d0, 2);
  }
}

/* @ scatter_set (GradBenchModels/GaussianMixture.swift:83) */
static void k14_scatter_set(int64_t *scatter_set)
{
  tile_fill_i64(scatter_set, 0LL, 4);
}

/* @ scatter_set (GradBenchModels/GaussianMixture.swift:83) */
static void k15_scatter_set(int64_t *scatter_set)
{
  scatter_set[scalar_min_i64(scalar_max_i64(2, 0), 3)] = (int64_t)(0);
}

/* @ take, eq, select (GradBenchModels/GaussianMixture.swift:83) */
static void k16_select(double *l_gradient, const double *add_2, const int64_t *scatter_set, unsigned char *scratch)
{
  double *td0 = (double *)(scratch + 0);
  uint8_t c0;
  c0 = (int64_t)(0) == scatter_set[scalar_min_i64(scalar_max_i64(2, 0), 3)];
  tile_load_f64(td0, add_2 + scalar_min_i64(scalar_max_i64(2, 0), 3), 4, 5);
  if (c0)
    tile_copy_f64(l_gradient, td0, 5);
  else
    tile_fill_f64(l_gradient, 0.0, 5);
}

static void gmm_grad(const double *alpha, const double *mu, const double *q, const double *l, const double *x, double *alpha_gradient, double *mu_gradient, double *q_gradient, double *l_gradient, unsigned char *arena)
{
  double *add = (double *)(arena + 208000);
  double *reduce_sum = (double *)(arena + 120000);
  double *dot_general = (double *)(arena + 0);
  double *dot_general_2 = (double *)(arena + 208192);
  double *reduce_sum_2 = (double *)(arena + 80000);
  double *exp_ = (double *)(arena + 160000);
  double *reduce_sum_3 = (double *)(arena + 208448);
  double *select_ = (double *)(arena + 200000);
  double *reduce_sum_4 = (double *)(arena + 208512);
  double *mul = (double *)(arena + 80000);
  double *reduce_sum_5 = (double *)(arena + 208320);
  double *dot_general_3 = (double *)(arena + 160000);
  double *dot_general_4 = (double *)(arena + 160192);
  double *add_2 = (double *)(arena + 160384);
  int64_t *scatter_set = (int64_t *)(arena + 0);
  k0_exp_reduce_sum(q, q_gradient, reduce_sum, arena + 208576);
  k1_scatter_set(add);
  k2_scatter_set(l, add, arena + 208576);
  k3_add(q_gradient, add, arena + 208576);
  /* @ dot_general (GradBenchModels/GaussianMixture.swift:66) */
  blas_gemm_f64(0, 1, 1000, 10, 2, 1.0, x, 2, add, 2, 0.0, dot_general, 10);
  /* @ dot_general (GradBenchModels/GaussianMixture.swift:66) */
  for (int64_t i0 = 0; i0 < 5; ++i0)
    product_dots_f64(1, 2, 2, mu + 2 * i0, 2, add + 4 * i0, 2, dot_general_2 + 2 * i0, 2, 0);
  {
    void *const k6_reduce_sum_buffers[] = {(void *)dot_general, (void *)dot_general_2, (void *)reduce_sum_2};
    gradc_parallel_for(k6_reduce_sum, (void *)k6_reduce_sum_buffers, 1000, 250);
  }
  k7_reduce_max_exp_reduce_sum(alpha, reduce_sum, reduce_sum_2, exp_, select_, arena + 208576);
  k8_reduce_max_exp_reduce_sum(alpha, alpha_gradient, reduce_sum_3);
  k9_reduce_sum_add_mul_reduce_sum(alpha_gradient, dot_general, dot_general_2, exp_, reduce_sum_3, select_, reduce_sum_4, mul, reduce_sum_5, arena + 208576);
  /* @ dot_general (GradBenchModels/GaussianMixture.swift:66) */
  for (int64_t i0 = 0; i0 < 5; ++i0)
    product_rows_f64(1, 2, 2, reduce_sum_5 + 2 * i0, 2, 1, add + 4 * i0, 2, 1, mu_gradient + 2 * i0, 2, 0);
  /* @ dot_general (GradBenchModels/GaussianMixture.swift:66) */
  for (int64_t i0 = 0; i0 < 5; ++i0)
    product_rows_f64(2, 2, 1, reduce_sum_5 + 2 * i0, 1, 1, mu + 2 * i0, 2, 1, dot_general_3 + 4 * i0, 2, 0);
  /* @ dot_general (GradBenchModels/GaussianMixture.swift:66) */
  blas_gemm_f64(1, 0, 10, 2, 1000, 1.0, mul, 10, x, 2, 0.0, dot_general_4, 2);
  k13_add_reduce_sum(q_gradient, add, reduce_sum_4, dot_general_3, dot_general_4, add_2, arena + 208576);
  k14_scatter_set(scatter_set);
  k15_scatter_set(scatter_set);
  k16_select(l_gradient, add_2, scatter_set, arena + 208576);
}

int gradc_entry(void *const *buffers)
{
  gmm_grad((const double *)buffers[0], (const double *)buffers[1], (const double *)buffers[2], (const double *)buffers[3], (const double *)buffers[4], (double *)buffers[5], (double *)buffers[6], (double *)buffers[7], (double *)buffers[8], (unsigned char *)buffers[9]);
  return 0;
}
