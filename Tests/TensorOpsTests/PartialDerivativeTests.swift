import Basics
import Foundation
import TensorIR
import TensorOps
import Testing

/// Partial derivatives where formulas are apt to go wrong.
@Suite struct PartialDerivativeTests {
  /// `∂y/∂x_index` of an elementwise op.
  private func partial(_ op: ElementwiseOp, _ x: [Double], by index: Int = 0) throws -> Double {
    try evaluate(x) { terms in partial(op, terms, by: index) }
  }

  /// The partial derivative as a term, whichever way the op says it.
  private func partial(_ op: ElementwiseOp, _ x: [Term], by index: Int) -> Term {
    let builder = x[0].builder
    let y = builder.apply(op, x)
    switch op.derivative {
    case .elementwise(let partials): return partials[index](x, y[0])
    case .custom(let jvp, _):
      let tangents = x.indices.map { $0 == index ? x[$0].ones : nil }
      return jvp(JVPArguments(builder: builder, operands: x, results: y, tangents: tangents))[0] ?? x[0].zeros
    default: return x[0].splat(.nan)
    }
  }

  /// The derivative by finite differences of the partial itself is another matter; here it is by rule.
  private func second(_ op: ElementwiseOp, _ x: [Double], by index: Int, then other: Int) throws -> Double {
    let inputs = x.map { ReferenceTensor([$0], []) }
    let outer = try evaluate(inputs) { builder, terms in
      // Forward over forward: run the partial's own instructions with tangents.
      let inner = FunctionBuilder()
      let parameters = x.indices.map { Term(inner, inner.parameter("x\($0)", TensorType(.f64, []))) }
      let partial = partial(op, parameters, by: index)
      let function = try inner.finish(name: "partial", results: [.init("p", partial.value)])
      var primals = terms
      var tangents: [Term?] = x.indices.map { $0 == other ? terms[0].ones : nil }
      for instruction in function.instructions {
        let op = function.op(of: instruction)
        let operands = function.operands(of: instruction).map { Int($0.index) }
        let dots = operands.map { tangents[$0] }
        tangents.append(
          dots.contains { $0 != nil } ? pushforward(op, builder, operands.map { primals[$0] }, dots) : nil)
        primals += builder.apply(op, operands.map { primals[$0] })
      }
      return [tangents[Int(partial.value.index)] ?? terms[0].zeros]
    }
    return outer[0].doubles[0]
  }

  @Test func powersByTheBase() throws {
    #expect(try partial(.pow, [0, 2]) == 0)
    #expect(try partial(.pow, [0, 1]) == 1)
    #expect(try partial(.pow, [0, 0]) == 0)
    #expect(try partial(.pow, [3, 0]) == 0)
    #expect(try partial(.pow, [0, 0.5]) == .infinity)
    #expect(try partial(.pow, [-2, 3]) == 12)
    #expect(try partial(.pow, [-2, -1]) == -0.25)
    #expect(try partial(.pow, [.infinity, 0]) == 0)
  }

  @Test func powersByTheExponent() throws {
    #expect(try partial(.pow, [0, 2], by: 1) == 0)
    #expect(try partial(.pow, [0, 0.5], by: 1) == 0)
    #expect(abs(try partial(.pow, [2, 3], by: 1) - 8 * log(2)) < 1e-14)
    #expect(try partial(.pow, [1, 3], by: 1) == 0)
    #expect(try partial(.pow, [-2, 3], by: 1).isNaN)
    #expect(try partial(.pow, [0, 0], by: 1) == 0)
    #expect(try partial(.pow, [0, -1], by: 1) == -.infinity)
  }

  /// Where squares would overflow or underflow, in f32.
  @Test func rangeOfInverseFunctions() throws {
    func slope(_ op: ElementwiseOp, _ x: Double..., by index: Int = 0) throws -> Double {
      let type = TensorType(.f32, [])
      let inputs = x.map { ReferenceTensor(floating: [$0], type: type) }
      return try evaluate(inputs) { [partial(op, $1, by: index)] }[0].doubles[0]
    }
    #expect(abs(try slope(.asinh, 1e30) * 1e30 - 1) < 1e-6)
    #expect(abs(try slope(.acosh, 1e30) * 1e30 - 1) < 1e-6)
    #expect(abs(try slope(.atan2, 1e25, 1e25) * 2e25 - 1) < 1e-6)
    #expect(abs(try slope(.atan2, 1e-25, 1e-25, by: 1) * 2e-25 + 1) < 1e-6)
    #expect(try slope(.asinh, 0) == 1 && slope(.acosh, 1) == .infinity)
  }

