/*
 * pendulum
 *   in  state: f64[2]
 *   in  n_: i32[]  n
 *   out out: f64[3]
 *   out count: i32[]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_PENDULUM_H
#define GRADC_PENDULUM_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define PENDULUM_WORKSPACE_BYTES 0

#ifdef __cplusplus
extern "C" {
#endif

void pendulum(const double *state, const int32_t *n_, double *out, int32_t *count, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
