/*
 * particle
 *   in  w: f64[]
 *   out result: f64[]
 *
 * Written by GradC for libtcc and GradC's runtime.
 */
typedef signed int int32_t;
typedef signed long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;
struct gradc_tape { void *rows; int64_t capacity; };

int32_t gradc_tape_reserve(void *tape, int64_t rows, int64_t row_bytes);
double scalar_rsqrt_f64(double a);
double scalar_sqrt_f64(double a);
extern const double constant_4[2];
extern const double constant_5[2];
extern const double constant_28[2];
extern const double constant_42[2];
extern const double constant_43[2];
extern const double constant_53[2];
extern const double constant_54[2];
extern const double constant_55[2];
extern const double constant_75[2];

/* @ sub (GradBenchModels/Particle.swift:16) */
static void k0_sub(const double *w, double *sub)
{
  sub[0] = 10.0 - w[0];
}

/* @ concat (GradBenchModels/Particle.swift:23) */
static void k1_concat(const double *sub, double *concat)
{
  concat[0] = 10.0;
  concat[1] = sub[0];
}

/* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
static void k2_copy(const double *constant, double *while_)
{
  while_[0] = constant[0];
  while_[1] = constant[1];
}

/* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
static void k3_copy(const double *constant_2, double *while__2)
{
  while__2[0] = constant_2[0];
  while__2[1] = constant_2[1];
}

/* @ mul, add, div, sub (GradBenchModels/Particle.swift:16); mul (GradBenchModels/Particle.swift:17) */
static void k8_sub_mul(double *mul, const double *while_, const double *while__2)
{
  double d0;
  d0 = (while_[0] + (while__2[0] * 0.1)) - (((while_[1] + (while__2[1] * 0.1)) / while__2[1]) * while__2[0]);
  mul[0] = d0 * d0;
}

/* @ k11_broadcast */
static void k9_broadcast(double *while__5)
{
  while__5[0] = 0.0;
  while__5[1] = 0.0;
}

/* @ mul, add, div, sub, neg (GradBenchModels/Particle.swift:16); mul (GradBenchModels/Particle.swift:17) */
static void k10_mul_div_neg(double *mul_2, double *mul_3, double *div_, double *neg, const double *while_, const double *while__2)
{
  double d0, d1;
  d0 = (while_[1] + (while__2[1] * 0.1)) / while__2[1];
  d1 = ((while_[0] + (while__2[0] * 0.1)) - (d0 * while__2[0])) * 2.0;
  mul_2[0] = d1;
  d1 = -d1;
  mul_3[0] = d0 * d1;
  d1 = (while__2[0] * d1) / while__2[1];
  div_[0] = d1;
  neg[0] = -(d0 * d1);
}

/* @ concat (GradBenchModels/Particle.swift:16) */
static void k11_concat(const double *mul_2, const double *div_, double *while__3)
{
  while__3[0] = mul_2[0];
  while__3[1] = div_[0];
}

/* @ concat (GradBenchModels/Particle.swift:31) */
static void k12_concat(const double *mul_3, const double *neg, double *while__4)
{
  while__4[0] = mul_3[0];
  while__4[1] = neg[0];
}

/* @ mul (GradBenchModels/Particle.swift:16); add (GradBenchModels/Particle.swift:31) */
static void k13_add(const double *while__3, double *while__4)
{
  while__4[0] = (while__3[0] * 0.1) + while__4[0];
  while__4[1] = (while__3[1] * 0.1) + while__4[1];
}

/* @ neg (GradBenchModels/Particle.swift:16) */
static void k18_neg_constant(const double *while__5, double *neg_2, double *constant_3, int64_t *constant_4, uint8_t *constant_5)
{
  neg_2[0] = -while__5[1];
  constant_3[0] = 1e-05;
  constant_4[0] = 0LL;
  constant_5[0] = 0;
}

/* @ copy of a carry: while (GradBenchModels/GradientDescent.swift:45) */
static void k19_copy(const double *w, double *result)
{
  result[0] = w[0];
}

