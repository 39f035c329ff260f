import Basics

extension LibraryRoutine {
  /// The places of n elements in ascending or descending order, equal ones in the order in which they stand. NaN comes
  /// last either way, and -0 is equal to 0.
  package static func argsort(_ n: Int, descending: Bool) -> LibraryRoutine {
    LibraryRoutine(.argsort, [n, descending ? 1 : 0])
  }
}

extension LibraryDefinition {
  static let argsort = LibraryDefinition(
    name: "argsort",
    parameters: [.extent("n"), .flag("descending")],
    dtypes: DType.allCases,
    inputs: { p, dtype in [LibraryArgument("x", dtype, p[0])] },
    outputs: { p, dtype in [LibraryArgument("order", .i64, p[0])] },
    // Two lists of keys with their places.
    workspaceByteCount: { p, dtype in 32 * p[0] },
    evaluate: { p, _, inputs in [.integer(order(inputs[0], descending: p[1] == 1))] },
    portableC: """
      /* Whether a comes before b; NaN comes last. */
      static int $name_before(const $T a, const $T b, int64_t descending)
      {
        if (isnan((double)a) || isnan((double)b))
          return !isnan((double)a);
        return descending ? a > b : a < b;
      }

      /* The places of the elements in order, equal ones as they stand: runs are merged, each time twice as long. */
      static void $name(int64_t n, int64_t descending, const $T *x, int64_t *order, void *workspace)
      {
        int64_t *merged = (int64_t *)workspace;
        for (int64_t i = 0; i < n; ++i)
          order[i] = i;
        for (int64_t run = 1; run < n; run *= 2) {
          for (int64_t start = 0; start < n; start += 2 * run) {
            const int64_t middle = start + run < n ? start + run : n;
            const int64_t end = middle + run < n ? middle + run : n;
            int64_t left = start, right = middle;
            for (int64_t i = start; i < end; ++i) {
              const int takes_right =
                right < end && (left == middle || $name_before(x[order[right]], x[order[left]], descending));
              merged[i] = takes_right ? order[right++] : order[left++];
            }
          }
          for (int64_t i = 0; i < n; ++i)
            order[i] = merged[i];
        }
      }
      """,
    examples: [[0, 0], [1, 1], [5, 0], [40, 1], [100, 0], [300, 1]])

  private static func order(_ x: LibraryArray, descending: Bool) -> [Int64] {
    func sorted<T: Comparable>(_ values: [T], _ isLast: (T) -> Bool) -> [Int64] {
      let order = values.indices.sorted { i, j in
        let (a, b) = (values[i], values[j])
        if isLast(a) || isLast(b) { return isLast(a) == isLast(b) ? i < j : isLast(b) }
        return a == b ? i < j : (a < b) != descending
      }
      return order.map { Int64($0) }
    }
    switch x {
    case .floating(let values): return sorted(values, \.isNaN)
    case .integer(let values): return sorted(values) { _ in false }
    }
  }
}
