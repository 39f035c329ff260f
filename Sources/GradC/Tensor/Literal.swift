internal import KernelIR
internal import TensorIR
internal import TensorOps

/// A scalar without a dtype of its own: it takes the one of the tensor it meets.
enum Literal: Hashable, Sendable {
  case integer(Int64)
  case floating(Double)
  case boolean(Bool)

  /// The dtype where there is nothing to meet.
  var defaultDType: DType { Promotion.common(kind, kind) ?? .f32 }

  var kind: OperandKind {
    switch self {
    case .integer: .integerLiteral
    case .floating: .floatingLiteral
    case .boolean: .booleanLiteral
    }
  }

  /// The literal as a scalar of a dtype, or why it can't be one.
  func adopting(_ dtype: DType) throws(Diagnostic) -> Scalar {
    let fits = Promotion.common(kind, .tensor(dtype)) == dtype
    switch self {
    case .integer(let value):
      if !fits { throw Diagnostic("integer literal \(value) next to a bool tensor; write true or false") }
      if dtype == .i32, Int32(exactly: value) == nil {
        throw Diagnostic("integer literal \(value) does not fit i32")
      }
      return Scalar(value, as: dtype)
    case .floating(let value):
      if !fits {
        throw Diagnostic("\(value) is no \(dtype), the dtype of the other operand; convert that with cast(to: .f32)")
      }
      return Scalar(value, as: dtype)
    case .boolean(let value):
      if !fits {
        throw Diagnostic("boolean literal \(value) next to a tensor of \(dtype); use select(_:_:_:) or cast(to:)")
      }
      return Scalar(value ? 1 as Int64 : 0, as: .bool)
    }
  }

  var isFloating: Bool { if case .floating = self { true } else { false } }
  var isBoolean: Bool { if case .boolean = self { true } else { false } }

  private var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .floating(let value): value
    case .boolean(let value): value ? 1 : 0
    }
  }

  /// `op` on literals alone: integers stay integers where the result is one exactly, everything else is done in f64.
  /// `nil` if the op is not for literals of this kind.
  static func fold(_ op: ScalarOp, _ operands: [Literal]) -> Literal? {
    guard operands.count == op.arity, op != .select else { return nil }
    if operands.allSatisfy(\.isBoolean) {
      guard op.accepts(.bool) else { return nil }
      let scalars = operands.map { Scalar($0.double, as: .bool) }
      return compute(op, scalars).map { .boolean($0.integerValue != 0) }
    }
    if operands.contains(where: \.isBoolean) { return nil }
    if !operands.contains(where: \.isFloating), let exact = foldIntegers(op, operands) { return exact }
    guard op.accepts(.f64) else { return nil }
    guard let result = compute(op, operands.map { Scalar($0.double, as: .f64) }) else { return nil }
    return op.isComparison ? .boolean(result.integerValue != 0) : .floating(result.doubleValue)
  }

  private static func foldIntegers(_ op: ScalarOp, _ operands: [Literal]) -> Literal? {
    let values = operands.map { literal -> Int64 in if case .integer(let value) = literal { value } else { 0 } }
    switch op {
    case .add: return checked(values[0].addingReportingOverflow(values[1]))
    case .sub: return checked(values[0].subtractingReportingOverflow(values[1]))
    case .mul: return checked(values[0].multipliedReportingOverflow(by: values[1]))
    case .neg: return checked((0 as Int64).subtractingReportingOverflow(values[0]))
    case .div:
      // `1 / 2` is a half, as it would be where both meet a floating tensor first.
      let quotient = values[0].dividedReportingOverflow(by: values[1])
      let (product, _) = quotient.partialValue.multipliedReportingOverflow(by: values[1])
      return quotient.overflow || product != values[0] ? nil : .integer(quotient.partialValue)
    case .abs, .sign, .min, .max, .rem:
      if op == .rem && values[1] == 0 { return nil }
      return compute(op, values.map { Scalar($0, as: .i64) }).map { .integer($0.integerValue) }
    default:
      guard op.isComparison else { return nil }
      return compute(op, values.map { Scalar($0, as: .i64) }).map { .boolean($0.integerValue != 0) }
    }
  }

  private static func compute(_ op: ScalarOp, _ operands: [Scalar]) -> Scalar? {
    let tensors = operands.map { ReferenceTensor(repeating: $0, shape: .scalar) }
    return try? ElementwiseOp(scalar: op)?.reference(tensors).first?.scalar(at: 0)
  }

  private static func checked(_ result: (partialValue: Int64, overflow: Bool)) -> Literal? {
    result.overflow ? nil : .integer(result.partialValue)
  }
}

extension Literal: CustomStringConvertible {
  var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .floating(let value): "\(value)"
    case .boolean(let value): "\(value)"
    }
  }
}

extension Tensor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  /// A scalar that takes the floating dtype of what it meets, `f32` if it meets nothing.
  public init(floatLiteral value: Double) { self.init(.literal(.floating(value))) }

  /// A scalar that takes the numeric dtype of what it meets, `i32` if it meets nothing.
  public init(integerLiteral value: Int) { self.init(.literal(.integer(Int64(value)))) }

  /// A scalar of `bool`.
  public init(booleanLiteral value: Bool) { self.init(.literal(.boolean(value))) }

  /// A number without a dtype of its own, as if it were written as a literal: `Tensor(rate) * gradient`.
  public init(_ value: Double) { self.init(.literal(.floating(value))) }

  /// A number without a dtype of its own, as if it were written as a literal.
  public init(_ value: Float) { self.init(.literal(.floating(Double(value)))) }

  /// An integer without a dtype of its own, as if it were written as a literal.
  public init(_ value: Int) { self.init(.literal(.integer(Int64(value)))) }
}
