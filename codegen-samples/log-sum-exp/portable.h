/*
 * log_sum_exp_value_and_grad
 *   in  x: f64[256]
 *   out result: f64[]
 *   out x_gradient: f64[256]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_LOG_SUM_EXP_VALUE_AND_GRAD_H
#define GRADC_LOG_SUM_EXP_VALUE_AND_GRAD_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define LOG_SUM_EXP_VALUE_AND_GRAD_WORKSPACE_BYTES 0

#ifdef __cplusplus
extern "C" {
#endif

void log_sum_exp_value_and_grad(const double *x, double *result, double *x_gradient, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
