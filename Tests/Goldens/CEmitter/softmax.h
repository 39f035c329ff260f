/*
 * softmax
 *   in  x: f32[16,300]
 *   out y: f32[16,300]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_SOFTMAX_H
#define GRADC_SOFTMAX_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define SOFTMAX_WORKSPACE_BYTES 0

#ifdef __cplusplus
extern "C" {
#endif

void softmax(const float *x, float *y, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
