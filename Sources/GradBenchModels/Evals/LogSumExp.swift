import GradC

/// `ln Σ exp(xᵢ) = a + ln Σ exp(xᵢ - a)`, with a the largest.
enum LogSumExp {
  struct Input: Decodable {
    let x: [Double]
  }

  static let eval = Eval(
    name: "lse",
    functions: [
      .init("primal") { (input: Input) in Problem([NDArray(input.x)], try logSumExp(input).graph) },
      .init("gradient") { (input: Input) in Problem([NDArray(input.x)], try logSumExp(input).grad().graph) },
    ], workloads: workloads)

  static func logSumExp(_ input: Input) throws -> TracedFunction<Tensor, Tensor> {
    try checkCount("x", input.x)
    return try trace("lse", .input("x", .f64, [input.x.count])) { x in
      let a = stopGradient(x.max())
      return a + log(exp(x - a).sum())
    }
  }
}
