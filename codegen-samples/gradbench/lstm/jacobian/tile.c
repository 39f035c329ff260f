/*
 * jacobian
 *   in  main_: f64[4,56]  main
 *   in  extra: f64[3,14]
 *   in  state: f64[4,14]
 *   in  sequence: f64[1024,14]
 *   out result: f64[266]
 *
 * Written by GradC for libtcc and GradC's runtime.
 */
typedef signed int int32_t;
typedef signed long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

double lanes_add_f64(const double *acc);
void lanes_fill_f64(double *acc, double s);
void tile_add_f64_vv(double *d, const double *a, const double *b, int64_t n);
void tile_copy_f64(double *d, const double *a, int64_t n);
void tile_exp_f64(double *d, const double *a, int64_t n);
void tile_fill_f64(double *d, double s, int64_t n);
void tile_fma_f64_vvv(double *d, const double *a, const double *b, const double *c, int64_t n);
void tile_fma_mac_f64_vvvvv(double *d, const double *a, const double *b, const double *c, const double *e, const double *f, int64_t n);
void tile_fnma_self_f64_vs(double *d, const double *a, double b, int64_t n);
void tile_logistic_f64(double *d, const double *a, int64_t n);
void tile_mul_f64_vs(double *d, const double *a, double b, int64_t n);
void tile_mul_f64_vv(double *d, const double *a, const double *b, int64_t n);
void tile_mul_fma_f64_vvvv(double *d, const double *a, const double *b, const double *c, const double *e, int64_t n);
void tile_mul_mac_f64_vsvs(double *d, const double *a, double b, const double *c, double e, int64_t n);
void tile_mul_mac_f64_vvvv(double *d, const double *a, const double *b, const double *c, const double *e, int64_t n);
void tile_mul_mul_f64_vvv(double *d, const double *a, const double *b, const double *c, int64_t n);
void tile_neg_f64(double *d, const double *a, int64_t n);
void tile_reduce_add_f64(double *acc, const double *a, int64_t n);
void tile_rsub_self_f64_vs(double *d, const double *a, double b, int64_t n);
void tile_tanh_f64(double *d, const double *a, int64_t n);

/* @ k0_reshape_slice */
static void k0_reshape_slice(const double *main_, const double *extra, const double *state, double *reshape, double *slice_3, double *slice_4, double *slice_5, double *slice_6, double *slice_7, double *slice_8, double *slice_9, double *scan, double *scan_2, double *scan_3, double *scan_4)
{
  tile_copy_f64(scan, state, 14);
  tile_copy_f64(scan_2, state + 14, 14);
  tile_copy_f64(scan_3, state + 28, 14);
  tile_copy_f64(scan_4, state + 42, 14);
  tile_copy_f64(reshape, extra, 14);
  tile_copy_f64(slice_3, main_, 14);
  tile_copy_f64(slice_4, main_ + 14, 14);
  tile_copy_f64(slice_5, main_ + 28, 14);
  tile_copy_f64(slice_6, main_ + 42, 14);
  tile_copy_f64(slice_7, main_ + 56, 14);
  tile_copy_f64(slice_8, main_ + 70, 14);
  tile_copy_f64(slice_9, main_ + 84, 14);
}

/* @ k1_slice */
static void k1_slice(const double *sequence, double *slice, double *slice_2)
{
  enum { width = 2048 };
  for (int64_t i1 = 0; i1 < 14322; i1 += width) {
    const int64_t n1 = 14322 - i1 < width ? 14322 - i1 : width;
    tile_copy_f64(slice + i1, sequence + i1, n1);
    tile_copy_f64(slice_2 + i1, sequence + i1 + 14, n1);
  }
}

/* @ k2_slice */
static void k2_slice(const double *main_, const double *extra, double *slice_10, double *slice_11, double *slice_12, double *slice_13, double *slice_14, double *slice_15, double *slice_16, double *slice_17, double *slice_18, double *reshape_2, double *reshape_3, double *scan_40)
{
  tile_copy_f64(slice_10, main_ + 98, 14);
  tile_copy_f64(slice_11, main_ + 112, 14);
  tile_copy_f64(slice_12, main_ + 126, 14);
  tile_copy_f64(slice_13, main_ + 140, 14);
  tile_copy_f64(slice_14, main_ + 154, 14);
  tile_copy_f64(slice_15, main_ + 168, 14);
  tile_copy_f64(slice_16, main_ + 182, 14);
  tile_copy_f64(slice_17, main_ + 196, 14);
  tile_copy_f64(slice_18, main_ + 210, 14);
  tile_copy_f64(reshape_2, extra + 14, 14);
  tile_copy_f64(reshape_3, extra + 28, 14);
  tile_fill_f64(scan_40, 0.0, 14);
}

