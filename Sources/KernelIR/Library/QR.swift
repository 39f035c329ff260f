import Basics

extension LibraryRoutine {
  /// `A = Q R` of an m × n matrix by Householder reflections, R upper triangular with a diagonal ≥ 0. Reduced: Q has
  /// k = min(m, n) orthonormal columns and R k rows; full: Q is m × m, R m × n. Further columns of a full Q are those of
  /// the reflections' product. NaN throughout if an element is not finite.
  package static func qr(_ m: Int, _ n: Int, full: Bool) -> LibraryRoutine {
    LibraryRoutine(.qr, [m, n, full ? 1 : 0])
  }
}

extension LibraryDefinition {
  static let qr = LibraryDefinition(
    name: "qr",
    parameters: [.extent("m"), .extent("n"), .flag("full")],
    dtypes: [.f32, .f64],
    inputs: { p, dtype in [LibraryArgument("a", dtype, p[0], p[1])] },
    outputs: { p, dtype in
      let inner = p[2] == 1 ? p[0] : min(p[0], p[1])
      return [LibraryArgument("q", dtype, p[0], inner), LibraryArgument("r", dtype, inner, p[1])]
    },
    // The reflections in place of A, their factors, and for LAPACK 32 rows or columns to work on at once.
    workspaceByteCount: { p, dtype in
      (p[0] * p[1] + min(p[0], p[1]) + 32 * max(p[0], p[1], 1)) * dtype.byteCount
    },
    evaluate: { p, _, inputs in
      let factors = reflected(inputs[0].doubles, p[0], p[1], isFull: p[2] == 1)
      return [.floating(factors.q), .floating(factors.r)]
    },
    portableC: """
      /* A = Q R by Householder reflections 1 - tau v v', with a diagonal of R that is not negative. */
      static void $name(int64_t m, int64_t n, int64_t full, const $T *a, $T *q, $T *r, void *workspace)
      {
        const int64_t steps = m < n ? m : n, inner = full ? m : steps;
        $T *x = ($T *)workspace, *tau = x + m * n;
        for (int64_t i = 0; i < m * n; ++i) {
          x[i] = a[i];
          if (isfinite(a[i]))
            continue;
          for (int64_t j = 0; j < m * inner; ++j)
            q[j] = NAN;
          for (int64_t j = 0; j < inner * n; ++j)
            r[j] = NAN;
          return;
        }
        for (int64_t k = 0; k < steps; ++k) {
          $T scale = 0, sum = 0;
          for (int64_t i = k; i < m; ++i)
            scale = fabs$f(x[i * n + k]) > scale ? fabs$f(x[i * n + k]) : scale;
          for (int64_t i = k + 1; i < m; ++i)
            sum += x[i * n + k] / scale * (x[i * n + k] / scale);
          tau[k] = 0;
          if (!(sum > 0))
            continue;
          /* v is 1, then column k below the diagonal over (alpha - beta), all of them scaled. */
          const $T alpha = x[k * n + k] / scale;
          const $T beta = -copysign$f(sqrt$f(alpha * alpha + sum), alpha);
          tau[k] = (beta - alpha) / beta;
          x[k * n + k] = scale * beta;
          for (int64_t i = k + 1; i < m; ++i)
            x[i * n + k] = x[i * n + k] / scale / (alpha - beta);
          for (int64_t j = k + 1; j < n; ++j) {
            $T dot = x[k * n + j];
            for (int64_t i = k + 1; i < m; ++i)
              dot += x[i * n + k] * x[i * n + j];
            x[k * n + j] -= tau[k] * dot;
            for (int64_t i = k + 1; i < m; ++i)
              x[i * n + j] -= tau[k] * dot * x[i * n + k];
          }
        }
        for (int64_t i = 0; i < inner; ++i) {
          const $T sign = i < n && x[i * n + i] < 0 ? -1 : 1;
          for (int64_t j = 0; j < n; ++j)
            r[i * n + j] = j < i ? 0 : sign * x[i * n + j];
          for (int64_t j = 0; j < m; ++j)
            q[j * inner + i] = i == j ? sign : 0;
        }
        for (int64_t k = steps - 1; k >= 0; --k) {
          for (int64_t j = 0; j < inner; ++j) {
            $T dot = q[k * inner + j];
            for (int64_t i = k + 1; i < m; ++i)
              dot += x[i * n + k] * q[i * inner + j];
            q[k * inner + j] -= tau[k] * dot;
            for (int64_t i = k + 1; i < m; ++i)
              q[i * inner + j] -= tau[k] * dot * x[i * n + k];
          }
        }
      }
      """,
    examples: [
      [0, 0, 0], [3, 0, 0], [3, 0, 1], [0, 3, 0], [1, 1, 0], [3, 3, 0], [5, 3, 0], [5, 3, 1], [3, 5, 0], [3, 5, 1],
      [40, 40, 0], [40, 25, 0], [40, 25, 1], [25, 40, 0],
    ])
}

/// A reflection `1 - τ v vᵀ`, whose v is 0 before place k and 1 there.
private struct Reflection {
  let k: Int
  let tau: Double
  /// Further places of v.
  let tail: [Double]

  func apply(to x: inout [Double], columns: Int, _ range: Range<Int>) {
    for j in range {
      var dot = x[k * columns + j]
      for (i, v) in tail.enumerated() { dot += v * x[(k + 1 + i) * columns + j] }
      x[k * columns + j] -= tau * dot
      for (i, v) in tail.enumerated() { x[(k + 1 + i) * columns + j] -= tau * dot * v }
    }
  }

  /// The one that makes column k of x zero below the diagonal, and what it puts there.
  static func make(_ x: [Double], _ m: Int, _ n: Int, _ k: Int) -> (Reflection, diagonal: Double) {
    let below = (k + 1..<m).map { x[$0 * n + k] }
    let scale = below.reduce(abs(x[k * n + k])) { max($0, abs($1)) }
    let sum = below.reduce(0) { $0 + ($1 / scale) * ($1 / scale) }
    guard sum > 0 else { return (Reflection(k: k, tau: 0, tail: below.map { _ in 0 }), x[k * n + k]) }
    let alpha = x[k * n + k] / scale
    let norm = (alpha * alpha + sum).squareRoot()
    let beta = alpha.sign == .minus ? norm : -norm
    let tail = below.map { $0 / scale / (alpha - beta) }
    return (Reflection(k: k, tau: (beta - alpha) / beta, tail: tail), scale * beta)
  }
}

private func reflected(_ a: [Double], _ m: Int, _ n: Int, isFull: Bool) -> (q: [Double], r: [Double]) {
  let inner = isFull ? m : min(m, n)
  var q = [Double](repeating: .nan, count: m * inner)
  var r = [Double](repeating: .nan, count: inner * n)
  guard a.allSatisfy({ $0.isFinite }) else { return (q, r) }
  var x = a
  var reflections: [Reflection] = []
  for k in 0..<min(m, n) {
    let (reflection, diagonal) = Reflection.make(x, m, n, k)
    reflection.apply(to: &x, columns: n, k + 1..<n)
    x[k * n + k] = diagonal
    reflections.append(reflection)
  }
  for i in 0..<inner {
    let sign: Double = i < n && x[i * n + i] < 0 ? -1 : 1
    for j in 0..<n { r[i * n + j] = j < i ? 0 : sign * x[i * n + j] }
    for j in 0..<m { q[j * inner + i] = i == j ? sign : 0 }
  }
  for reflection in reflections.reversed() { reflection.apply(to: &q, columns: inner, 0..<inner) }
  return (q, r)
}
