// The functions of elementary.h.
#define ELEMENTARY_LIST(X) X(exp) X(log) X(tanh) X(erf)

// The functions taken from SLEEF: X(op, SLEEF name, accuracy in tenths of an ulp).
#define MATH_UNARY_LIST(X) \
  X(cbrt, cbrt, u10)       \
  X(exp2, exp2, u10)       \
  X(exp10, exp10, u10)     \
  X(expm1, expm1, u10)     \
  X(log2, log2, u10)       \
  X(log10, log10, u10)     \
  X(tan, tan, u10)         \
  X(asin, asin, u10)       \
  X(acos, acos, u10)       \
  X(atan, atan, u10)       \
  X(atanh, atanh, u10)     \
  X(erfc, erfc, u15)       \
  X(tgamma, tgamma, u10)

// Where SLEEF overflows too early ops.h adds the rest; sin and cos of small operands are in elementary.h.
#define MATH_NEAR_LIST(X)       \
  X(any_sin, sin, u10)          \
  X(any_cos, cos, u10)          \
  X(log1p_near, log1p, u10)     \
  X(asinh_near, asinh, u10)     \
  X(acosh_near, acosh, u10)     \
  X(sinh_near, sinh, u10)       \
  X(cosh_near, cosh, u10)       \
  X(lgamma_near, lgamma, u10)

#define MATH_BINARY_LIST(X) \
  X(pow, pow, u10)          \
  X(atan2, atan2, u10)      \
  X(hypot, hypot, u05)
