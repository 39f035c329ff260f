/*
 * jacobian
 *   in  main_: f64[4,56]  main
 *   in  extra: f64[3,14]
 *   in  state: f64[4,14]
 *   in  sequence: f64[1024,14]
 *   out result: f64[266]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "portable.h"
#include <math.h>

static double logistic_f64(double x)
{
  return 1.0 / (1.0 + exp(-x));
}

/* k0_reshape_slice */
static void k0_reshape_slice(const double *restrict main_, const double *restrict extra, const double *restrict state, double *restrict reshape, double *restrict slice_3, double *restrict slice_4, double *restrict slice_5, double *restrict slice_6, double *restrict slice_7, double *restrict slice_8, double *restrict slice_9, double *restrict scan, double *restrict scan_2, double *restrict scan_3, double *restrict scan_4)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    scan[i0] = state[i0];
    scan_2[i0] = state[i0 + 14];
    scan_3[i0] = state[i0 + 28];
    scan_4[i0] = state[i0 + 42];
    reshape[i0] = extra[i0];
    slice_3[i0] = main_[i0];
    slice_4[i0] = main_[i0 + 14];
    slice_5[i0] = main_[i0 + 28];
    slice_6[i0] = main_[i0 + 42];
    slice_7[i0] = main_[i0 + 56];
    slice_8[i0] = main_[i0 + 70];
    slice_9[i0] = main_[i0 + 84];
  }
}

/* k1_slice */
static void k1_slice(const double *restrict sequence, double *restrict slice, double *restrict slice_2)
{
  for (int64_t i1 = 0; i1 < 14322; ++i1) {
    slice[i1] = sequence[i1];
    slice_2[i1] = sequence[i1 + 14];
  }
}

/* k2_slice */
static void k2_slice(const double *restrict main_, const double *restrict extra, double *restrict slice_10, double *restrict slice_11, double *restrict slice_12, double *restrict slice_13, double *restrict slice_14, double *restrict slice_15, double *restrict slice_16, double *restrict slice_17, double *restrict slice_18, double *restrict reshape_2, double *restrict reshape_3, double *restrict scan_40)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    slice_10[i0] = main_[i0 + 98];
    slice_11[i0] = main_[i0 + 112];
    slice_12[i0] = main_[i0 + 126];
    slice_13[i0] = main_[i0 + 140];
    slice_14[i0] = main_[i0 + 154];
    slice_15[i0] = main_[i0 + 168];
    slice_16[i0] = main_[i0 + 182];
    slice_17[i0] = main_[i0 + 196];
    slice_18[i0] = main_[i0 + 210];
    reshape_2[i0] = extra[i0 + 14];
    reshape_3[i0] = extra[i0 + 28];
    scan_40[i0] = 0.0;
  }
}

/* copy to a result */
static void k3_copy(const double *restrict scan, double *restrict scan_row)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    scan_row[i0] = scan[i0];
  }
}

/* copy to a result */
static void k4_copy(const double *restrict scan_2, double *restrict scan_row_2)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    scan_row_2[i0] = scan_2[i0];
  }
}

/* copy to a result */
static void k5_copy(const double *restrict scan_3, double *restrict scan_row_3)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    scan_row_3[i0] = scan_3[i0];
  }
}

/* copy to a result */
static void k6_copy(const double *restrict scan_4, double *restrict scan_row_4)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    scan_row_4[i0] = scan_4[i0];
  }
}

/* mul, add (GradBenchModels/LSTM.swift:65); logistic, sub, mul (GradBenchModels/LSTM.swift:54);
 * logistic, sub, mul (GradBenchModels/LSTM.swift:55);
 * logistic, sub, mul (GradBenchModels/LSTM.swift:56); tanh, mul, sub (GradBenchModels/LSTM.swift:57);
 * tanh, mul, sub (GradBenchModels/LSTM.swift:59) */
