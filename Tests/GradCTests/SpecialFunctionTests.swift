import GradC
import Testing

/// Special functions and bits as users write them.
@Suite struct SpecialFunctionTests {
  private func check(_ tensor: Tensor, _ elements: [Double], tolerance: Double = 1e-6) throws {
    let found = try tensor.doubles()
    #expect(found.count == elements.count)
    for (a, b) in zip(found, elements) { #expect(a == b || Swift.abs(a - b) < tolerance, "\(a) and \(b)") }
  }

  @Test func values() throws {
    let x = Tensor([0.25, 0.5])
    try check(erfInv(x), [0.2253120, 0.4769363])
    try check(ndtri(ndtr(x)), [0.25, 0.5])
    try check(exp(logNdtr(x)), try ndtr(x).doubles())
    try check(erfcx(x), [0.7703465, 0.6156903])
    try check(digamma(x), [-4.2274535, -1.9635100])
    try check(polygamma(1, x), [17.1973291, 4.9348022])
    try check(logAddExp(x, 0), [0.8259394, 0.9740770])
    try check(xlogy(0, x), [0, 0])
    try check(entr(x), [0.3465736, 0.3465736])
    try check(logit(sigmoid(x)), [0.25, 0.5])
    try check(exp10(x), [1.7782794, 3.1622777])
    try check(ldexp(x, Tensor(integers: [1, -1])), [0.5, 0.25])
    try check(copysign(x, -0.0), [-0.25, -0.5])
    try check(flooredRemainder(Tensor(integers: [-7, 7]), 3), [2, 1])
    try check(elu(-x), [-0.2211992, -0.3934693])
    try check(softsign(x), [0.2, 1.0 / 3])
    #expect(try nextafter(Tensor([1]), 2).doubles() == [1 + 0x1p-23])
    #expect(try isNaN(Tensor([.nan, 1])).doubles() == [1, 0])
    #expect(try isFinite(Tensor([.nan, 1, .infinity])).doubles() == [0, 1, 0])
    #expect(try isInfinite(Tensor([.nan, 1, -.infinity])).doubles() == [0, 0, 1])
  }

  @Test func bits() throws {
    let x = Tensor(integers: [5, -8, 1])
    #expect(try shiftLeft(x, 2).doubles() == [20, -32, 4])
    #expect(try shiftRight(x, 1).doubles() == [2, -4, 0])
    #expect(try logicalShiftRight(x, 28).doubles() == [0, 15, 0])
    #expect(try shiftLeft(x, Tensor(integers: [31, 32, -1])).doubles() == [-2_147_483_648, 0, 0])
    #expect(try popcount(x).doubles() == [2, 29, 1])
  }

  /// `d/dx ψ = ψ⁽¹⁾`, twice, and steps that have no derivative.
  @Test func derivatives() throws {
    let f = try trace("f", .input("x", .f64, [2])) { x in
      let slope = gradient(of: lgamma(x).sum(), wrt: x)
      return [slope, gradient(of: slope.sum(), wrt: x), gradient(of: nextafter(x, 9).sum(), wrt: x)]
    }
    let found = try f.evaluate(Tensor([0.5, -1.5], dtype: .f64))
    try check(found[0], [-1.9635100260214235, 0.7031566406452432], tolerance: 1e-12)
    try check(found[1], [4.934802200544679, 9.379246644989124], tolerance: 1e-12)
    try check(found[2], [0, 0])
  }

  @Test func faults() {
    expectFault("digamma: needs a floating dtype, not i32[4]; convert it with cast(to: .f32)") { _, i in digamma(i) }
    expectFault("polygamma: order -1 is not between 0 and 150") { x, _ in polygamma(-1, x) }
    expectFault("shiftLeft: is for integers, not f32[4,3]") { x, _ in shiftLeft(x, 1) }
    expectFault("ldexp: exponents must be numbers, not bool[4,3]") { x, _ in ldexp(x, x .> 0) }
  }
}
