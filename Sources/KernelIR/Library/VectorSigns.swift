extension LibraryDefinition {
  /// The sign of the element of a vector that decides: the first of at least 9/10 of the greatest magnitude. Vectors that
  /// are determined up to their sign are given the one at which it is positive. With the greatest itself, rounding would
  /// decide where two are equal, as they often are.
  static func leadingSign(_ vector: [Double]) -> Double {
    let greatest = vector.reduce(0) { max($0, abs($1)) }
    return (vector.first { abs($0) >= 0.9 * greatest } ?? 0) < 0 ? -1 : 1
  }

  /// The same in portable C, for the elements `x[0], x[step] …`.
  static let portableSign = """
    /* The sign of the first element of at least 9/10 of the greatest magnitude. */
    static $T $name_sign(int64_t count, const $T *x, int64_t step)
    {
      $T greatest = 0;
      int64_t i = 0;
      for (int64_t j = 0; j < count; ++j)
        greatest = fabs$f(x[j * step]) > greatest ? fabs$f(x[j * step]) : greatest;
      while (i < count && fabs$f(x[i * step]) < 0.9$f * greatest)
        ++i;
      return i < count && x[i * step] < 0 ? -1 : 1;
    }


    """
}
