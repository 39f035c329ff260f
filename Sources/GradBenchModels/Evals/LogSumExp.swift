import GradC

/// `ln Σ exp(xᵢ) = a + ln Σ exp(xᵢ - a)`, with a the largest.
enum LogSumExp {
  struct Input: Decodable {
    let x: [Double]
  }

  static let eval = Eval(
    name: "lse",
    functions: [
      .init("primal") { (input: Input) in Problem([NDArray(input.x)], try logSumExp(input.x.count).graph) },
      .init("gradient") { (input: Input) in Problem([NDArray(input.x)], try logSumExp(input.x.count).grad().graph) },
    ], workloads: workloads)

  static func logSumExp(_ count: Int) throws -> TracedFunction<Tensor, Tensor> {
    try trace("lse", .input("x", .f64, [count])) { x in
      let a = stopGradient(x.max())
      return a + log(exp(x - a).sum())
    }
  }
}