static void k7_mul_logistic_tanh(const double *restrict reshape, const double *restrict slice_3, const double *restrict slice_4, const double *restrict slice_5, const double *restrict slice_6, const double *restrict slice_7, const double *restrict slice_8, const double *restrict slice_9, const double *restrict slice_10, const double *restrict slice_11, const double *restrict slice_15, const double *restrict scan, double *restrict scan_2, const double *restrict slice_row, double *restrict scan_row_5, double *restrict scan_row_6, double *restrict scan_row_7, double *restrict scan_row_8, double *restrict scan_row_9, double *restrict scan_row_10, double *restrict scan_row_11, double *restrict scan_row_12, double *restrict scan_row_13, double *restrict scan_row_14, double *restrict scan_row_15, double *restrict scan_row_16, double *restrict scan_row_17, double *restrict scan_row_18)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    const double v0 = slice_row[i0] * reshape[i0];
    scan_row_5[i0] = v0;
    const double v1 = logistic_f64(slice_7[i0] + (slice_3[i0] * v0));
    scan_row_6[i0] = v1;
    scan_row_7[i0] = v1 * (1.0 - v1);
    const double v2 = scan[i0];
    const double v3 = logistic_f64(slice_8[i0] + (v2 * slice_4[i0]));
    scan_row_8[i0] = v3;
    scan_row_9[i0] = v3 * (1.0 - v3);
    const double v4 = logistic_f64(slice_9[i0] + (slice_5[i0] * v0));
    scan_row_10[i0] = v4;
    scan_row_11[i0] = v4 * (1.0 - v4);
    const double v5 = tanh(slice_10[i0] + (v2 * slice_6[i0]));
    scan_row_12[i0] = v5;
    scan_row_13[i0] = 1.0 - (v5 * v5);
    const double v6 = scan_2[i0];
    const double v7 = (v6 * v1) + (v3 * v5);
    scan_2[i0] = v7;
    const double v8 = tanh(v7);
    scan_row_14[i0] = v8;
    scan_row_15[i0] = 1.0 - (v8 * v8);
    const double v9 = v4 * v8;
    scan_row_16[i0] = v9;
    const double v10 = logistic_f64(slice_15[i0] + (slice_11[i0] * v9));
    scan_row_17[i0] = v10;
    scan_row_18[i0] = v10 * (1.0 - v10);
  }
}

/* mul, add (GradBenchModels/LSTM.swift:65); logistic, sub, mul (GradBenchModels/LSTM.swift:55);
 * logistic, sub, mul (GradBenchModels/LSTM.swift:56); tanh, mul, sub (GradBenchModels/LSTM.swift:57);
 * tanh, mul, sub (GradBenchModels/LSTM.swift:59); exp, reduce_sum (GradBenchModels/LSTM.swift:78) */
static void k8_logistic_mul_tanh(const double *restrict slice_12, const double *restrict slice_13, const double *restrict slice_14, const double *restrict slice_16, const double *restrict slice_17, const double *restrict slice_18, const double *restrict reshape_2, const double *restrict reshape_3, const double *restrict scan_3, double *restrict scan_4, const double *restrict scan_row_16, const double *restrict scan_row_17, double *restrict scan_row_19, double *restrict scan_row_20, double *restrict scan_row_21, double *restrict scan_row_22, double *restrict scan_row_23, double *restrict scan_row_24, double *restrict scan_row_25, double *restrict scan_row_26, double *restrict scan_row_27, double *restrict scan_row_28, double *restrict scan_row_29)
{
  double v0 = 0.0;
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    const double v1 = scan_3[i0];
    const double v2 = logistic_f64(slice_16[i0] + (v1 * slice_12[i0]));
    scan_row_19[i0] = v2;
    scan_row_20[i0] = v2 * (1.0 - v2);
    const double v3 = logistic_f64(slice_17[i0] + (slice_13[i0] * scan_row_16[i0]));
    scan_row_21[i0] = v3;
    scan_row_22[i0] = v3 * (1.0 - v3);
    const double v4 = tanh(slice_18[i0] + (v1 * slice_14[i0]));
    scan_row_23[i0] = v4;
    scan_row_24[i0] = 1.0 - (v4 * v4);
    const double v5 = scan_4[i0];
    const double v6 = (v5 * scan_row_17[i0]) + (v2 * v4);
    scan_4[i0] = v6;
    const double v7 = tanh(v6);
    scan_row_25[i0] = v7;
    scan_row_26[i0] = 1.0 - (v7 * v7);
    const double v8 = v3 * v7;
    scan_row_27[i0] = v8;
    const double v9 = exp(reshape_3[i0] + (reshape_2[i0] * v8));
    v0 += v9;
    scan_row_28[i0] = v9;
  }
  scan_row_29[0] = v0 + 2.0;
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k9_copy(double *restrict scan, const double *restrict scan_row_16)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    scan[i0] = scan_row_16[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k10_copy(double *restrict scan_3, const double *restrict scan_row_27)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    scan_3[i0] = scan_row_27[i0];
  }
}

