import GradC

/// `min over x of max over y of (x₁² + x₂²) - (y₁² + y₂²)`, both by gradient descent.
enum Saddle {
  struct Input: Decodable {
    let start: [Double]
  }

  static let eval = Eval(
    name: "saddle",
    functions: GradientMode.pairs.map { pair in
      .init(pair.name) { (input: Input) in
        Problem([try vector("start", input.start, 2)], try saddle(pair.outer, pair.inner).graph)
      }
    }, workloads: workloads)

  static func saddle(_ outer: GradientMode, _ inner: GradientMode) throws -> TracedFunction<Tensor, Tensor> {
    func f(_ x: Tensor, _ y: Tensor) -> Tensor { square(x).sum() - square(y).sum() }
    return try trace("saddle", .input("start", .f64, [2])) { start in
      let x = argmin(outer, from: start) { x in
        f(x, argmin(inner, from: start) { y in -f(x, y) })
      }
      return concat([x, argmin(outer, from: start) { y in -f(x, y) }])
    }
  }
}
