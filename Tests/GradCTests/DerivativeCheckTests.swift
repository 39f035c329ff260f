import GradC
import Testing

@Suite struct DerivativeCheckTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  private let x = Tensor([0.5, -0.25, 1.5], dtype: .f64)

  // MARK: Given derivatives

  @Test func rightRulesPass() throws {
    let scale = Tensor([2.0], shape: [], dtype: .f64)
    let f = try trace("f", .input("x", .f64, [3]), .input("k", .f64)) { x, k in
      let first = customDerivative(x) {
        exp($0)
      } jvp: { _, y, tangent in
        y * tangent
      }
      // What is captured is constant to the rule.
      let second = customDerivative([first, x]) {
        sin($0[0] * $0[1]) * stopGradient(k)
      } vjp: { x, _, cotangent in
        let inner = cos(x[0] * x[1]) * cotangent * k
        return [inner * x[1], inner * x[0]]
      }
      second.sum() * k
    }
    // Differences see what is kept from being differentiated.
    try f.graph.checkDerivatives(at: [x.array(), scale.array()], wrt: ["x"])
    #expect(message { try f.checkDerivatives(at: x, scale) }.contains("the derivative of 'f' by 'k' is"))
  }

  @Test func aWrongVJPIsNamed() throws {
    let line = #line + 2
    let f = try trace("f", .input("x", .f64, [3])) { x in
      customDerivative(x) {
        square($0).sum()
      } vjp: { x, _, cotangent in
        concat([2 * x[..<2], 3 * x[2...]]) * cotangent
      } * 5
    }
    let text = message { try f.checkDerivatives(at: x) }
    #expect(text.contains("DerivativeCheckTests.swift:\(line): error: the vjp of 'customDerivative'"), "\(text)")
    #expect(text.contains("by operand 0[2] it is 4.5 in reverse mode, but by differences "), "\(text)")
    #expect(text.contains("and by a complex step 3.0"), "\(text)")
  }

  @Test func aWrongJVPIsNamed() throws {
    let f = try trace("f", .input("x", .f64, [2, 2])) { x in
      customDerivative(x) {
        $0 * $0
      } jvp: { x, _, tangent in
        x * tangent
      }
    }
    let text = message { try f.checkDerivatives(at: Tensor([0.0, 1, 2, 3], shape: [2, 2], dtype: .f64)) }
    #expect(text.contains("the jvp of 'customDerivative'"), "\(text)")
    #expect(text.contains("by operand 0[0, 1] it is 1.0 in forward mode (of result '0'[0, 1])"), "\(text)")
  }

  /// A rule is checked where it runs, in loops and branches too, and not where it doesn't.
  @Test func rulesWithin() throws {
    func wrong(_ x: Tensor) -> Tensor {
      customDerivative(x) {
        $0 * $0
      } jvp: { x, _, tangent in
        3 * x * tangent
      }
    }
    let loop = try trace("loop", .input("x", .f64)) { x in fori(0..<3, x) { _, y in 0.5 * wrong(y) } }
    let two = Tensor([2.0], shape: [], dtype: .f64)
    #expect(message { try loop.checkDerivatives(at: two) }.contains("the jvp of 'customDerivative'"))
    let branch = try trace("branch", .input("x", .f64)) { x in cond(x .> 0, then: { wrong(x) }, else: { 2 * x }) }
    #expect(message { try branch.checkDerivatives(at: two) }.contains("customDerivative"))
    try branch.checkDerivatives(at: -two)
  }

  @Test func inF32() throws {
    let f = try trace("f", .input("x", .f32, [3])) { x in
      customDerivative(x) {
        tanh($0)
      } jvp: { _, y, tangent in
        (1 - y * y) * tangent
      }
    }
    try f.checkDerivatives(at: x.cast(to: .f32))
    let g = try trace("g", .input("x", .f32, [3])) { x in
      customDerivative(x) {
        tanh($0)
      } jvp: { _, y, tangent in
        (1 + y * y) * tangent
      }
    }
    #expect(message { try g.checkDerivatives(at: x.cast(to: .f32)) }.contains("customDerivative"))
  }

  // MARK: Whole functions

  @Test func functionsPass() throws {
    let f = try trace("f", .input("x", .f64, [3]), .input("n", .i32)) { x, n in
      let loop = scan(x[0], over: x) { state, row in (state * sin(row), state + row * row) }
      let scaled = x * n.cast(to: .f64)
      concat([loop.outputs, softmax(x), scaled.logSumExp().reshaped(to: [1])])
    }
    try f.checkDerivatives(at: x, Tensor([3], shape: [], dtype: .i32))
    #expect(message { try f.graph.checkDerivatives(at: []) }.contains("takes 2 input(s), not 0"))
    #expect(message { try f.graph.checkDerivatives(at: [], wrt: ["z"]) }.contains("no parameter 'z'"))
  }

  // MARK: Complex steps

  @Test func complexStepsAreExact() throws {
    let f = try trace("f", .input("x", .f64, [3]), .input("a", .f64, [3, 3])) { x, a in
      let y = erf(matmul(a, x)) * exp(-x) / (1 + x * x)
      let powers = pow(abs(x) + 1, 2.5).product()
      let angle = atan2(x, y + 2).max()
      y.logSumExp() + powers + lgamma(x + 2).sum() + angle
    }
    let a = try NDArray((0..<9).map { 0.1 * Double($0) - 0.3 }, shape: [3, 3])
    let check = try f.graph.checkGradients(at: [x.array(), a], directions: 4)
    #expect(check.passes && check.complexStepObstacle == nil && check.rows.count == 8)
    for row in check.rows {
      #expect(row.complexStepError ?? 1 < 1e-12 && row.forwardError < 1e-8 && row.reverseError < 1e-8, "\(row)")
    }
  }

  @Test func whatIsNotAnalyticIsNamed() throws {
    let f = try trace("f", .input("a", .f64, [2, 2])) { a in
      cholesky(matmul(a, a.transposed()) + eye(2, .f64)).sum()
    }
    let line = #line - 2
    let check = try f.graph.checkGradients(at: [NDArray([0.5, 1, -1, 2], shape: [2, 2])])
    #expect(check.passes && check.rows.allSatisfy { $0.complexStep == nil && $0.complexStepError == nil })
    let obstacle = try #require(check.complexStepObstacle)
    #expect(obstacle.message == "'cholesky' is not analytic, or not known for complex numbers")
    #expect(obstacle.location?.line == line)
  }

  /// Kinks are taken on the side of the real part.
  @Test func piecesAreTakenAsTheyAre() throws {
    let f = try trace("f", .input("x", .f64, [3])) { x in
      let pieces = relu(x) + abs(x) * maximum(x, 0.25 * x)
      let chosen = select(x .> 1, x * x, -x)
      (pieces + chosen).sum() + x.max() * x.min()
    }
    let check = try f.graph.checkGradients(at: [x.array()])
    #expect(check.passes && check.rows.allSatisfy { $0.complexStepError ?? 1 < 1e-13 })
  }
}
