import Basics

extension LibraryRoutine {
  /// `P A = L U` of an m × n matrix by elimination with partial pivoting: L below the diagonal of the result, its own
  /// diagonal of ones left out, U on and above. `pivots[k]` is the row that step k swaps with row k: the first with the
  /// greatest element in column k. Row i of P A is row `permutation[i]` of A.
  package static func lu(_ m: Int, _ n: Int) -> LibraryRoutine { LibraryRoutine(.lu, [m, n]) }
}

extension LibraryDefinition {
  static let lu = LibraryDefinition(
    name: "lu",
    parameters: [.extent("m"), .extent("n")],
    dtypes: [.f32, .f64],
    inputs: { p, dtype in [LibraryArgument("a", dtype, p[0], p[1])] },
    outputs: { p, dtype in
      [
        LibraryArgument("lu", dtype, p[0], p[1]), LibraryArgument("pivots", .i32, min(p[0], p[1])),
        LibraryArgument("permutation", .i32, p[0]),
      ]
    },
    workspaceByteCount: nil,
    evaluate: { p, _, inputs in eliminated(inputs[0].doubles, p[0], p[1]) },
    portableC: """
      /* P A = L U with partial pivoting: L below the diagonal of lu, U on and above it. Row i of P A is row
         permutation[i] of A. */
      static void $name(int64_t m, int64_t n, const $T *a, $T *lu, int32_t *pivots, int32_t *permutation)
      {
        for (int64_t i = 0; i < m * n; ++i)
          lu[i] = a[i];
        for (int64_t i = 0; i < m; ++i)
          permutation[i] = (int32_t)i;
        for (int64_t k = 0; k < (m < n ? m : n); ++k) {
          int64_t pivot = k;
          for (int64_t i = k + 1; i < m; ++i) {
            if (fabs$f(lu[i * n + k]) > fabs$f(lu[pivot * n + k]))
              pivot = i;
          }
          pivots[k] = (int32_t)pivot;
          if (pivot != k) {
            const int32_t row = permutation[k];
            permutation[k] = permutation[pivot];
            permutation[pivot] = row;
            for (int64_t j = 0; j < n; ++j) {
              const $T element = lu[k * n + j];
              lu[k * n + j] = lu[pivot * n + j];
              lu[pivot * n + j] = element;
            }
          }
          if (lu[k * n + k] == 0)
            continue;
          for (int64_t i = k + 1; i < m; ++i) {
            lu[i * n + k] /= lu[k * n + k];
            for (int64_t j = k + 1; j < n; ++j)
              lu[i * n + j] -= lu[i * n + k] * lu[k * n + j];
          }
        }
      }
      """,
    examples: [[0, 0], [3, 0], [0, 3], [1, 1], [3, 3], [5, 3], [3, 5], [40, 40], [40, 25], [25, 40]])
}

private func eliminated(_ a: [Double], _ m: Int, _ n: Int) -> [LibraryArray] {
  var lu = a
  var permutation = (0..<m).map { Int64($0) }
  var pivots: [Int64] = []
  for k in 0..<min(m, n) {
    var pivot = k
    for i in k..<m where abs(lu[i * n + k]) > abs(lu[pivot * n + k]) { pivot = i }
    pivots.append(Int64(pivot))
    if pivot != k {
      permutation.swapAt(k, pivot)
      for j in 0..<n { lu.swapAt(k * n + j, pivot * n + j) }
    }
    if lu[k * n + k] == 0 { continue }
    for i in k + 1..<max(m, k + 1) {
      lu[i * n + k] /= lu[k * n + k]
      for j in k + 1..<max(n, k + 1) { lu[i * n + j] -= lu[i * n + k] * lu[k * n + j] }
    }
  }
  return [.floating(lu), .integer(pivots), .integer(permutation)]
}
