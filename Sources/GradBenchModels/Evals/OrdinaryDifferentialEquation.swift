import GradC

/// `y₀' = x₀, yᵢ' = xᵢ yᵢ₋₁` from 0 to 2 by Runge and Kutta's steps of fourth order.
enum OrdinaryDifferentialEquation {
  struct Input: Decodable {
    let x: [Double]
    /// The number of steps.
    let s: Int
  }

  static let eval = Eval(
    name: "ode",
    functions: [
      .init("primal") { (input: Input) in Problem([NDArray(input.x)], try solution(input).graph) },
      .init("gradient") { (input: Input) in
        let last = try trace("last", .input("x", .f64, [input.x.count])) { x in
          try solution(input)(x)[input.x.count - 1]
        }
        return Problem([NDArray(input.x)], try last.grad().graph)
      },
    ], workloads: workloads)

  static func solution(_ input: Input) throws -> TracedFunction<Tensor, Tensor> {
    try checkSize("s", input.s, 1...1 << 32)
    try checkCount("x", input.x)
    return try trace("ode", .input("x", .f64, [input.x.count])) { x in
      let h = 2 / Double(input.s)
      func slope(_ y: Tensor) -> Tensor { x * concat([ones([1], .f64), y[0..<input.x.count - 1]]) }
      return fori(0..<input.s, zeros(like: x)) { _, y in
        let k1 = slope(y)
        let k2 = slope(y + h / 2 * k1)
        let k3 = slope(y + h / 2 * k2)
        let k4 = slope(y + h * k3)
        return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
      }
    }
  }
}
