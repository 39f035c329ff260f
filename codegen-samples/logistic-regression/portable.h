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
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_LOGISTIC_REGRESSION_VALUE_AND_GRAD_H
#define GRADC_LOGISTIC_REGRESSION_VALUE_AND_GRAD_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define LOGISTIC_REGRESSION_VALUE_AND_GRAD_WORKSPACE_BYTES 512

#ifdef __cplusplus
extern "C" {
#endif

void logistic_regression_value_and_grad(const float *w, const float *b, const float *x, const float *y, float *result, float *w_gradient, float *b_gradient, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
