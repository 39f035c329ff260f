import Basics

extension LibraryRoutine {
  /// Running sums, products, maxima or minima of n elements, one after the other: `y[i] = combine(y[i - 1], x[i])`, or,
  /// exclusive, `y[i] = combine(y[i - 1], x[i - 1])` from the combiner's identity on. `nil` for other combiners.
  package static func cumulate(
    _ combiner: Combiner, _ n: Int, reversed: Bool, exclusive: Bool
  ) -> LibraryRoutine? {
    let function: LibraryFunction
    switch combiner {
    case .add: function = .cumsum
    case .mul: function = .cumprod
    case .max: function = .cummax
    case .min: function = .cummin
    case .and, .or: return nil
    }
    return LibraryRoutine(function, [n, reversed ? 1 : 0, exclusive ? 1 : 0])
  }

  /// `z[i] = a[i] z[i - 1] + b[i]` from `b[0]` on, rounded twice, or, lagged, with `a[i - 1]`.
  package static func linearRecurrence(_ n: Int, reversed: Bool, lagged: Bool) -> LibraryRoutine {
    LibraryRoutine(.linearRecurrence, [n, reversed ? 1 : 0, lagged ? 1 : 0])
  }
}

extension LibraryDefinition {
  static let cumsum = cumulate("cumsum", .add, "0", "sum + x[place]")
  static let cumprod = cumulate("cumprod", .mul, "1", "sum * x[place]")
  static let cummax = cumulate("cummax", .max, "-($T)INFINITY", "sum > x[place] || sum != sum ? sum : x[place]")
  static let cummin = cumulate("cummin", .min, "($T)INFINITY", "sum < x[place] || sum != sum ? sum : x[place]")

  private static func cumulate(
    _ name: String, _ combiner: Combiner, _ identity: String, _ combined: String
  ) -> LibraryDefinition {
    LibraryDefinition(
      name: name,
      parameters: [.extent("n"), .flag("reversed"), .flag("exclusive")],
      dtypes: [.f32, .f64],
      inputs: { p, dtype in [LibraryArgument("x", dtype, p[0])] },
      outputs: { p, dtype in [LibraryArgument("y", dtype, p[0])] },
      workspaceByteCount: nil,
      evaluate: { p, dtype, inputs in
        let x = inputs[0].doubles.map { Scalar($0, as: dtype) }
        var y = x.map { _ in 0.0 }
        var sum = combiner.identity(dtype)
        for step in x.indices {
          let place = p[1] == 1 ? x.count - 1 - step : step
          if p[2] == 1 { y[place] = sum.doubleValue }
          sum = step == 0 && p[2] == 0 ? x[place] : combiner.scalarOp.evaluate(sum, x[place])
          if p[2] == 0 { y[place] = sum.doubleValue }
        }
        return [.floating(y)]
      },
      portableC: """
        /* Elements combined one after the other, each with those before it. */
        static void $name(int64_t n, int64_t reversed, int64_t exclusive, const $T *x, $T *y)
        {
          $T sum = \(identity);
          for (int64_t i = 0; i < n; ++i) {
            const int64_t place = reversed ? n - 1 - i : i;
            if (exclusive)
              y[place] = sum;
            sum = i == 0 && !exclusive ? x[place] : (\(combined));
            if (!exclusive)
              y[place] = sum;
          }
        }
        """,
      examples: [[0, 0, 0], [1, 0, 1], [5, 0, 0], [6, 1, 0], [7, 0, 1], [40, 1, 1]])
  }

  static let linearRecurrence = LibraryDefinition(
    name: "linear_recurrence",
    parameters: [.extent("n"), .flag("reversed"), .flag("lagged")],
    dtypes: [.f32, .f64],
    inputs: { p, dtype in [LibraryArgument("a", dtype, p[0]), LibraryArgument("b", dtype, p[0])] },
    outputs: { p, dtype in [LibraryArgument("z", dtype, p[0])] },
    workspaceByteCount: nil,
    evaluate: { p, dtype, inputs in
      let (a, b) = (inputs[0].doubles, inputs[1].doubles)
      func rounded(_ number: Double) -> Double { Scalar(number, as: dtype).doubleValue }
      var z = b
      for step in b.indices.dropFirst() {
        let place = p[1] == 1 ? b.count - 1 - step : step
        let previous = p[1] == 1 ? place + 1 : place - 1
        z[place] = rounded(rounded(a[p[2] == 1 ? previous : place] * z[previous]) + b[place])
      }
      return [.floating(z)]
    },
    portableC: """
      /* z[i] = a[i] z[i - 1] + b[i], one after the other; lagged with a[i - 1]. */
      static void $name(int64_t n, int64_t reversed, int64_t lagged, const $T *a, const $T *b, $T *z)
      {
        for (int64_t i = 0; i < n; ++i) {
          const int64_t place = reversed ? n - 1 - i : i, previous = reversed ? place + 1 : place - 1;
          z[place] = i == 0 ? b[place] : a[lagged ? previous : place] * z[previous] + b[place];
        }
      }
      """,
    examples: [[0, 0, 0], [1, 1, 0], [5, 0, 0], [6, 1, 0], [7, 0, 1], [40, 1, 1]])
}
