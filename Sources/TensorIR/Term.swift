package import Basics

/// A value together with the builder that holds it, so that rules read as formulas. `TensorOps` adds the operators.
package struct Term {
  package let builder: FunctionBuilder
  package let value: Value

  package init(_ builder: FunctionBuilder, _ value: Value) {
    self.builder = builder
    self.value = value
  }

  package var type: TensorType { builder.type(of: value) }
  package var dtype: DType { type.dtype }
  package var shape: Shape { type.shape }

  /// `op(self)`.
  package func applying(_ op: some Op) -> Term { Term(builder, builder.emit(op, value)) }

  /// `op(self, other)`.
  package func applying(_ op: some Op, _ other: Term) -> Term { Term(builder, builder.emit(op, value, other.value)) }

  /// `op(self, second, third)`.
  package func applying(_ op: some Op, _ second: Term, _ third: Term) -> Term {
    Term(builder, builder.emit(op, [value, second.value, third.value])[0])
  }
}

extension FunctionBuilder {
  /// Applies an op to terms of this builder.
  package func apply(_ op: any Op, _ operands: [Term]) -> [Term] {
    emit(op, operands.map(\.value)).map { Term(self, $0) }
  }
}
