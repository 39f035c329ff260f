import GradC
import Testing

/// Reverse and forward mode agree, and products with a Jacobian don't form it.
@Suite struct BackpropagationTests {
  static let (n, p) = (48, 40)

  private func function() throws -> TracedFunction<Tensor, Tensor> {
    let (a, b) = (sampled([Self.p, 3], seed: 1), sampled([3, Self.n], seed: 2))
    return try trace("f", .input("x", .f64, [Self.n])) { x in tanh(matmul(a, sin(matmul(b, x)))) }
  }

  /// The greatest element count among the types written in a text as `f64[2,3]`.
  private func greatestElementCount(_ text: String) -> Int {
    var greatest = 0
    for match in text.matches(of: /f64\[([0-9, ]*)\]/) {
      let extents = match.1.split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
      greatest = max(greatest, extents.reduce(1, *))
    }
    return greatest
  }

  @Test func bothModesGiveTheSameNumbers() throws {
    let f = try function()
    let (x, v, c) = (sampled([Self.n], seed: 3), sampled([Self.n], seed: 4), sampled([Self.p], seed: 5))
    let pushed = try everyTier(f.jvp { $0 }, x, v)
    let pulled = try everyTier(f.vjp { $0 }, x, c)
    #expect(try pushed.value.array() == pulled.value.array())
    let (left, right) = (try c.dot(pushed.tangent).item(), try pulled.cotangent.dot(v).item())
    #expect(abs(left - right) <= 1e-14)
    let (forward, reverse) = (
      try everyTier(f.jacobian(mode: .forward), x), try everyTier(f.jacobian(mode: .reverse), x)
    )
    #expect(isClose(try forward.doubles(), try reverse.doubles(), 1e-14))
    #expect(isClose(try matmul(forward, v).doubles(), try pushed.tangent.doubles(), 1e-14))
    #expect(isClose(try matmul(c, forward).doubles(), try pulled.cotangent.doubles(), 1e-14))
  }

  @Test func noValueHasTheJacobiansSize() throws {
    let size = Self.n * Self.p
    let f = try function()
    let (reverse, forward) = (try f.vjp { $0 }.compile(), try f.jvp { $0 }.compile())
    // The factors of A B are all there is.
    for text in [
      reverse.simplified.description, reverse.kernels.description, forward.simplified.description,
      forward.kernels.description,
    ] {
      #expect(greatestElementCount(text) == 3 * Self.n)
    }
    #expect(reverse.arenaByteCount < size * 8 / 4 && forward.arenaByteCount < size * 8 / 4)
    let jacobian = try f.jacobian(mode: .reverse).compile()
    #expect(greatestElementCount(jacobian.simplified.description) >= size)
    #expect(greatestElementCount(jacobian.kernels.description) >= size)
  }

  /// `∂²L/∂x² · v` without a value of the Hessian's size.
  @Test func hessianVectorProductFormsNoHessian() throws {
    let f = try trace("f", .input("x", .f64, [Self.n])) { x in exp(sin(x)).sum() * square(x).sum() }
    let product = try f.hvp { $0 }
    let (x, v) = (sampled([Self.n], seed: 1), sampled([Self.n], seed: 2))
    let expected = try matmul(everyTier(f.hessian(), x), v)
    #expect(isClose(try everyTier(product, x, v).tangent.doubles(), try expected.doubles(), 1e-12))
    let compiled = try product.compile()
    #expect(greatestElementCount(compiled.simplified.description) == Self.n)
    #expect(greatestElementCount(compiled.kernels.description) == Self.n)
    #expect(compiled.arenaByteCount < Self.n * Self.n * 8 / 4)
  }
}
