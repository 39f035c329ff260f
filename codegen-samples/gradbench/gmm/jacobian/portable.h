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
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_GMM_GRAD_H
#define GRADC_GMM_GRAD_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define GMM_GRAD_WORKSPACE_BYTES 208576

#ifdef __cplusplus
extern "C" {
#endif

void gmm_grad(const double *alpha, const double *mu, const double *q, const double *l, const double *x, double *alpha_gradient, double *mu_gradient, double *q_gradient, double *l_gradient, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
