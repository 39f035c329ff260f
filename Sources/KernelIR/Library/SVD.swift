import Basics

extension LibraryRoutine {
  /// `A = U diag(s) Vᵀ` of an m × n matrix with k = min(m, n) singular values s, descending; U is m × k, Vᵀ is k × n. In
  /// each column of U the first element of at least 9/10 of the greatest magnitude is positive. NaN throughout if an
  /// element is not finite, or if the iteration does not converge. Without vectors U is m × 0, Vᵀ 0 × n.
  package static func svd(_ m: Int, _ n: Int, vectors: Bool = true) -> LibraryRoutine {
    LibraryRoutine(.svd, [m, n, vectors ? 1 : 0])
  }
}

extension LibraryDefinition {
  static let svd = LibraryDefinition(
    name: "svd",
    parameters: [.extent("m"), .extent("n"), .flag("vectors")],
    dtypes: [.f32, .f64],
    inputs: { p, dtype in [LibraryArgument("a", dtype, p[0], p[1])] },
    outputs: { p, dtype in
      let k = min(p[0], p[1])
      return [
        LibraryArgument("u", dtype, p[0], k * p[2]), LibraryArgument("s", dtype, k),
        LibraryArgument("vh", dtype, k * p[2], p[1]),
      ]
    },
    // A copy of A, and what LAPACK's gesdd asks for, with 32 rows and columns to work on at once.
    workspaceByteCount: { p, dtype in
      let k = min(p[0], p[1])
      return (p[0] * p[1] + 4 * k * k + 7 * k + 32 * (p[0] + p[1])) * dtype.byteCount + 8 * k * 4
    },
    evaluate: { p, _, inputs in
      let factors = orthogonalised(inputs[0].doubles, p[0], p[1])
      if p[2] == 0 { return [.floating([]), .floating(factors.s), .floating([])] }
      return [.floating(factors.u), .floating(factors.s), .floating(factors.vh)]
    },
    portableC: portableSign + """
      /* A = U diag(s) V' by one-sided Jacobi rotations: the columns of A, or its rows if these are fewer, are made
         orthogonal. */
      static void $name(int64_t m, int64_t n, int64_t vectors, const $T *a, $T *u, $T *s, $T *vh, void *workspace)
      {
        /* What is made orthogonal are k vectors of `count` elements, the rows of x; y collects the rotations. */
        const int is_wide = m < n;
        const int64_t k = is_wide ? m : n, count = is_wide ? n : m;
        $T *x = ($T *)workspace, *y = x + m * n, scale = 0;
        /* The square of what is only rounding beside elements of up to 1. */
        const $T negligible = $epsilon / 4 * ($epsilon / 4);
        int is_done = 0;
        for (int64_t i = 0; i < m * n; ++i) {
          if (!isfinite(a[i]))
            scale = NAN;
          if (fabs$f(a[i]) > scale)
            scale = fabs$f(a[i]);
        }
        for (int64_t i = 0; i < k; ++i) {
          for (int64_t j = 0; j < count; ++j)
            x[i * count + j] = scale > 0 ? (is_wide ? a[i * n + j] : a[j * n + i]) / scale : 0;
          for (int64_t j = 0; j < k; ++j)
            y[i * k + j] = i == j;
        }
        for (int sweep = 0; !is_done && isfinite(scale) && sweep < 60; ++sweep) {
          is_done = 1;
          for (int64_t p = 0; p < k; ++p) {
            for (int64_t q = p + 1; q < k; ++q) {
              $T *xp = x + p * count, *xq = x + q * count, *yp = y + p * k, *yq = y + q * k, pp = 0, pq = 0, qq = 0;
              for (int64_t i = 0; i < count; ++i) {
                pp += xp[i] * xp[i];
                pq += xp[i] * xq[i];
                qq += xq[i] * xq[i];
              }
              if (pp < negligible || qq < negligible)
                continue;
              if (fabs$f(pq) <= 4 * $epsilon * sqrt$f(($T)count) * sqrt$f(pp) * sqrt$f(qq))
                continue;
              is_done = 0;
              const $T theta = (qq - pp) / (2 * pq);
              const $T tangent = copysign$f(1 / (fabs$f(theta) + hypot$f(theta, 1)), theta);
              const $T cosine = 1 / hypot$f(tangent, 1), sine = tangent * cosine;
              for (int64_t i = 0; i < count; ++i) {
                const $T element = xp[i];
                xp[i] = cosine * element - sine * xq[i];
                xq[i] = sine * element + cosine * xq[i];
              }
              for (int64_t i = 0; i < k; ++i) {
                const $T element = yp[i];
                yp[i] = cosine * element - sine * yq[i];
                yq[i] = sine * element + cosine * yq[i];
              }
            }
          }
        }
        for (int64_t p = 0; p < k; ++p) {
          s[p] = 0;
          for (int64_t i = 0; i < count; ++i)
            s[p] = hypot$f(s[p], x[p * count + i]);
        }
        for (int64_t p = 0; p < k; ++p) {
          int64_t q = p;
          for (int64_t i = p + 1; i < k; ++i)
            q = s[i] > s[q] ? i : q;
          const $T length = s[q];
          s[q] = s[p];
          s[p] = is_done ? length * scale : NAN;
          for (int64_t i = 0; i < count; ++i) {
            const $T element = x[q * count + i];
            x[q * count + i] = x[p * count + i];
            x[p * count + i] = element / length;
          }
          for (int64_t i = 0; i < k; ++i) {
            const $T element = y[q * k + i];
            y[q * k + i] = y[p * k + i];
            y[p * k + i] = element;
          }
          if (!vectors)
            continue;
          /* To a vector without length the first axis that is far enough from all before. */
          for (int64_t axis = 0; axis < count && !(length * length >= negligible); ++axis) {
            $T rest = 0, *own = x + p * count;
            for (int64_t i = 0; i < count; ++i)
              own[i] = i == axis;
            for (int64_t turn = 0; turn < 2 * p; ++turn) {
              const $T *other = x + turn % p * count;
              $T dot = 0;
              for (int64_t i = 0; i < count; ++i)
                dot += own[i] * other[i];
              for (int64_t i = 0; i < count; ++i)
                own[i] -= dot * other[i];
            }
            for (int64_t i = 0; i < count; ++i)
              rest = hypot$f(rest, own[i]);
            for (int64_t i = 0; i < count; ++i)
              own[i] /= rest;
            if (rest * rest * 2 * count > count - p)
              break;
          }
          const $T *left = is_wide ? y + p * k : x + p * count, *right = is_wide ? x + p * count : y + p * k;
          const $T sign = is_done ? $name_sign(m, left, 1) : NAN;
          for (int64_t i = 0; i < m; ++i)
            u[i * k + p] = sign * left[i];
          for (int64_t i = 0; i < n; ++i)
            vh[p * n + i] = sign * right[i];
        }
      }
      """,
    examples: [
      [0, 0, 1], [3, 0, 1], [0, 3, 1], [1, 1, 1], [3, 3, 1], [5, 3, 1], [3, 5, 1], [1, 4, 1], [4, 1, 1], [40, 40, 1],
      [40, 25, 1], [25, 40, 1], [3, 0, 0], [5, 3, 0], [3, 5, 0], [40, 25, 0],
    ])
}

