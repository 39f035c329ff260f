import Basics
import KernelIR
import TensorIR
import TensorOps

extension Formula {
  /// What a scalar operation on operands of a dtype is in formulas; `nil` if it has none.
  static func scalar(_ op: ScalarOp, _ x: [Formula], _ dtype: DType) -> Formula? {
    switch op {
    case .add: sum([x[0], x[1]])
    case .sub: difference(x[0], x[1])
    case .mul: product([x[0], x[1]])
    case .neg: negative(x[0])
    case .fma: sum([product([x[0], x[1]]), x[2]])
    case .div:
      dtype.isFloating
        ? product([x[0], reciprocal(x[1])])
        : x[1].isZero ? .zero : apply(.trunc, [product([x[0], reciprocal(x[1])])])
    case .sqrt: squareRoot(x[0])
    case .rsqrt: power(x[0], .number(Coefficient(-1, over: 2)))
    case .cbrt: power(x[0], .number(Coefficient(1, over: 3)))
    case .exp: exponential(of: x[0])
    case .exp2: power(.two, x[0])
    case .exp10: power(.number(10), x[0])
    case .expm1: sum([exponential(of: x[0]), .minusOne])
    case .log1p: apply(.log, [sum([.one, x[0]])])
    case .hypot: squareRoot(sum([power(x[0], .two), power(x[1], .two)]))
    case .pow: power(x[0], withoutGuard(exponent: x[1], of: x[0]))
    case .log: apply(.log, [x[0].withoutGuard])
    case .select: selection(x[0], x[1], x[2])
    case .and, .or, .xor, .not: dtype == .bool ? logic(op, x) : nil
    case .shl, .lshr, .ashr, .popcount: nil
    case .sin: apply(.sin, x)
    case .cos: apply(.cos, x)
    case .tan: apply(.tan, x)
    case .asin: apply(.asin, x)
    case .acos: apply(.acos, x)
    case .atan: apply(.atan, x)
    case .atan2: apply(.atan2, x)
    case .sinh: apply(.sinh, x)
    case .cosh: apply(.cosh, x)
    case .tanh: apply(.tanh, x)
    case .asinh: apply(.asinh, x)
    case .acosh: apply(.acosh, x)
    case .atanh: apply(.atanh, x)
    case .log2: apply(.log2, x)
    case .log10: apply(.log10, x)
    case .logistic: apply(.logistic, x)
    case .erf: apply(.erf, x)
    case .erfc: apply(.erfc, x)
    case .lgamma: apply(.lgamma, x)
    case .tgamma: apply(.tgamma, x)
    case .abs: apply(.abs, x)
    case .sign: apply(.sign, x)
    case .floor: apply(.floor, x)
    case .ceil: apply(.ceil, x)
    case .round: apply(.round, x)
    case .trunc: apply(.trunc, x)
    case .min: apply(.min, x)
    case .max: apply(.max, x)
    case .rem: !dtype.isFloating && x[1].isZero ? x[0] : apply(.rem, x)
    case .copysign: apply(.copysign, x)
    case .nextafter: apply(.nextafter, x)
    case .eq: apply(.eq, x)
    case .ne: apply(.ne, x)
    case .lt: apply(.lt, x)
    case .le: apply(.le, x)
    case .gt: apply(.gt, x)
    case .ge: apply(.ge, x)
    }
  }

  private static func logic(_ op: ScalarOp, _ x: [Formula]) -> Formula {
    switch op {
    case .and: apply(.and, x)
    case .or: apply(.or, x)
    case .xor: apply(.xor, x)
    default: apply(.not, x)
    }
  }

  /// Conversion between dtypes.
  static func cast(_ x: Formula, from source: DType, to target: DType) -> Formula {
    switch (source.isFloating, target) {
    case (_, .bool): apply(.ne, [x, .zero])
    case (true, .i32), (true, .i64): apply(.trunc, [x])
    default: x
    }
  }

  /// `x ↦ ln(1 + eˣ)`.
  /// The formula of an op that lowering makes of others, if it has a name of its own.
  static func composed(_ op: any Op, _ x: [Formula]) -> Formula? {
    switch op {
    case is Softplus: softplus(x[0])
    case let op as Polygamma where op.order == 0: apply(.digamma, x)
    default: nil
    }
  }

  private static func softplus(_ x: Formula) -> Formula { apply(.log, [sum([.one, exponential(of: x)])]) }
}

// Derivative rules guard against points at which a formula has no value, such as 0 · ln 0. These guards are left out of
// formulas, which say what holds elsewhere.
extension Formula {
  private static func selection(_ condition: Formula, _ a: Formula, _ b: Formula) -> Formula {
    // u = 0 ? 1 : u, a denominator
    if let (function, operands) = condition.application, function == .eq, a.isOne,
      operands[1].isZero, operands[0] == b || b == squareRoot(operands[0])
    {
      return b
    }
    return apply(.cases, [condition, a, b])
  }

  /// Without `c ? 1 : u` for u, which logarithms have.
  private var withoutGuard: Formula {
    guard let (function, operands) = application, function == .cases, operands[1].isOne else { return self }
    return operands[2]
  }

  /// The exponent of `u ^ (u = 0 and v = 0 ? 0 : v - 1)` without the condition.
  private static func withoutGuard(exponent: Formula, of base: Formula) -> Formula {
    guard let (function, operands) = exponent.application, function == .cases, operands[1].isZero,
      let (logic, conditions) = operands[0].application, logic == .and, conditions.contains(apply(.eq, [base, .zero]))
    else { return exponent }
    return operands[2]
  }
}
