// The functions of elementary.h.
#define ELEMENTARY_LIST(X) X(exp) X(log) X(tanh) X(erf)

// Within 3.5 ulp: those of relaxed.h, for both dtypes and for f32 alone. What is in no list is not faster by a twentieth.
#define RELAXED_LIST(X) X(exp_u35) X(log_u35) X(tanh_u35) X(sin_u35) X(cos_u35) X(logistic_u35)
#define RELAXED_LIST_f32(X) X(erf_u35)

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
  X(tgamma, tgamma, u10)   \
  X(cbrt_u35, cbrt, u35)   \
  X(tan_u35, tan, u35)     \
  X(asin_u35, asin, u35)   \
  X(acos_u35, acos, u35)   \
  X(atan_u35, atan, u35)   \
  X(log2_u35, log2, u35)

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

#define MATH_BINARY_LIST(X)  \
  X(pow, pow, u10)           \
  X(atan2, atan2, u10)       \
  X(hypot, hypot, u05)       \
  X(atan2_u35, atan2, u35)   \
  X(hypot_u35, hypot, u35)
