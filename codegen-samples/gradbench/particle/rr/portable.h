/*
 * particle
 *   in  w: f64[]
 *   out result: f64[]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_PARTICLE_H
#define GRADC_PARTICLE_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define PARTICLE_WORKSPACE_BYTES 1024

#ifdef __cplusplus
extern "C" {
#endif

/* Allocates memory as loops need it, and frees it. Returns 0, or 1 without enough memory: results are undefined
 * then. */
int particle(const double *w, double *result, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
