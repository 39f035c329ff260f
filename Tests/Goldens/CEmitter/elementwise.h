/*
 * affine_tanh
 *   in  x: f32[64,1000]
 *   in  scale: f32[]
 *   in  bias: f32[1000]
 *   out y: f32[64,1000]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_AFFINE_TANH_H
#define GRADC_AFFINE_TANH_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define AFFINE_TANH_WORKSPACE_BYTES 0

#ifdef __cplusplus
extern "C" {
#endif

void affine_tanh(const float *x, const float *scale, const float *bias, float *y, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
