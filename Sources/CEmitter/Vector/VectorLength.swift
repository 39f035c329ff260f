import Basics
import KernelIR

/// Types and functions of vectors of one length.
struct VectorLength {
  let target: VectorTarget
  let n: Int

  var mask: DType { target.maskDType(laneCount: n) }
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
    return (Self.common + stream(dtype) + comparisons(dtype) + Self.arithmetic).replacing("$part", with: parts(dtype))
      .replacing("$tomask", with: isMaskWide ? "(boolx$n)" : "GRADC_CONVERT_MASK_$b")
      .replacing("$tobits", with: isMaskWide ? "($bx$n)" : "GRADC_CONVERT_BITS_$b")
      .replacing("GRADC_CONVERT_MASK_$b(c)", with: "__builtin_convertvector(($bx$n)(c), boolx$n)")
      .replacing("GRADC_CONVERT_BITS_$b(m)", with: "__builtin_convertvector(m, $bx$n)")
      .replacing("$t", with: "\(dtype)").replacing("$b", with: "\(bits)").replacing("$C", with: dtype.cName)
  }

  /// Comparisons; of two registers one by one, as gcc compares longer vectors element by element.
  private func comparisons(_ dtype: DType) -> String {
    let operators = ["eq ==", "ne !=", "lt <", "le <=", "gt >", "ge >="].map { $0.split(separator: " ") }
    guard dtype.byteCount * n > target.byteCount else {
      return operators.map { pair in
        "GRADC_INLINE boolx$n vector_\(pair[0])_$tx$n($tx$n a, $tx$n b) "
          + "{ return vector_mask_$tx$n(($bx$n)(a \(pair[1]) b)); }\n"
      }.joined()
    }
    let (half, elements) = (n / 2, mask == .i32 ? "int32_t" : "int64_t")
    let places = (0..<n).map { "\($0)" }.joined(separator: ", ")
    return "typedef $C half_$tx$n GRADC_VECTOR(\(half), \(half * dtype.byteCount));\n"
      + "typedef \(elements) half_mask_$tx$n GRADC_VECTOR(\(half), \(half * mask.byteCount));\n"
      + operators.map { pair in
        """
        GRADC_INLINE boolx$n vector_\(pair[0])_$tx$n($tx$n a, $tx$n b) {
          half_$tx$n parts_a[2], parts_b[2];
          __builtin_memcpy(parts_a, &a, sizeof a);
          __builtin_memcpy(parts_b, &b, sizeof b);
          half_$tx$n low = (half_$tx$n)(parts_a[0] \(pair[1]) parts_b[0]);
          half_$tx$n high = (half_$tx$n)(parts_a[1] \(pair[1]) parts_b[1]);
          return __builtin_shufflevector(__builtin_convertvector(low, half_mask_$tx$n),
                                         __builtin_convertvector(high, half_mask_$tx$n), \(places));
        }

        """
      }.joined()
  }

  /// A store past the caches, where the address is that of a whole vector.
  private func stream(_ dtype: DType) -> String {
    let byteCount = dtype.byteCount * n
    let kind = dtype == .f32 ? "ps" : "pd"
    guard dtype.isFloating, byteCount == target.byteCount else { return "" }
    return """
      GRADC_INLINE void vector_stream_$tx$n($C *p, $tx$n v) {
      #if defined(__clang__) || defined(__x86_64__)
        if ((uint64_t)p % \(byteCount) == 0) {
      #if defined(__clang__)
          __builtin_nontemporal_store(v, ($tx$n *)p);
      #else
          __builtin_ia32_movnt\(kind)\(byteCount == 16 ? "" : "\(byteCount * 8)")(p, v);
      #endif
          return;
        }
      #endif
        *($tx$nu *)p = v;
      }

      """
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

  private static let arithmetic =
    ["add +", "sub -", "mul *"].map { pair in
      let parts = pair.split(separator: " ")
      return "GRADC_INLINE $tx$n vector_\(parts[0])_$tx$n($tx$n a, $tx$n b) { return a \(parts[1]) b; }\n"
    }.joined()
      + #"""
      GRADC_INLINE $tx$n vector_neg_$tx$n($tx$n a) { return -a; }
      GRADC_INLINE boolx$n vector_cast_$t_boolx$n($tx$n a) { return vector_ne_$tx$n(a, vector_splat_$tx$n(0)); }
      GRADC_INLINE $tx$n vector_cast_bool_$tx$n(boolx$n m) {
        return ($tx$n)(vector_bits_$tx$n(m) & ($bx$n)vector_splat_$tx$n(1));
      }

      """#
}
