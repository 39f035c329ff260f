/*
 * dense
 *   in  x: f32[4,6]
 *   in  w_0: f32[10,6]  w.0
 *   out y: f32[4]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_DENSE_H
#define GRADC_DENSE_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define DENSE_WORKSPACE_BYTES 1280

#ifdef __cplusplus
extern "C" {
#endif

void dense(const float *x, const float *w_0, float *y, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
