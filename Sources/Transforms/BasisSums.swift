import Basics
import TensorIR
import TensorOps

extension Function {
  /// The function for a parameter that will be all basis vectors of a tensor type, stacked along axis 0: a sum of such a
  /// vector's elements times coefficients is one of these, and needs neither products nor sums. So the derivative of a sum
  /// of squares by forward mode costs what it does by reverse mode.
  func withoutSums(ofBasis parameter: Int) throws(Diagnostics) -> Function {
    let basis = Value(parameter)
    let type = type(of: basis)
    return try replacing({ summed($0, basis) }) { operand, copier in
      let one = copier.builder.splat(1, TensorType(type.dtype, Shape(Array(type.shape.extents.dropFirst()))))
      return (coefficient(of: operand, basis, copier) ?? one).reshaped(to: [type.shape[0]])
    }
  }

  /// What an instruction sums over all axes but the first, if that is the basis times coefficients.
  private func summed(_ instruction: Function.Instruction, _ basis: Value) -> Value? {
    guard let reduce = op(of: instruction).cast(to: Reduce.self), reduce.combiner == .add,
      let operand = operands(of: instruction).first, reduce.axes == Array(1..<type(of: basis).shape.rank),
      isMultiple(operand, basis)
    else { return nil }
    return operand
  }

  /// Whether an element of a value is the basis's times something that is the same for all vectors, by so many operations
  /// at most.
  private func isMultiple(_ value: Value, _ basis: Value, depth: Int = 6) -> Bool {
    if value == basis { return true }
    guard depth > 0, type(of: value) == type(of: basis), let definition = definition(of: value),
      let op = op(of: definition) as? ElementwiseOp
    else { return false }
    let operands = Array(operands(of: definition))
    switch op {
    case .neg: return isMultiple(operands[0], basis, depth: depth - 1)
    case .add, .sub:
      return isMultiple(operands[0], basis, depth: depth - 1) && isMultiple(operands[1], basis, depth: depth - 1)
    case .mul:
      return isMultiple(operands[0], basis, depth: depth - 1) && isShared(operands[1])
        || isShared(operands[0]) && isMultiple(operands[1], basis, depth: depth - 1)
    case .div: return isMultiple(operands[0], basis, depth: depth - 1) && isShared(operands[1])
    default: return false
    }
  }

  /// Whether a value is the same for all vectors, and was made so from one.
  private func isShared(_ value: Value) -> Bool {
    guard let definition = definition(of: value), let broadcast = op(of: definition) as? Broadcast else { return false }
    return broadcast.axes.first != 0
  }

  /// What the basis is multiplied by to give a value; `nil` is one.
  private func coefficient(of value: Value, _ basis: Value, _ copier: FunctionCopier) -> Term? {
    guard value != basis, let definition = definition(of: value), let op = op(of: definition) as? ElementwiseOp else {
      return nil
    }
    let operands = Array(operands(of: definition))
    let parts = operands.map { isMultiple($0, basis) ? coefficient(of: $0, basis, copier) : shared($0, copier) }
    switch (op, parts.first ?? nil, parts.last ?? nil) {
    case (.mul, let factor?, nil), (.mul, nil, let factor?): return factor
    case (_, let a, let b):
      let shape = Shape(Array(type(of: basis).shape.extents.dropFirst()))
      let one = copier.builder.splat(1, TensorType(type(of: basis).dtype, shape))
      return op == .neg ? (a ?? one).applying(op) : (a ?? one).applying(op, b ?? one)
    }
  }

  /// One of the vectors that are all the same.
  private func shared(_ value: Value, _ copier: FunctionCopier) -> Term? {
    guard let definition = definition(of: value), let broadcast = op(of: definition) as? Broadcast,
      let operand = operands(of: definition).first
    else { return nil }
    let shape = Shape(Array(broadcast.shape.extents.dropFirst()))
    return copier.term(operand).applying(Broadcast(to: shape, axes: broadcast.axes.map { $0 - 1 }))
  }
}
