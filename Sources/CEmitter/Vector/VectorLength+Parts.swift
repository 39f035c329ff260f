import Basics

extension VectorLength {
  /// Loads and stores of the first elements of a vector.
  func parts(_ dtype: DType) -> String {
    let bits = n * dtype.byteCount * 8
    let plain = #"""
      GRADC_INLINE $tx$n vector_load_part_$tx$n(const $C *p, int r) {
        $tx$n v = vector_splat_$tx$n(0);
        __builtin_memcpy(&v, p, r * sizeof(*p));
        return v;
      }
      GRADC_INLINE void vector_store_part_$tx$n($C *p, $tx$n v, int r) { __builtin_memcpy(p, &v, r * sizeof(*p)); }
      """#
    // Of two registers there is no masked part.
    guard bits >= 256, bits <= target.byteCount * 8 else { return plain }
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
}
