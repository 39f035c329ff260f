import Basics
import Foundation
package import KernelIR
package import TensorIR

extension ReferenceTensor {
  /// The reference meaning of a scalar operation, on well-typed operands of one shape.
  ///
  /// f32 is computed in double and rounded once, which for `+ - * / √` is the correctly rounded f32 result.
  package static func elementwise(_ op: ScalarOp, _ operands: [ReferenceTensor]) -> ReferenceTensor {
    let type = operands[0].type
    let positions = 0..<type.elementCount
    if type.dtype.isFloating {
      let values = operands.map(\.doubles)
      let b = values.count > 1 ? values[1] : values[0]
      if op.isComparison {
        let result = positions.map { compare(op, values[0][$0], b[$0]) ? Int64(1) : 0 }
        return ReferenceTensor(integer: result, type: type.with(.bool))
      }
      let result: [Double]
      if op == .fma {
        result = positions.map { fma(values[0][$0], b[$0], values[2][$0], type.dtype) }
      } else if op.arity == 1 {
        result = values[0].map { floating(op, $0) }
      } else {
        result = positions.map { floating(op, values[0][$0], b[$0]) }
      }
      return ReferenceTensor(floating: result, type: type)
    }
    let values = operands.map(\.integers)
    let b = values.count > 1 ? values[1] : values[0]
    if op.isComparison {
      let result = positions.map { compare(op, values[0][$0], b[$0]) ? Int64(1) : 0 }
      return ReferenceTensor(integer: result, type: type.with(.bool))
    }
    if op == .not, type.dtype == .bool { return ReferenceTensor(integer: values[0].map { 1 - $0 }, type: type) }
    return ReferenceTensor(integer: positions.map { integer(op, values[0][$0], b[$0]) }, type: type)
  }

  private static func compare<T: Comparable>(_ op: ScalarOp, _ a: T, _ b: T) -> Bool {
    switch op {
    case .eq: a == b
    case .ne: a != b
    case .lt: a < b
    case .le: a <= b
    case .gt: a > b
    default: a >= b
    }
  }

  private static func fma(_ a: Double, _ b: Double, _ c: Double, _ dtype: DType) -> Double {
    dtype == .f32 ? Double(Float(c).addingProduct(Float(a), Float(b))) : c.addingProduct(a, b)
  }

  private static func floating(_ op: ScalarOp, _ x: Double) -> Double {
    switch op {
    case .sqrt: x.squareRoot()
    case .rsqrt: 1 / x.squareRoot()
    case .cbrt: cbrt(x)
    case .exp: exp(x)
    case .exp2: exp2(x)
    case .expm1: expm1(x)
    case .log: log(x)
    case .log2: log2(x)
    case .log10: log10(x)
    case .log1p: log1p(x)
    case .sin: sin(x)
    case .cos: cos(x)
    case .tan: tan(x)
    case .asin: asin(x)
    case .acos: acos(x)
    case .atan: atan(x)
    case .sinh: sinh(x)
    case .cosh: cosh(x)
    case .tanh: tanh(x)
    case .asinh: asinh(x)
    case .acosh: acosh(x)
    case .atanh: atanh(x)
    case .erf: erf(x)
    case .erfc: erfc(x)
    case .lgamma: lgamma(x)
    case .tgamma: tgamma(x)
    case .logistic: 1 / (1 + exp(-x))
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .round: x.rounded(.toNearestOrEven)
    case .trunc: x.rounded(.towardZero)
    case .neg: -x
    case .abs: Swift.abs(x)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    default: .nan
    }
  }

  private static func floating(_ op: ScalarOp, _ a: Double, _ b: Double) -> Double {
    switch op {
    case .add: a + b
    case .sub: a - b
    case .mul: a * b
    case .div: a / b
    case .rem: fmod(a, b)
    case .max: a > b || a.isNaN ? a : b
    case .min: a < b || a.isNaN ? a : b
    case .pow: pow(a, b)
    case .atan2: atan2(a, b)
    case .hypot: hypot(a, b)
    default: .nan
    }
  }

  private static func integer(_ op: ScalarOp, _ a: Int64, _ b: Int64) -> Int64 {
    switch op {
    case .neg: 0 &- a
    case .abs: a < 0 ? 0 &- a : a
    case .sign: a.signum()
    case .add: a &+ b
    case .sub: a &- b
    case .mul: a &* b
    case .div: b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
    case .rem: b == 0 ? a : a.remainderReportingOverflow(dividingBy: b).partialValue
    case .max: Swift.max(a, b)
    case .min: Swift.min(a, b)
    case .and: a & b
    case .or: a | b
    case .xor: a ^ b
    case .not: ~a
    default: 0
    }
  }
}
