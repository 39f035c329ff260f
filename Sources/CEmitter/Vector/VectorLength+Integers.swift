import Basics

/// Integers.
extension VectorLength {
  func integer(_ dtype: DType) -> String {
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
}