/* @ copy to a result */
static void k3_copy(const double *scan, double *scan_row)
{
  tile_copy_f64(scan_row, scan, 14);
}

/* @ copy to a result */
static void k4_copy(const double *scan_2, double *scan_row_2)
{
  tile_copy_f64(scan_row_2, scan_2, 14);
}

/* @ copy to a result */
static void k5_copy(const double *scan_3, double *scan_row_3)
{
  tile_copy_f64(scan_row_3, scan_3, 14);
}

/* @ copy to a result */
static void k6_copy(const double *scan_4, double *scan_row_4)
{
  tile_copy_f64(scan_row_4, scan_4, 14);
}

/* @ mul, add (GradBenchModels/LSTM.swift:65); logistic, sub, mul (GradBenchModels/LSTM.swift:54);
 * logistic, sub, mul (GradBenchModels/LSTM.swift:55);
 * logistic, sub, mul (GradBenchModels/LSTM.swift:56); tanh, mul, sub (GradBenchModels/LSTM.swift:57);
 * tanh, mul, sub (GradBenchModels/LSTM.swift:59) */
static void k7_mul_logistic_tanh(const double *reshape, const double *slice_3, const double *slice_4, const double *slice_5, const double *slice_6, const double *slice_7, const double *slice_8, const double *slice_9, const double *slice_10, const double *slice_11, const double *slice_15, const double *scan, double *scan_2, const double *slice_row, double *scan_row_5, double *scan_row_6, double *scan_row_7, double *scan_row_8, double *scan_row_9, double *scan_row_10, double *scan_row_11, double *scan_row_12, double *scan_row_13, double *scan_row_14, double *scan_row_15, double *scan_row_16, double *scan_row_17, double *scan_row_18, unsigned char *scratch)
{
  double *td0 = (double *)(scratch + 0);
  tile_mul_f64_vv(scan_row_5, slice_row, reshape, 14);
  tile_fma_f64_vvv(td0, slice_3, scan_row_5, slice_7, 14);
  tile_logistic_f64(scan_row_6, td0, 14);
  tile_rsub_self_f64_vs(scan_row_7, scan_row_6, 1.0, 14);
  tile_fma_f64_vvv(td0, scan, slice_4, slice_8, 14);
  tile_logistic_f64(scan_row_8, td0, 14);
  tile_rsub_self_f64_vs(scan_row_9, scan_row_8, 1.0, 14);
  tile_fma_f64_vvv(td0, slice_5, scan_row_5, slice_9, 14);
  tile_logistic_f64(scan_row_10, td0, 14);
  tile_rsub_self_f64_vs(scan_row_11, scan_row_10, 1.0, 14);
  tile_fma_f64_vvv(td0, scan, slice_6, slice_10, 14);
  tile_tanh_f64(scan_row_12, td0, 14);
  tile_fnma_self_f64_vs(scan_row_13, scan_row_12, 1.0, 14);
  tile_mul_mac_f64_vvvv(scan_2, scan_row_8, scan_row_12, scan_2, scan_row_6, 14);
  tile_tanh_f64(scan_row_14, scan_2, 14);
  tile_fnma_self_f64_vs(scan_row_15, scan_row_14, 1.0, 14);
  tile_mul_f64_vv(scan_row_16, scan_row_10, scan_row_14, 14);
  tile_fma_f64_vvv(td0, slice_11, scan_row_16, slice_15, 14);
  tile_logistic_f64(scan_row_17, td0, 14);
  tile_rsub_self_f64_vs(scan_row_18, scan_row_17, 1.0, 14);
}

/* @ mul, add (GradBenchModels/LSTM.swift:65); logistic, sub, mul (GradBenchModels/LSTM.swift:55);
 * logistic, sub, mul (GradBenchModels/LSTM.swift:56); tanh, mul, sub (GradBenchModels/LSTM.swift:57);
 * tanh, mul, sub (GradBenchModels/LSTM.swift:59); exp, reduce_sum (GradBenchModels/LSTM.swift:78) */
