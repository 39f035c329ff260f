import Basics

extension LibraryRoutine {
  /// The adjugate of an n × n matrix, the transpose of its cofactors: `A adj(A) = det(A)`, right for every rank.
  ///
  /// From `A = Pᵀ L D W Qᵀ` with complete pivoting, L and W unit triangular: `adj(A) = ± Q W⁻¹ adj(D) L⁻¹ P`, where
  /// element i of adj(D) is the product of all others of D.
  package static func adjugate(_ n: Int) -> LibraryRoutine { LibraryRoutine(.adjugate, [n]) }
}

extension LibraryDefinition {
  static let adjugate = LibraryDefinition(
    name: "adjugate",
    parameters: [.extent("n")],
    dtypes: [.f32, .f64],
    inputs: { p, dtype in [LibraryArgument("a", dtype, p[0], p[0])] },
    outputs: { p, dtype in [LibraryArgument("c", dtype, p[0], p[0])] },
    // The factors, and two lists of places.
    workspaceByteCount: { p, dtype in p[0] * p[0] * dtype.byteCount + 2 * p[0] * 4 },
    evaluate: { p, _, inputs in [.floating(cofactors(inputs[0].doubles, p[0]))] },
    portableC: """
      /* The transpose of A's cofactors, from A = P' L D W Q' with complete pivoting. */
      static void $name(int64_t n, const $T *a, $T *c, void *workspace)
      {
        $T *lu = ($T *)workspace, sign = 1;
        int32_t *rows = (int32_t *)(lu + n * n), *columns = rows + n;
        for (int64_t i = 0; i < n; ++i)
          rows[i] = columns[i] = (int32_t)i;
        for (int64_t i = 0; i < n * n; ++i)
          lu[i] = a[i];
        for (int64_t k = 0; k < n; ++k) {
          int64_t row = k, column = k;
          for (int64_t i = k; i < n; ++i) {
            for (int64_t j = k; j < n; ++j) {
              if (fabs$f(lu[i * n + j]) > fabs$f(lu[row * n + column])) {
                row = i;
                column = j;
              }
            }
          }
          if (row != k) {
            const int32_t place = rows[k];
            rows[k] = rows[row];
            rows[row] = place;
            sign = -sign;
            for (int64_t j = 0; j < n; ++j) {
              const $T element = lu[k * n + j];
              lu[k * n + j] = lu[row * n + j];
              lu[row * n + j] = element;
            }
          }
          if (column != k) {
            const int32_t place = columns[k];
            columns[k] = columns[column];
            columns[column] = place;
            sign = -sign;
            for (int64_t i = 0; i < n; ++i) {
              const $T element = lu[i * n + k];
              lu[i * n + k] = lu[i * n + column];
              lu[i * n + column] = element;
            }
          }
          if (lu[k * n + k] == 0)
            break;
          for (int64_t i = k + 1; i < n; ++i) {
            lu[i * n + k] /= lu[k * n + k];
            for (int64_t j = k + 1; j < n; ++j)
              lu[i * n + j] -= lu[i * n + k] * lu[k * n + j];
          }
        }
        /* Row i of what L^-1, adj(D) and W^-1 make of P is row columns[i] of the result. */
        for (int64_t i = 0; i < n; ++i) {
          for (int64_t j = 0; j < n; ++j)
            c[columns[i] * n + j] = j == rows[i];
          for (int64_t k = 0; k < i; ++k) {
            for (int64_t j = 0; j < n; ++j)
              c[columns[i] * n + j] -= lu[i * n + k] * c[columns[k] * n + j];
          }
        }
        for (int64_t i = 0; i < n; ++i) {
          $T others = sign;
          for (int64_t k = 0; k < n; ++k) {
            if (k != i)
              others *= lu[k * n + k];
          }
          for (int64_t j = 0; j < n; ++j)
            c[columns[i] * n + j] *= others;
        }
        for (int64_t i = n - 2; i >= 0; --i) {
          for (int64_t k = i + 1; k < n && lu[i * n + i] != 0; ++k) {
            const $T factor = lu[i * n + k] / lu[i * n + i];
            for (int64_t j = 0; j < n; ++j)
              c[columns[i] * n + j] -= factor * c[columns[k] * n + j];
          }
        }
      }
      """,
    examples: [[0], [1], [2], [5], [12]])
}

/// The portable C in Swift.
private func cofactors(_ a: [Double], _ n: Int) -> [Double] {
  var lu = a
  var (rows, columns) = (Array(0..<n), Array(0..<n))
  var sign = 1.0
  for k in 0..<n {
    var (row, column) = (k, k)
    for i in k..<n {
      for j in k..<n where abs(lu[i * n + j]) > abs(lu[row * n + column]) { (row, column) = (i, j) }
    }
    if row != k {
      rows.swapAt(k, row)
      for j in 0..<n { lu.swapAt(k * n + j, row * n + j) }
      sign = -sign
    }
    if column != k {
      columns.swapAt(k, column)
      for i in 0..<n { lu.swapAt(i * n + k, i * n + column) }
      sign = -sign
    }
    if lu[k * n + k] == 0 { break }
    for i in k + 1..<n {
      lu[i * n + k] /= lu[k * n + k]
      for j in k + 1..<n { lu[i * n + j] -= lu[i * n + k] * lu[k * n + j] }
    }
  }
  // adj(D) L⁻¹, then W⁻¹ of it.
  var x = [Double](repeating: 0, count: n * n)
  for j in 0..<n {
    for i in j..<n {
      x[i * n + j] = (j..<i).reduce(i == j ? 1 : 0) { $0 - lu[i * n + $1] * x[$1 * n + j] }
    }
  }
  for i in 0..<n {
    let others = (0..<n).reduce(sign) { $1 == i ? $0 : $0 * lu[$1 * n + $1] }
    for j in 0..<n { x[i * n + j] *= others }
  }
  for i in (0..<n).reversed() where lu[i * n + i] != 0 {
    for k in i + 1..<n {
      for j in 0..<n { x[i * n + j] -= lu[i * n + k] / lu[i * n + i] * x[k * n + j] }
    }
  }
  var result = x
  for i in 0..<n {
    for j in 0..<n { result[columns[i] * n + rows[j]] = x[i * n + j] }
  }
  return result
}
