import GradC

extension Workload {
  /// W3: Rosenbrock's function, `Σ 100 (x[i+1] - x[i]²)² + (1 - x[i])²`.
  static func rosenbrock(_ n: Int) -> Workload {
    @Sendable func f() throws -> TracedFunction<Tensor, Tensor> {
      try trace("rosenbrock", .input("x", .f64, [n])) { x in
        let (here, next) = (x[..<(n - 1)], x[1...])
        return (100 * square(next - square(here)) + square(1 - here)).sum()
      }
    }
    return Workload(
      "W3_\(n)", "Rosenbrock's function of \(n) numbers and its gradient, f64", .valueAndGradient(count: 1),
      inputs: [.normal("x_\(n)", mean: 1, deviation: 0.1)], results: ["val", "g"], function: { try f().graph },
      compile: { try f().valueAndGrad { x in x }.compile().graph })
  }

  /// W4: the summed price of European call options (Black and Scholes 1973), and by its gradient their Greeks.
  static func blackScholes(_ dtype: DType, options: Int = 1_000_000) -> Workload {
    @Sendable func normalCDF(_ x: Tensor) -> Tensor { 0.5 * (1 + erf(x * 0.5.squareRoot())) }
    @Sendable func f() throws -> TracedFunction<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor> {
      let shape = [options]
      return try trace(
        "black_scholes", .input("spot", dtype, shape), .input("strike", dtype, shape), .input("rate", dtype, shape),
        .input("volatility", dtype, shape), .input("time", dtype, shape)
      ) { spot, strike, rate, volatility, time in
        let deviation = volatility * sqrt(time)
        let first = (log(spot / strike) + (rate + 0.5 * volatility * volatility) * time) / deviation
        let second = first - deviation
        return (spot * normalCDF(first) - strike * exp(-rate * time) * normalCDF(second)).sum()
      }
    }
    return Workload(
      "W4_\(dtype)", "Black–Scholes prices of \(options) options, summed, and five Greeks, \(dtype)",
      .valueAndGradient(count: 5),
      inputs: [
        .uniform("S", 80...120), .uniform("K", 80...120), .uniform("r", 0.01...0.05), .uniform("sigma", 0.1...0.5),
        .uniform("T", 0.1...2),
      ],
      results: ["val", "g_S", "g_K", "g_r", "g_sigma", "g_T"], function: { try f().graph },
      compile: { try f().valueAndGrad { s, k, r, v, t in [s, k, r, v, t] }.compile().graph })
  }

  /// W5: the mean negative log likelihood of a linear model of classes 0 and 1, with an L2 penalty.
  static func logisticRegression(_ dtype: DType, examples: Int = 100_000, features: Int = 100) -> Workload {
    @Sendable func f() throws -> TracedFunction<Tensor, Tensor, Tensor, Tensor> {
      try trace(
        "logistic_regression", .input("w", dtype, [features]), .input("x", dtype, [examples, features]),
        .input("y", dtype, [examples])
      ) { w, x, y in
        let z = matmul(x, w)
        return (softplus(z) - y * z).mean() + 0.5e-3 * square(w).sum()
      }
    }
    return Workload(
      "W5_\(dtype)", "logistic regression of \(examples) examples of \(features) numbers and its gradient, \(dtype)",
      .valueAndGradient(count: 1),
      inputs: [.normal("w", deviation: 0.1), .normal("X"), .integers("y", below: 2)], results: ["val", "g"],
      function: { try f().graph }, compile: { try f().valueAndGrad { w, _, _ in w }.compile().graph })
  }

  /// W13: layers `h ← tanh(aₗ h + bₗ)`, l = 0, 1, …, and the mean of the last.
  ///
  /// - Parameter asLoop: As a scan over the layers instead of written out by Swift.
  static func layers(
    _ dtype: DType = .f32, count: Int = 64, width: Int = 1_000_000, asLoop: Bool = false
  ) -> Workload {
    @Sendable func f() throws -> TracedFunction<Tensor, Tensor, Tensor, Tensor> {
      try trace("layers", .input("x", dtype, [width]), .input("a", dtype, [count]), .input("b", dtype, [count])) {
        x, a, b in
        if asLoop {
          return scan(x, over: [a, b]) { h, layer in (tanh(layer[0] * h + layer[1]), [Tensor]()) }.carry.mean()
        }
        return (0..<count).reduce(x) { h, layer in tanh(a[layer] * h + b[layer]) }.mean()
      }
    }
    return Workload(
      "W13" + (asLoop ? "/scan" : ""),
      "\(count) layers tanh(a h + b) of \(width) numbers" + (asLoop ? " as a scan" : "")
        + " and the gradient, \(dtype)",
      .valueAndGradient(count: 3),
      inputs: [.normal("x"), .normal("a", mean: 1, deviation: 0.2), .normal("b", deviation: 0.1)],
      results: ["val", "g_x", "g_a", "g_b"], function: { try f().graph },
      compile: { try f().valueAndGrad { x, a, b in [x, a, b] }.compile().graph })
  }
}
