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
#ifndef GRADC_JACOBIAN_H
#define GRADC_JACOBIAN_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define JACOBIAN_WORKSPACE_BYTES 3460992

#ifdef __cplusplus
extern "C" {
#endif

void jacobian(const double *main_, const double *extra, const double *state, const double *sequence, double *result, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
