package import Basics
import Foundation
package import TensorIR

/// `y = ψ⁽ⁿ⁾(x) = dⁿ⁺¹/dxⁿ⁺¹ ln Γ(x)`, elementwise: digamma for n = 0, trigamma for n = 1, and so on.
///
/// `dy = ψ⁽ⁿ⁺¹⁾(x) dx`. For positive x recurrence to `x + 8` and the asymptotic series there, whose first term left out
/// is below the rounding of doubles; for negative ones reflection (Abramowitz & Stegun 6.3.5-18, 6.4.6-11). Shifting always by 8 costs
/// no branch and no accuracy.
package struct Polygamma: Op {
  package let order: Int

  package init(order: Int) { self.order = order }

  /// Factorials of more would not fit a double.
  package static let greatestOrder = 150

  package var name: String { order == 0 ? "digamma" : "polygamma" }
  package var attributes: [Attribute] { order == 0 ? [] : [Attribute("order", .integer(order))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    guard operands[0].dtype.isFloating else {
      throw Diagnostic("'\(name)' needs a floating dtype, not \(operands[0])")
    }
    guard (0...Self.greatestOrder).contains(order) else {
      throw Diagnostic("'polygamma' is there for orders up to \(Self.greatestOrder), not \(order)", kind: .unsupported)
    }
    return operands
  }

  package var derivative: DerivativeRule {
    .elementwise([{ x, _ in x[0].applying(Polygamma(order: order + 1)) }])
  }
  package var batching: BatchingRule { .elementwise }
  package var lowering: LoweringRule { .composed { operands in formula(operands[0]) } }

  private func formula(_ x: Term) -> Term {
    let isNegative = x.applying(.lt, x.zeros)
    let positive = positiveFormula(isNegative.select(1 - x, x))
    // tan has period π; a small argument keeps it exact far from 0, and one fit for all where it is not asked for.
    let phase = isNegative.select(x - x.applying(.round), x.splat(0.25))
    // NaN at the poles where both sides differ in sign.
    let one = order % 2 == 0 ? phase / phase : phase.ones
    let cotangent = one / (phase * Double.pi).applying(.tan)
    let coefficients = Self.cotangentDerivative(order)
    var polynomial = x.splat(coefficients[coefficients.count - 1])
    for coefficient in coefficients.dropLast().reversed() { polynomial = polynomial * cotangent + coefficient }
    let reflected = order % 2 == 0 ? positive : -positive
    return isNegative.select(reflected - polynomial * Foundation.pow(Double.pi, Double(order + 1)), positive)
  }

  /// For x ≥ 0.
  private func positiveFormula(_ x: Term) -> Term {
    let shifted = x + 8
    let inverse = 1 / shifted
    let square = inverse * inverse
    let coefficients = Self.seriesCoefficients(order, 8)
    var series = x.splat(coefficients[7])
    for coefficient in coefficients.dropLast().reversed() { series = series * square + coefficient }
    var recurrence = Self.power(1 / x, order + 1)
    for step in 1..<8 { recurrence = recurrence + Self.power(1 / (x + Double(step)), order + 1) }
    if order == 0 { return shifted.applying(.log) - 0.5 * inverse - series * square - recurrence }
    let power = Self.power(inverse, order)
    let sum = recurrence + power * (1 / Double(order)) + power * inverse * (0.5 + series * inverse)
    return sum * Self.factor(order)
  }

  private static func power(_ x: Term, _ exponent: Int) -> Term {
    if exponent == 1 { return x }
    let half = power(x, exponent / 2)
    return exponent % 2 == 0 ? half * half : half * half * x
  }

  /// `(-1)ⁿ⁺¹ n!`
  private static func factor(_ order: Int) -> Double {
    (1...Swift.max(order, 1)).reduce(order % 2 == 0 ? -1 : 1) { $0 * Double($1) }
  }

  /// Of digamma `B_2k / 2k`, of others `B_2k / (2k)! · (n + 1) (n + 2) … (n + 2k - 1)`, for k = 1, 2, …, B the Bernoulli
  /// numbers.
  private static func seriesCoefficients(_ order: Int, _ count: Int) -> [Double] {
    (1...count).map { k in
      if order == 0 { return bernoulli[k - 1] / Double(2 * k) }
      // The factors are taken in turns, so that no product overflows.
      return (1..<2 * k).reduce(bernoulli[k - 1] / Double(2 * k)) { $0 * Double(order + $1) / Double($1) }
    }
  }

  private static let bernoulli: [Double] = [
    1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798,
    -174611.0 / 330, 854513.0 / 138, -236_364_091.0 / 2730,
  ]

  /// The polynomial in `c = cot t` that is the n-th derivative of `cot t`: from `c' = -(1 + c²)`.
  private static func cotangentDerivative(_ order: Int) -> [Double] {
    (0..<order).reduce([0, 1]) { polynomial, _ in
      var next = [Double](repeating: 0, count: polynomial.count + 1)
      for (power, coefficient) in polynomial.enumerated().dropFirst() {
        next[power - 1] -= Double(power) * coefficient
        next[power + 1] -= Double(power) * coefficient
      }
      return next
    }
  }

  /// In double throughout, shifted by 20 and with twelve terms of the series.
  private func value(_ x: Double) -> Double {
    if x < 0 {
      let phase = x - x.rounded()
      let cotangent = (order % 2 == 0 ? phase / phase : 1) / Foundation.tan(Double.pi * phase)
      let coefficients = Self.cotangentDerivative(order)
      let polynomial = coefficients.dropLast().reversed().reduce(coefficients[coefficients.count - 1]) {
        $0 * cotangent + $1
      }
      let reflected = value(1 - x) * (order % 2 == 0 ? 1 : -1)
      return reflected - polynomial * Foundation.pow(Double.pi, Double(order + 1))
    }
    let shifted = x + 20
    let series = Self.seriesCoefficients(order, 12).reversed().reduce(0) { $0 / (shifted * shifted) + $1 }
    let recurrence = (0..<20).reduce(0) { $0 + Foundation.pow(x + Double($1), -Double(order + 1)) }
    if order == 0 {
      return Foundation.log(shifted) - 0.5 / shifted - series / (shifted * shifted) - recurrence
    }
    let power = Foundation.pow(shifted, -Double(order))
    return (recurrence + power / Double(order) + power / shifted * (0.5 + series / shifted)) * Self.factor(order)
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    [ReferenceTensor(floating: operands[0].doubles.map(value), type: operands[0].type)]
  }

  package static let family = OpFamily(
    names: ["digamma", "polygamma"],
    make: { (name, attributes) throws(Diagnostic) in
      let order = name == "digamma" ? 0 : try attributes.integer("order")
      // One name for one op.
      guard name == "digamma" || order > 0 else {
        throw Diagnostic("attribute 'order' of 'polygamma' must be at least 1, not \(order)")
      }
      return Polygamma(order: order)
    },
    examples: {
      let domain = OpExample.Domain.values([0.3, 0.9, 1.7, 2.5, 6.25, -0.4])
      return (0...2).flatMap { order in
        [
          OpExample(Polygamma(order: order), [TensorType(.f64, [2, 3])], [domain]),
          OpExample(Polygamma(order: order), [TensorType(.f32, [7])], [.range(0.5...4)]),
        ]
      }
    })
}

extension Term {
  /// `ψ(x) = d/dx ln Γ(x)`.
  package func digamma() -> Term { applying(Polygamma(order: 0)) }
}
