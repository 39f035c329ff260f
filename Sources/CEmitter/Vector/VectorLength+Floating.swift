import Basics

/// Floating numbers.
extension VectorLength {
  func floating(_ dtype: DType) -> String {
    let isSingle = dtype == .f32
    let suffix = isSingle ? "ps" : "pd"
    let bytes = n * dtype.byteCount
    func each(_ name: String, _ c: String, _ clang: String, _ x86: String, _ arity: Int) -> String {
      let parameters = ["a", "b", "c"].prefix(arity)
      let head =
        "GRADC_INLINE $tx$n vector_\(name)_$tx$n(\(parameters.map { "$tx$n \($0)" }.joined(separator: ", ")))"
      let guardName =
        bytes == 64
        ? "__AVX512F__" : bytes < 16 ? "" : name == "fma" ? "__FMA__" : bytes == 32 ? "__AVX__" : "__SSE4_1__"
      let lanes = parameters.map { "\($0)[k]" }.joined(separator: ", ")
      var text = "#if defined(__clang__)\n\(head) { return \(clang)(\(parameters.joined(separator: ", "))); }\n"
      if !x86.isEmpty, !guardName.isEmpty {
        text += "#elif defined(\(guardName))\n\(head) { return ($tx$n)\(x86); }\n"
      }
      text +=
        "#else\n\(head) { $tx$n d; for (int k = 0; k < $n; k++) d[k] = \(c)\(isSingle ? "f" : "")(\(lanes)); "
        + "return d; }\n#endif\n"
      return text
    }
    let all = isSingle ? "(unsigned short)-1" : "(unsigned char)-1"
    let wide = bytes == 64
    let size = bytes == 32 ? "256" : ""
    func rounding(_ mode: Int) -> String {
      wide
        ? "__builtin_ia32_rndscale\(suffix)_mask(a, \(mode), a, \(all), 4)"
        : "__builtin_ia32_round\(suffix)\(size)(a, \(mode))"
    }
    var text = each(
      "sqrt", "__builtin_sqrt", "__builtin_elementwise_sqrt",
      wide ? "__builtin_ia32_sqrt\(suffix)512_mask(a, a, \(all), 4)" : "__builtin_ia32_sqrt\(suffix)\(size)(a)", 1)
    text += each(
      "fma", "__builtin_fma", "__builtin_elementwise_fma",
      wide
        ? "__builtin_ia32_vfmadd\(suffix)512_mask(a, b, c, \(all), 4)"
        : "__builtin_ia32_vfmadd\(suffix)\(size)(a, b, c)",
      3)
    text += each("floor", "__builtin_floor", "__builtin_elementwise_floor", rounding(9), 1)
    text += each("ceil", "__builtin_ceil", "__builtin_elementwise_ceil", rounding(10), 1)
    text += each("trunc", "__builtin_trunc", "__builtin_elementwise_trunc", rounding(11), 1)
    text += each("round", "__builtin_rint", "__builtin_elementwise_roundeven", rounding(8), 1)
    text += Self.floating
    let test =
      bytes == 64
      ? "#elif defined(__AVX512F__)\n$head { return __builtin_ia32_ptestm\(isSingle ? "d" : "q")512(m, m, \(all)) != 0; }\n"
      : bytes == 32
        ? "#elif defined(__AVX__)\n$head { return !__builtin_ia32_ptestz256((gradc_v4di)m, (gradc_v4di)m); }\n" : ""
    text += """
      #if defined(__clang__)
      $head { return __builtin_reduce_or(m) != 0; }
      \(test)#else
      $head { for (int k = 0; k < $n; k++) if (m[k]) return 1; return 0; }
      #endif

      """.replacing("$head", with: "GRADC_INLINE int vector_any_$bx$n($bx$n m)")
    return text.replacing("$b", with: isSingle ? "i32" : "i64").replacing("$top", with: isSingle ? "31" : "63")
      .replacing("$t", with: "\(dtype)").replacing("$C", with: dtype.cName)
  }

  private static let floating = #"""
    GRADC_INLINE $tx$n vector_div_$tx$n($tx$n a, $tx$n b) { return a / b; }
    GRADC_INLINE $tx$n vector_rsqrt_$tx$n($tx$n a) { return vector_splat_$tx$n(1) / vector_sqrt_$tx$n(a); }
    GRADC_INLINE $tx$n vector_abs_$tx$n($tx$n a) { return ($tx$n)(($bx$n)a & ~($bx$n)vector_splat_$tx$n(-0.0f)); }
    GRADC_INLINE $tx$n vector_copysign_$tx$n($tx$n a, $tx$n b) {
      $bx$n sign = ($bx$n)vector_splat_$tx$n(-0.0f);
      return ($tx$n)((($bx$n)a & ~sign) | (($bx$n)b & sign));
    }
    GRADC_INLINE $tx$n vector_sign_$tx$n($tx$n a) {
      $tx$n zero = vector_splat_$tx$n(0), one = vector_splat_$tx$n(1);
      $tx$n negative = vector_select_$tx$n(vector_lt_$tx$n(a, zero), -one, a);
      return vector_select_$tx$n(vector_gt_$tx$n(a, zero), one, negative);
    }
    GRADC_INLINE $tx$n vector_max_$tx$n($tx$n a, $tx$n b) {
      return vector_select_$tx$n(vector_gt_$tx$n(a, b) | vector_ne_$tx$n(a, a), a, b);
    }
    GRADC_INLINE $tx$n vector_min_$tx$n($tx$n a, $tx$n b) {
      return vector_select_$tx$n(vector_lt_$tx$n(a, b) | vector_ne_$tx$n(a, a), a, b);
    }
    GRADC_INLINE $tx$n vector_nextafter_$tx$n($tx$n x, $tx$n y) {
      $tx$n zero = vector_splat_$tx$n(0);
      $bx$n up = ($bx$n)(x > zero) ^ ($bx$n)(x < y);
      $tx$n z = ($tx$n)(($bx$n)x + (~up & 2) - 1);
      $tx$n least = vector_copysign_$tx$n(($tx$n)(up * 0 + 1), y);
      z = vector_select_$tx$n(vector_eq_$tx$n(x, zero), least, z);
      z = vector_select_$tx$n(vector_eq_$tx$n(x, y), y, z);
      return vector_select_$tx$n(vector_ne_$tx$n(x, x) | vector_ne_$tx$n(y, y), x + y, z);
    }

    """#
}