/* k19_broadcast */
static void k11_broadcast(double *restrict broadcast)
{
  for (int64_t i0 = 0; i0 < 1023; ++i0) {
    broadcast[i0] = -6.982265046781176e-05;
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k12_copy(double *restrict scan_34, const double *restrict scan_40)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    scan_34[i0] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k13_copy(double *restrict scan_35, const double *restrict scan_40)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    scan_35[i0] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k14_copy(double *restrict scan_36, const double *restrict scan_40)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    scan_36[i0] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k15_copy(double *restrict scan_37, const double *restrict scan_40)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    scan_37[i0] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k16_copy(double *restrict scan_38, const double *restrict scan_40)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    scan_38[i0] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k17_copy(const double *restrict scan_40, double *restrict concat_4)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_4[i0] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k18_copy(const double *restrict scan_40, double *restrict concat_4)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_4[i0 + 14] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k19_copy(const double *restrict scan_40, double *restrict concat_4)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_4[i0 + 28] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k20_copy(const double *restrict scan_40, double *restrict concat_4)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_4[i0 + 42] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k21_copy(const double *restrict scan_40, double *restrict concat_3)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_3[i0] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k22_copy(const double *restrict scan_40, double *restrict concat_3)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_3[i0 + 14] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k23_copy(const double *restrict scan_40, double *restrict concat_3)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_3[i0 + 28] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k24_copy(const double *restrict scan_40, double *restrict concat_3)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_3[i0 + 42] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k25_copy(const double *restrict scan_40, double *restrict concat_2)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_2[i0] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k26_copy(const double *restrict scan_40, double *restrict concat_2)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_2[i0 + 14] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k27_copy(const double *restrict scan_40, double *restrict concat_2)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_2[i0 + 28] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k28_copy(const double *restrict scan_40, double *restrict concat_2)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_2[i0 + 42] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k29_copy(const double *restrict scan_40, double *restrict concat)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat[i0] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k30_copy(const double *restrict scan_40, double *restrict concat)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat[i0 + 14] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k31_copy(const double *restrict scan_40, double *restrict concat)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat[i0 + 28] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k32_copy(const double *restrict scan_40, double *restrict concat)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat[i0 + 42] = scan_40[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k33_copy(double *restrict scan_39, const double *restrict scan_40)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    scan_39[i0] = scan_40[i0];
  }
}

/* mul, neg, reduce_sum, add (GradBenchModels/LSTM.swift:65);
 * div, mul, add (GradBenchModels/LSTM.swift:78); mul, add (GradBenchModels/LSTM.swift:59);
 * mul (GradBenchModels/LSTM.swift:57); mul (GradBenchModels/LSTM.swift:55);
 * mul (GradBenchModels/LSTM.swift:54); mul (GradBenchModels/LSTM.swift:56); add */
static void k34_reduce_sum_add_mul(const double *restrict slice_3, const double *restrict slice_4, const double *restrict slice_5, const double *restrict slice_6, const double *restrict slice_11, const double *restrict slice_12, const double *restrict slice_13, const double *restrict slice_14, const double *restrict reshape_2, double *restrict scan_34, double *restrict scan_35, double *restrict scan_36, double *restrict scan_37, double *restrict scan_38, double *restrict scan_39, double *restrict scan_40, const double *restrict concat, const double *restrict concat_2, const double *restrict concat_3, const double *restrict concat_4, double *restrict next_scan, double *restrict next_scan_2, double *restrict next_scan_3, double *restrict next_scan_4, double *restrict next_scan_5, double *restrict next_scan_6, double *restrict next_scan_7, double *restrict next_scan_8, double *restrict next_scan_9, double *restrict next_scan_10, double *restrict next_scan_11, double *restrict next_scan_12, double *restrict next_scan_13, double *restrict next_scan_14, double *restrict next_scan_15, double *restrict next_scan_16, const double *restrict broadcast_row, const double *restrict slice_row_2, const double *restrict slice_row_3, const double *restrict scan_row_30, const double *restrict scan_row_31, const double *restrict scan_row_32, const double *restrict scan_row_33, const double *restrict scan_row_34, const double *restrict scan_row_35, const double *restrict scan_row_36, const double *restrict scan_row_37, const double *restrict scan_row_38, const double *restrict scan_row_39, const double *restrict scan_row_40, const double *restrict scan_row_41, const double *restrict scan_row_42, const double *restrict scan_row_43, const double *restrict scan_row_44, const double *restrict scan_row_45, const double *restrict scan_row_46, const double *restrict scan_row_47, const double *restrict scan_row_48, const double *restrict scan_row_49, const double *restrict scan_row_50, const double *restrict scan_row_51, const double *restrict scan_row_52, const double *restrict scan_row_53, const double *restrict scan_row_54, const double *restrict scan_row_55, const double *restrict scan_row_56, const double *restrict scan_row_57, const double *restrict scan_row_58)
{
  double v0 = 0.0;
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    v0 += -(slice_row_3[i0] * broadcast_row[0]);
  }
  const double v1 = v0 / scan_row_58[0];
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    const double v2 = (slice_row_3[i0] * broadcast_row[0]) + (scan_row_57[i0] * v1);
    const double v3 = scan_36[i0];
    const double v4 = v3 + (reshape_2[i0] * v2);
    const double v5 = scan_37[i0];
    const double v6 = v5 + (scan_row_55[i0] * (scan_row_50[i0] * v4));
    scan_37[i0] = scan_row_46[i0] * v6;
    const double v7 = scan_row_53[i0] * (scan_row_48[i0] * v6);
    const double v8 = scan_row_49[i0] * (scan_row_52[i0] * v6);
    scan_36[i0] = (slice_14[i0] * v7) + (slice_12[i0] * v8);
    const double v9 = scan_row_47[i0] * (scan_row_33[i0] * v6);
    const double v10 = scan_row_51[i0] * (scan_row_54[i0] * v4);
    const double v11 = scan_34[i0];
    const double v12 = (v11 + (slice_13[i0] * v10)) + (slice_11[i0] * v9);
    const double v13 = scan_35[i0];
    const double v14 = v13 + (scan_row_44[i0] * (scan_row_39[i0] * v12));
    scan_35[i0] = scan_row_35[i0] * v14;
    const double v15 = scan_row_38[i0] * (scan_row_41[i0] * v14);
    const double v16 = scan_row_42[i0] * (scan_row_37[i0] * v14);
    scan_34[i0] = (slice_6[i0] * v16) + (slice_4[i0] * v15);
    const double v17 = scan_row_36[i0] * (scan_row_31[i0] * v14);
    const double v18 = scan_row_40[i0] * (scan_row_43[i0] * v12);
    const double v19 = scan_38[i0];
    scan_38[i0] = v19 + (slice_row_2[i0] * ((slice_5[i0] * v18) + (slice_3[i0] * v17)));
    const double v20 = scan_row_34[i0];
    next_scan[i0] = concat_4[i0] + (v20 * v17);
    const double v21 = scan_row_30[i0];
    next_scan_2[i0] = concat_4[i0 + 14] + (v21 * v15);
    next_scan_3[i0] = concat_4[i0 + 28] + (v20 * v18);
    next_scan_4[i0] = concat_4[i0 + 42] + (v21 * v16);
    next_scan_5[i0] = concat_3[i0] + v17;
    next_scan_6[i0] = concat_3[i0 + 14] + v15;
    next_scan_7[i0] = concat_3[i0 + 28] + v18;
    next_scan_8[i0] = concat_3[i0 + 42] + v16;
    const double v22 = scan_row_45[i0];
    next_scan_9[i0] = concat_2[i0] + (v22 * v9);
    const double v23 = scan_row_32[i0];
    next_scan_10[i0] = concat_2[i0 + 14] + (v23 * v8);
    next_scan_11[i0] = concat_2[i0 + 28] + (v22 * v10);
    next_scan_12[i0] = concat_2[i0 + 42] + (v23 * v7);
    next_scan_13[i0] = concat[i0] + v9;
    next_scan_14[i0] = concat[i0 + 14] + v8;
    next_scan_15[i0] = concat[i0 + 28] + v10;
    next_scan_16[i0] = concat[i0 + 42] + v7;
    const double v24 = scan_39[i0];
    scan_39[i0] = v24 + (scan_row_56[i0] * v2);
    const double v25 = scan_40[i0];
    scan_40[i0] = v25 + v2;
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k35_copy(double *restrict concat_4, const double *restrict next_scan)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_4[i0] = next_scan[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k36_copy(double *restrict concat_4, const double *restrict next_scan_2)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_4[i0 + 14] = next_scan_2[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k37_copy(double *restrict concat_4, const double *restrict next_scan_3)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_4[i0 + 28] = next_scan_3[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k38_copy(double *restrict concat_4, const double *restrict next_scan_4)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_4[i0 + 42] = next_scan_4[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k39_copy(double *restrict concat_3, const double *restrict next_scan_5)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_3[i0] = next_scan_5[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k40_copy(double *restrict concat_3, const double *restrict next_scan_6)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_3[i0 + 14] = next_scan_6[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k41_copy(double *restrict concat_3, const double *restrict next_scan_7)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_3[i0 + 28] = next_scan_7[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k42_copy(double *restrict concat_3, const double *restrict next_scan_8)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_3[i0 + 42] = next_scan_8[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k43_copy(double *restrict concat_2, const double *restrict next_scan_9)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_2[i0] = next_scan_9[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k44_copy(double *restrict concat_2, const double *restrict next_scan_10)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_2[i0 + 14] = next_scan_10[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k45_copy(double *restrict concat_2, const double *restrict next_scan_11)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_2[i0 + 28] = next_scan_11[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k46_copy(double *restrict concat_2, const double *restrict next_scan_12)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat_2[i0 + 42] = next_scan_12[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k47_copy(double *restrict concat, const double *restrict next_scan_13)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat[i0] = next_scan_13[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k48_copy(double *restrict concat, const double *restrict next_scan_14)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat[i0 + 14] = next_scan_14[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k49_copy(double *restrict concat, const double *restrict next_scan_15)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat[i0 + 28] = next_scan_15[i0];
  }
}

/* copy of a carry: scan (GradBenchModels/LSTM.swift:70) */
static void k50_copy(double *restrict concat, const double *restrict next_scan_16)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    concat[i0 + 42] = next_scan_16[i0];
  }
}

/* concat (GradBenchModels/LSTM.swift:21) */
static void k51_concat(double *restrict result, const double *restrict concat, const double *restrict concat_2, const double *restrict concat_3, const double *restrict concat_4)
{
  for (int64_t i0 = 0; i0 < 56; ++i0) {
    result[i0] = concat_4[i0];
    result[i0 + 56] = concat_3[i0];
    result[i0 + 112] = concat_2[i0];
    result[i0 + 168] = concat[i0];
  }
}

/* concat (GradBenchModels/LSTM.swift:21) */
static void k52_concat(double *restrict result, const double *restrict scan_38, const double *restrict scan_39, const double *restrict scan_40)
{
  for (int64_t i0 = 0; i0 < 14; ++i0) {
    result[i0 + 224] = scan_38[i0];
    result[i0 + 238] = scan_39[i0];
    result[i0 + 252] = scan_40[i0];
  }
}

void jacobian(const double *main_, const double *extra, const double *state, const double *sequence, double *result, void *workspace)
{
  double *slice = (double *)((unsigned char *)workspace + 1536);
  double *slice_2 = (double *)((unsigned char *)workspace + 116160);
  double *reshape = (double *)((unsigned char *)workspace + 0);
  double *slice_3 = (double *)((unsigned char *)workspace + 128);
  double *slice_4 = (double *)((unsigned char *)workspace + 256);
  double *slice_5 = (double *)((unsigned char *)workspace + 384);
  double *slice_6 = (double *)((unsigned char *)workspace + 512);
  double *slice_7 = (double *)((unsigned char *)workspace + 640);
  double *slice_8 = (double *)((unsigned char *)workspace + 768);
  double *slice_9 = (double *)((unsigned char *)workspace + 896);
  double *slice_10 = (double *)((unsigned char *)workspace + 230784);
  double *slice_11 = (double *)((unsigned char *)workspace + 230912);
  double *slice_12 = (double *)((unsigned char *)workspace + 231040);
  double *slice_13 = (double *)((unsigned char *)workspace + 231168);
  double *slice_14 = (double *)((unsigned char *)workspace + 231296);
  double *slice_15 = (double *)((unsigned char *)workspace + 231424);
  double *slice_16 = (double *)((unsigned char *)workspace + 231552);
  double *slice_17 = (double *)((unsigned char *)workspace + 231680);
  double *slice_18 = (double *)((unsigned char *)workspace + 231808);
  double *reshape_2 = (double *)((unsigned char *)workspace + 231936);
  double *reshape_3 = (double *)((unsigned char *)workspace + 232064);
  double *scan = (double *)((unsigned char *)workspace + 1024);
  double *scan_2 = (double *)((unsigned char *)workspace + 1152);
  double *scan_3 = (double *)((unsigned char *)workspace + 1280);
  double *scan_4 = (double *)((unsigned char *)workspace + 1408);
  double *scan_5 = (double *)((unsigned char *)workspace + 232320);
  double *scan_6 = (double *)((unsigned char *)workspace + 346944);
  double *scan_7 = (double *)((unsigned char *)workspace + 461568);
  double *scan_8 = (double *)((unsigned char *)workspace + 576192);
  double *scan_9 = (double *)((unsigned char *)workspace + 690816);
  double *scan_10 = (double *)((unsigned char *)workspace + 805440);
  double *scan_11 = (double *)((unsigned char *)workspace + 920064);
  double *scan_12 = (double *)((unsigned char *)workspace + 1034688);
  double *scan_13 = (double *)((unsigned char *)workspace + 1149312);
  double *scan_14 = (double *)((unsigned char *)workspace + 1263936);
  double *scan_15 = (double *)((unsigned char *)workspace + 1378560);
  double *scan_16 = (double *)((unsigned char *)workspace + 1493184);
  double *scan_17 = (double *)((unsigned char *)workspace + 1607808);
  double *scan_18 = (double *)((unsigned char *)workspace + 1722432);
  double *scan_19 = (double *)((unsigned char *)workspace + 1837056);
  double *scan_20 = (double *)((unsigned char *)workspace + 1951680);
  double *scan_21 = (double *)((unsigned char *)workspace + 2066304);
  double *scan_22 = (double *)((unsigned char *)workspace + 2180928);
  double *scan_23 = (double *)((unsigned char *)workspace + 2295552);
  double *scan_24 = (double *)((unsigned char *)workspace + 2410176);
  double *scan_25 = (double *)((unsigned char *)workspace + 2524800);
  double *scan_26 = (double *)((unsigned char *)workspace + 2639424);
  double *scan_27 = (double *)((unsigned char *)workspace + 2754048);
  double *scan_28 = (double *)((unsigned char *)workspace + 2868672);
  double *scan_29 = (double *)((unsigned char *)workspace + 2983296);
  double *scan_30 = (double *)((unsigned char *)workspace + 3097920);
  double *scan_31 = (double *)((unsigned char *)workspace + 3212544);
  double *scan_32 = (double *)((unsigned char *)workspace + 3327168);
  double *scan_33 = (double *)((unsigned char *)workspace + 3441792);
  double *broadcast = (double *)((unsigned char *)workspace + 3449984);
  double *scan_34 = (double *)((unsigned char *)workspace + 0);
  double *scan_35 = (double *)((unsigned char *)workspace + 230784);
  double *scan_36 = (double *)((unsigned char *)workspace + 232064);
  double *scan_37 = (double *)((unsigned char *)workspace + 231424);
  double *scan_38 = (double *)((unsigned char *)workspace + 231552);
  double *scan_39 = (double *)((unsigned char *)workspace + 231680);
  double *scan_40 = (double *)((unsigned char *)workspace + 232192);
  double *concat = (double *)((unsigned char *)workspace + 3458624);
  double *concat_2 = (double *)((unsigned char *)workspace + 3458176);
  double *concat_3 = (double *)((unsigned char *)workspace + 1088);
  double *concat_4 = (double *)((unsigned char *)workspace + 640);
  double *next_scan = (double *)((unsigned char *)workspace + 231808);
  double *next_scan_2 = (double *)((unsigned char *)workspace + 3459072);
  double *next_scan_3 = (double *)((unsigned char *)workspace + 3459200);
  double *next_scan_4 = (double *)((unsigned char *)workspace + 3459328);
  double *next_scan_5 = (double *)((unsigned char *)workspace + 3459456);
  double *next_scan_6 = (double *)((unsigned char *)workspace + 3459584);
  double *next_scan_7 = (double *)((unsigned char *)workspace + 3459712);
  double *next_scan_8 = (double *)((unsigned char *)workspace + 3459840);
  double *next_scan_9 = (double *)((unsigned char *)workspace + 3459968);
  double *next_scan_10 = (double *)((unsigned char *)workspace + 3460096);
  double *next_scan_11 = (double *)((unsigned char *)workspace + 3460224);
  double *next_scan_12 = (double *)((unsigned char *)workspace + 3460352);
  double *next_scan_13 = (double *)((unsigned char *)workspace + 3460480);
  double *next_scan_14 = (double *)((unsigned char *)workspace + 3460608);
  double *next_scan_15 = (double *)((unsigned char *)workspace + 3460736);
  double *next_scan_16 = (double *)((unsigned char *)workspace + 3460864);
  k0_reshape_slice(main_, extra, state, reshape, slice_3, slice_4, slice_5, slice_6, slice_7, slice_8, slice_9, scan, scan_2, scan_3, scan_4);
  k1_slice(sequence, slice, slice_2);
  k2_slice(main_, extra, slice_10, slice_11, slice_12, slice_13, slice_14, slice_15, slice_16, slice_17, slice_18, reshape_2, reshape_3, scan_40);
  /* scan (GradBenchModels/LSTM.swift:70) */
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
    k7_mul_logistic_tanh(reshape, slice_3, slice_4, slice_5, slice_6, slice_7, slice_8, slice_9, slice_10, slice_11, slice_15, scan, scan_2, slice_row, scan_row_5, scan_row_6, scan_row_7, scan_row_8, scan_row_9, scan_row_10, scan_row_11, scan_row_12, scan_row_13, scan_row_14, scan_row_15, scan_row_16, scan_row_17, scan_row_18);
    k8_logistic_mul_tanh(slice_12, slice_13, slice_14, slice_16, slice_17, slice_18, reshape_2, reshape_3, scan_3, scan_4, scan_row_16, scan_row_17, scan_row_19, scan_row_20, scan_row_21, scan_row_22, scan_row_23, scan_row_24, scan_row_25, scan_row_26, scan_row_27, scan_row_28, scan_row_29);
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
  /* scan (GradBenchModels/LSTM.swift:70) */
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
    k34_reduce_sum_add_mul(slice_3, slice_4, slice_5, slice_6, slice_11, slice_12, slice_13, slice_14, reshape_2, scan_34, scan_35, scan_36, scan_37, scan_38, scan_39, scan_40, concat, concat_2, concat_3, concat_4, next_scan, next_scan_2, next_scan_3, next_scan_4, next_scan_5, next_scan_6, next_scan_7, next_scan_8, next_scan_9, next_scan_10, next_scan_11, next_scan_12, next_scan_13, next_scan_14, next_scan_15, next_scan_16, broadcast_row, slice_row_2, slice_row_3, scan_row_30, scan_row_31, scan_row_32, scan_row_33, scan_row_34, scan_row_35, scan_row_36, scan_row_37, scan_row_38, scan_row_39, scan_row_40, scan_row_41, scan_row_42, scan_row_43, scan_row_44, scan_row_45, scan_row_46, scan_row_47, scan_row_48, scan_row_49, scan_row_50, scan_row_51, scan_row_52, scan_row_53, scan_row_54, scan_row_55, scan_row_56, scan_row_57, scan_row_58);
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
