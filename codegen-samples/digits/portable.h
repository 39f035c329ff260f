/*
 * digits_value_and_grad
 *   in  layers_0_weight: f32[64,128]  layers[0].weight
 *   in  layers_0_bias: f32[128]  layers[0].bias
 *   in  layers_1_weight: f32[128,64]  layers[1].weight
 *   in  layers_1_bias: f32[64]  layers[1].bias
 *   in  layers_2_weight: f32[64,10]  layers[2].weight
 *   in  layers_2_bias: f32[10]  layers[2].bias
 *   in  images: f32[32,64]
 *   in  labels: i32[32]
 *   out result: f32[]
 *   out layers_0_weight_gradient: f32[64,128]  layers[0].weight_gradient
 *   out layers_0_bias_gradient: f32[128]  layers[0].bias_gradient
 *   out layers_1_weight_gradient: f32[128,64]  layers[1].weight_gradient
 *   out layers_1_bias_gradient: f32[64]  layers[1].bias_gradient
 *   out layers_2_weight_gradient: f32[64,10]  layers[2].weight_gradient
 *   out layers_2_bias_gradient: f32[10]  layers[2].bias_gradient
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#ifndef GRADC_DIGITS_VALUE_AND_GRAD_H
#define GRADC_DIGITS_VALUE_AND_GRAD_H

#include <stdint.h>

/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */
#define DIGITS_VALUE_AND_GRAD_WORKSPACE_BYTES 51840

#ifdef __cplusplus
extern "C" {
#endif

void digits_value_and_grad(const float *layers_0_weight, const float *layers_0_bias, const float *layers_1_weight, const float *layers_1_bias, const float *layers_2_weight, const float *layers_2_bias, const float *images, const int32_t *labels, float *result, float *layers_0_weight_gradient, float *layers_0_bias_gradient, float *layers_1_weight_gradient, float *layers_1_bias_gradient, float *layers_2_weight_gradient, float *layers_2_bias_gradient, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
