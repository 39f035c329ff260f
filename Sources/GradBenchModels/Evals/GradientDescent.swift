import GradC

/// How a gradient is computed: a pass for every variable, or one backwards.
enum GradientMode: String, CaseIterable {
  case forward = "f"
  case reverse = "r"

  func gradient(at x: Tensor, of f: (Tensor) -> Tensor) -> Tensor {
    switch self {
    case .forward: jacobian(at: x, mode: .forward, of: f)
    case .reverse: GradC.gradient(at: x, of: f)
    }
  }

  /// All pairs of an outer and an inner mode, by the names of GradBench.
  static let pairs = allCases.flatMap { outer in
    allCases.map { inner in (name: outer.rawValue + inner.rawValue, outer: outer, inner: inner) }
  }
}

/// Gradient descent with steps whose length doubles after ten that went well, and halves after one that did not.
private struct Descent: TensorStructure {
  var x: Tensor
  var value: Tensor
  var slope: Tensor
  var length = Tensor(1e-5).cast(to: .f64)
  var successes = Tensor(0).cast(to: .i64)
  var isDone = Tensor(false)

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("x", &x)
    visitor.visit("value", &value)
    visitor.visit("slope", &slope)
    visitor.visit("length", &length)
    visitor.visit("successes", &successes)
    visitor.visit("isDone", &isDone)
  }
}

/// Where a function is least, downhill from x.
func argmin(_ mode: GradientMode, from x: Tensor, of f: (Tensor) -> Tensor) -> Tensor {
  let tolerance = 1e-5
  func norm(_ v: Tensor) -> Tensor { sqrt(square(v).sum()) }
  let start = Descent(x: x, value: f(x), slope: mode.gradient(at: x, of: f))
  return whileLoop(start) { state in
    .!state.isDone .& (norm(state.slope) .> tolerance)
  } do: { state in
    var (longer, shorter, done) = (state, state, state)
    (longer.length, longer.successes) = (2 * state.length, zeros(like: state.successes))
    (shorter.length, shorter.successes) = (state.length / 2, zeros(like: state.successes))
    done.isDone = .!state.isDone
    return cond(
      state.successes .== 10, then: { longer },
      else: {
        let next = state.x - state.length * state.slope
        return cond(
          norm(state.x - next) .<= tolerance, then: { done },
          else: {
            let value = f(next)
            return cond(
              value .< state.value,
              then: {
                Descent(
                  x: next, value: value, slope: mode.gradient(at: next, of: f), length: state.length,
                  successes: state.successes + 1, isDone: state.isDone)
              }, else: { shorter })
          })
      })
  }.x
}
