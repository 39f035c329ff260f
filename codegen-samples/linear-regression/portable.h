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
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_LINEAR_REGRESSION_VALUE_AND_GRAD_H
#define GRADC_LINEAR_REGRESSION_VALUE_AND_GRAD_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define LINEAR_REGRESSION_VALUE_AND_GRAD_WORKSPACE_BYTES 256

#ifdef __cplusplus
extern "C" {
#endif

void linear_regression_value_and_grad(const float *w, const float *b, const float *x, const float *y, float *result, float *w_gradient, float *b_gradient, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
