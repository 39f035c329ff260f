import Basics
import KernelIR
import TensorIR
import TensorOps

/// Which elements of a cotangent are zero because a `select` took the other branch: `c ? x : 0`.
///
/// Such zeros are strong. A linear map that goes element by element is applied inside of the select,
/// `f(c ? x : 0) = c ? f(x) : 0`: otherwise a partial derivative that is infinite or NaN in the branch not taken would
/// make NaN of the zero.
struct CotangentMask: Equatable {
  let condition: Value
  /// Whether the elements are zero where the condition does not hold, or where it does.
  let keepsTrue: Bool

  /// The mask of a cotangent and what it is put on; `nil` if it has none.
  static func split(_ cotangent: Value, _ builder: FunctionBuilder) -> (mask: CotangentMask, kept: Value)? {
    guard builder.scalarOp(of: cotangent) == .select else { return nil }
    let condition = builder.operand(0, of: cotangent)
    let (yes, no) = (builder.operand(1, of: cotangent), builder.operand(2, of: cotangent))
    let zeros = builder.zeros(builder.type(of: cotangent)).value
    if no == zeros { return (CotangentMask(condition: condition, keepsTrue: true), yes) }
    if yes == zeros { return (CotangentMask(condition: condition, keepsTrue: false), no) }
    return nil
  }

  /// `value` with zeros where the mask says so.
  func applied(to value: Value, _ builder: FunctionBuilder) -> Value {
    if let (inner, kept) = CotangentMask.split(value, builder) {
      return inner == self ? value : combined(with: inner, builder).put(on: kept, builder)
    }
    return put(on: value, builder)
  }

  private func put(on value: Value, _ builder: FunctionBuilder) -> Value {
    let (condition, value) = (Term(builder, condition), Term(builder, value))
    return (keepsTrue ? condition.select(value, value.zeros) : condition.select(value.zeros, value)).value
  }

  /// The mask that keeps what both keep: one, so that a chain of selects costs no more at its end than at its start.
  private func combined(with other: CotangentMask, _ builder: FunctionBuilder) -> CotangentMask {
    let (a, b) = (Term(builder, condition), Term(builder, other.condition))
    switch (keepsTrue, other.keepsTrue) {
    case (true, true): return CotangentMask(condition: a.applying(.and, b).value, keepsTrue: true)
    case (false, false): return CotangentMask(condition: a.applying(.or, b).value, keepsTrue: false)
    case (true, false): return CotangentMask(condition: a.applying(.and, b.applying(.not)).value, keepsTrue: true)
    case (false, true): return CotangentMask(condition: b.applying(.and, a.applying(.not)).value, keepsTrue: true)
    }
  }

  /// `a + b`, under one mask if both have the same.
  static func sum(_ a: Value, _ b: Value, _ addition: OpHandle, _ builder: FunctionBuilder) -> Value {
    guard let (mask, left) = split(a, builder), let (other, right) = split(b, builder), mask == other else {
      return builder.emit(addition, a, b)
    }
    return mask.put(on: builder.emit(addition, left, right), builder)
  }
}
