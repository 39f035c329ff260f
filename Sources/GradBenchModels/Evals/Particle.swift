import GradC

/// Where a charge must be for a particle that passes two charges, in Euler's steps, to fall on the origin.
enum Particle {
  struct Input: Decodable {
    let w: Double
  }

  static let eval = Eval(
    name: "particle",
    functions: GradientMode.pairs.map { pair in
      .init(pair.name) { (input: Input) in Problem([NDArray(input.w)], try control(pair.outer, pair.inner).graph) }
    }, workloads: workloads)

  static func control(_ outer: GradientMode, _ inner: GradientMode) throws -> TracedFunction<Tensor, Tensor> {
    try trace("particle", .input("w", .f64)) { w in
      argmin(outer, from: w) { w in square(landing(w, inner)) }
    }
  }

  /// Where on the x axis the particle lands.
  static func landing(_ w: Tensor, _ mode: GradientMode) -> Tensor {
    let charges = [stack([Tensor(10.0), 10 - w]), Tensor([10, 0], dtype: .f64)]
    func potential(_ x: Tensor) -> Tensor {
      // ‖x - charge‖⁻¹
      charges.map { charge in rsqrt(square(x - charge).sum()) }.reduce(0, +)
    }
    let step = 0.1
    let start = [Tensor([0, 8], dtype: .f64), Tensor([0.75, 0], dtype: .f64)]
    // Position and velocity before the step that crosses the axis.
    let last = whileLoop(start) { state in
      (state[0] + step * state[1])[1] .> 0
    } do: { state in
      let (x, velocity) = (state[0], state[1])
      return [x + step * velocity, velocity - step * mode.gradient(at: x, of: potential)]
    }
    let (x, velocity) = (last[0] + step * last[1], last[1])
    return x[0] - x[1] / velocity[1] * velocity[0]
  }
}
