import GradC

/// x² and its derivative 2x.
enum Hello {
  static let eval = Eval(
    name: "hello",
    functions: [
      .init("square") { (x: Double) in Problem(try square().graph, [NDArray(x)]) },
      .init("double") { (x: Double) in Problem(try square().grad().graph, [NDArray(x)]) },
    ])

  static func square() throws -> TracedFunction<Tensor, Tensor> {
    try trace("square", .input("x", .f64)) { x in x * x }
  }
}
