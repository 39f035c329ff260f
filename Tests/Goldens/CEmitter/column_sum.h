/*
 * column_sum
 *   in  x: f32[40,100]
 *   in  w: f32[40]
 *   out s: f32[100]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_COLUMN_SUM_H
#define GRADC_COLUMN_SUM_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define COLUMN_SUM_WORKSPACE_BYTES 0

#ifdef __cplusplus
extern "C" {
#endif

void column_sum(const float *x, const float *w, float *s, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
