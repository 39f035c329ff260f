package import KernelIR
package import TensorIR

extension ReferenceTensor {
  /// A scalar operation on every element of well-typed operands of one shape: what `ScalarOp.evaluate` means.
  package static func elementwise(_ op: ScalarOp, _ operands: [ReferenceTensor]) -> ReferenceTensor {
    let last = operands[operands.count - 1].type
    let scalars = (0..<last.elementCount).map { position in
      let a = operands[0].scalar(at: position)
      let b = operands.count > 1 ? operands[1].scalar(at: position) : a
      return op.evaluate(a, b, operands.count > 2 ? operands[2].scalar(at: position) : a)
    }
    return ReferenceTensor(scalars: scalars, type: last.with(op.resultDType(last.dtype)))
  }
}
