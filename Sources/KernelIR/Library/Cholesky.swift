import Basics

extension LibraryRoutine {
  /// The lower triangular L with `L Lᵀ = A`, of an n × n matrix of whose elements only those of the lower triangle are
  /// read; zeros above the diagonal. NaN throughout if A is not positive definite.
  package static func cholesky(_ n: Int) -> LibraryRoutine { LibraryRoutine(.cholesky, [n]) }
}

extension LibraryDefinition {
  static let cholesky = LibraryDefinition(
    name: "cholesky",
    parameters: [.extent("n")],
    dtypes: [.f32, .f64],
    inputs: { p, dtype in [LibraryArgument("a", dtype, p[0], p[0])] },
    outputs: { p, dtype in [LibraryArgument("l", dtype, p[0], p[0])] },
    workspaceByteCount: nil,
    evaluate: { p, _, inputs in [.floating(choleskyFactor(inputs[0].doubles, p[0]))] },
    portableC: """
      /* L with L L' = A and zeros above its diagonal; NaN if A is not positive definite. */
      static void $name(int64_t n, const $T *a, $T *l)
      {
        for (int64_t i = 0; i < n; ++i) {
          for (int64_t j = 0; j <= i; ++j) {
            $T sum = a[i * n + j];
            for (int64_t k = 0; k < j; ++k)
              sum -= l[i * n + k] * l[j * n + k];
            if (i == j && !(sum > 0)) {
              for (int64_t k = 0; k < n * n; ++k)
                l[k] = NAN;
              return;
            }
            l[i * n + j] = i == j ? sqrt$f(sum) : sum / l[j * n + j];
          }
          for (int64_t j = i + 1; j < n; ++j)
            l[i * n + j] = 0;
        }
      }
      """,
    examples: [[0], [1], [3], [12]])
}

private func choleskyFactor(_ a: [Double], _ n: Int) -> [Double] {
  var l = [Double](repeating: 0, count: n * n)
  for i in 0..<n {
    for j in 0...i {
      var sum = a[i * n + j]
      for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
      if i != j {
        l[i * n + j] = sum / l[j * n + j]
      } else if sum > 0 {
        l[i * n + i] = sum.squareRoot()
      } else {
        return [Double](repeating: .nan, count: n * n)
      }
    }
  }
  return l
}
