/*
 * particle
 *   in  w: f64[]
 *   out result: f64[]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "portable.h"
#include <math.h>
#include <stdlib.h>

static const double constant[2] = {
  0.0, 8.0,
};

static const double constant_2[2] = {
  0.75, 0.0,
};

static const double constant_6[2] = {
  10.0, 0.0,
};

static const double constant_7[2] = {
  0.0, 8.0,
};

static const double constant_8[2] = {
  0.75, 0.0,
};

static const double constant_9[2] = {
  10.0, 0.0,
};

static const double constant_10[2] = {
  0.0, 8.0,
};

static const double constant_11[2] = {
  0.75, 0.0,
};

static const double constant_12[2] = {
  10.0, 0.0,
};

static int64_t add_i64(int64_t a, int64_t b)
{
  return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* Rows that a loop records whose number of iterations is not known before. */
struct tape { void *rows; int64_t capacity; };

/* Makes room for rows; nonzero if there is no memory. */
static int reserve_rows(struct tape *tape, int64_t rows, int64_t row_bytes)
{
  int64_t bytes;
  void *memory;
  if (row_bytes > 0 && rows > INT64_MAX / row_bytes) return 1;
  bytes = rows * row_bytes;
  if (tape->rows && bytes <= tape->capacity) return 0;
  if (bytes < 2 * tape->capacity) bytes = 2 * tape->capacity;
  if (bytes < 64) bytes = 64;
  if ((uint64_t)bytes > SIZE_MAX) return 1;
  memory = realloc(tape->rows, (size_t)bytes);
  if (!memory) return 1;
  tape->rows = memory;
  tape->capacity = bytes;
  return 0;
}

static double rsqrt_f64(double x)
{
  return 1.0 / sqrt(x);
}

/* sub (GradBenchModels/Particle.swift:16) */
static void k0_sub(const double *restrict w, double *restrict sub)
{
  sub[0] = 10.0 - w[0];
}

/* concat (GradBenchModels/Particle.swift:23) */
static void k1_concat(const double *restrict sub, double *restrict concat)
{
  concat[0] = 10.0;
  concat[1] = sub[0];
}

/* copy of a carry: while (GradBenchModels/Particle.swift:31) */
static void k2_copy(double *restrict while_)
{
  while_[0] = constant[0];
  while_[1] = constant[1];
}

/* copy of a carry: while (GradBenchModels/Particle.swift:31) */
static void k3_copy(double *restrict while__2)
{
  while__2[0] = constant_2[0];
  while__2[1] = constant_2[1];
}

/* mul, add, div, sub (GradBenchModels/Particle.swift:16); mul (GradBenchModels/Particle.swift:17) */
static void k8_sub_mul(double *restrict mul, const double *restrict while_, const double *restrict while__2)
{
  const double v0 = (while_[0] + (while__2[0] * 0.1)) - (((while_[1] + (while__2[1] * 0.1)) / while__2[1]) * while__2[0]);
  mul[0] = v0 * v0;
}

/* k11_broadcast */
static void k9_broadcast(double *restrict while__5)
{
  while__5[0] = 0.0;
  while__5[1] = 0.0;
}

/* mul, add, div, sub, neg (GradBenchModels/Particle.swift:16); mul (GradBenchModels/Particle.swift:17) */
static void k10_mul_div_neg(double *restrict mul_2, double *restrict mul_3, double *restrict div_, double *restrict neg, const double *restrict while_, const double *restrict while__2)
{
  const double v0 = (while_[1] + (while__2[1] * 0.1)) / while__2[1];
  const double v1 = ((while_[0] + (while__2[0] * 0.1)) - (v0 * while__2[0])) * 2.0;
  mul_2[0] = v1;
  const double v2 = -v1;
  mul_3[0] = v0 * v2;
  const double v3 = (while__2[0] * v2) / while__2[1];
  div_[0] = v3;
  neg[0] = -(v0 * v3);
}

/* concat (GradBenchModels/Particle.swift:16) */
static void k11_concat(const double *restrict mul_2, const double *restrict div_, double *restrict while__3)
{
  while__3[0] = mul_2[0];
  while__3[1] = div_[0];
}