static void k8_logistic_mul_tanh(const double *slice_12, const double *slice_13, const double *slice_14, const double *slice_16, const double *slice_17, const double *slice_18, const double *reshape_2, const double *reshape_3, const double *scan_3, double *scan_4, const double *scan_row_16, const double *scan_row_17, double *scan_row_19, double *scan_row_20, double *scan_row_21, double *scan_row_22, double *scan_row_23, double *scan_row_24, double *scan_row_25, double *scan_row_26, double *scan_row_27, double *scan_row_28, double *scan_row_29, unsigned char *scratch)
{
  double *td0 = (double *)(scratch + 0);
  double *ad0 = (double *)(scratch + 512);
  lanes_fill_f64(ad0, 0.0);
  tile_fma_f64_vvv(td0, scan_3, slice_12, slice_16, 14);
  tile_logistic_f64(scan_row_19, td0, 14);
  tile_rsub_self_f64_vs(scan_row_20, scan_row_19, 1.0, 14);
  tile_fma_f64_vvv(td0, slice_13, scan_row_16, slice_17, 14);
  tile_logistic_f64(scan_row_21, td0, 14);
  tile_rsub_self_f64_vs(scan_row_22, scan_row_21, 1.0, 14);
  tile_fma_f64_vvv(td0, scan_3, slice_14, slice_18, 14);
  tile_tanh_f64(scan_row_23, td0, 14);
  tile_fnma_self_f64_vs(scan_row_24, scan_row_23, 1.0, 14);
  tile_mul_mac_f64_vvvv(scan_4, scan_row_19, scan_row_23, scan_4, scan_row_17, 14);
  tile_tanh_f64(scan_row_25, scan_4, 14);
  tile_fnma_self_f64_vs(scan_row_26, scan_row_25, 1.0, 14);
  tile_mul_f64_vv(scan_row_27, scan_row_21, scan_row_25, 14);
  tile_fma_f64_vvv(td0, reshape_2, scan_row_27, reshape_3, 14);
  tile_exp_f64(scan_row_28, td0, 14);
  tile_reduce_add_f64(ad0, scan_row_28, 14);
  scan_row_29[0] = lanes_add_f64(ad0) + 2.0;
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k9_copy(double *scan, const double *scan_row_16)
{
  tile_copy_f64(scan, scan_row_16, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k10_copy(double *scan_3, const double *scan_row_27)
{
  tile_copy_f64(scan_3, scan_row_27, 14);
}

/* @ k19_broadcast */
static void k11_broadcast(double *broadcast)
{
  tile_fill_f64(broadcast, -6.982265046781176e-05, 1023);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k12_copy(double *scan_34, const double *scan_40)
{
  tile_copy_f64(scan_34, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k13_copy(double *scan_35, const double *scan_40)
{
  tile_copy_f64(scan_35, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k14_copy(double *scan_36, const double *scan_40)
{
  tile_copy_f64(scan_36, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k15_copy(double *scan_37, const double *scan_40)
{
  tile_copy_f64(scan_37, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k16_copy(double *scan_38, const double *scan_40)
{
  tile_copy_f64(scan_38, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k17_copy(const double *scan_40, double *concat_4)
{
  tile_copy_f64(concat_4, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k18_copy(const double *scan_40, double *concat_4)
{
  tile_copy_f64(concat_4 + 14, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k19_copy(const double *scan_40, double *concat_4)
{
  tile_copy_f64(concat_4 + 28, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k20_copy(const double *scan_40, double *concat_4)
{
  tile_copy_f64(concat_4 + 42, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k21_copy(const double *scan_40, double *concat_3)
{
  tile_copy_f64(concat_3, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k22_copy(const double *scan_40, double *concat_3)
{
  tile_copy_f64(concat_3 + 14, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k23_copy(const double *scan_40, double *concat_3)
{
  tile_copy_f64(concat_3 + 28, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k24_copy(const double *scan_40, double *concat_3)
{
  tile_copy_f64(concat_3 + 42, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k25_copy(const double *scan_40, double *concat_2)
{
  tile_copy_f64(concat_2, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k26_copy(const double *scan_40, double *concat_2)
{
  tile_copy_f64(concat_2 + 14, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k27_copy(const double *scan_40, double *concat_2)
{
  tile_copy_f64(concat_2 + 28, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k28_copy(const double *scan_40, double *concat_2)
{
  tile_copy_f64(concat_2 + 42, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k29_copy(const double *scan_40, double *concat)
{
  tile_copy_f64(concat, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k30_copy(const double *scan_40, double *concat)
{
  tile_copy_f64(concat + 14, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k31_copy(const double *scan_40, double *concat)
{
  tile_copy_f64(concat + 28, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k32_copy(const double *scan_40, double *concat)
{
  tile_copy_f64(concat + 42, scan_40, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k33_copy(double *scan_39, const double *scan_40)
{
  tile_copy_f64(scan_39, scan_40, 14);
}

/* @ mul, neg, reduce_sum, add (GradBenchModels/LSTM.swift:65);
 * div, mul, add (GradBenchModels/LSTM.swift:78); mul, add (GradBenchModels/LSTM.swift:59);
 * mul (GradBenchModels/LSTM.swift:57); mul (GradBenchModels/LSTM.swift:55);
 * mul (GradBenchModels/LSTM.swift:54); mul (GradBenchModels/LSTM.swift:56); add */
static void k34_reduce_sum_add_mul(const double *slice_3, const double *slice_4, const double *slice_5, const double *slice_6, const double *slice_11, const double *slice_12, const double *slice_13, const double *slice_14, const double *reshape_2, double *scan_34, double *scan_35, double *scan_36, double *scan_37, double *scan_38, double *scan_39, double *scan_40, const double *concat, const double *concat_2, const double *concat_3, const double *concat_4, double *next_scan, double *next_scan_2, double *next_scan_3, double *next_scan_4, double *next_scan_5, double *next_scan_6, double *next_scan_7, double *next_scan_8, double *next_scan_9, double *next_scan_10, double *next_scan_11, double *next_scan_12, double *next_scan_13, double *next_scan_14, double *next_scan_15, double *next_scan_16, const double *broadcast_row, const double *slice_row_2, const double *slice_row_3, const double *scan_row_30, const double *scan_row_31, const double *scan_row_32, const double *scan_row_33, const double *scan_row_34, const double *scan_row_35, const double *scan_row_36, const double *scan_row_37, const double *scan_row_38, const double *scan_row_39, const double *scan_row_40, const double *scan_row_41, const double *scan_row_42, const double *scan_row_43, const double *scan_row_44, const double *scan_row_45, const double *scan_row_46, const double *scan_row_47, const double *scan_row_48, const double *scan_row_49, const double *scan_row_50, const double *scan_row_51, const double *scan_row_52, const double *scan_row_53, const double *scan_row_54, const double *scan_row_55, const double *scan_row_56, const double *scan_row_57, const double *scan_row_58, unsigned char *scratch)
{
  double *td0 = (double *)(scratch + 0);
  double *td1 = (double *)(scratch + 512);
  double *td2 = (double *)(scratch + 1024);
  double *td3 = (double *)(scratch + 1536);
  double *td4 = (double *)(scratch + 2048);
  double *td5 = (double *)(scratch + 2560);
  double *td6 = (double *)(scratch + 3072);
  double *td7 = (double *)(scratch + 3584);
  double *td8 = (double *)(scratch + 4096);
  double *td9 = (double *)(scratch + 4608);
  double *ad0 = (double *)(scratch + 5120);
  double d0;
  lanes_fill_f64(ad0, 0.0);
  tile_mul_f64_vs(td0, slice_row_3, broadcast_row[0], 14);
  tile_neg_f64(td0, td0, 14);
  tile_reduce_add_f64(ad0, td0, 14);
  d0 = lanes_add_f64(ad0) / scan_row_58[0];
  tile_mul_mac_f64_vsvs(td0, scan_row_57, d0, slice_row_3, broadcast_row[0], 14);
  tile_fma_f64_vvv(td1, reshape_2, td0, scan_36, 14);
  tile_mul_fma_f64_vvvv(td2, scan_row_50, td1, scan_row_55, scan_37, 14);
  tile_mul_f64_vv(scan_37, scan_row_46, td2, 14);
  tile_mul_mul_f64_vvv(td3, scan_row_48, td2, scan_row_53, 14);
  tile_mul_mul_f64_vvv(td4, scan_row_52, td2, scan_row_49, 14);
  tile_mul_mac_f64_vvvv(scan_36, slice_12, td4, slice_14, td3, 14);
  tile_mul_mul_f64_vvv(td2, scan_row_33, td2, scan_row_47, 14);
  tile_mul_mul_f64_vvv(td1, scan_row_54, td1, scan_row_51, 14);
  tile_fma_mac_f64_vvvvv(td5, slice_13, td1, scan_34, slice_11, td2, 14);
  tile_mul_fma_f64_vvvv(td6, scan_row_39, td5, scan_row_44, scan_35, 14);
  tile_mul_f64_vv(scan_35, scan_row_35, td6, 14);
  tile_mul_mul_f64_vvv(td7, scan_row_41, td6, scan_row_38, 14);
  tile_mul_mul_f64_vvv(td8, scan_row_37, td6, scan_row_42, 14);
  tile_mul_mac_f64_vvvv(scan_34, slice_4, td7, slice_6, td8, 14);
  tile_mul_mul_f64_vvv(td6, scan_row_31, td6, scan_row_36, 14);
  tile_mul_mul_f64_vvv(td5, scan_row_43, td5, scan_row_40, 14);
  tile_mul_mac_f64_vvvv(td9, slice_3, td6, slice_5, td5, 14);
  tile_fma_f64_vvv(scan_38, slice_row_2, td9, scan_38, 14);
  tile_fma_f64_vvv(next_scan, scan_row_34, td6, concat_4, 14);
  tile_fma_f64_vvv(next_scan_2, scan_row_30, td7, concat_4 + 14, 14);
  tile_fma_f64_vvv(next_scan_3, scan_row_34, td5, concat_4 + 28, 14);
  tile_fma_f64_vvv(next_scan_4, scan_row_30, td8, concat_4 + 42, 14);
  tile_add_f64_vv(next_scan_5, concat_3, td6, 14);
  tile_add_f64_vv(next_scan_6, concat_3 + 14, td7, 14);
  tile_add_f64_vv(next_scan_7, concat_3 + 28, td5, 14);
  tile_add_f64_vv(next_scan_8, concat_3 + 42, td8, 14);
  tile_fma_f64_vvv(next_scan_9, scan_row_45, td2, concat_2, 14);
  tile_fma_f64_vvv(next_scan_10, scan_row_32, td4, concat_2 + 14, 14);
  tile_fma_f64_vvv(next_scan_11, scan_row_45, td1, concat_2 + 28, 14);
  tile_fma_f64_vvv(next_scan_12, scan_row_32, td3, concat_2 + 42, 14);
  tile_add_f64_vv(next_scan_13, concat, td2, 14);
  tile_add_f64_vv(next_scan_14, concat + 14, td4, 14);
  tile_add_f64_vv(next_scan_15, concat + 28, td1, 14);
  tile_add_f64_vv(next_scan_16, concat + 42, td3, 14);
  tile_fma_f64_vvv(scan_39, scan_row_56, td0, scan_39, 14);
  tile_add_f64_vv(scan_40, scan_40, td0, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k35_copy(double *concat_4, const double *next_scan)
{
  tile_copy_f64(concat_4, next_scan, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k36_copy(double *concat_4, const double *next_scan_2)
{
  tile_copy_f64(concat_4 + 14, next_scan_2, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k37_copy(double *concat_4, const double *next_scan_3)
{
  tile_copy_f64(concat_4 + 28, next_scan_3, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k38_copy(double *concat_4, const double *next_scan_4)
{
  tile_copy_f64(concat_4 + 42, next_scan_4, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k39_copy(double *concat_3, const double *next_scan_5)
{
  tile_copy_f64(concat_3, next_scan_5, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k40_copy(double *concat_3, const double *next_scan_6)
{
  tile_copy_f64(concat_3 + 14, next_scan_6, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k41_copy(double *concat_3, const double *next_scan_7)
{
  tile_copy_f64(concat_3 + 28, next_scan_7, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k42_copy(double *concat_3, const double *next_scan_8)
{
  tile_copy_f64(concat_3 + 42, next_scan_8, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k43_copy(double *concat_2, const double *next_scan_9)
{
  tile_copy_f64(concat_2, next_scan_9, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k44_copy(double *concat_2, const double *next_scan_10)
{
  tile_copy_f64(concat_2 + 14, next_scan_10, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k45_copy(double *concat_2, const double *next_scan_11)
{
  tile_copy_f64(concat_2 + 28, next_scan_11, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k46_copy(double *concat_2, const double *next_scan_12)
{
  tile_copy_f64(concat_2 + 42, next_scan_12, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k47_copy(double *concat, const double *next_scan_13)
{
  tile_copy_f64(concat, next_scan_13, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k48_copy(double *concat, const double *next_scan_14)
{
  tile_copy_f64(concat + 14, next_scan_14, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k49_copy(double *concat, const double *next_scan_15)
{
  tile_copy_f64(concat + 28, next_scan_15, 14);
}

/* @ copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k50_copy(double *concat, const double *next_scan_16)
{
  tile_copy_f64(concat + 42, next_scan_16, 14);
}

/* @ concat (GradBenchModels/LSTM.swift:21) */
static void k51_concat(double *result, const double *concat, const double *concat_2, const double *concat_3, const double *concat_4)
{
  tile_copy_f64(result, concat_4, 56);
  tile_copy_f64(result + 56, concat_3, 56);
  tile_copy_f64(result + 112, concat_2, 56);
  tile_copy_f64(result + 168, concat, 56);
}

/* @ concat (GradBenchModels/LSTM.swift:21) */
static void k52_concat(double *result, const double *scan_38, const double *scan_39, const double *scan_40)
{
  tile_copy_f64(result + 224, scan_38, 14);
  tile_copy_f64(result + 238, scan_39, 14);
  tile_copy_f64(result + 252, scan_40, 14);
}

static void jacobian(void *const *buffers)
{
  unsigned char *arena = (unsigned char *)buffers[5];
  const double *main_ = (const double *)buffers[0];
  const double *extra = (const double *)buffers[1];
  const double *state = (const double *)buffers[2];
  const double *sequence = (const double *)buffers[3];
  double *result = (double *)buffers[4];
  double *slice = (double *)(arena + 1536);
  double *slice_2 = (double *)(arena + 116160);
  double *reshape = (double *)(arena + 0);
  double *slice_3 = (double *)(arena + 128);
  double *slice_4 = (double *)(arena + 256);
  double *slice_5 = (double *)(arena + 384);
  double *slice_6 = (double *)(arena + 512);
  double *slice_7 = (double *)(arena + 640);
  double *slice_8 = (double *)(arena + 768);
  double *slice_9 = (double *)(arena + 896);
  double *slice_10 = (double *)(arena + 230784);
  double *slice_11 = (double *)(arena + 230912);
  double *slice_12 = (double *)(arena + 231040);
  double *slice_13 = (double *)(arena + 231168);
  double *slice_14 = (double *)(arena + 231296);
  double *slice_15 = (double *)(arena + 231424);
  double *slice_16 = (double *)(arena + 231552);
  double *slice_17 = (double *)(arena + 231680);
  double *slice_18 = (double *)(arena + 231808);
  double *reshape_2 = (double *)(arena + 231936);
  double *reshape_3 = (double *)(arena + 232064);
  double *scan = (double *)(arena + 1024);
  double *scan_2 = (double *)(arena + 1152);
  double *scan_3 = (double *)(arena + 1280);
  double *scan_4 = (double *)(arena + 1408);
  double *scan_5 = (double *)(arena + 232320);
  double *scan_6 = (double *)(arena + 346944);
  double *scan_7 = (double *)(arena + 461568);
  double *scan_8 = (double *)(arena + 576192);
  double *scan_9 = (double *)(arena + 690816);
  double *scan_10 = (double *)(arena + 805440);
  double *scan_11 = (double *)(arena + 920064);
  double *scan_12 = (double *)(arena + 1034688);
  double *scan_13 = (double *)(arena + 1149312);
  double *scan_14 = (double *)(arena + 1263936);
  double *scan_15 = (double *)(arena + 1378560);
  double *scan_16 = (double *)(arena + 1493184);
  double *scan_17 = (double *)(arena + 1607808);
  double *scan_18 = (double *)(arena + 1722432);
  double *scan_19 = (double *)(arena + 1837056);
  double *scan_20 = (double *)(arena + 1951680);
  double *scan_21 = (double *)(arena + 2066304);
  double *scan_22 = (double *)(arena + 2180928);
  double *scan_23 = (double *)(arena + 2295552);
  double *scan_24 = (double *)(arena + 2410176);
  double *scan_25 = (double *)(arena + 2524800);
  double *scan_26 = (double *)(arena + 2639424);
  double *scan_27 = (double *)(arena + 2754048);
  double *scan_28 = (double *)(arena + 2868672);
  double *scan_29 = (double *)(arena + 2983296);
  double *scan_30 = (double *)(arena + 3097920);
  double *scan_31 = (double *)(arena + 3212544);
  double *scan_32 = (double *)(arena + 3327168);
  double *scan_33 = (double *)(arena + 3441792);
  double *broadcast = (double *)(arena + 3449984);
  double *scan_34 = (double *)(arena + 0);
  double *scan_35 = (double *)(arena + 230784);
  double *scan_36 = (double *)(arena + 232064);
  double *scan_37 = (double *)(arena + 231424);
  double *scan_38 = (double *)(arena + 231552);
  double *scan_39 = (double *)(arena + 231680);
  double *scan_40 = (double *)(arena + 232192);
  double *concat = (double *)(arena + 3458624);
  double *concat_2 = (double *)(arena + 3458176);
  double *concat_3 = (double *)(arena + 1088);
  double *concat_4 = (double *)(arena + 640);
  double *next_scan = (double *)(arena + 231808);
  double *next_scan_2 = (double *)(arena + 3459072);
  double *next_scan_3 = (double *)(arena + 3459200);
  double *next_scan_4 = (double *)(arena + 3459328);
  double *next_scan_5 = (double *)(arena + 3459456);
  double *next_scan_6 = (double *)(arena + 3459584);
  double *next_scan_7 = (double *)(arena + 3459712);
  double *next_scan_8 = (double *)(arena + 3459840);
  double *next_scan_9 = (double *)(arena + 3459968);
  double *next_scan_10 = (double *)(arena + 3460096);
  double *next_scan_11 = (double *)(arena + 3460224);
  double *next_scan_12 = (double *)(arena + 3460352);
  double *next_scan_13 = (double *)(arena + 3460480);
  double *next_scan_14 = (double *)(arena + 3460608);
  double *next_scan_15 = (double *)(arena + 3460736);
  double *next_scan_16 = (double *)(arena + 3460864);
  k0_reshape_slice(main_, extra, state, reshape, slice_3, slice_4, slice_5, slice_6, slice_7, slice_8, slice_9, scan, scan_2, scan_3, scan_4);
  k1_slice(sequence, slice, slice_2);
  k2_slice(main_, extra, slice_10, slice_11, slice_12, slice_13, slice_14, slice_15, slice_16, slice_17, slice_18, reshape_2, reshape_3, scan_40);
  /* @ scan (GradBenchModels/LSTM.swift:70) */
  for (int64_t t = 0; t < 1023; ++t) {
    const double *slice_row = slice + 14 * t;
    double *scan_row = scan_5 + 14 * t;
    double *scan_row_2 = scan_6 + 14 * t;
    double *scan_row_3 = scan_7 + 14 * t;
    double *scan_row_4 = scan_8 + 14 * t;
    double *scan_row_5 = scan_9 + 14 * t;
    double *scan_row_6 = scan_10 + 14 * t;
    double *scan_row_7 = scan_11 + 14 * t;
    double *scan_row_8 = scan_12 + 14 * t;
    double *scan_row_9 = scan_13 + 14 * t;
    double *scan_row_10 = scan_14 + 14 * t;
    double *scan_row_11 = scan_15 + 14 * t;
    double *scan_row_12 = scan_16 + 14 * t;
    double *scan_row_13 = scan_17 + 14 * t;
    double *scan_row_14 = scan_18 + 14 * t;
    double *scan_row_15 = scan_19 + 14 * t;
    double *scan_row_16 = scan_20 + 14 * t;
    double *scan_row_17 = scan_21 + 14 * t;
    double *scan_row_18 = scan_22 + 14 * t;
    double *scan_row_19 = scan_23 + 14 * t;
    double *scan_row_20 = scan_24 + 14 * t;
    double *scan_row_21 = scan_25 + 14 * t;
    double *scan_row_22 = scan_26 + 14 * t;
    double *scan_row_23 = scan_27 + 14 * t;
    double *scan_row_24 = scan_28 + 14 * t;
    double *scan_row_25 = scan_29 + 14 * t;
    double *scan_row_26 = scan_30 + 14 * t;
    double *scan_row_27 = scan_31 + 14 * t;
    double *scan_row_28 = scan_32 + 14 * t;
    double *scan_row_29 = scan_33 + t;
    k3_copy(scan, scan_row);
    k4_copy(scan_2, scan_row_2);
    k5_copy(scan_3, scan_row_3);
    k6_copy(scan_4, scan_row_4);
    k7_mul_logistic_tanh(reshape, slice_3, slice_4, slice_5, slice_6, slice_7, slice_8, slice_9, slice_10, slice_11, slice_15, scan, scan_2, slice_row, scan_row_5, scan_row_6, scan_row_7, scan_row_8, scan_row_9, scan_row_10, scan_row_11, scan_row_12, scan_row_13, scan_row_14, scan_row_15, scan_row_16, scan_row_17, scan_row_18, arena + 3460992);
    k8_logistic_mul_tanh(slice_12, slice_13, slice_14, slice_16, slice_17, slice_18, reshape_2, reshape_3, scan_3, scan_4, scan_row_16, scan_row_17, scan_row_19, scan_row_20, scan_row_21, scan_row_22, scan_row_23, scan_row_24, scan_row_25, scan_row_26, scan_row_27, scan_row_28, scan_row_29, arena + 3460992);
    k9_copy(scan, scan_row_16);
    k10_copy(scan_3, scan_row_27);
  }
  k11_broadcast(broadcast);
  k12_copy(scan_34, scan_40);
  k13_copy(scan_35, scan_40);
  k14_copy(scan_36, scan_40);
  k15_copy(scan_37, scan_40);
  k16_copy(scan_38, scan_40);
  k17_copy(scan_40, concat_4);
  k18_copy(scan_40, concat_4);
  k19_copy(scan_40, concat_4);
  k20_copy(scan_40, concat_4);
  k21_copy(scan_40, concat_3);
  k22_copy(scan_40, concat_3);
  k23_copy(scan_40, concat_3);
  k24_copy(scan_40, concat_3);
  k25_copy(scan_40, concat_2);
  k26_copy(scan_40, concat_2);
  k27_copy(scan_40, concat_2);
  k28_copy(scan_40, concat_2);
  k29_copy(scan_40, concat);
  k30_copy(scan_40, concat);
  k31_copy(scan_40, concat);
  k32_copy(scan_40, concat);
  k33_copy(scan_39, scan_40);
  /* @ scan (GradBenchModels/LSTM.swift:70) */
  for (int64_t t = 0; t < 1023; ++t) {
    const double *broadcast_row = broadcast + 1022 - t;
    const double *slice_row_2 = slice + 14308 - 14 * t;
    const double *slice_row_3 = slice_2 + 14308 - 14 * t;
    const double *scan_row_30 = scan_5 + 14308 - 14 * t;
    const double *scan_row_31 = scan_6 + 14308 - 14 * t;
    const double *scan_row_32 = scan_7 + 14308 - 14 * t;
    const double *scan_row_33 = scan_8 + 14308 - 14 * t;
    const double *scan_row_34 = scan_9 + 14308 - 14 * t;
    const double *scan_row_35 = scan_10 + 14308 - 14 * t;
    const double *scan_row_36 = scan_11 + 14308 - 14 * t;
    const double *scan_row_37 = scan_12 + 14308 - 14 * t;
    const double *scan_row_38 = scan_13 + 14308 - 14 * t;
    const double *scan_row_39 = scan_14 + 14308 - 14 * t;
    const double *scan_row_40 = scan_15 + 14308 - 14 * t;
    const double *scan_row_41 = scan_16 + 14308 - 14 * t;
    const double *scan_row_42 = scan_17 + 14308 - 14 * t;
    const double *scan_row_43 = scan_18 + 14308 - 14 * t;
    const double *scan_row_44 = scan_19 + 14308 - 14 * t;
    const double *scan_row_45 = scan_20 + 14308 - 14 * t;
    const double *scan_row_46 = scan_21 + 14308 - 14 * t;
    const double *scan_row_47 = scan_22 + 14308 - 14 * t;
    const double *scan_row_48 = scan_23 + 14308 - 14 * t;
    const double *scan_row_49 = scan_24 + 14308 - 14 * t;
    const double *scan_row_50 = scan_25 + 14308 - 14 * t;
    const double *scan_row_51 = scan_26 + 14308 - 14 * t;
    const double *scan_row_52 = scan_27 + 14308 - 14 * t;
    const double *scan_row_53 = scan_28 + 14308 - 14 * t;
    const double *scan_row_54 = scan_29 + 14308 - 14 * t;
    const double *scan_row_55 = scan_30 + 14308 - 14 * t;
    const double *scan_row_56 = scan_31 + 14308 - 14 * t;
    const double *scan_row_57 = scan_32 + 14308 - 14 * t;
    const double *scan_row_58 = scan_33 + 1022 - t;
    k34_reduce_sum_add_mul(slice_3, slice_4, slice_5, slice_6, slice_11, slice_12, slice_13, slice_14, reshape_2, scan_34, scan_35, scan_36, scan_37, scan_38, scan_39, scan_40, concat, concat_2, concat_3, concat_4, next_scan, next_scan_2, next_scan_3, next_scan_4, next_scan_5, next_scan_6, next_scan_7, next_scan_8, next_scan_9, next_scan_10, next_scan_11, next_scan_12, next_scan_13, next_scan_14, next_scan_15, next_scan_16, broadcast_row, slice_row_2, slice_row_3, scan_row_30, scan_row_31, scan_row_32, scan_row_33, scan_row_34, scan_row_35, scan_row_36, scan_row_37, scan_row_38, scan_row_39, scan_row_40, scan_row_41, scan_row_42, scan_row_43, scan_row_44, scan_row_45, scan_row_46, scan_row_47, scan_row_48, scan_row_49, scan_row_50, scan_row_51, scan_row_52, scan_row_53, scan_row_54, scan_row_55, scan_row_56, scan_row_57, scan_row_58, arena + 3460992);
    k35_copy(concat_4, next_scan);
    k36_copy(concat_4, next_scan_2);
    k37_copy(concat_4, next_scan_3);
    k38_copy(concat_4, next_scan_4);
    k39_copy(concat_3, next_scan_5);
    k40_copy(concat_3, next_scan_6);
    k41_copy(concat_3, next_scan_7);
    k42_copy(concat_3, next_scan_8);
    k43_copy(concat_2, next_scan_9);
    k44_copy(concat_2, next_scan_10);
    k45_copy(concat_2, next_scan_11);
    k46_copy(concat_2, next_scan_12);
    k47_copy(concat, next_scan_13);
    k48_copy(concat, next_scan_14);
    k49_copy(concat, next_scan_15);
    k50_copy(concat, next_scan_16);
  }
  k51_concat(result, concat, concat_2, concat_3, concat_4);
  k52_concat(result, scan_38, scan_39, scan_40);
}

int gradc_entry(void *const *buffers)
{
  jacobian(buffers);
  return 0;
}
