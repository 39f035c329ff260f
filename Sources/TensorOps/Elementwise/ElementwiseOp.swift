package import Basics
package import KernelIR
package import TensorIR

/// `y_i = f(a_i, b_i, …)`: one scalar operation on every element of operands of one type.
///
/// The family's members are constants in extensions of this type, one topic a file. A member's derivative is a list of
/// partials, one for every operand.
package struct ElementwiseOp: Op {
  package let scalar: ScalarOp

  /// What a member declares besides its scalar operation.
  package struct Definition: Sendable {
    let scalar: ScalarOp
    let partials: [@Sendable (_ x: [Term], _ y: Term) -> Term]?
    let rule: DerivativeRule?
    let domains: [OpExample.Domain]
    let isSmooth: Bool
  }

  private init(_ scalar: ScalarOp) { self.scalar = scalar }

  package static func == (a: ElementwiseOp, b: ElementwiseOp) -> Bool { a.scalar == b.scalar }
  package func hash(into hasher: inout Hasher) { hasher.combine(scalar) }
}

extension ElementwiseOp {
  /// The member for a scalar operation, or `nil` if it has none.
  package init?(scalar: ScalarOp) {
    guard ElementwiseOp.definitions[scalar] != nil else { return nil }
    self.init(scalar)
  }

  /// A member with partials, defined on all dtypes the scalar operation accepts.
  static func define(
    _ scalar: ScalarOp, on domains: OpExample.Domain..., isSmooth: Bool = true,
    partials: @escaping @Sendable (_ x: [Term], _ y: Term) -> Term...
  ) -> Definition {
    Definition(scalar: scalar, partials: partials, rule: nil, domains: domains, isSmooth: isSmooth)
  }

  /// A member with a rule of another kind.
  static func define(
    _ scalar: ScalarOp, on domains: OpExample.Domain..., isSmooth: Bool = true, derivative: DerivativeRule
  ) -> Definition {
    Definition(scalar: scalar, partials: nil, rule: derivative, domains: domains, isSmooth: isSmooth)
  }

  /// The member that the tables define for a scalar operation; the tables' tests prove that there is one.
  static func member(_ definition: Definition) -> ElementwiseOp { ElementwiseOp(definition.scalar) }

  private static let definitions: [ScalarOp: Definition] = {
    var table: [ScalarOp: Definition] = [:]
    for definition in arithmetic + exponential + trigonometric + special + rounding + comparison + logic {
      table[definition.scalar] = definition
    }
    return table
  }()

  package var definition: Definition? { ElementwiseOp.definitions[scalar] }
}

extension ElementwiseOp {
  package var name: String { scalar.name }
  package var denseNumber: Int? { Int(scalar.rawValue) }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    guard operands.count == scalar.arity else {
      throw Diagnostic("'\(name)' takes \(scalar.arity) operand(s), not \(operands.count)")
    }
    let type = operands[0]
    for other in operands.dropFirst() where other != type {
      throw Diagnostic("'\(name)' needs operands of one type, not \(type) and \(other)")
    }
    guard scalar.accepts(type.dtype) else {
      throw Diagnostic("'\(name)' is not defined on \(type.dtype) (operand of type \(type))")
    }
    return [type.with(scalar.resultDType(type.dtype))]
  }

  package var derivative: DerivativeRule {
    guard let definition else { return .zero }
    return definition.rule ?? .elementwise(definition.partials ?? [])
  }

  package var batching: BatchingRule { .elementwise }
  package var lowering: LoweringRule { .scalar(scalar) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    try [ReferenceTensor.elementwise(scalar, operands)]
  }
}
