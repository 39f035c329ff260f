import GradC
import Testing

/// Tensors, several results, LaTeX, and what has no formula.
@Suite struct NotationTests {
  @Test func latex() throws {
    func latex(_ body: (Tensor, Tensor) -> Tensor) throws -> [String] {
      let f = try trace("f", .input("x", .f64), .input("y_1", .f64), body: body)
      return [try f.formula(.latex), try f.grad().formula(.latex)]
    }
    #expect(try latex { x, _ in log(sin(x)) } == ["\\ln(\\sin x)", "\\frac{\\cos x}{\\sin x}"])
    let quotient = try latex { x, _ in x / sqrt(1 - x * x) }
    #expect(quotient == ["\\frac{x}{\\sqrt{1 - x^2}}", "\\frac{1}{(1 - x^2)^{3/2}}"])
    #expect(try latex { x, _ in sin(x) * sin(x) } == ["\\sin^2 x", "2\\sin x \\cos x"])
    #expect(try latex { x, _ in exp(-x * x / 2) } == ["e^{-x^2/2}", "-x e^{-x^2/2}"])
    #expect(try latex { x, y in pow(x, y) }[0] == "x^{\\mathrm{y\\_1}}")
    #expect(try latex { x, _ in abs(x - 1) }[0] == "\\left|x - 1\\right|")
    #expect(
      try latex { x, y in select(x .> y, x, y * y) }[0]
        == "\\begin{cases} x & \\text{if } x > \\mathrm{y\\_1} \\\\ \\mathrm{y\\_1}^2 & \\text{otherwise} \\end{cases}")
    #expect(try latex { x, _ in lgamma(x) }[1] == "\\psi(x)")
  }

  @Test func sumsHaveIndices() throws {
    let x = Tensor.input("x", .f64, [100])
    let square = try trace("f", x) { ($0 * $0).sum() }
    #expect(try square.formula() == "Σᵢ xᵢ²")
    #expect(try square.formula(.latex) == "\\sum_{i=0}^{99} x_i^2")
    #expect(try square.grad().formula() == "2xᵢ")
    #expect(try square.hessian().formula() == "2δᵢⱼ")
    let mean = try trace("f", x) { $0.mean() }
    #expect(try mean.formula() == "(Σᵢ xᵢ)/100")
    let linear = try trace("f", .input("w", .f64, [30, 20]), .input("x", .f64, [20])) { matmul($0, $1) }
    #expect(try linear.formula() == "Σⱼ wᵢⱼ xⱼ")
    #expect(try linear.jacobian(wrt: 1).formula() == "wᵢⱼ")
    let logSum = try trace("f", x) { log(exp($0).sum()) }
    #expect(try logSum.grad().formula() == "exp(xᵢ)/(Σⱼ exp(xⱼ))")
  }

  @Test func elementwise() throws {
    let f = try trace("f", .input("x", .f64, [1000])) { sin($0) }
    #expect(try f.formula() == "sin(xᵢ)")
    #expect(try f.jacobian().formula() == "cos(xᵢ) δᵢⱼ")
    let shifted = try trace("f", .input("x", .f64, [1000])) { x in x[1...] - x[..<999] }
    #expect(try shifted.formula() == "xᵢ₊₁ − xᵢ")
  }

  @Test func elementsOneByOne() throws {
    let f = try trace("f", .input("x", .f64, [2])) { x in stack([x[0] + x[1], x[0] * x[1]]) }
    #expect(try f.formula() == "[x₀ + x₁, x₀ x₁]")
    #expect(try f.jacobian().formula() == "[[1, 1], [x₁, x₀]]")
    #expect(try f.jacobian().formula(.latex) == "\\begin{pmatrix} 1 & 1 \\\\ x_1 & x_0 \\end{pmatrix}")
  }

  @Test func severalResults() throws {
    let f = try trace("f", .input("x", .f64)) { x in x * x }
    let text = try f.valueAndGrad().formula()
    #expect(text == "result = x²\nx_gradient = 2x")
  }

  @Test func oddNames() throws {
    let f = try trace("f", .input("the \"rate\"\n", .f64), .input("i", .f64, [9])) { a, b in (a * b).sum() }
    #expect(try f.formula() == "\"the \\\"rate\\\"\\n\" Σⱼ iⱼ")
    #expect(try f.formula(.latex).contains("\n") == false)
  }

  @Test func whatHasNoFormula() throws {
    let sorted = try trace("f", .input("x", .f64, [1000])) { x in x.max() }
    expectUnsupported("'reduce_max' has no formula") { _ = try sorted.formula() }
    var deep = try trace("f", .input("x", .f64)) { $0 }
    deep = try trace("f", .input("x", .f64)) { x in (0..<70).reduce(x) { y, _ in sin(y) + x } }
    expectUnsupported("too long") { _ = try deep.formula() }
  }

  private func expectUnsupported(_ text: String, _ body: () throws -> Void) {
    do {
      try body()
      Issue.record("no error")
    } catch let error as Diagnostics {
      #expect(error.all.first?.kind == .unsupported && error.all.first?.message.contains(text) == true, "\(error)")
    } catch {
      Issue.record("\(error)")
    }
  }
}
