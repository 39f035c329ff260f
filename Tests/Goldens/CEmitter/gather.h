/*
 * lookup
 *   in  table: f32[50,8]
 *   in  label: i32[100]
 *   out picked: f32[100,8]
 *   out counts: f32[50]
 *   out diagonal: f32[100]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_LOOKUP_H
#define GRADC_LOOKUP_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define LOOKUP_WORKSPACE_BYTES 0

#ifdef __cplusplus
extern "C" {
#endif

void lookup(const float *table, const int32_t *label, float *picked, float *counts, float *diagonal, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