  @Test func secondDerivativesOfPowers() throws {
    #expect(try second(.pow, [0, 2], by: 0, then: 0) == 2)
    #expect(try second(.pow, [0, 3], by: 0, then: 0) == 0)
    #expect(try second(.pow, [0, 1], by: 0, then: 0) == 0)
    #expect(try second(.pow, [0, 0], by: 0, then: 0) == 0)
    #expect(try second(.pow, [0, 2], by: 1, then: 0) == 0)
    // ∂/∂b (b xᵇ⁻¹) at b = 0 is 1 / x.
    #expect(try second(.pow, [4, 0], by: 0, then: 1) == 0.25)
    #expect(try second(.pow, [4, 0], by: 1, then: 0) == 0.25)
    #expect(try second(.pow, [0, 2], by: 1, then: 1) == 0)
  }

  @Test func extremaShareTies() throws {
    for op in [ElementwiseOp.max, .min] {
      #expect(try partial(op, [1, 1]) == 0.5)
      #expect(try partial(op, [1, 1], by: 1) == 0.5)
    }
    #expect(try partial(.max, [2, 1]) == 1)
    #expect(try partial(.max, [2, 1], by: 1) == 0)
    #expect(try partial(.min, [2, 1]) == 0)
    #expect(try partial(.min, [2, 1], by: 1) == 1)
  }

  @Test func remainder() throws {
    #expect(try partial(.rem, [7.5, 2], by: 1) == -3)
    #expect(try partial(.rem, [-7.5, 2], by: 1) == 3)
    // The quotient 6 - 2⁻⁵¹… rounds up to 6, but fmod belongs to 5.
    let b = 0.1, a = (b * 6).nextDown
    #expect(try partial(.rem, [a, b], by: 1) == -((a - fmod(a, b)) / b).rounded())
  }

  @Test func rootsAndNormsAtZero() throws {
    #expect(try partial(.sqrt, [0]) == .infinity)
    #expect(try partial(.cbrt, [0]) == .infinity)
    #expect(try partial(.hypot, [0, 0]) == 0)
    #expect(try partial(.hypot, [3, -4], by: 1) == -0.8)
    #expect(try partial(.abs, [0]) == 0)
    #expect(try partial(.abs, [-2]) == -1)
  }

  @Test func saturatedFunctionsHaveNoSlope() throws {
    #expect(try partial(.tanh, [50]) == 0)
    #expect(try partial(.logistic, [-800]) == 0)
    #expect(try partial(.logistic, [800]) == 0)
    #expect(try partial(.erf, [30]) == 0)
    #expect(try partial(.atan, [1e300]) == 0)
  }

  @Test func angles() throws {
    #expect(try partial(.atan2, [0, -2]) == -0.5)
    #expect(try partial(.atan2, [3, 0], by: 1) == -1 / 3.0)
  }

  // Values to 20 digits: ψ(1) = -γ, ψ(½) = -γ - 2 ln 2, the rest by recurrence and reflection from these.
  @Test func digamma() throws {
    let gamma = 0.57721566490153286061
    let half = -gamma - 2 * log(2.0)
    let cases: [(Double, Double)] = [
      (1, -gamma), (2, 1 - gamma), (0.5, half), (1.5, half + 2), (3.5, half + 2 + 2 / 3.0 + 2 / 5.0),
      (-0.5, half + 2), (-1.5, half + 2 + 2 / 3.0), (10, 2.8289682539682539683 - gamma),
      (1.4616321449683623413, 0), (1e10, log(1e10) - 0.5e-10),
    ]
    for (x, expected) in cases {
      let found = try evaluate([x]) { $0[0].digamma() }
      #expect(abs(found - expected) <= 1e-14 * max(1, abs(expected)) * 2, "ψ(\(x)) = \(found), not \(expected)")
    }
    // Near a pole ψ(x) ≈ -1 / x.
    let small = try evaluate([-1e-12]) { $0[0].digamma() }
    #expect(abs(small / 1e12 - 1) < 1e-11)
    #expect(try evaluate([.infinity]) { $0[0].digamma() } == .infinity)
    #expect(try evaluate([.nan]) { $0[0].digamma() }.isNaN)
  }

  @Test func digammaIsTheSlopeOfLogGamma() throws {
    for x in [0.1, 0.7, 2.3, 5.5, 20.25, -0.3, -2.6, -7.4] {
      let step = 1e-3
      let near = lgamma(x + step) - lgamma(x - step), far = lgamma(x + 2 * step) - lgamma(x - 2 * step)
      let slope = try partial(.lgamma, [x])
      #expect(abs(slope - (8 * near - far) / (12 * step)) < 1e-6 * max(1, abs(slope)), "\(x)")
    }
  }

  /// ψ'(1) = π²/6, ψ'(½) = π²/2, and ψ'(-½) = π²/2 + 4 through the reflection.
  @Test func trigamma() throws {
    for (x, expected) in [(1, Double.pi * .pi / 6), (0.5, .pi * .pi / 2), (-0.5, .pi * .pi / 2 + 4)] {
      let found = try second(.lgamma, [x], by: 0, then: 0)
      #expect(abs(found - expected) < 1e-12 * expected, "ψ'(\(x)) = \(found), not \(expected)")
    }
  }
}
