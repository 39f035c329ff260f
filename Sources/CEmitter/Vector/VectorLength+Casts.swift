import Basics

/// Casts, and lanes combined.
extension VectorLength {
  func cast(_ from: DType, _ to: DType) -> String {
    let head = "GRADC_INLINE \(to)x$n vector_cast_\(from)_\(to)x$n(\(from)x$n a)"
    guard from.isFloating, to.isInteger else { return head + " { return __builtin_convertvector(a, \(to)x$n); }\n" }
    let bits = to.byteCount * 8 - 1
    let largest = to == .i32 ? "0x7fffffff" : "0x7fffffffffffffffll"
    return head + """
       {
        \(from)x$n high = vector_splat_\(from)x$n(0x1p\(bits)f), zero = vector_splat_\(from)x$n(0);
        \(to)x$n most = vector_splat_\(to)x$n(\(largest));
        boolx$n over = vector_ge_\(from)x$n(a, high), under = vector_lt_\(from)x$n(a, -high);
        \(from)x$n b = vector_select_\(from)x$n(over | under | vector_ne_\(from)x$n(a, a), zero, a);
        \(to)x$n d = __builtin_convertvector(b, \(to)x$n);
        return vector_select_\(to)x$n(over, most, vector_select_\(to)x$n(under, -most - 1, d));
      }

      """
  }

  func halves(_ op: String, _ t: String) -> String {
    let result = t == "bool" ? "uint8_t" : DType.allCases.first { "\($0)" == t }?.cName ?? t
    var text = "GRADC_INLINE \(result) vector_halves_\(op)_\(t)x$n(\(t)x$n a) {\n"
    var half = n / 2
    while half > 0 {
      let places = (0..<n).map { "\(($0 + half) % n)" }.joined(separator: ", ")
      text += "  a = vector_\(op)_\(t)x$n(a, __builtin_shufflevector(a, a, \(places)));\n"
      half /= 2
    }
    return text + "  return a[0]\(t == "bool" ? " & 1" : "");\n}\n"
  }
}
