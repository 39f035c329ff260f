/*
 * rnn
 *   in  x: f32[10,3]
 *   in  w: f32[4,4]
 *   in  h0: f32[4]
 *   out hs: f32[10,4]
 *   out energy: f32[]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_RNN_H
#define GRADC_RNN_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define RNN_WORKSPACE_BYTES 192

#ifdef __cplusplus
extern "C" {
#endif

void rnn(const float *x, const float *w, const float *h0, float *hs, float *energy, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
