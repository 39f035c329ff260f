internal import TensorIR

/// Derivatives at 0 of functions of one number by central differences, extrapolated:
/// `(4 D(h/2) - D(h)) / 3` with `D(h) = (f(h) - f(-h)) / 2h` (Richardson 1911), of several steps h the one where both
/// differ least.
struct Difference {
  /// For every element.
  let values: [Double]
  /// About how wrong they may be.
  let errors: [Double]
  /// The largest |f| that was met, for every element.
  let sizes: [Double]

  /// - Parameters:
  ///   - isDouble: Whether f is computed in f64; its rounding decides which steps are tried.
  ///   - f: The function.
  init(isDouble: Bool, _ f: (Double) throws(Diagnostics) -> [Double]) throws(Diagnostics) {
    let steps = isDouble ? [1e-2, 1e-3, 1e-4, 1e-5] : [1e-1, 3e-2, 1e-2]
    let noise = isDouble ? 2e-16 : 1e-7
    var (values, errors, sizes): ([Double], [Double], [Double]) = ([], [], [])
    for step in steps {
      let (high, low) = (try f(step), try f(-step))
      let (nearHigh, nearLow) = (try f(step / 2), try f(-step / 2))
      if values.isEmpty {
        values = high.map { _ in .nan }
        (errors, sizes) = (high.map { _ in .infinity }, high.map { _ in 0 })
      }
      for place in high.indices {
        let size = max(abs(high[place]), abs(low[place]))
        let wide = (high[place] - low[place]) / (2 * step)
        let narrow = (nearHigh[place] - nearLow[place]) / step
        let value = (4 * narrow - wide) / 3
        let error = abs(value - narrow) + noise * size / step
        if error < errors[place] { (values[place], errors[place], sizes[place]) = (value, error, size) }
      }
    }
    (self.values, self.errors, self.sizes) = (values, errors, sizes)
  }
}
