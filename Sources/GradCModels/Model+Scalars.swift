import GradC

extension Model {
  /// `sin(x y) + x² e^{-y}`.
  public static let scalar = Model("scalar", "sin(x y) + x² exp(-y) of two numbers", dtype: .f64) { dtype in
    try trace("formula", .input("x", dtype), .input("y", dtype)) { x, y in
      sin(x * y) + square(x) * exp(-y)
    }.graph
  }

  /// `Σ 100 (x[i+1] - x[i]²)² + (1 - x[i])²`.
  public static let rosenbrock = Model("rosenbrock", "Rosenbrock's function of 1,000 numbers", dtype: .f64) { dtype in
    let count = 1000
    return try trace("rosenbrock", .input("x", dtype, [count])) { x in
      let (here, next) = (x[0..<count - 1], x[1..<count])
      return (100.0 * square(next - square(here)) + square(1.0 - here)).sum()
    }.graph
  }

  /// `ln Σ exp(x)`.
  public static let logSumExp = Model("log-sum-exp", "ln Σ exp(x) of 256 numbers", dtype: .f64) { dtype in
    try trace("log_sum_exp", .input("x", dtype, [256])) { x in x.logSumExp() }.graph
  }

  /// The price of European call options (Black and Scholes 1973), summed; its gradients are the Greeks.
  public static let blackScholes = Model(
    "black-scholes", "the summed price of 1,000 European call options", dtype: .f64,
    ranges: [
      "spot": 80...120, "strike": 80...120, "rate": 0.01...0.05, "volatility": 0.1...0.4, "time": 0.2...2,
    ]
  ) { dtype in
    let shape = [1000]
    return try trace(
      "black_scholes", .input("spot", dtype, shape), .input("strike", dtype, shape), .input("rate", dtype, shape),
      .input("volatility", dtype, shape), .input("time", dtype, shape)
    ) { spot, strike, rate, volatility, time in
      let deviation = volatility * sqrt(time)
      let first = (log(spot / strike) + (rate + 0.5 * square(volatility)) * time) / deviation
      let second = first - deviation
      return (spot * normalCDF(first) - strike * exp(-rate * time) * normalCDF(second)).sum()
    }.graph
  }

  /// The determinant of a 12×12 matrix by minors, every set of columns once.
  public static let minors = Model("minors", "the determinant of a 12×12 matrix by minors", dtype: .f64) { dtype in
    let n = 12
    return try trace("minors", .input("a", dtype, [n, n])) { a in
      let determinant = memoised { (determinant: ([[Tensor]]) -> Tensor, rows: [[Tensor]]) in
        guard rows.count > 1 else { return rows[0][0] }
        let terms = rows.indices.map { column in
          let minor = rows.dropFirst().map { row in row.indices.filter { $0 != column }.map { row[$0] } }
          return rows[0][column] * determinant(minor)
        }
        return terms.enumerated().dropFirst().reduce(terms[0]) { sum, term in
          term.offset % 2 == 0 ? sum + term.element : sum - term.element
        }
      }
      return determinant((0..<n).map { row in (0..<n).map { a[row, $0] } })
    }.graph
  }

  /// Where the hand of an arm of three links is: its result is a vector.
  public static let robotArm = Model("robot-arm", "where an arm of three links reaches", dtype: .f64) { dtype in
    try trace("robot_arm", .input("angles", dtype, [3])) { angles in
      let (first, second) = (angles[0] + angles[1], angles[0] + angles[1] + angles[2])
      return stack([
        cos(angles[0]) + 0.8 * cos(first) + 0.5 * cos(second),
        sin(angles[0]) + 0.8 * sin(first) + 0.5 * sin(second),
      ])
    }.graph
  }
}

/// The distribution function of the standard normal distribution.
private func normalCDF(_ x: Tensor) -> Tensor { 0.5 * erfc(-x * 0.5.squareRoot()) }
