/*
 * newton
 *   in  a: f64[]
 *   out root: f64[]
 *   out trips: i64[]
 *   out slope: f64[]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_NEWTON_H
#define GRADC_NEWTON_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define NEWTON_WORKSPACE_BYTES 256

#ifdef __cplusplus
extern "C" {
#endif

/* Allocates memory as loops need it, and frees it. Returns 0, or 1 without enough memory: results are undefined
 * then. */
int newton(const double *a, double *root, int64_t *trips, double *slope, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
