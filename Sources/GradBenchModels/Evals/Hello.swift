import GradC

/// x² and its derivative 2x.
enum Hello {
  static let eval = Eval(
    name: "hello",
    functions: [
      .init("square") { (x: Double) in Problem([NDArray(x)], try square().graph) },
      .init("double") { (x: Double) in Problem([NDArray(x)], try square().grad().graph) },
    ], workloads: workloads)

  static func square() throws -> TracedFunction<Tensor, Tensor> {
    try trace("square", .input("x", .f64)) { x in x * x }
  }
}
