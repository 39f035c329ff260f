/*
 * lse_grad
 *   in  x: f64[2500]
 *   out x_gradient: f64[2500]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_LSE_GRAD_H
#define GRADC_LSE_GRAD_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define LSE_GRAD_WORKSPACE_BYTES 0

#ifdef __cplusplus
extern "C" {
#endif

void lse_grad(const double *x, double *x_gradient, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
