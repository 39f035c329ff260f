import GradC

extension Workload {
  /// W1: `sin(x y) + x² exp(-y)`, where a call is all that takes time.
  static func formula() -> Workload {
    @Sendable func f() throws -> TracedFunction<Tensor, Tensor, Tensor> {
      try trace("formula", .input("x", .f64), .input("y", .f64)) { x, y in sin(x * y) + x * x * exp(-y) }
    }
    return Workload(
      "W1", "sin(x y) + x² exp(-y) and its gradient, f64", .valueAndGradient(count: 2),
      inputs: [Input("xy[0]") { _, _ in [1.3] }, Input("xy[1]") { _, _ in [0.7] }], results: ["val", "g[0]", "g[1]"],
      function: { try f().graph }, compile: { try f().valueAndGrad { x, y in [x, y] }.compile().graph })
  }

  /// W12: a chain of scalar operations, each link of ten made of the two before and of one of eight inputs.
  ///
  /// - Parameter asLoop: As a loop over links instead of written out by Swift.
  static func scalarChain(_ operations: Int, asLoop: Bool = false) -> Workload {
    @Sendable func link(_ a: Tensor, _ b: Tensor, _ x: Tensor) -> Tensor {
      let product = a * b
      let mixed: Tensor = (sin(product) + 0.1 * product) * x
      return 0.5 * mixed + 0.3 * a + 0.2
    }
    @Sendable func f() throws -> TracedFunction<Tensor, Tensor> {
      try trace("chain", .input("x", .f64, [8])) { x in
        if asLoop {
          let last = fori(0..<operations / 10, [x[0], x[1]]) { i, pair in
            [pair[1], link(pair[0], pair[1], x[i - 8 * (i / 8)])]
          }
          return last[0] + last[1]
        }
        let inputs = (0..<8).map { x[$0] }
        var (a, b) = (inputs[0], inputs[1])
        for i in 0..<operations / 10 { (a, b) = (b, link(a, b, inputs[i % 8])) }
        return a + b
      }
    }
    return Workload(
      "W12_\(operations)" + (asLoop ? "/loop" : ""),
      "a chain of \(operations) scalar operations" + (asLoop ? " as a loop" : "") + " and its gradient, f64",
      .valueAndGradient(count: 1), inputs: [.uniform("x", 0.5...1.5)], results: ["val", "g"],
      function: { try f().graph }, compile: { try f().valueAndGrad { x in x }.compile().graph })
  }
}
