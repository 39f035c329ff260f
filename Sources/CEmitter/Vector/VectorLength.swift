import Basics
import KernelIR

/// Types and functions of vectors of one length.
struct VectorLength {
  let target: VectorTarget
  let n: Int

  private var mask: DType { target.maskDType(laneCount: n) }
  private var dtypes: [DType] { target.dtypes(laneCount: n) }

  /// `{e(0), e(1), …}`.
  private func list(_ element: (Int) -> String) -> String {
    "{" + (0..<n).map(element).joined(separator: ", ") + "}"
  }

  var text: String {
    var text = ""
    for dtype in dtypes { text += type("\(dtype)", dtype.cName, dtype.byteCount) }
    for dtype in dtypes where dtype.isInteger {
      text += type("u\(dtype.byteCount * 8)", "u" + dtype.cName, dtype.byteCount)
    }
    text += type("i8", "int8_t", 1)
    text += "typedef \(mask)x$n boolx$n;\n"
    text += Self.bools
    for dtype in dtypes { text += common(dtype) }
    for dtype in dtypes where dtype.isFloating { text += floating(dtype) }
    for dtype in dtypes where dtype.isInteger { text += integer(dtype) }
    for from in dtypes { for to in dtypes where from != to { text += cast(from, to) } }
    for op in ["add", "mul", "min", "max"] { for dtype in dtypes { text += halves(op, "\(dtype)") } }
    for op in ["and", "or"] { text += halves(op, "bool") }
    return text.replacing("$splats", with: list { _ in "s" }).replacing("$counts", with: list { "\($0)" })
      .replacing("$mask", with: "\(mask)").replacing("$n", with: "\(n)")
  }

  private func type(_ name: String, _ element: String, _ byteCount: Int) -> String {
    let alignment = byteCount > 1 ? "aligned(\(byteCount)), may_alias" : "aligned(1), may_alias"
    return "typedef \(element) \(name)x$n GRADC_VECTOR($n, \(byteCount * n));\n"
      + "typedef \(name)x$n \(name)x$nu __attribute__((\(alignment)));\n"
  }

  /// True is -1 in a vector, and 1 in memory.
  private static let bools = #"""
    GRADC_INLINE boolx$n vector_splat_boolx$n(uint8_t s) { boolx$n one = $counts; return (boolx$n)(one * 0 - (s != 0)); }
    GRADC_INLINE boolx$n vector_from_bytesx$n(i8x$n b) { return -__builtin_convertvector(b, boolx$n); }
    GRADC_INLINE i8x$n vector_to_bytesx$n(boolx$n m) { return -__builtin_convertvector(m, i8x$n); }
    GRADC_INLINE boolx$n vector_load_boolx$n(const uint8_t *p) { return vector_from_bytesx$n(*(const i8x$nu *)p); }
    GRADC_INLINE void vector_store_boolx$n(uint8_t *p, boolx$n m) { *(i8x$nu *)p = vector_to_bytesx$n(m); }
    GRADC_INLINE boolx$n vector_load_part_boolx$n(const uint8_t *p, int r) {
      i8x$n b = $counts;
      b *= 0;
      __builtin_memcpy(&b, p, r);
      return vector_from_bytesx$n(b);
    }
    GRADC_INLINE void vector_store_part_boolx$n(uint8_t *p, boolx$n m, int r) {
      i8x$n b = vector_to_bytesx$n(m);
      __builtin_memcpy(p, &b, r);
    }
    GRADC_INLINE boolx$n vector_load_stride_boolx$n(const uint8_t *p, int64_t stride, int r) {
      i8x$n b = $counts;
      b *= 0;
      for (int k = 0; k < r; k++) b[k] = p[k * stride];
      return vector_from_bytesx$n(b);
    }
    GRADC_INLINE void vector_store_stride_boolx$n(uint8_t *p, int64_t stride, boolx$n m, int r) {
      i8x$n b = vector_to_bytesx$n(m);
      for (int k = 0; k < r; k++) p[k * stride] = b[k];
    }
    /// The first r positions.
    GRADC_INLINE boolx$n vector_firstx$n(int r) {
      boolx$n k = $counts;
      return (boolx$n)(k < r);
    }
    GRADC_INLINE boolx$n vector_select_boolx$n(boolx$n m, boolx$n a, boolx$n b) { return (m & a) | (~m & b); }
    GRADC_INLINE boolx$n vector_eq_boolx$n(boolx$n a, boolx$n b) { return ~(a ^ b); }
    GRADC_INLINE boolx$n vector_ne_boolx$n(boolx$n a, boolx$n b) { return a ^ b; }
    GRADC_INLINE boolx$n vector_lt_boolx$n(boolx$n a, boolx$n b) { return ~a & b; }
    GRADC_INLINE boolx$n vector_le_boolx$n(boolx$n a, boolx$n b) { return ~a | b; }
    GRADC_INLINE boolx$n vector_gt_boolx$n(boolx$n a, boolx$n b) { return a & ~b; }
    GRADC_INLINE boolx$n vector_ge_boolx$n(boolx$n a, boolx$n b) { return a | ~b; }
    GRADC_INLINE boolx$n vector_and_boolx$n(boolx$n a, boolx$n b) { return a & b; }
    GRADC_INLINE boolx$n vector_or_boolx$n(boolx$n a, boolx$n b) { return a | b; }
    GRADC_INLINE boolx$n vector_xor_boolx$n(boolx$n a, boolx$n b) { return a ^ b; }
    GRADC_INLINE boolx$n vector_not_boolx$n(boolx$n a) { return ~a; }

