import Basics

extension LibraryRoutine {
  /// X with `op(A) X = B` (left) or `X op(A) = B`; A is n × n, one triangle of it is read, op transposes if asked. With
  /// `unit` the diagonal is not read either and taken for ones. B has n rows and `columns` columns (left), or `columns`
  /// rows and n columns.
  package static func triangularSolve(
    _ n: Int, columns: Int, lower: Bool, transposed: Bool, unit: Bool, left: Bool
  ) -> LibraryRoutine {
    LibraryRoutine(.triangularSolve, [n, columns] + [lower, transposed, unit, left].map { $0 ? 1 : 0 })
  }
}

extension LibraryDefinition {
  static let triangularSolve = LibraryDefinition(
    name: "triangular_solve",
    parameters: [
      .extent("n"), .extent("columns"), .flag("lower"), .flag("transposed"), .flag("unit"), .flag("left"),
    ],
    dtypes: [.f32, .f64],
    inputs: { p, dtype in [LibraryArgument("a", dtype, p[0], p[0]), rightSides("b", p, dtype)] },
    outputs: { p, dtype in [rightSides("x", p, dtype)] },
    workspaceByteCount: nil,
    evaluate: { p, _, inputs in [.floating(substituted(p, inputs[0].doubles, inputs[1].doubles))] },
    portableC: """
      /* Solves op(A) X = B, or X op(A) = B unless `left`, with A triangular and op a transposition if asked. */
      static void $name(int64_t n, int64_t columns, int64_t lower, int64_t transposed, int64_t unit, int64_t left,
        const $T *a, const $T *b, $T *x)
      {
        /* Unknown i of system k is x[i * step + k * next]; its equation has coefficients a[i * row + j * column]. */
        const int64_t step = left ? columns : 1, next = left ? 1 : n;
        const int64_t flip = transposed == left;
        const int64_t row = flip ? 1 : n, column = flip ? n : 1;
        const int64_t forward = lower != flip;
        for (int64_t k = 0; k < columns; ++k) {
          for (int64_t s = 0; s < n; ++s) {
            const int64_t i = forward ? s : n - 1 - s;
            $T sum = b[i * step + k * next];
            for (int64_t t = 0; t < s; ++t) {
              const int64_t j = forward ? t : n - 1 - t;
              sum -= a[i * row + j * column] * x[j * step + k * next];
            }
            x[i * step + k * next] = unit ? sum : sum / a[i * n + i];
          }
        }
      }
      """,
    examples: [
      [0, 2, 1, 0, 0, 1], [3, 0, 1, 0, 0, 1], [3, 2, 1, 0, 0, 1], [3, 2, 0, 1, 1, 0], [12, 9, 0, 0, 0, 1],
      [12, 9, 1, 1, 0, 0],
    ])
}

private func rightSides(_ name: String, _ p: [Int], _ dtype: DType) -> LibraryArgument {
  p[5] == 1 ? LibraryArgument(name, dtype, p[0], p[1]) : LibraryArgument(name, dtype, p[1], p[0])
}

/// The portable C in Swift.
private func substituted(_ p: [Int], _ a: [Double], _ b: [Double]) -> [Double] {
  let (n, columns, isUnit, isLeft) = (p[0], p[1], p[4] == 1, p[5] == 1)
  let (step, next) = isLeft ? (columns, 1) : (1, n)
  let isFlipped = p[3] == p[5]
  let (row, column) = isFlipped ? (1, n) : (n, 1)
  let isForward = (p[2] == 1) != isFlipped
  var x = b
  for k in 0..<columns {
    for s in 0..<n {
      let i = isForward ? s : n - 1 - s
      var sum = b[i * step + k * next]
      for t in 0..<s {
        let j = isForward ? t : n - 1 - t
        sum -= a[i * row + j * column] * x[j * step + k * next]
      }
      x[i * step + k * next] = isUnit ? sum : sum / a[i * n + i]
    }
  }
  return x
}
