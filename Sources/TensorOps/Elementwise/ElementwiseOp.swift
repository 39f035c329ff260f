package import Basics
package import KernelIR
package import TensorIR

/// `y_i = f(a_i, b_i, …)`: one scalar operation on every element of operands of one type.
///
/// The family's members are constants in extensions of this type, one topic a file; each topic ends with the list of
/// its members, and `members` is made of these lists.
package struct ElementwiseOp: Op {
  package let scalar: ScalarOp
  private let declaration: Declaration

  /// What a member declares besides its scalar operation.
  private final class Declaration: Sendable {
    let derivative: DerivativeRule
    let domains: [OpExample.Domain]
    let isSmooth: Bool

    init(_ derivative: DerivativeRule, _ domains: [OpExample.Domain], isSmooth: Bool) {
      self.derivative = derivative
      self.domains = domains
      self.isSmooth = isSmooth
    }
  }

  package static func == (a: ElementwiseOp, b: ElementwiseOp) -> Bool { a.scalar == b.scalar }
  package func hash(into hasher: inout Hasher) { hasher.combine(scalar) }
}

extension ElementwiseOp {
  /// A member with a partial derivative for every operand; `domains` are where examples sample the operands.
  static func define(
    _ scalar: ScalarOp, on domains: OpExample.Domain..., isSmooth: Bool = true,
    partials: @Sendable (_ x: [Term], _ y: Term) -> Term...
  ) -> ElementwiseOp {
    ElementwiseOp(scalar: scalar, declaration: Declaration(.elementwise(partials), domains, isSmooth: isSmooth))
  }

  /// A unary member with `dy = dx / divisor(x, y)`: one rounding less than with a reciprocal for partial derivative.
  static func defineQuotient(
    _ scalar: ScalarOp, on domain: OpExample.Domain, divisor: @escaping @Sendable (_ x: Term, _ y: Term) -> Term
  ) -> ElementwiseOp {
    let rule = DerivativeRule.custom(
      jvp: { arguments in
        [arguments.tangents[0].map { $0 / divisor(arguments.operands[0], arguments.results[0]) }]
      }, transpose: nil)
    return ElementwiseOp(scalar: scalar, declaration: Declaration(rule, [domain], isSmooth: true))
  }

  /// A member with a derivative rule of another kind.
  static func define(
    _ scalar: ScalarOp, on domains: OpExample.Domain..., isSmooth: Bool = true, derivative: DerivativeRule
  ) -> ElementwiseOp {
    ElementwiseOp(scalar: scalar, declaration: Declaration(derivative, domains, isSmooth: isSmooth))
  }

  /// All members of the family.
  package static let members: [ElementwiseOp] =
    arithmetic + exponential + trigonometric + special + rounding + comparison + logic

  /// By the number of the scalar operation.
  private static let memberByScalar: [ElementwiseOp?] = ScalarOp.allCases.map { scalar in
    members.first { $0.scalar == scalar }
  }

  /// The member for a scalar operation, or `nil` if it has none.
  package init?(scalar: ScalarOp) {
    guard let member = ElementwiseOp.memberByScalar[Int(scalar.rawValue)] else { return nil }
    self = member
  }
}

extension ElementwiseOp {
  package var name: String { scalar.name }
  package var denseNumber: Int? { Int(scalar.rawValue) }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, scalar.arity)
    let type = operands[0]
    for other in operands.dropFirst() where other != type {
      throw Diagnostic("'\(name)' needs operands of one type, not \(type) and \(other)")
    }
    guard scalar.accepts(type.dtype) else {
      throw Diagnostic("'\(name)' is not defined on \(type.dtype) (operand of type \(type))")
    }
    return [type.with(scalar.resultDType(type.dtype))]
  }

  package var derivative: DerivativeRule { declaration.derivative }
  package var batching: BatchingRule { .elementwise }
  package var lowering: LoweringRule { .scalar(scalar) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    [ReferenceTensor.elementwise(scalar, operands)]
  }

  package static let family = OpFamily(
    names: members.map(\.name),
    make: { (name, _) throws(Diagnostic) in
      guard let scalar = ScalarOp(name: name), let member = ElementwiseOp(scalar: scalar) else {
        throw Diagnostic("there is no elementwise op '\(name)'")
      }
      return member
    },
    examples: { members.flatMap(\.examples) })

  /// One for every dtype the member accepts; shapes differ, so that between them they cover scalars and odd lengths.
  private var examples: [OpExample] {
    DType.allCases.filter { scalar.accepts($0) }.map { dtype in
      let shape: Shape =
        switch dtype {
        case .f64, .i32: [2, 3]
        case .f32: [37]
        case .i64: []
        case .bool: [5, 1]
        }
      return OpExample(
        self, [TensorType](repeating: TensorType(dtype, shape), count: scalar.arity), declaration.domains,
        isSmooth: declaration.isSmooth)
    }
  }
}