    """#

  // MARK: All numbers

  private func common(_ dtype: DType) -> String {
    let bits = dtype.byteCount == 4 ? DType.i32 : .i64
    let isMaskWide = bits == mask
    return Self.common.replacing("$part", with: parts(dtype))
      .replacing("$tomask", with: isMaskWide ? "(boolx$n)" : "GRADC_CONVERT_MASK_$b")
      .replacing("$tobits", with: isMaskWide ? "($bx$n)" : "GRADC_CONVERT_BITS_$b")
      .replacing("GRADC_CONVERT_MASK_$b(c)", with: "__builtin_convertvector(($bx$n)(c), boolx$n)")
      .replacing("GRADC_CONVERT_BITS_$b(m)", with: "__builtin_convertvector(m, $bx$n)")
      .replacing("$t", with: "\(dtype)").replacing("$b", with: "\(bits)").replacing("$C", with: dtype.cName)
  }

  private static let common =
    #"""
    GRADC_INLINE boolx$n vector_mask_$tx$n($bx$n c) { return $tomask(c); }
    GRADC_INLINE $bx$n vector_bits_$tx$n(boolx$n m) { return $tobits(m); }
    GRADC_INLINE $tx$n vector_splat_$tx$n($C s) { return ($tx$n)$splats; }
    GRADC_INLINE $tx$n vector_load_$tx$n(const $C *p) { return *(const $tx$nu *)p; }
    GRADC_INLINE void vector_store_$tx$n($C *p, $tx$n v) { *($tx$nu *)p = v; }
    $part
    GRADC_INLINE $tx$n vector_load_stride_$tx$n(const $C *p, int64_t stride, int r) {
      $tx$n v = vector_splat_$tx$n(0);
      for (int k = 0; k < r; k++) v[k] = p[k * stride];
      return v;
    }
    GRADC_INLINE void vector_store_stride_$tx$n($C *p, int64_t stride, $tx$n v, int r) {
      for (int k = 0; k < r; k++) p[k * stride] = v[k];
    }
    GRADC_INLINE $tx$n vector_select_$tx$n(boolx$n m, $tx$n a, $tx$n b) {
      $bx$n c = vector_bits_$tx$n(m);
      return GRADC_BLEND(c, a, b);
    }

    """#
    + ["eq ==", "ne !=", "lt <", "le <=", "gt >", "ge >="].map { pair in
      let parts = pair.split(separator: " ")
      return "GRADC_INLINE boolx$n vector_\(parts[0])_$tx$n($tx$n a, $tx$n b) "
        + "{ return vector_mask_$tx$n(($bx$n)(a \(parts[1]) b)); }\n"
    }.joined()
    + ["add +", "sub -", "mul *"].map { pair in
      let parts = pair.split(separator: " ")
      return "GRADC_INLINE $tx$n vector_\(parts[0])_$tx$n($tx$n a, $tx$n b) { return a \(parts[1]) b; }\n"
    }.joined()
      + #"""
      GRADC_INLINE $tx$n vector_neg_$tx$n($tx$n a) { return -a; }
      GRADC_INLINE boolx$n vector_cast_$t_boolx$n($tx$n a) { return vector_mask_$tx$n(($bx$n)(a != vector_splat_$tx$n(0))); }
      GRADC_INLINE $tx$n vector_cast_bool_$tx$n(boolx$n m) {
        return ($tx$n)(vector_bits_$tx$n(m) & ($bx$n)vector_splat_$tx$n(1));
      }

