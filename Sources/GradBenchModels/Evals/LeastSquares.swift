import GradC

/// Least squares of a polynomial against the sign of its argument: `y(x) = ½ Σᵢ (sᵢ - Σⱼ xⱼ tᵢʲ)²` with tᵢ from -1 to 1.
enum LeastSquares {
  struct Input: Decodable {
    /// The coefficients.
    let x: [Double]
    /// The number of points.
    let n: Int
  }

  static let eval = Eval(
    name: "llsq",
    functions: [
      .init("primal") { (input: Input) in Problem([NDArray(input.x)], try cost(input).graph) },
      .init("gradient") { (input: Input) in Problem([NDArray(input.x)], try cost(input).grad().graph) },
    ], workloads: workloads)

  static func cost(_ input: Input) throws -> TracedFunction<Tensor, Tensor> {
    try checkSize("n", input.n, 1...1 << 32)
    try checkCount("x", input.x)
    return try trace("llsq", .input("x", .f64, [input.x.count])) { x in
      let t = linspace(from: -1, to: 1, count: input.n, .f64)
      // Horner's rule.
      let polynomial = input.x.indices.reversed().reduce(zeros(like: t)) { sum, j in sum * t + x[j] }
      return 0.5 * square(sign(t) - polynomial).sum()
    }
  }
}
