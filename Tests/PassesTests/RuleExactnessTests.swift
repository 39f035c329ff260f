import Basics
import KernelIR
import Passes
import TestSupport
import Testing

/// Every algebra rule as an identity of scalars, at the edges of every dtype it is for.
@Suite struct RuleExactnessTests {
  @Test(arguments: AlgebraRules.all.map(\.name))
  func bothSidesAgreeToTheBit(_ name: String) throws {
    let rule = try #require(AlgebraRules.all.first { $0.name == name })
    let dtypes = DType.allCases.filter { rule.domain.contains($0) && accepts(rule.left, $0) && accepts(rule.right, $0) }
    #expect(!dtypes.isEmpty)
    // A power is rounded on both sides, each time a little otherwise.
    let isPower = name.hasPrefix("pow")
    var random = SplitMix(seed: 3)
    for dtype in dtypes {
      var variables: [Int: [Scalar]] = [:]
      collectVariables(rule.left, dtype, &variables)
      let resultType = if case .op(let root, _) = rule.left { root.resultDType(dtype) } else { dtype }
      for values in samples(variables, &random) {
        let left = evaluate(rule.left, dtype, values)
        // A number alone has the type of the result.
        let right =
          if case .number = rule.right { evaluate(rule.right, resultType, values) } else {
            evaluate(rule.right, dtype, values)
          }
        let agrees = isPower ? isWithinAnUlp(left, right) : isSame(left, right)
        #expect(agrees, "\(dtype), \(values): \(left) and \(right)")
      }
    }
  }

  @Test func theRightSideIsNoMoreWork() {
    for rule in AlgebraRules.all { #expect(rule.right.work <= rule.left.work, "\(rule.name)") }
  }

  // MARK: Patterns as functions of scalars

  private func accepts(_ pattern: Pattern, _ dtype: DType) -> Bool {
    guard case .op(let op, let children) = pattern else { return true }
    let operands = op == .select ? Array(children.dropFirst()) : children
    return op.accepts(dtype) && operands.allSatisfy { accepts($0, dtype) }
  }

  /// The values that every variable is tried at.
  private func collectVariables(_ pattern: Pattern, _ dtype: DType, _ variables: inout [Int: [Scalar]]) {
    switch pattern {
    case .variable(let index), .constant(let index): variables[index] = edges(dtype)
    case .negative(let index): variables[index] = edges(dtype).filter { $0.doubleValue < 0 }
    case .number: break
    case .op(let op, let children):
      for (place, child) in children.enumerated() {
        collectVariables(child, op == .select && place == 0 ? .bool : dtype, &variables)
      }
    }
  }

  /// All combinations if there are not too many, else some.
  private func samples(_ variables: [Int: [Scalar]], _ random: inout SplitMix) -> [[Int: Scalar]] {
    if variables.count > 2 {
      return (0..<2000).map { _ in variables.mapValues { random.pick($0) } }
    }
    return variables.sorted { $0.key < $1.key }.reduce([[:]]) { combinations, variable in
      combinations.flatMap { known in
        variable.value.map { value in known.merging([variable.key: value]) { $1 } }
      }
    }
  }

  private func evaluate(_ pattern: Pattern, _ dtype: DType, _ values: [Int: Scalar]) -> Scalar {
    switch pattern {
    case .variable(let index), .constant(let index), .negative(let index):
      return values[index] ?? Scalar(0.0, as: dtype)
    case .number(let number): return Scalar(number, as: dtype)
    case .op(let op, let children):
      let operands = children.enumerated().map { place, child in
        evaluate(child, op == .select && place == 0 ? .bool : dtype, values)
      }
      return op.evaluate(operands[0], operands.count > 1 ? operands[1] : operands[0], operands[operands.count - 1])
    }
  }

  // MARK: Samples

  private func edges(_ dtype: DType) -> [Scalar] {
    var random = SplitMix(seed: 11)
    switch dtype {
    case .f32, .f64:
      let (least, normal, most): (Double, Double, Double) =
        dtype == .f32
        ? (
          Double(Float.leastNonzeroMagnitude), Double(Float.leastNormalMagnitude), Double(Float.greatestFiniteMagnitude)
        )
        : (.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude)
      let positive = [0, least, 3 * least, normal, 0.5, 1, 1.0 / 3, 2, 3, 1e5, most / 2, most, .infinity]
      let values = positive + positive.map { -$0 } + [.nan] + (0..<8).map { _ in random.double(in: -9...9) }
      return values.map { Scalar($0, as: dtype) }
    case .i32, .i64:
      let (least, most) = dtype == .i32 ? (Int64(Int32.min), Int64(Int32.max)) : (Int64.min, Int64.max)
      return [0, 1, -1, 2, -7, 46341, least, least + 1, most, most - 1].map { Scalar($0, as: dtype) }
    case .bool: return [0, 1].map { Scalar(Int64($0), as: .bool) }
    }
  }

  private func isSame(_ a: Scalar, _ b: Scalar) -> Bool {
    a == b || a.dtype == b.dtype && a.doubleValue.isNaN && b.doubleValue.isNaN
  }

  private func isWithinAnUlp(_ a: Scalar, _ b: Scalar) -> Bool {
    if isSame(a, b) { return true }
    let (x, y) = (a.doubleValue, b.doubleValue)
    guard a.dtype == b.dtype, x.isFinite, y.isFinite else { return false }
    let ulp = a.dtype == .f32 ? Double(Float(x).ulp) : x.ulp
    return abs(x - y) <= ulp
  }
}