static int particle(const double *w, double *result, unsigned char *arena, struct gradc_tape *tapes)
{
  double sub[1];
  double concat[2];
  const double *constant = constant_4;
  const double *constant_2 = constant_5;
  double mul[1];
  double mul_2[1];
  double mul_3[1];
  double div_[1];
  double neg[1];
  double while_[2];
  double while__2[2];
  double while__3[2];
  double while__4[2];
  double while__5[2];
  double neg_2[1];
  double constant_3[1];
  int64_t constant_4[1];
  uint8_t constant_5[1];
  uint8_t runs[1];
  int64_t count[1];
  double next_while[2];
  double next_while_2[2];
  const double *constant_6 = constant_28;
  double next_while_3[2];
  double next_while_4[2];
  double next_while_5[2];
  uint8_t runs_2[1];
  double next_while_6[1];
  uint8_t not_[1];
  double mul_4[1];
  uint8_t eq[1];
  uint8_t le[1];
  const double *constant_7 = constant_42;
  const double *constant_8 = constant_43;
  double sub_2[1];
  double concat_2[2];
  double while__6[2];
  double while__7[2];
  double mul_5[1];
  uint8_t lt[1];
  uint8_t runs_3[1];
  double next_while_7[2];
  double next_while_8[2];
  const double *constant_9 = constant_53;
  const double *constant_10 = constant_54;
  const double *constant_11 = constant_55;
  double sub_3[1];
  double concat_3[2];
  double mul_6[1];
  double mul_7[1];
  double div__2[1];
  double neg_3[1];
  double while__8[2];
  double while__9[2];
  double while__10[2];
  double while__11[2];
  double while__12[2];
  uint8_t runs_4[1];
  int64_t count_2[1];
  double next_while_9[2];
  double next_while_10[2];
  const double *constant_12 = constant_75;
  double next_while_11[2];
  double next_while_12[2];
  double next_while_13[2];
  struct gradc_tape *stage0_0_5 = tapes + 0;
  struct gradc_tape *stage0_1_5 = tapes + 1;
  struct gradc_tape *stage0_2_5 = tapes + 2;
  struct gradc_tape *stage0_3_5 = tapes + 3;
  struct gradc_tape *stage0_0_6 = tapes + 4;
  struct gradc_tape *stage0_1_6 = tapes + 5;
  struct gradc_tape *stage0_2_6 = tapes + 6;
  struct gradc_tape *stage0_3_6 = tapes + 7;
  k0_sub(w, sub);
  k1_concat(sub, concat);
  k2_copy(constant, while_);
  k3_copy(constant_2, while__2);
  /* @ while (GradBenchModels/Particle.swift:31) */
  int64_t t;
  for (t = 0;; ++t) {
    /* @ mul, add, gt (GradBenchModels/Particle.swift:16) */
    runs[0] = (while_[1] + (while__2[1] * 0.1)) > 0.0;
    if (!runs[0]) break;
    if (gradc_tape_reserve(stage0_0_5, t + 1, 16)) return 1;
    if (gradc_tape_reserve(stage0_1_5, t + 1, 8)) return 1;
    if (gradc_tape_reserve(stage0_2_5, t + 1, 16)) return 1;
    if (gradc_tape_reserve(stage0_3_5, t + 1, 8)) return 1;
    double *stage0_0 = (double *)stage0_0_5->rows + 2 * t;
    double *stage0_1 = (double *)stage0_1_5->rows + t;
    double *stage0_2 = (double *)stage0_2_5->rows + 2 * t;
    double *stage0_3 = (double *)stage0_3_5->rows + t;
    /* @ mul, add, sub (GradBenchModels/Particle.swift:16);
     * mul, reduce_sum, rsqrt, add (GradBenchModels/Particle.swift:26) */
    {
      double d0, d1, d2, d3, d4, d5;
      next_while[0] = while_[0] + (while__2[0] * 0.1);
      d0 = while_[0] - concat[0];
      stage0_0[0] = d0;
      d1 = while_[0] - constant_6[0];
      stage0_2[0] = d1;
      next_while[1] = while_[1] + (while__2[1] * 0.1);
      d2 = while_[1] - concat[1];
      stage0_0[1] = d2;
      d3 = while_[1] - constant_6[1];
      stage0_2[1] = d3;
      d4 = scalar_rsqrt_f64((d0 * d0) + (d2 * d2));
      stage0_1[0] = d4;
      d5 = scalar_rsqrt_f64((d1 * d1) + (d3 * d3));
      stage0_3[0] = d5;
      d4 = ((d4 * (d4 * d4)) * -0.5) * 2.0;
      d5 = ((d5 * (d5 * d5)) * -0.5) * 2.0;
      next_while_2[0] = while__2[0] - (((d1 * d5) + (d0 * d4)) * 0.1);
      next_while_2[1] = while__2[1] - (((d3 * d5) + (d2 * d4)) * 0.1);
    }
    /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
    while_[0] = next_while[0];
    while_[1] = next_while[1];
    /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
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
  /* @ while (GradBenchModels/Particle.swift:31) */
  const int64_t count_3 = count[0] < 0 ? 0 : count[0] < 281474976710656 ? count[0] : 281474976710656;
  if (gradc_tape_reserve(stage0_0_5, count_3, 16)) return 1;
  if (gradc_tape_reserve(stage0_1_5, count_3, 8)) return 1;
  if (gradc_tape_reserve(stage0_2_5, count_3, 16)) return 1;
  if (gradc_tape_reserve(stage0_3_5, count_3, 8)) return 1;
  for (int64_t t_2 = 0; t_2 < count_3; ++t_2) {
    const double *stage0_0_2 = (const double *)stage0_0_5->rows + 2 * (count_3 - 1 - t_2);
    const double *stage0_1_2 = (const double *)stage0_1_5->rows + (count_3 - 1 - t_2);
    const double *stage0_2_2 = (const double *)stage0_2_5->rows + 2 * (count_3 - 1 - t_2);
    const double *stage0_3_2 = (const double *)stage0_3_5->rows + (count_3 - 1 - t_2);
    /* @ mul, add (GradBenchModels/Particle.swift:16);
     * mul, reduce_sum, add, sub (GradBenchModels/Particle.swift:26) */
    {
      double d0, d1, d2, d3, d4, d5, d6, d7;
      next_while_4[0] = while__4[0] + (while__3[0] * 0.1);
      d0 = while__4[0] * -0.1;
      next_while_4[1] = while__4[1] + (while__3[1] * 0.1);
      d1 = while__4[1] * -0.1;
      d2 = (((stage0_0_2[0] * d0) * 2.0) + ((stage0_0_2[1] * d1) * 2.0)) * -0.5;
      d3 = stage0_1_2[0] * stage0_1_2[0];
      d4 = (stage0_1_2[0] * d3) * -0.5;
      d2 = (d4 * ((d3 * d2) + (stage0_1_2[0] * ((stage0_1_2[0] * d2) * 2.0)))) * 2.0;
      d4 = d4 * 2.0;
      d3 = (d4 * d0) + (stage0_0_2[0] * d2);
      d5 = (((stage0_2_2[0] * d0) * 2.0) + ((stage0_2_2[1] * d1) * 2.0)) * -0.5;
      d6 = stage0_3_2[0] * stage0_3_2[0];
      d7 = (stage0_3_2[0] * d6) * -0.5;
      d5 = (d7 * ((d6 * d5) + (stage0_3_2[0] * ((stage0_3_2[0] * d5) * 2.0)))) * 2.0;
      d7 = d7 * 2.0;
      next_while_3[0] = while__3[0] + (((d7 * d0) + (stage0_2_2[0] * d5)) + d3);
      next_while_5[0] = while__5[0] - d3;
      d2 = (d4 * d1) + (stage0_0_2[1] * d2);
      next_while_3[1] = while__3[1] + (((d7 * d1) + (stage0_2_2[1] * d5)) + d2);
      next_while_5[1] = while__5[1] - d2;
    }
    /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
    while__3[0] = next_while_3[0];
    while__3[1] = next_while_3[1];
    /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
    while__4[0] = next_while_4[0];
    while__4[1] = next_while_4[1];
    /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
    while__5[0] = next_while_5[0];
    while__5[1] = next_while_5[1];
  }
  k18_neg_constant(while__5, neg_2, constant_3, constant_4, constant_5);
  k19_copy(w, result);
  /* @ while (GradBenchModels/GradientDescent.swift:45) */
  for (;;) {
    /* @ mul, sqrt (GradBenchModels/GradientDescent.swift:43);
     * gt, not, and (GradBenchModels/Particle.swift:16) */
    runs_2[0] = (!constant_5[0]) & (scalar_sqrt_f64(neg_2[0] * neg_2[0]) > 1e-05);
    if (!runs_2[0]) break;
    /* @ not, mul, div, eq (GradBenchModels/Particle.swift:16) */
    not_[0] = !constant_5[0];
    mul_4[0] = constant_3[0] * 2.0;
    next_while_6[0] = constant_3[0] / 2.0;
    eq[0] = constant_4[0] == 10LL;
    /* @ conditional (GradBenchModels/GradientDescent.swift:52) */
    if (eq[0]) {
      /* @ copy to a result */
      next_while_6[0] = mul_4[0];
      constant_4[0] = 0LL;
    } else {
      /* @ mul, sub, le (GradBenchModels/Particle.swift:16);
       * mul, sqrt (GradBenchModels/GradientDescent.swift:43) */
      {
        double d0;
        d0 = result[0] - (neg_2[0] * constant_3[0]);
        sub_3[0] = d0;
        d0 = result[0] - d0;
        le[0] = scalar_sqrt_f64(d0 * d0) <= 1e-05;
      }
      /* @ conditional (GradBenchModels/GradientDescent.swift:56) */
      if (le[0]) {
        /* @ copy to a result */
        next_while_6[0] = constant_3[0];
        /* @ copy to a result */
        constant_5[0] = not_[0];
      } else {
        /* @ sub (GradBenchModels/Particle.swift:16) */
        sub_2[0] = 10.0 - sub_3[0];
        /* @ concat (GradBenchModels/Particle.swift:23) */
        concat_2[0] = 10.0;
        concat_2[1] = sub_2[0];
        /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
        while__6[0] = constant_7[0];
        while__6[1] = constant_7[1];
        /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
        while__7[0] = constant_8[0];
        while__7[1] = constant_8[1];
        /* @ while (GradBenchModels/Particle.swift:31) */
        for (;;) {
          /* @ mul, add, gt (GradBenchModels/Particle.swift:16) */
          runs_3[0] = (while__6[1] + (while__7[1] * 0.1)) > 0.0;
          if (!runs_3[0]) break;
          /* @ mul, add, sub (GradBenchModels/Particle.swift:16);
           * mul, reduce_sum, rsqrt, add (GradBenchModels/Particle.swift:26) */
          {
            double d0, d1, d2, d3, d4, d5;
            next_while_7[0] = while__6[0] + (while__7[0] * 0.1);
            d0 = while__6[0] - concat_2[0];
            d1 = while__6[0] - constant_9[0];
            next_while_7[1] = while__6[1] + (while__7[1] * 0.1);
            d2 = while__6[1] - concat_2[1];
            d3 = while__6[1] - constant_9[1];
            d4 = scalar_rsqrt_f64((d0 * d0) + (d2 * d2));
            d4 = ((d4 * (d4 * d4)) * -0.5) * 2.0;
            d5 = scalar_rsqrt_f64((d1 * d1) + (d3 * d3));
            d5 = ((d5 * (d5 * d5)) * -0.5) * 2.0;
            next_while_8[0] = while__7[0] - (((d1 * d5) + (d0 * d4)) * 0.1);
            next_while_8[1] = while__7[1] - (((d3 * d5) + (d2 * d4)) * 0.1);
          }
          /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
          while__6[0] = next_while_7[0];
          while__6[1] = next_while_7[1];
          /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
          while__7[0] = next_while_8[0];
          while__7[1] = next_while_8[1];
        }
        /* @ mul, add, div, sub, lt (GradBenchModels/Particle.swift:16); mul (GradBenchModels/Particle.swift:17) */
        {
          double d0;
          d0 = (while__6[0] + (while__7[0] * 0.1)) - (((while__6[1] + (while__7[1] * 0.1)) / while__7[1]) * while__7[0]);
          d0 = d0 * d0;
          mul_5[0] = d0;
          lt[0] = d0 < mul[0];
        }
        /* @ conditional (GradBenchModels/GradientDescent.swift:60) */
        if (lt[0]) {
          /* @ copy to a result */
          result[0] = sub_3[0];
          /* @ copy to a result */
          mul[0] = mul_5[0];
          /* @ copy to a result */
          next_while_6[0] = constant_3[0];
          /* @ sub (GradBenchModels/Particle.swift:16) */
          sub_3[0] = 10.0 - sub_3[0];
          /* @ concat (GradBenchModels/Particle.swift:23) */
          concat_3[0] = 10.0;
          concat_3[1] = sub_3[0];
          while__12[0] = 0.0;
          while__12[1] = 0.0;
          /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
          while__8[0] = constant_10[0];
          while__8[1] = constant_10[1];
          /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
          while__9[0] = constant_11[0];
          while__9[1] = constant_11[1];
          /* @ while (GradBenchModels/Particle.swift:31) */
          int64_t t_4;
          for (t_4 = 0;; ++t_4) {
            /* @ mul, add, gt (GradBenchModels/Particle.swift:16) */
            runs_4[0] = (while__8[1] + (while__9[1] * 0.1)) > 0.0;
            if (!runs_4[0]) break;
            if (gradc_tape_reserve(stage0_0_6, t_4 + 1, 16)) return 1;
            if (gradc_tape_reserve(stage0_1_6, t_4 + 1, 8)) return 1;
            if (gradc_tape_reserve(stage0_2_6, t_4 + 1, 16)) return 1;
            if (gradc_tape_reserve(stage0_3_6, t_4 + 1, 8)) return 1;
            double *stage0_0_3 = (double *)stage0_0_6->rows + 2 * t_4;
            double *stage0_1_3 = (double *)stage0_1_6->rows + t_4;
            double *stage0_2_3 = (double *)stage0_2_6->rows + 2 * t_4;
            double *stage0_3_3 = (double *)stage0_3_6->rows + t_4;
            /* @ mul, add, sub (GradBenchModels/Particle.swift:16);
             * mul, reduce_sum, rsqrt, add (GradBenchModels/Particle.swift:26) */
            {
              double d0, d1, d2, d3, d4, d5;
              next_while_9[0] = while__8[0] + (while__9[0] * 0.1);
              d0 = while__8[0] - concat_3[0];
              stage0_0_3[0] = d0;
              d1 = while__8[0] - constant_12[0];
              stage0_2_3[0] = d1;
              next_while_9[1] = while__8[1] + (while__9[1] * 0.1);
              d2 = while__8[1] - concat_3[1];
              stage0_0_3[1] = d2;
              d3 = while__8[1] - constant_12[1];
              stage0_2_3[1] = d3;
              d4 = scalar_rsqrt_f64((d0 * d0) + (d2 * d2));
              stage0_1_3[0] = d4;
              d5 = scalar_rsqrt_f64((d1 * d1) + (d3 * d3));
              stage0_3_3[0] = d5;
              d4 = ((d4 * (d4 * d4)) * -0.5) * 2.0;
              d5 = ((d5 * (d5 * d5)) * -0.5) * 2.0;
              next_while_10[0] = while__9[0] - (((d1 * d5) + (d0 * d4)) * 0.1);
              next_while_10[1] = while__9[1] - (((d3 * d5) + (d2 * d4)) * 0.1);
            }
            /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
            while__8[0] = next_while_9[0];
            while__8[1] = next_while_9[1];
            /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
            while__9[0] = next_while_10[0];
            while__9[1] = next_while_10[1];
          }
          count_2[0] = t_4;
          /* @ mul, add, div, sub, neg (GradBenchModels/Particle.swift:16); mul (GradBenchModels/Particle.swift:17) */
          {
            double d0, d1;
            d0 = (while__8[1] + (while__9[1] * 0.1)) / while__9[1];
            d1 = ((while__8[0] + (while__9[0] * 0.1)) - (d0 * while__9[0])) * 2.0;
            mul_6[0] = d1;
            d1 = -d1;
            mul_7[0] = d0 * d1;
            d1 = (while__9[0] * d1) / while__9[1];
            div__2[0] = d1;
            neg_3[0] = -(d0 * d1);
          }
          /* @ concat (GradBenchModels/Particle.swift:16) */
          while__10[0] = mul_6[0];
          while__10[1] = div__2[0];
          /* @ concat (GradBenchModels/Particle.swift:31) */
          while__11[0] = mul_7[0];
          while__11[1] = neg_3[0];
          /* @ mul (GradBenchModels/Particle.swift:16); add (GradBenchModels/Particle.swift:31) */
          while__11[0] = (while__10[0] * 0.1) + while__11[0];
          while__11[1] = (while__10[1] * 0.1) + while__11[1];
          /* @ while (GradBenchModels/Particle.swift:31) */
          const int64_t count_4 = count_2[0] < 0 ? 0 : count_2[0] < 281474976710656 ? count_2[0] : 281474976710656;
          if (gradc_tape_reserve(stage0_0_6, count_4, 16)) return 1;
          if (gradc_tape_reserve(stage0_1_6, count_4, 8)) return 1;
          if (gradc_tape_reserve(stage0_2_6, count_4, 16)) return 1;
          if (gradc_tape_reserve(stage0_3_6, count_4, 8)) return 1;
          for (int64_t t_3 = 0; t_3 < count_4; ++t_3) {
            const double *stage0_0_4 = (const double *)stage0_0_6->rows + 2 * (count_4 - 1 - t_3);
            const double *stage0_1_4 = (const double *)stage0_1_6->rows + (count_4 - 1 - t_3);
            const double *stage0_2_4 = (const double *)stage0_2_6->rows + 2 * (count_4 - 1 - t_3);
            const double *stage0_3_4 = (const double *)stage0_3_6->rows + (count_4 - 1 - t_3);
            /* @ mul, add (GradBenchModels/Particle.swift:16);
             * mul, reduce_sum, add, sub (GradBenchModels/Particle.swift:26) */
            {
              double d0, d1, d2, d3, d4, d5, d6, d7;
              next_while_12[0] = while__11[0] + (while__10[0] * 0.1);
              d0 = while__11[0] * -0.1;
              next_while_12[1] = while__11[1] + (while__10[1] * 0.1);
              d1 = while__11[1] * -0.1;
              d2 = (((stage0_0_4[0] * d0) * 2.0) + ((stage0_0_4[1] * d1) * 2.0)) * -0.5;
              d3 = stage0_1_4[0] * stage0_1_4[0];
              d4 = (stage0_1_4[0] * d3) * -0.5;
              d2 = (d4 * ((d3 * d2) + (stage0_1_4[0] * ((stage0_1_4[0] * d2) * 2.0)))) * 2.0;
              d4 = d4 * 2.0;
              d3 = (d4 * d0) + (stage0_0_4[0] * d2);
              d5 = (((stage0_2_4[0] * d0) * 2.0) + ((stage0_2_4[1] * d1) * 2.0)) * -0.5;
              d6 = stage0_3_4[0] * stage0_3_4[0];
              d7 = (stage0_3_4[0] * d6) * -0.5;
              d5 = (d7 * ((d6 * d5) + (stage0_3_4[0] * ((stage0_3_4[0] * d5) * 2.0)))) * 2.0;
              d7 = d7 * 2.0;
              next_while_11[0] = while__10[0] + (((d7 * d0) + (stage0_2_4[0] * d5)) + d3);
              next_while_13[0] = while__12[0] - d3;
              d2 = (d4 * d1) + (stage0_0_4[1] * d2);
              next_while_11[1] = while__10[1] + (((d7 * d1) + (stage0_2_4[1] * d5)) + d2);
              next_while_13[1] = while__12[1] - d2;
            }
            /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
            while__10[0] = next_while_11[0];
            while__10[1] = next_while_11[1];
            /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
            while__11[0] = next_while_12[0];
            while__11[1] = next_while_12[1];
            /* @ copy of a carry: while (GradBenchModels/Particle.swift:31) */
            while__12[0] = next_while_13[0];
            while__12[1] = next_while_13[1];
          }
          /* @ neg, add (GradBenchModels/Particle.swift:16) */
          neg_2[0] = -while__12[1];
          constant_4[0] = constant_4[0] + 1LL;
        } else {
          constant_4[0] = 0LL;
        }
      }
    }
    /* @ copy of a carry: while (GradBenchModels/GradientDescent.swift:45) */
    constant_3[0] = next_while_6[0];
  }
  return 0;
}

int gradc_entry(void *const *buffers)
{
  return particle((const double *)buffers[0], (double *)buffers[1], (unsigned char *)buffers[2], (struct gradc_tape *)(buffers + 3));
}