/// The portable C in Swift.
private func orthogonalised(_ a: [Double], _ m: Int, _ n: Int) -> (u: [Double], s: [Double], vh: [Double]) {
  let (k, count, isWide) = (min(m, n), max(m, n), m < n)
  var u = [Double](repeating: .nan, count: m * k)
  var s = [Double](repeating: .nan, count: k)
  var vh = [Double](repeating: .nan, count: k * n)
  let scale = a.reduce(0) { max($0, abs($1)) }
  guard a.allSatisfy({ $0.isFinite }) else { return (u, s, vh) }
  var x = (0..<k).map { i in
    (0..<count).map { j in scale > 0 ? (isWide ? a[i * n + j] : a[j * n + i]) / scale : 0 }
  }
  var y = (0..<k).map { i in (0..<k).map { i == $0 ? 1.0 : 0.0 } }
  func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  // The square of what is only rounding beside elements of up to 1.
  let negligible = Double.ulpOfOne / 4 * (Double.ulpOfOne / 4)
  var isDone = false
  for _ in 0..<60 where !isDone {
    isDone = true
    for p in 0..<k {
      for q in p + 1..<k {
        let (pp, pq, qq) = (dot(x[p], x[p]), dot(x[p], x[q]), dot(x[q], x[q]))
        let limit = 4 * Double.ulpOfOne * Double(count).squareRoot()
        if pp < negligible || qq < negligible { continue }
        if abs(pq) <= limit * pp.squareRoot() * qq.squareRoot() { continue }
        isDone = false
        let theta = (qq - pp) / (2 * pq)
        let magnitude = 1 / (abs(theta) + (theta * theta + 1).squareRoot())
        let tangent = theta < 0 ? -magnitude : magnitude
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        let sine = tangent * cosine
        func rotate(_ vectors: inout [[Double]]) {
          let (old, other) = (vectors[p], vectors[q])
          vectors[p] = zip(old, other).map { cosine * $0 - sine * $1 }
          vectors[q] = zip(old, other).map { sine * $0 + cosine * $1 }
        }
        rotate(&x)
        rotate(&y)
      }
    }
  }
  if !isDone { return (u, s, vh) }
  let lengths = x.map { dot($0, $0).squareRoot() }
  let order = (0..<k).sorted { (-lengths[$0], $0) < (-lengths[$1], $1) }
  var units: [[Double]] = []
  for (p, place) in order.enumerated() {
    s[p] = lengths[place] * scale
    let isNegligible = lengths[place] * lengths[place] < negligible
    units.append(!isNegligible ? x[place].map { $0 / lengths[place] } : axis(far: units, count))
    let (left, right) = isWide ? (y[place], units[p]) : (units[p], y[place])
    let sign = LibraryDefinition.leadingSign(left)
    for i in 0..<m { u[i * k + p] = sign * left[i] }
    for i in 0..<n { vh[p * n + i] = sign * right[i] }
  }
  return (u, s, vh)
}

/// A unit vector orthogonal to others, which are fewer than its elements: the first axis far enough from them, less its
/// parts along them.
private func axis(far others: [[Double]], _ count: Int) -> [Double] {
  for axis in 0..<count {
    var vector = (0..<count).map { $0 == axis ? 1.0 : 0.0 }
    for _ in 0..<2 {
      for other in others {
        let dot = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
        for i in 0..<count { vector[i] -= dot * other[i] }
      }
    }
    let rest = vector.reduce(0) { $0 + $1 * $1 }
    if rest * 2 * Double(count) > Double(count - others.count) { return vector.map { $0 / rest.squareRoot() } }
  }
  return [Double](repeating: 0, count: count)
}
