package import Basics
package import TensorIR

/// A parameter of a function within, as long as its body is recorded in the builder of the function around it. What is
/// cut out of there has a true parameter in its place.
package struct BodyParameter: Op {
  /// Tells the parameters of all bodies of a builder apart.
  package let number: Int
  package let type: TensorType
  /// The operation whose body it belongs to.
  package let owner: String

  package init(number: Int, type: TensorType, owner: String) {
    self.number = number
    self.type = type
    self.owner = owner
  }

  package var name: String { "body_parameter" }
  package var attributes: [Attribute] {
    [
      Attribute("number", .integer(number)), Attribute("dtype", .dtype(type.dtype)),
      Attribute("shape", .shape(type.shape)),
    ]
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 0)
    return [type]
  }

  package var derivative: DerivativeRule { .zero }
  package var batching: BatchingRule { .elementwise }
  package var lowering: LoweringRule { .composed { _ in Term(FunctionBuilder(), .poison) } }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] { throw leaked }

  /// Why it must not be left in a function.
  package var leaked: Diagnostic {
    Diagnostic("a tensor of the body of \(owner) is used outside of it; give it back as a result of the body")
  }
}
