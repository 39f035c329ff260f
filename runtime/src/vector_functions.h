// Functions that take and return whole vectors in registers, by the ABI of a compiler that knows the instruction set: for
// code that was compiled with -march. Part of a variant; ops that are not in the lists are only there as tile kernels.
#if !SLEEF_LANE_BY_LANE
#define IN_REGISTERS(op, f, u)                            \
  {#op "_f32", (const void *)SLEEF_VECTOR_f32(f, u)},     \
  {#op "_f64", (const void *)SLEEF_VECTOR_f64(f, u)},
static const struct gradc_vector_function VARIANT(vector_functions)[] = {
MATH_UNARY_LIST(IN_REGISTERS)
MATH_BINARY_LIST(IN_REGISTERS)
{NULL, NULL}};
#undef IN_REGISTERS
#else
static const struct gradc_vector_function VARIANT(vector_functions)[] = {{NULL, NULL}};
#endif
const struct gradc_vector_isa VARIANT(gradc_vector_isa) = {
    L_f32 * sizeof(float), HAS_FMA, VARIANT(vector_functions),
    VARIANT(rows_dot_f32), VARIANT(rows_sum_f32), VARIANT(rows_dot_f64), VARIANT(rows_sum_f64)};
