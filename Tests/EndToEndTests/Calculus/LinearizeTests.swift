import GradC
import Testing

/// `f(x + ε ẋ) ≈ f(x) + ε ∂f/∂x · ẋ`: the error falls as ε².
@Suite struct LinearizeTests {
  /// The slope of `log |f(x + ε ẋ) - f(x) - ε f'(x) ẋ|` over `log ε`, the norm being the largest magnitude.
  private func slope(
    _ f: TracedFunction<Tensor, Tensor>, at x: Tensor, along direction: Tensor
  ) throws -> Double {
    let (value, map) = try f.linearize(at: x)
    #expect(try value.array() == f.evaluate(x).array())
    let compiled = try f.compile()
    let linear = try map.compile()
    var points: [(x: Double, y: Double)] = []
    for exponent in 4...10 {
      let epsilon = 1 / Double(1 << exponent)
      let step = direction * epsilon
      let change = try everyTier(map, step)
      #expect(try linear(step).array() == change.array())
      let error = try (compiled(x + step) - value - change).doubles().map(abs).max() ?? 0
      points.append((x: try log2(epsilon), y: try log2(error)))
    }
    let (mx, my) = (points.map(\.x).mean, points.map(\.y).mean)
    let covariance = points.map { ($0.x - mx) * ($0.y - my) }.reduce(0, +)
    return covariance / points.map { ($0.x - mx) * ($0.x - mx) }.reduce(0, +)
  }

  private func log2(_ x: Double) throws -> Double { try GradC.log2(scalar(x)).item() }

  @Test func errorOfAScalarFunctionIsOfSecondOrder() throws {
    let f = try trace("f", .input("x", .f64)) { x in exp(sin(x)) + x * x * x }
    #expect(abs(try slope(f, at: scalar(0.8), along: scalar(1)) - 2) < 0.1)
  }

  @Test func errorOfAVectorFunctionIsOfSecondOrder() throws {
    let w = sampled([5, 3], seed: 1)
    let f = try trace("f", .input("x", .f64, [3])) { x in tanh(matmul(w, x)) * exp(x.sum()) }
    #expect(abs(try slope(f, at: sampled([3], seed: 2), along: sampled([3], seed: 3)) - 2) < 0.1)
  }

  @Test func errorOfATensorFunctionIsOfSecondOrder() throws {
    let f = try trace("f", .input("x", .f64, [2, 3, 2])) { x in
      softmax(x.contracted(with: x, over: [(1, 1)]), axis: -1)
    }
    #expect(abs(try slope(f, at: sampled([2, 3, 2], seed: 4), along: sampled([2, 3, 2], seed: 5)) - 2) < 0.1)
  }

  @Test func otherInputsStayFixed() throws {
    let f = try trace("f", .input("x", .f64, [3]), .input("count", .i32), .input("y", .f64, [3])) { x, count, y in
      x * y * count.cast(to: .f64)
    }
    let y = vector([1, 2, 4])
    let (value, map) = try f.linearize(at: vector([1, 1, 2]), Tensor([3], shape: [], dtype: .i32), y) { x, _, _ in x }
    #expect(try value.doubles() == [3, 6, 24])
    #expect(try everyTier(map, vector([1, 10, 100])).doubles() == [3, 60, 1200])
    #expect(throws: Diagnostics.self) {
      try f.linearize(at: vector([1, 1, 2]), Tensor([3], shape: [], dtype: .i32), y)
    }
    #expect(throws: Diagnostics.self) {
      try f.linearize(at: vector([1, 1]), Tensor([3], shape: [], dtype: .i32), y) { x, _, _ in x }
    }
  }

  /// The map has no nonlinear operation left: what those give at the point is constant.
  @Test func theMapIsLinear() throws {
    let f = try trace("f", .input("x", .f64, [3])) { x in exp(sin(x)) }
    let map = try f.linearize(at: vector([0.1, 0.2, 0.3])).map
    let text = try map.compile().simplified.description
    #expect(!text.contains("exp") && !text.contains("sin") && !text.contains("cos"))
    #expect(
      try everyTier(map.jvp { $0 }, vector([5, 6, 7]), vector([1, 2, 3])).tangent.array()
        == everyTier(map, vector([1, 2, 3])).array())
  }
}

extension [Double] {
  fileprivate var mean: Double { reduce(0, +) / Double(count) }
}
