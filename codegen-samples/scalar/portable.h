/*
 * formula_value_and_grad
 *   in  x: f64[]
 *   in  y: f64[]
 *   out result: f64[]
 *   out x_gradient: f64[]
 *   out y_gradient: f64[]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_FORMULA_VALUE_AND_GRAD_H
#define GRADC_FORMULA_VALUE_AND_GRAD_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define FORMULA_VALUE_AND_GRAD_WORKSPACE_BYTES 0

#ifdef __cplusplus
extern "C" {
#endif

void formula_value_and_grad(const double *x, const double *y, double *result, double *x_gradient, double *y_gradient, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