      """#

  /// Loads and stores of the first elements of a vector.
  private func parts(_ dtype: DType) -> String {
    let bits = n * dtype.byteCount * 8
    let plain = #"""
      GRADC_INLINE $tx$n vector_load_part_$tx$n(const $C *p, int r) {
        $tx$n v = vector_splat_$tx$n(0);
        __builtin_memcpy(&v, p, r * sizeof(*p));
        return v;
      }
      GRADC_INLINE void vector_store_part_$tx$n($C *p, $tx$n v, int r) { __builtin_memcpy(p, &v, r * sizeof(*p)); }
      """#
    guard bits >= 256 else { return plain }
    let kind = dtype.byteCount == 4 ? "si" : "di"
    let element = dtype.byteCount == 4 ? "int" : "long long"
    let maskType = n == 16 ? "unsigned short" : "unsigned char"
    return """
      #if defined(__AVX512VL__)
      typedef \(element) vector_part_type_$tx$n __attribute__((vector_size(\(bits / 8))));
      GRADC_INLINE $tx$n vector_load_part_$tx$n(const $C *p, int r) {
        vector_part_type_$tx$n zero = {0};
        return ($tx$n)__builtin_ia32_loaddqu\(kind)\(bits)_mask((const void *)p, zero, (\(maskType))((1u << r) - 1));
      }
      GRADC_INLINE void vector_store_part_$tx$n($C *p, $tx$n v, int r) {
        __builtin_ia32_storedqu\(kind)\(bits)_mask((void *)p, (vector_part_type_$tx$n)v, (\(maskType))((1u << r) - 1));
      }
      #else
      \(plain)
      #endif
      """
  }

  // MARK: Floating numbers

  private func floating(_ dtype: DType) -> String {
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

  // MARK: Integers

  private func integer(_ dtype: DType) -> String {
    let width = dtype.byteCount * 8
    return Self.integer.replacing("$U", with: "u\(width)").replacing("$W", with: "\(width)")
      .replacing("$ones", with: width == 32 ? "0x01010101u" : "0x0101010101010101ull")
      .replacing("$t", with: "\(dtype)").replacing("$C", with: dtype.cName)
  }

  private static let integer = #"""
    GRADC_INLINE $tx$n vector_index_$tx$n($C start, $C step) {
      $tx$n k = $counts;
      return vector_splat_$tx$n(start) + vector_splat_$tx$n(step) * k;
    }
    GRADC_INLINE $tx$n vector_abs_$tx$n($tx$n a) {
      return vector_select_$tx$n(vector_lt_$tx$n(a, vector_splat_$tx$n(0)), -a, a);
    }
    GRADC_INLINE $tx$n vector_sign_$tx$n($tx$n a) { return ($tx$n)(a < 0) - ($tx$n)(a > 0); }
    GRADC_INLINE $tx$n vector_max_$tx$n($tx$n a, $tx$n b) { return vector_select_$tx$n(vector_gt_$tx$n(a, b), a, b); }
    GRADC_INLINE $tx$n vector_min_$tx$n($tx$n a, $tx$n b) { return vector_select_$tx$n(vector_lt_$tx$n(a, b), a, b); }
    GRADC_INLINE $tx$n vector_and_$tx$n($tx$n a, $tx$n b) { return a & b; }
    GRADC_INLINE $tx$n vector_or_$tx$n($tx$n a, $tx$n b) { return a | b; }
    GRADC_INLINE $tx$n vector_xor_$tx$n($tx$n a, $tx$n b) { return a ^ b; }
    GRADC_INLINE $tx$n vector_not_$tx$n($tx$n a) { return ~a; }
    GRADC_INLINE $tx$n vector_div_$tx$n($tx$n a, $tx$n b) {
      for (int k = 0; k < $n; k++) a[k] = scalar_div_$t(a[k], b[k]);
      return a;
    }
    GRADC_INLINE $tx$n vector_rem_$tx$n($tx$n a, $tx$n b) {
      for (int k = 0; k < $n; k++) a[k] = scalar_rem_$t(a[k], b[k]);
      return a;
    }
    GRADC_INLINE $tx$n vector_shl_$tx$n($tx$n a, $tx$n b) {
      $Ux$n d = ($Ux$n)a << (($Ux$n)b & ($W - 1));
      return ($tx$n)d & ($tx$n)(($Ux$n)b < $W);
    }
    GRADC_INLINE $tx$n vector_lshr_$tx$n($tx$n a, $tx$n b) {
      $Ux$n d = ($Ux$n)a >> (($Ux$n)b & ($W - 1));
      return ($tx$n)d & ($tx$n)(($Ux$n)b < $W);
    }
    GRADC_INLINE $tx$n vector_ashr_$tx$n($tx$n a, $tx$n b) {
      $tx$n inside = ($tx$n)(($Ux$n)b < $W);
      return a >> ((inside & b) | (~inside & ($W - 1)));
    }
    GRADC_INLINE $tx$n vector_popcount_$tx$n($tx$n a) {
      $Ux$n x = ($Ux$n)a;
      x -= (x >> 1) & ($ones * 0x55);
      x = (x & ($ones * 0x33)) + ((x >> 2) & ($ones * 0x33));
      x = (x + (x >> 4)) & ($ones * 0x0f);
      return ($tx$n)((x * $ones) >> ($W - 8));
    }

    """#

  // MARK: Casts, and lanes combined

  private func cast(_ from: DType, _ to: DType) -> String {
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

  private func halves(_ op: String, _ t: String) -> String {
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
