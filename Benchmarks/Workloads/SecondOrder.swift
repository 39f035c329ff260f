import GradC

extension Workload {
  /// W9: the Hessian of `ln Σ exp(A x) + ½ xᵀ Q x`.
  static func logSumExpHessian(terms: Int = 200, numbers: Int = 100) -> Workload {
    @Sendable func f() throws -> TracedFunction<Tensor, Tensor, Tensor, Tensor> {
      try trace(
        "log_sum_exp", .input("x", .f64, [numbers]), .input("A", .f64, [terms, numbers]),
        .input("Q", .f64, [numbers, numbers])
      ) { x, a, q in
        matmul(a, x).logSumExp() + 0.5 * x.dot(matmul(q, x))
      }
    }
    return Workload(
      "W9_hess", "Hessian of log-sum-exp(A x) + ½ xᵀ Q x of \(numbers) numbers, f64", .hessian,
      inputs: [.normal("x", deviation: 0.5), .normal("A", deviation: 0.3), .gram("Q", numbers)], results: ["H"],
      function: { try f().graph }, compile: { try f().hessian().compile().graph })
  }
}

extension Input {
  /// `B Bᵀ / n` of a normal n×n matrix B.
  fileprivate static func gram(_ file: String, _ n: Int) -> Input {
    Input(file) { generator, count in
      let b = (0..<n * n).map { _ in generator.normal() }
      return (0..<count).map { position in
        let (row, column) = (position / n, position % n)
        return (0..<n).reduce(0) { $0 + b[row * n + $1] * b[column * n + $1] } / Double(n)
      }
    }
  }
}
