package import Basics
package import TensorIR

extension FunctionBuilder {
  /// A tensor of this type with all elements equal: a scalar constant, broadcast.
  package func splat(_ value: Double, _ type: TensorType) -> Term {
    splat(Scalar(value, as: type.dtype), type.shape)
  }

  /// A tensor with all elements equal to a scalar: a scalar constant, broadcast.
  package func splat(_ scalar: Scalar, _ shape: Shape) -> Term {
    let constant = emit(Constant(ReferenceTensor(repeating: scalar, shape: .scalar)), [])[0]
    return shape == .scalar ? Term(self, constant) : Term(self, emit(Broadcast(to: shape, axes: []), constant))
  }

  package func zeros(_ type: TensorType) -> Term { splat(0, type) }
  package func ones(_ type: TensorType) -> Term { splat(1, type) }
}

extension Term {
  package static func + (a: Term, b: Term) -> Term { a.applying(ElementwiseOp.add, b) }
  package static func - (a: Term, b: Term) -> Term { a.applying(ElementwiseOp.sub, b) }
  package static func * (a: Term, b: Term) -> Term { a.applying(ElementwiseOp.mul, b) }
  package static func / (a: Term, b: Term) -> Term { a.applying(ElementwiseOp.div, b) }
  package static prefix func - (a: Term) -> Term { a.applying(ElementwiseOp.neg) }

  // A number next to a term is a splat of the term's type.
  package static func + (a: Term, b: Double) -> Term { a + a.builder.splat(b, a.type) }
  package static func + (a: Double, b: Term) -> Term { b.builder.splat(a, b.type) + b }
  package static func - (a: Term, b: Double) -> Term { a - a.builder.splat(b, a.type) }
  package static func - (a: Double, b: Term) -> Term { b.builder.splat(a, b.type) - b }
  package static func * (a: Term, b: Double) -> Term { a * a.builder.splat(b, a.type) }
  package static func * (a: Double, b: Term) -> Term { b.builder.splat(a, b.type) * b }
  package static func / (a: Term, b: Double) -> Term { a / a.builder.splat(b, a.type) }
  package static func / (a: Double, b: Term) -> Term { b.builder.splat(a, b.type) / b }
}

extension Term {
  /// The sum over axes, which leave the shape; `self` if there are none.
  package func sum(axes: [Int]) -> Term {
    axes.isEmpty ? self : applying(Reduce(.add, axes: axes))
  }

  /// `broadcast` to a shape; operand axis i becomes axis `axes[i]`.
  package func broadcast(to shape: Shape, axes: [Int]) -> Term {
    shape == self.shape ? self : applying(Broadcast(to: shape, axes: axes))
  }
}
