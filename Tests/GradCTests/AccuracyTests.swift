import Foundation
import GradC
import Testing

/// Functions within 3.5 ulp: other bits than those within 1, the same in both tiers, and no farther off.
@Suite struct AccuracyTests {
  private static let count = 500

  private func inputs(_ dtype: DType) throws -> [NDArray] {
    let elements = (0..<Self.count).map { Double(($0 * 37) % Self.count) / 260 - 0.95 }
    return [dtype == .f32 ? NDArray(elements.map { Float($0) }) : NDArray(elements)]
  }

  /// Every function that there is within 3.5 ulp, as arrays, and as single elements of a recurrence.
  private func graph(_ dtype: DType) throws -> Graph {
    try trace("functions", .input("x", dtype, [Self.count])) { x in
      let positive: Tensor = x * x + 0.01
      var results: [Tensor] = [exp(x * 20), log(positive), log2(positive), tanh(x), sigmoid(x), erf(x)]
      results += [
        sin(x * 9), cos(x * 9), tan(x), asin(x), acos(x), atan(x), atan2(x, positive), cbrt(x), hypot(x, positive),
      ]
      return concat(results)
    }.graph
  }

  @Test(arguments: [DType.f32, .f64]) func lowAccuracyIsWithinItsBound(_ dtype: DType) throws {
    let graph = try graph(dtype)
    let inputs = try inputs(dtype)
    let high = try graph.compile(.tier0)(inputs)[0]
    let low = try graph.compile(.tier0, accuracy: .low)(inputs)[0]
    #expect(try graph.compile(.tier1, accuracy: .low)(inputs)[0] == low)
    #expect(low != high)
    let digits = dtype == .f32 ? 23 : 52
    for (a, b) in zip(try low.cast(to: .f64).array(of: Double.self), try high.cast(to: .f64).array(of: Double.self)) {
      // 3.5 and 1, and the rounding of both.
      let ulp = Double(sign: .plus, exponent: max(b.exponent, -900) - digits, significand: 1)
      #expect(abs(a - b) <= 5 * ulp, "\(a) instead of \(b)")
    }
    // What it is then is seen in the kernels, not in the formulas.
    #expect(try graph.kernels(accuracy: .low).description.contains("accuracy low"))
    #expect(try !graph.kernels(accuracy: .high).description.contains("accuracy"))
  }

  /// Alone or with the other of one angle.
  @Test(arguments: Accuracy.allCases) func sineAndCosineHaveTheirBits(_ accuracy: Accuracy) throws {
    let x = Tensor.input("x", .f64, [Self.count])
    let sine = try trace("sine", x) { x in sin(x * 9) }
    let cosine = try trace("cosine", x) { x in cos(x * 9) }
    let both = try trace("both", x) { x in [sin(x * 9), cos(x * 9)] }
    let inputs = try inputs(.f64)
    for tier in [Tier.tier0, .tier1] {
      let pair = try both.graph.compile(tier, accuracy: accuracy)(inputs)
      #expect(try sine.graph.compile(tier, accuracy: accuracy)(inputs)[0] == pair[0])
      #expect(try cosine.graph.compile(tier, accuracy: accuracy)(inputs)[0] == pair[1])
    }
  }

  @Test func bothTiersAgreeOnDerivatives() throws {
    let graph = try trace("f", .input("x", .f64, [64])) { x in
      let decay: Tensor = exp(-x * x)
      return (sin(x) * tanh(x) + decay * log(1.5 + x)).sum()
    }.graph.transformed(.hessian)
    let inputs = [NDArray((0..<64).map { Double($0) / 65 })]
    #expect(try graph.compile(.tier0, accuracy: .low)(inputs) == graph.compile(.tier1, accuracy: .low)(inputs))
  }

  /// A loop whose steps are on single elements.
  @Test func singleElements() throws {
    let f = try trace("f", .input("x", .f64, [])) { x in
      var y = x
      for _ in 0..<6 { y = sin(y) + tanh(y) * exp(-y) }
      return y
    }
    let x = Tensor(0.7)
    let high = try f.compile(.tier0)(x).doubles()[0]
    let low = try f.compile(.tier0, accuracy: .low)(x).doubles()[0]
    #expect(try f.compile(.tier1, accuracy: .low)(x).doubles()[0] == low)
    #expect(abs(low - high) <= 1e-14 * abs(high))
  }
}