/* concat (GradBenchModels/Particle.swift:31) */
static void k12_concat(const double *restrict mul_3, const double *restrict neg, double *restrict while__4)
{
  while__4[0] = mul_3[0];
  while__4[1] = neg[0];
}

/* mul (GradBenchModels/Particle.swift:16); add (GradBenchModels/Particle.swift:31) */
static void k13_add(const double *restrict while__3, double *restrict while__4)
{
  while__4[0] = (while__3[0] * 0.1) + while__4[0];
  while__4[1] = (while__3[1] * 0.1) + while__4[1];
}

/* neg (GradBenchModels/Particle.swift:16) */
static void k18_neg_constant(const double *restrict while__5, double *restrict neg_2, double *restrict constant_3, int64_t *restrict constant_4, uint8_t *restrict constant_5)
{
  neg_2[0] = -while__5[1];
  constant_3[0] = 1e-05;
  constant_4[0] = 0LL;
  constant_5[0] = 0;
}

/* copy of a carry: while (GradBenchModels/GradientDescent.swift:45) */
static void k19_copy(const double *restrict w, double *restrict result)
{
  result[0] = w[0];
}

int particle(const double *w, double *result, void *workspace)
{
  double *sub = (double *)((unsigned char *)workspace + 0);
  double *concat = (double *)((unsigned char *)workspace + 64);
  double *mul = (double *)((unsigned char *)workspace + 192);
  double *mul_2 = (double *)((unsigned char *)workspace + 320);
  double *mul_3 = (double *)((unsigned char *)workspace + 384);
  double *div_ = (double *)((unsigned char *)workspace + 448);
  double *neg = (double *)((unsigned char *)workspace + 512);
  double *while_ = (double *)((unsigned char *)workspace + 0);
  double *while__2 = (double *)((unsigned char *)workspace + 128);
  double *while__3 = (double *)((unsigned char *)workspace + 0);
  double *while__4 = (double *)((unsigned char *)workspace + 128);
  double *while__5 = (double *)((unsigned char *)workspace + 256);
  double *neg_2 = (double *)((unsigned char *)workspace + 0);
  double *constant_3 = (double *)((unsigned char *)workspace + 64);
  int64_t *constant_4 = (int64_t *)((unsigned char *)workspace + 128);
  uint8_t *constant_5 = (uint8_t *)((unsigned char *)workspace + 320);
  uint8_t *runs = (uint8_t *)((unsigned char *)workspace + 192);
  int64_t *count = (int64_t *)((unsigned char *)workspace + 64);
  double *next_while = (double *)((unsigned char *)workspace + 192);
  double *next_while_2 = (double *)((unsigned char *)workspace + 256);
  double *next_while_3 = (double *)((unsigned char *)workspace + 64);
  double *next_while_4 = (double *)((unsigned char *)workspace + 320);
  double *next_while_5 = (double *)((unsigned char *)workspace + 384);
  uint8_t *runs_2 = (uint8_t *)((unsigned char *)workspace + 256);
  double *next_while_6 = (double *)((unsigned char *)workspace + 256);
  uint8_t *not_ = (uint8_t *)((unsigned char *)workspace + 384);
  double *mul_4 = (double *)((unsigned char *)workspace + 448);
  uint8_t *eq = (uint8_t *)((unsigned char *)workspace + 512);
  uint8_t *le = (uint8_t *)((unsigned char *)workspace + 512);
  double *sub_2 = (double *)((unsigned char *)workspace + 512);
  double *concat_2 = (double *)((unsigned char *)workspace + 640);
  double *while__6 = (double *)((unsigned char *)workspace + 512);
  double *while__7 = (double *)((unsigned char *)workspace + 704);
  double *mul_5 = (double *)((unsigned char *)workspace + 640);
  uint8_t *lt = (uint8_t *)((unsigned char *)workspace + 768);
  uint8_t *runs_3 = (uint8_t *)((unsigned char *)workspace + 768);
  double *next_while_7 = (double *)((unsigned char *)workspace + 768);
  double *next_while_8 = (double *)((unsigned char *)workspace + 832);
  double *sub_3 = (double *)((unsigned char *)workspace + 576);
  double *concat_3 = (double *)((unsigned char *)workspace + 512);
  double *mul_6 = (double *)((unsigned char *)workspace + 768);
  double *mul_7 = (double *)((unsigned char *)workspace + 832);
  double *div__2 = (double *)((unsigned char *)workspace + 896);
  double *neg_3 = (double *)((unsigned char *)workspace + 960);
  double *while__8 = (double *)((unsigned char *)workspace + 640);
  double *while__9 = (double *)((unsigned char *)workspace + 704);
  double *while__10 = (double *)((unsigned char *)workspace + 640);
  double *while__11 = (double *)((unsigned char *)workspace + 896);
  double *while__12 = (double *)((unsigned char *)workspace + 576);
  uint8_t *runs_4 = (uint8_t *)((unsigned char *)workspace + 768);
  int64_t *count_2 = (int64_t *)((unsigned char *)workspace + 512);
  double *next_while_9 = (double *)((unsigned char *)workspace + 768);
  double *next_while_10 = (double *)((unsigned char *)workspace + 832);
  double *next_while_11 = (double *)((unsigned char *)workspace + 512);
  double *next_while_12 = (double *)((unsigned char *)workspace + 960);
  double *next_while_13 = (double *)((unsigned char *)workspace + 704);
  struct tape stage0_0_5 = {0, 0};
  struct tape stage0_1_5 = {0, 0};
  struct tape stage0_2_5 = {0, 0};
  struct tape stage0_3_5 = {0, 0};
  struct tape stage0_0_6 = {0, 0};
  struct tape stage0_1_6 = {0, 0};
  struct tape stage0_2_6 = {0, 0};
  struct tape stage0_3_6 = {0, 0};
  int status = 1;
  k0_sub(w, sub);
  k1_concat(sub, concat);
  k2_copy(while_);
  k3_copy(while__2);
  /* while (GradBenchModels/Particle.swift:31) */
  int64_t t;
  for (t = 0;; ++t) {
    /* mul, add, gt (GradBenchModels/Particle.swift:16) */
    runs[0] = (while_[1] + (while__2[1] * 0.1)) > 0.0;
    if (!runs[0]) break;
    if (reserve_rows(&stage0_0_5, t + 1, 16) != 0) goto done;
    if (reserve_rows(&stage0_1_5, t + 1, 8) != 0) goto done;
    if (reserve_rows(&stage0_2_5, t + 1, 16) != 0) goto done;
    if (reserve_rows(&stage0_3_5, t + 1, 8) != 0) goto done;
    double *stage0_0 = (double *)stage0_0_5.rows + 2 * t;
    double *stage0_1 = (double *)stage0_1_5.rows + t;
    double *stage0_2 = (double *)stage0_2_5.rows + 2 * t;
    double *stage0_3 = (double *)stage0_3_5.rows + t;
    /* mul, add, sub (GradBenchModels/Particle.swift:16);
     * mul, reduce_sum, rsqrt, add (GradBenchModels/Particle.swift:26) */
    {
      next_while[0] = while_[0] + (while__2[0] * 0.1);
      const double v0 = while_[0] - concat[0];
      stage0_0[0] = v0;
      const double v1 = while_[0] - constant_6[0];
      stage0_2[0] = v1;
      next_while[1] = while_[1] + (while__2[1] * 0.1);
      const double v2 = while_[1] - concat[1];
      stage0_0[1] = v2;
      const double v3 = while_[1] - constant_6[1];
      stage0_2[1] = v3;
      const double v4 = rsqrt_f64((v0 * v0) + (v2 * v2));
      stage0_1[0] = v4;
      const double v5 = rsqrt_f64((v1 * v1) + (v3 * v3));
      stage0_3[0] = v5;
      const double v6 = ((v4 * (v4 * v4)) * -0.5) * 2.0;
      const double v7 = ((v5 * (v5 * v5)) * -0.5) * 2.0;
      next_while_2[0] = while__2[0] - (((v1 * v7) + (v0 * v6)) * 0.1);
      next_while_2[1] = while__2[1] - (((v3 * v7) + (v2 * v6)) * 0.1);
    }
    /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
    while_[0] = next_while[0];
    while_[1] = next_while[1];
    /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
    while__2[0] = next_while_2[0];
    while__2[1] = next_while_2[1];
  }
  count[0] = t;
  k8_sub_mul(mul, while_, while__2);
  k9_broadcast(while__5);
  k10_mul_div_neg(mul_2, mul_3, div_, neg, while_, while__2);
  k11_concat(mul_2, div_, while__3);
  k12_concat(mul_3, neg, while__4);
  k13_add(while__3, while__4);
  /* while (GradBenchModels/Particle.swift:31) */
  const int64_t count_3 = count[0] < 0 ? 0 : count[0] < 281474976710656 ? count[0] : 281474976710656;
  if (reserve_rows(&stage0_0_5, count_3, 16) != 0) goto done;
  if (reserve_rows(&stage0_1_5, count_3, 8) != 0) goto done;
  if (reserve_rows(&stage0_2_5, count_3, 16) != 0) goto done;
  if (reserve_rows(&stage0_3_5, count_3, 8) != 0) goto done;
  for (int64_t t_2 = 0; t_2 < count_3; ++t_2) {
    const double *stage0_0_2 = (const double *)stage0_0_5.rows + 2 * (count_3 - 1 - t_2);
    const double *stage0_1_2 = (const double *)stage0_1_5.rows + (count_3 - 1 - t_2);
    const double *stage0_2_2 = (const double *)stage0_2_5.rows + 2 * (count_3 - 1 - t_2);
    const double *stage0_3_2 = (const double *)stage0_3_5.rows + (count_3 - 1 - t_2);
    /* mul, add (GradBenchModels/Particle.swift:16);
     * mul, reduce_sum, add, sub (GradBenchModels/Particle.swift:26) */
    {
      next_while_4[0] = while__4[0] + (while__3[0] * 0.1);
      const double v0 = while__4[0] * -0.1;
      next_while_4[1] = while__4[1] + (while__3[1] * 0.1);
      const double v1 = while__4[1] * -0.1;
      const double v2 = (((stage0_0_2[0] * v0) * 2.0) + ((stage0_0_2[1] * v1) * 2.0)) * -0.5;
      const double v3 = stage0_1_2[0] * stage0_1_2[0];
      const double v4 = (stage0_1_2[0] * v3) * -0.5;
      const double v5 = (v4 * ((v3 * v2) + (stage0_1_2[0] * ((stage0_1_2[0] * v2) * 2.0)))) * 2.0;
      const double v6 = v4 * 2.0;
      const double v7 = (v6 * v0) + (stage0_0_2[0] * v5);
      const double v8 = (((stage0_2_2[0] * v0) * 2.0) + ((stage0_2_2[1] * v1) * 2.0)) * -0.5;
      const double v9 = stage0_3_2[0] * stage0_3_2[0];
      const double v10 = (stage0_3_2[0] * v9) * -0.5;
      const double v11 = (v10 * ((v9 * v8) + (stage0_3_2[0] * ((stage0_3_2[0] * v8) * 2.0)))) * 2.0;
      const double v12 = v10 * 2.0;
      next_while_3[0] = while__3[0] + (((v12 * v0) + (stage0_2_2[0] * v11)) + v7);
      next_while_5[0] = while__5[0] - v7;
      const double v13 = (v6 * v1) + (stage0_0_2[1] * v5);
      next_while_3[1] = while__3[1] + (((v12 * v1) + (stage0_2_2[1] * v11)) + v13);
      next_while_5[1] = while__5[1] - v13;
    }
    /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
    while__3[0] = next_while_3[0];
    while__3[1] = next_while_3[1];
    /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
    while__4[0] = next_while_4[0];
    while__4[1] = next_while_4[1];
    /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
    while__5[0] = next_while_5[0];
    while__5[1] = next_while_5[1];
  }
  k18_neg_constant(while__5, neg_2, constant_3, constant_4, constant_5);
  k19_copy(w, result);
  /* while (GradBenchModels/GradientDescent.swift:45) */
  for (;;) {
    /* mul, sqrt (GradBenchModels/GradientDescent.swift:43);
     * gt, not, and (GradBenchModels/Particle.swift:16) */
    runs_2[0] = (!constant_5[0]) && (sqrt(neg_2[0] * neg_2[0]) > 1e-05);
    if (!runs_2[0]) break;
    /* not, mul, div, eq (GradBenchModels/Particle.swift:16) */
    not_[0] = !constant_5[0];
    mul_4[0] = constant_3[0] * 2.0;
    next_while_6[0] = constant_3[0] / 2.0;
    eq[0] = constant_4[0] == 10LL;
    /* conditional (GradBenchModels/GradientDescent.swift:52) */
    if (eq[0]) {
      /* copy to a result */
      next_while_6[0] = mul_4[0];
      constant_4[0] = 0LL;
    } else {
      /* mul, sub, le (GradBenchModels/Particle.swift:16);
       * mul, sqrt (GradBenchModels/GradientDescent.swift:43) */
      {
        const double v0 = result[0] - (neg_2[0] * constant_3[0]);
        sub_3[0] = v0;
        const double v1 = result[0] - v0;
        le[0] = sqrt(v1 * v1) <= 1e-05;
      }
      /* conditional (GradBenchModels/GradientDescent.swift:56) */
      if (le[0]) {
        /* copy to a result */
        next_while_6[0] = constant_3[0];
        /* copy to a result */
        constant_5[0] = not_[0];
      } else {
        /* sub (GradBenchModels/Particle.swift:16) */
        sub_2[0] = 10.0 - sub_3[0];
        /* concat (GradBenchModels/Particle.swift:23) */
        concat_2[0] = 10.0;
        concat_2[1] = sub_2[0];
        /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
        while__6[0] = constant_7[0];
        while__6[1] = constant_7[1];
        /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
        while__7[0] = constant_8[0];
        while__7[1] = constant_8[1];
        /* while (GradBenchModels/Particle.swift:31) */
        for (;;) {
          /* mul, add, gt (GradBenchModels/Particle.swift:16) */
          runs_3[0] = (while__6[1] + (while__7[1] * 0.1)) > 0.0;
          if (!runs_3[0]) break;
          /* mul, add, sub (GradBenchModels/Particle.swift:16);
           * mul, reduce_sum, rsqrt, add (GradBenchModels/Particle.swift:26) */
          {
            next_while_7[0] = while__6[0] + (while__7[0] * 0.1);
            const double v0 = while__6[0] - concat_2[0];
            const double v1 = while__6[0] - constant_9[0];
            next_while_7[1] = while__6[1] + (while__7[1] * 0.1);
            const double v2 = while__6[1] - concat_2[1];
            const double v3 = while__6[1] - constant_9[1];
            const double v4 = rsqrt_f64((v0 * v0) + (v2 * v2));
            const double v5 = ((v4 * (v4 * v4)) * -0.5) * 2.0;
            const double v6 = rsqrt_f64((v1 * v1) + (v3 * v3));
            const double v7 = ((v6 * (v6 * v6)) * -0.5) * 2.0;
            next_while_8[0] = while__7[0] - (((v1 * v7) + (v0 * v5)) * 0.1);
            next_while_8[1] = while__7[1] - (((v3 * v7) + (v2 * v5)) * 0.1);
          }
          /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
          while__6[0] = next_while_7[0];
          while__6[1] = next_while_7[1];
          /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
          while__7[0] = next_while_8[0];
          while__7[1] = next_while_8[1];
        }
        /* mul, add, div, sub, lt (GradBenchModels/Particle.swift:16); mul (GradBenchModels/Particle.swift:17) */
        {
          const double v0 = (while__6[0] + (while__7[0] * 0.1)) - (((while__6[1] + (while__7[1] * 0.1)) / while__7[1]) * while__7[0]);
          const double v1 = v0 * v0;
          mul_5[0] = v1;
          lt[0] = v1 < mul[0];
        }
        /* conditional (GradBenchModels/GradientDescent.swift:60) */
        if (lt[0]) {
          /* copy to a result */
          result[0] = sub_3[0];
          /* copy to a result */
          mul[0] = mul_5[0];
          /* copy to a result */
          next_while_6[0] = constant_3[0];
          /* sub (GradBenchModels/Particle.swift:16) */
          sub_3[0] = 10.0 - sub_3[0];
          /* concat (GradBenchModels/Particle.swift:23) */
          concat_3[0] = 10.0;
          concat_3[1] = sub_3[0];
          while__12[0] = 0.0;
          while__12[1] = 0.0;
          /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
          while__8[0] = constant_10[0];
          while__8[1] = constant_10[1];
          /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
          while__9[0] = constant_11[0];
          while__9[1] = constant_11[1];
          /* while (GradBenchModels/Particle.swift:31) */
          int64_t t_4;
          for (t_4 = 0;; ++t_4) {
            /* mul, add, gt (GradBenchModels/Particle.swift:16) */
            runs_4[0] = (while__8[1] + (while__9[1] * 0.1)) > 0.0;
            if (!runs_4[0]) break;
            if (reserve_rows(&stage0_0_6, t_4 + 1, 16) != 0) goto done;
            if (reserve_rows(&stage0_1_6, t_4 + 1, 8) != 0) goto done;
            if (reserve_rows(&stage0_2_6, t_4 + 1, 16) != 0) goto done;
            if (reserve_rows(&stage0_3_6, t_4 + 1, 8) != 0) goto done;
            double *stage0_0_3 = (double *)stage0_0_6.rows + 2 * t_4;
            double *stage0_1_3 = (double *)stage0_1_6.rows + t_4;
            double *stage0_2_3 = (double *)stage0_2_6.rows + 2 * t_4;
            double *stage0_3_3 = (double *)stage0_3_6.rows + t_4;
            /* mul, add, sub (GradBenchModels/Particle.swift:16);
             * mul, reduce_sum, rsqrt, add (GradBenchModels/Particle.swift:26) */
            {
              next_while_9[0] = while__8[0] + (while__9[0] * 0.1);
              const double v0 = while__8[0] - concat_3[0];
              stage0_0_3[0] = v0;
              const double v1 = while__8[0] - constant_12[0];
              stage0_2_3[0] = v1;
              next_while_9[1] = while__8[1] + (while__9[1] * 0.1);
              const double v2 = while__8[1] - concat_3[1];
              stage0_0_3[1] = v2;
              const double v3 = while__8[1] - constant_12[1];
              stage0_2_3[1] = v3;
              const double v4 = rsqrt_f64((v0 * v0) + (v2 * v2));
              stage0_1_3[0] = v4;
              const double v5 = rsqrt_f64((v1 * v1) + (v3 * v3));
              stage0_3_3[0] = v5;
              const double v6 = ((v4 * (v4 * v4)) * -0.5) * 2.0;
              const double v7 = ((v5 * (v5 * v5)) * -0.5) * 2.0;
              next_while_10[0] = while__9[0] - (((v1 * v7) + (v0 * v6)) * 0.1);
              next_while_10[1] = while__9[1] - (((v3 * v7) + (v2 * v6)) * 0.1);
            }
            /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
            while__8[0] = next_while_9[0];
            while__8[1] = next_while_9[1];
            /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
            while__9[0] = next_while_10[0];
            while__9[1] = next_while_10[1];
          }
          count_2[0] = t_4;
          /* mul, add, div, sub, neg (GradBenchModels/Particle.swift:16); mul (GradBenchModels/Particle.swift:17) */
          {
            const double v0 = (while__8[1] + (while__9[1] * 0.1)) / while__9[1];
            const double v1 = ((while__8[0] + (while__9[0] * 0.1)) - (v0 * while__9[0])) * 2.0;
            mul_6[0] = v1;
            const double v2 = -v1;
            mul_7[0] = v0 * v2;
            const double v3 = (while__9[0] * v2) / while__9[1];
            div__2[0] = v3;
            neg_3[0] = -(v0 * v3);
          }
          /* concat (GradBenchModels/Particle.swift:16) */
          while__10[0] = mul_6[0];
          while__10[1] = div__2[0];
          /* concat (GradBenchModels/Particle.swift:31) */
          while__11[0] = mul_7[0];
          while__11[1] = neg_3[0];
          /* mul (GradBenchModels/Particle.swift:16); add (GradBenchModels/Particle.swift:31) */
          while__11[0] = (while__10[0] * 0.1) + while__11[0];
          while__11[1] = (while__10[1] * 0.1) + while__11[1];
          /* while (GradBenchModels/Particle.swift:31) */
          const int64_t count_4 = count_2[0] < 0 ? 0 : count_2[0] < 281474976710656 ? count_2[0] : 281474976710656;
          if (reserve_rows(&stage0_0_6, count_4, 16) != 0) goto done;
          if (reserve_rows(&stage0_1_6, count_4, 8) != 0) goto done;
          if (reserve_rows(&stage0_2_6, count_4, 16) != 0) goto done;
          if (reserve_rows(&stage0_3_6, count_4, 8) != 0) goto done;
          for (int64_t t_3 = 0; t_3 < count_4; ++t_3) {
            const double *stage0_0_4 = (const double *)stage0_0_6.rows + 2 * (count_4 - 1 - t_3);
            const double *stage0_1_4 = (const double *)stage0_1_6.rows + (count_4 - 1 - t_3);
            const double *stage0_2_4 = (const double *)stage0_2_6.rows + 2 * (count_4 - 1 - t_3);
            const double *stage0_3_4 = (const double *)stage0_3_6.rows + (count_4 - 1 - t_3);
            /* mul, add (GradBenchModels/Particle.swift:16);
             * mul, reduce_sum, add, sub (GradBenchModels/Particle.swift:26) */
            {
              next_while_12[0] = while__11[0] + (while__10[0] * 0.1);
              const double v0 = while__11[0] * -0.1;
              next_while_12[1] = while__11[1] + (while__10[1] * 0.1);
              const double v1 = while__11[1] * -0.1;
              const double v2 = (((stage0_0_4[0] * v0) * 2.0) + ((stage0_0_4[1] * v1) * 2.0)) * -0.5;
              const double v3 = stage0_1_4[0] * stage0_1_4[0];
              const double v4 = (stage0_1_4[0] * v3) * -0.5;
              const double v5 = (v4 * ((v3 * v2) + (stage0_1_4[0] * ((stage0_1_4[0] * v2) * 2.0)))) * 2.0;
              const double v6 = v4 * 2.0;
              const double v7 = (v6 * v0) + (stage0_0_4[0] * v5);
              const double v8 = (((stage0_2_4[0] * v0) * 2.0) + ((stage0_2_4[1] * v1) * 2.0)) * -0.5;
              const double v9 = stage0_3_4[0] * stage0_3_4[0];
              const double v10 = (stage0_3_4[0] * v9) * -0.5;
              const double v11 = (v10 * ((v9 * v8) + (stage0_3_4[0] * ((stage0_3_4[0] * v8) * 2.0)))) * 2.0;
              const double v12 = v10 * 2.0;
              next_while_11[0] = while__10[0] + (((v12 * v0) + (stage0_2_4[0] * v11)) + v7);
              next_while_13[0] = while__12[0] - v7;
              const double v13 = (v6 * v1) + (stage0_0_4[1] * v5);
              next_while_11[1] = while__10[1] + (((v12 * v1) + (stage0_2_4[1] * v11)) + v13);
              next_while_13[1] = while__12[1] - v13;
            }
            /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
            while__10[0] = next_while_11[0];
            while__10[1] = next_while_11[1];
            /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
            while__11[0] = next_while_12[0];
            while__11[1] = next_while_12[1];
            /* copy of a carry: while (GradBenchModels/Particle.swift:31) */
            while__12[0] = next_while_13[0];
            while__12[1] = next_while_13[1];
          }
          /* neg, add (GradBenchModels/Particle.swift:16) */
          neg_2[0] = -while__12[1];
          constant_4[0] = add_i64(constant_4[0], 1LL);
        } else {
          constant_4[0] = 0LL;
        }
      }
    }
    /* copy of a carry: while (GradBenchModels/GradientDescent.swift:45) */
    constant_3[0] = next_while_6[0];
  }
  status = 0;
done:
  free(stage0_0_5.rows);
  free(stage0_1_5.rows);
  free(stage0_2_5.rows);
  free(stage0_3_5.rows);
  free(stage0_0_6.rows);
  free(stage0_1_6.rows);
  free(stage0_2_6.rows);
  free(stage0_3_6.rows);
  return status;
}
