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
    for dtype in dtypes {
      var types: [Int: DType] = [:]
      inferTypes(rule.left, dtype, &types)
      let (xs, ys) = (edges(types[0] ?? dtype), edges(types[1] ?? dtype))
      let resultType = if case .op(let root, _) = rule.left { root.resultDType(dtype) } else { dtype }
      for x in xs {
        for y in types[1] == nil ? [x] : ys {
          let left = evaluate(rule.left, dtype, x, y)
          // A number alone has the type of the result.
          let right =
            if case .number = rule.right { evaluate(rule.right, resultType, x, y) } else {
              evaluate(rule.right, dtype, x, y)
            }
          let agrees = isPower ? isWithinAnUlp(left, right) : isSame(left, right)
          #expect(agrees, "\(dtype), x = \(x), y = \(y): \(left) and \(right)")
        }
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

  private func inferTypes(_ pattern: Pattern, _ dtype: DType, _ types: inout [Int: DType]) {
    switch pattern {
    case .variable(let index): types[index] = dtype
    case .number: break
    case .op(let op, let children):
      for (place, child) in children.enumerated() {
        inferTypes(child, op == .select && place == 0 ? .bool : dtype, &types)
      }
    }
  }

  private func evaluate(_ pattern: Pattern, _ dtype: DType, _ x: Scalar, _ y: Scalar) -> Scalar {
    switch pattern {
    case .variable(let index): return index == 0 ? x : y
    case .number(let number): return Scalar(number, as: dtype)
    case .op(let op, let children):
      let operands = children.enumerated().map { place, child in
        evaluate(child, op == .select && place == 0 ? .bool : dtype, x, y)
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
