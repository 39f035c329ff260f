import Basics
import KernelIR

/// The C before the kernels of the vector dialect: types of vectors, and what C has no operator for, in GNU C for gcc and
/// clang. What an op means stands in the runtime's `ops.h` and `cast_ops.h`, whose bits these functions have.
struct VectorPrelude {
  let target: VectorTarget
  /// The lengths of vectors that are needed.
  let laneCounts: [Int]

  var text: String {
    let lengths = laneCounts.map { VectorLength(target: target, n: $0).text }
    return ([Self.head, Self.scalars] + lengths).joined(separator: "\n")
  }

  private static let head = #"""
    typedef signed int int32_t;
    typedef signed long long int64_t;
    typedef signed char int8_t;
    typedef unsigned char uint8_t;
    typedef unsigned int uint32_t;
    typedef unsigned long long uint64_t;
    typedef long long gradc_v4di __attribute__((vector_size(32)));
    #define GRADC_INLINE static inline __attribute__((always_inline, unused))
    #if defined(__x86_64__)
    GRADC_INLINE void gradc_end_streams(void) { __builtin_ia32_sfence(); }
    #else
    GRADC_INLINE void gradc_end_streams(void) {}
    #endif
    #if defined(__clang__)
    #define GRADC_VECTOR(n, bytes) __attribute__((ext_vector_type(n)))
    #define GRADC_BLEND(mask, a, b) ((mask) ? (a) : (b))
    #else
    #define GRADC_VECTOR(n, bytes) __attribute__((vector_size(bytes)))
    #define GRADC_BLEND(mask, a, b) ((__typeof__(a))(((mask) & (__typeof__(mask))(a)) | (~(mask) & (__typeof__(mask))(b))))
    #endif

    """#

  /// The ops of single elements.
  private static var scalars: String {
    var text = ""
    for dtype in [DType.f32, .f64] {
      text += floatScalars.replacing("$t", with: "\(dtype)").replacing("$C", with: dtype.cName)
        .replacing("$f", with: dtype == .f32 ? "f" : "")
      for to in [DType.i32, .i64] {
        let bits = to == .i32 ? 31 : 63
        text +=
          "GRADC_INLINE \(to.cName) scalar_cast_\(dtype)_\(to)(\(dtype.cName) x) { return x >= 0x1p\(bits) ? "
          + "(\(to.cName))(~0u\(to == .i32 ? "" : "ll") >> 1) : x < -0x1p\(bits) ? "
          + "-(\(to.cName))(~0u\(to == .i32 ? "" : "ll") >> 1) - 1 : x == x ? (\(to.cName))x : 0; }\n"
      }
    }
    for dtype in [DType.i32, .i64] {
      text += integerScalars.replacing("$t", with: "\(dtype)").replacing("$C", with: dtype.cName)
        .replacing("$W", with: dtype == .i32 ? "32" : "64").replacing("$ll", with: dtype == .i32 ? "" : "ll")
    }
    return text
  }

  private static let floatScalars = #"""
    GRADC_INLINE $C scalar_abs_$t($C x) { return __builtin_fabs$f(x); }
    GRADC_INLINE $C scalar_sign_$t($C x) { return x > 0 ? ($C)1 : x < 0 ? ($C)-1 : x; }
    GRADC_INLINE $C scalar_max_$t($C x, $C y) { return x != x ? x : x > y ? x : y; }
    GRADC_INLINE $C scalar_min_$t($C x, $C y) { return x != x ? x : x < y ? x : y; }
    GRADC_INLINE $C scalar_sqrt_$t($C x) { return __builtin_sqrt$f(x); }
    GRADC_INLINE $C scalar_rsqrt_$t($C x) { return ($C)1 / __builtin_sqrt$f(x); }
    GRADC_INLINE $C scalar_floor_$t($C x) { return __builtin_floor$f(x); }
    GRADC_INLINE $C scalar_ceil_$t($C x) { return __builtin_ceil$f(x); }
    GRADC_INLINE $C scalar_round_$t($C x) { return __builtin_rint$f(x); }
    GRADC_INLINE $C scalar_trunc_$t($C x) { return __builtin_trunc$f(x); }
    GRADC_INLINE $C scalar_fma_$t($C x, $C y, $C z) { return __builtin_fma$f(x, y, z); }
    GRADC_INLINE $C scalar_copysign_$t($C x, $C y) { return __builtin_copysign$f(x, y); }

    """#

  private static let integerScalars = #"""
    GRADC_INLINE $C scalar_abs_$t($C x) { return x < 0 ? -x : x; }
    GRADC_INLINE $C scalar_sign_$t($C x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
    GRADC_INLINE $C scalar_max_$t($C x, $C y) { return x > y ? x : y; }
    GRADC_INLINE $C scalar_min_$t($C x, $C y) { return x < y ? x : y; }
    GRADC_INLINE $C scalar_div_$t($C x, $C y) { return y == 0 ? 0 : y == -1 ? -x : x / y; }
    GRADC_INLINE $C scalar_rem_$t($C x, $C y) { return y == 0 ? x : y == -1 ? 0 : x % y; }
    GRADC_INLINE $C scalar_shl_$t($C x, $C y) { return (u$C)y < $W ? ($C)((u$C)x << y) : 0; }
    GRADC_INLINE $C scalar_lshr_$t($C x, $C y) { return (u$C)y < $W ? ($C)((u$C)x >> y) : 0; }
    GRADC_INLINE $C scalar_ashr_$t($C x, $C y) { return x >> ((u$C)y < $W ? y : $W - 1); }
    GRADC_INLINE $C scalar_popcount_$t($C x) { return __builtin_popcount$ll((u$C)x); }

    """#

  /// Whether a function on single elements is defined here, and need not be taken from the runtime.
  static func defines(_ function: RuntimeFunction, _ target: VectorTarget) -> Bool {
    switch function {
    case .scalarCast, .scalarSineCosine: true
    case .scalar(let op, let dtype, let accuracy)
    where InlineFunctions.has(VectorTarget.Function(op, dtype, accuracy), target): true
    case .scalar(let op, let dtype, .high): scalars.contains(" scalar_\(op.name)_\(dtype)(")
    default: false
    }
  }
}
