internal import KernelIR
internal import TensorIR
internal import TensorOps

extension Tensor {
  /// `op` of one operand, element by element.
  func unary(_ op: ScalarOp, _ name: String, at location: SourceLocation? = nil) -> Tensor {
    Tensor.elementwise(op, name, [self], at: location)
  }

  /// `op` of two operands, element by element, after broadcasting.
  func binary(_ op: ScalarOp, _ name: String, _ other: Tensor, at location: SourceLocation? = nil) -> Tensor {
    switch (storage, other.storage) {
    case (.traced(let trace, let a), .traced(let owner, let b)) where trace === owner:
      if let value = trace.emit(op, a, b, at: location) { return Tensor(.traced(trace, value)) }
    case (.traced(let trace, let a), .literal(let b)):
      if let value = trace.emit(op, a, b, literalFirst: false, at: location) { return Tensor(.traced(trace, value)) }
    case (.literal(let a), .traced(let trace, let b)):
      if let value = trace.emit(op, b, a, literalFirst: true, at: location) { return Tensor(.traced(trace, value)) }
    default: break
    }
    return Tensor.elementwise(op, name, [self, other], at: location)
  }

  /// `op` element by element, after broadcasting; on literals alone it is computed here.
  static func elementwise(
    _ op: ScalarOp, _ name: String, _ operands: [Tensor], at location: SourceLocation?
  ) -> Tensor {
    let literals = operands.compactMap { operand -> Literal? in
      if case .literal(let literal) = operand.storage { literal } else { nil }
    }
    if literals.count == operands.count, let folded = Literal.fold(op, literals) {
      return Tensor(.literal(folded))
    }
    return record(name, operands, at: location) { (recorder, terms) throws(Diagnostic) in
      try recorder.requireOneDType(terms)
      if let first = terms.first, !op.accepts(first.dtype) { throw recorder.unaccepted(op, first) }
      let operands = try recorder.broadcast(terms)
      guard let member = ElementwiseOp(scalar: op) else {
        throw Diagnostic("'\(name)' has no op in the tensor IR", kind: .bug)
      }
      return recorder.builder.apply(member, operands)[0]
    }
  }
}

extension Recorder {
  /// The error that an op is not for the dtype of a term.
  fileprivate func unaccepted(_ op: ScalarOp, _ term: Term) -> Diagnostic {
    if op.accepts(.bool) { return fault("is for bool and integers, not \(term.type)") }
    if !op.accepts(.f32) { return fault("is for integers, not \(term.type)") }
    if op.accepts(.i32) { return fault("is for numbers, not \(term.type); convert it with cast(to: .f32)") }
    return fault("needs a floating dtype, not \(term.type); convert it with cast(to: .f32)")
  }
}

// The ways that a million scalar operations take: no arrays, no broadcasting.
extension Trace {
  /// An op on two values of one type; `nil` if that needs more than an instruction.
  fileprivate func emit(_ op: ScalarOp, _ a: Value, _ b: Value, at location: SourceLocation?) -> Value? {
    guard let op = ElementwiseOp(scalar: op) else { return nil }
    let value = withBuilder(at: location) { builder -> Value? in
      let type = builder.type(of: a)
      guard type == builder.type(of: b), op.scalar.accepts(type.dtype) else { return nil }
      return builder.emit(op, a, b)
    }
    return value ?? nil
  }

  /// An op on a value and a literal; `nil` if that does not fit.
  fileprivate func emit(
    _ op: ScalarOp, _ value: Value, _ literal: Literal, literalFirst: Bool, at location: SourceLocation?
  ) -> Value? {
    guard let op = ElementwiseOp(scalar: op) else { return nil }
    let result = withBuilder(at: location) { builder -> Value? in
      let type = builder.type(of: value)
      guard op.scalar.accepts(type.dtype), let scalar = try? literal.adopting(type.dtype) else { return nil }
      var constant = constant(scalar)
      if type.rank > 0 { constant = builder.emit(Broadcast(to: type.shape, axes: []), constant) }
      return literalFirst ? builder.emit(op, constant, value) : builder.emit(op, value, constant)
    }
    return result ?? nil
  }
}
