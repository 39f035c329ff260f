import Basics

extension LibraryRoutine {
  /// Eigenvalues w, ascending, and orthonormal eigenvectors, the columns of V, of a symmetric n × n matrix of whose
  /// elements only those of the lower triangle are read: `A V = V diag(w)`. In each vector the first element of at least
  /// 9/10 of the greatest magnitude is positive. NaN throughout if an element is not finite, or if the iteration does not
  /// converge. Without vectors V is n × 0.
  package static func eigh(_ n: Int, vectors: Bool = true) -> LibraryRoutine {
    LibraryRoutine(.eigh, [n, vectors ? 1 : 0])
  }
}

extension LibraryDefinition {
  static let eigh = LibraryDefinition(
    name: "eigh",
    parameters: [.extent("n"), .flag("vectors")],
    dtypes: [.f32, .f64],
    inputs: { p, dtype in [LibraryArgument("a", dtype, p[0], p[0])] },
    outputs: { p, dtype in
      [LibraryArgument("w", dtype, p[0]), LibraryArgument("v", dtype, p[0], p[1] == 1 ? p[0] : 0)]
    },
    // What LAPACK's syevd asks for with vectors; without them it needs less, but A has to be copied.
    workspaceByteCount: { p, dtype in
      (1 + 6 * p[0] + 2 * p[0] * p[0]) * dtype.byteCount + (3 + 5 * p[0]) * 4
    },
    evaluate: { p, _, inputs in
      let (values, vectors) = rotatedToDiagonal(inputs[0].doubles, p[0])
      return [.floating(values), .floating(p[1] == 1 ? vectors : [])]
    },
    portableC: portableSign + """
      /* A V = V diag(w) for the symmetric A whose lower triangle is given, by Jacobi's rotations; w ascends. */
      static void $name(int64_t n, int64_t vectors, const $T *a, $T *w, $T *v, void *workspace)
      {
        $T *x = ($T *)workspace, greatest = 0;
        int is_done = 0;
        for (int64_t i = 0; i < n; ++i) {
          for (int64_t j = 0; j < n; ++j) {
            x[i * n + j] = i > j ? a[i * n + j] : a[j * n + i];
            if (vectors)
              v[i * n + j] = i == j;
            greatest += fabs$f(x[i * n + j]);
          }
        }
        for (int sweep = 0; !is_done && isfinite(greatest) && sweep < 60; ++sweep) {
          is_done = 1;
          for (int64_t p = 0; p < n; ++p) {
            for (int64_t q = p + 1; q < n; ++q) {
              if (fabs$f(x[p * n + q]) <= $epsilon / 8 * greatest / n)
                continue;
              is_done = 0;
              const $T theta = (x[q * n + q] - x[p * n + p]) / (2 * x[p * n + q]);
              const $T tangent = copysign$f(1 / (fabs$f(theta) + hypot$f(theta, 1)), theta);
              const $T cosine = 1 / hypot$f(tangent, 1), sine = tangent * cosine;
              for (int64_t i = 0; i < n; ++i) {
                const $T xp = x[p * n + i], xq = x[q * n + i];
                x[p * n + i] = cosine * xp - sine * xq;
                x[q * n + i] = sine * xp + cosine * xq;
              }
              for (int64_t i = 0; i < n; ++i) {
                const $T xp = x[i * n + p], xq = x[i * n + q];
                x[i * n + p] = cosine * xp - sine * xq;
                x[i * n + q] = sine * xp + cosine * xq;
              }
              for (int64_t i = 0; i < n && vectors; ++i) {
                const $T vp = v[i * n + p], vq = v[i * n + q];
                v[i * n + p] = cosine * vp - sine * vq;
                v[i * n + q] = sine * vp + cosine * vq;
              }
              x[p * n + q] = x[q * n + p] = 0;
            }
          }
        }
        for (int64_t k = 0; k < n; ++k) {
          int64_t least = k;
          for (int64_t j = k + 1; j < n; ++j)
            least = x[j * n + j] < x[least * n + least] ? j : least;
          w[k] = is_done ? x[least * n + least] : NAN;
          x[least * n + least] = x[k * n + k];
          if (!vectors)
            continue;
          const $T sign = $name_sign(n, v + least, n);
          for (int64_t i = 0; i < n; ++i) {
            const $T element = v[i * n + least];
            v[i * n + least] = v[i * n + k];
            v[i * n + k] = is_done ? sign * element : NAN;
          }
        }
      }
      """,
    examples: [[0, 1], [1, 1], [2, 1], [5, 1], [12, 1], [40, 1], [0, 0], [5, 0], [40, 0]])
}

private func rotatedToDiagonal(_ a: [Double], _ n: Int) -> (values: [Double], vectors: [Double]) {
  var x = (0..<n * n).map { place in
    let (i, j) = (place / n, place % n)
    return a[max(i, j) * n + min(i, j)]
  }
  var v = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0.0 }
  let failure = ([Double](repeating: .nan, count: n), [Double](repeating: .nan, count: n * n))
  let limit = Double.ulpOfOne / 8 * x.reduce(0) { max($0, abs($1)) }
  guard x.allSatisfy({ $0.isFinite }) else { return failure }
  var isDone = false
  for _ in 0..<60 where !isDone {
    isDone = true
    for p in 0..<n {
      for q in p + 1..<n where abs(x[p * n + q]) > limit {
        isDone = false
        let theta = (x[q * n + q] - x[p * n + p]) / (2 * x[p * n + q])
        let magnitude = 1 / (abs(theta) + (theta * theta + 1).squareRoot())
        let tangent = theta < 0 ? -magnitude : magnitude
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        let sine = tangent * cosine
        func rotate(_ y: inout [Double], _ i: Int, _ j: Int) {
          (y[i], y[j]) = (cosine * y[i] - sine * y[j], sine * y[i] + cosine * y[j])
        }
        for i in 0..<n { rotate(&x, p * n + i, q * n + i) }
        for i in 0..<n {
          rotate(&x, i * n + p, i * n + q)
          rotate(&v, i * n + p, i * n + q)
        }
        (x[p * n + q], x[q * n + p]) = (0, 0)
      }
    }
  }
  if !isDone { return failure }
  let order = (0..<n).sorted { (x[$0 * (n + 1)], $0) < (x[$1 * (n + 1)], $1) }
  var vectors = v
  for (place, column) in order.enumerated() {
    let sign = LibraryDefinition.leadingSign((0..<n).map { v[$0 * n + column] })
    for i in 0..<n { vectors[i * n + place] = sign * v[i * n + column] }
  }
  return (order.map { x[$0 * (n + 1)] }, vectors)
}
