package import Basics
package import KernelIR
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
  /// All elements equal, of this term's type.
  package func splat(_ value: Double) -> Term { builder.splat(value, type) }
  package var zeros: Term { splat(0) }
  package var ones: Term { splat(1) }

  // Not generic, so that members of the family can be written `.exp`.
  package func applying(_ op: ElementwiseOp) -> Term { Term(builder, builder.emit(op, value)) }
  package func applying(_ op: ElementwiseOp, _ other: Term) -> Term {
    Term(builder, builder.emit(op, value, other.value))
  }

  /// `self ? a : b`.
  package func select(_ a: Term, _ b: Term) -> Term { applying(Select(), a, b) }
}

extension Term {
  package static func + (a: Term, b: Term) -> Term { a.applying(.add, b) }
  package static func - (a: Term, b: Term) -> Term { a.applying(.sub, b) }
  package static func * (a: Term, b: Term) -> Term { a.applying(.mul, b) }
  package static func / (a: Term, b: Term) -> Term { a.applying(.div, b) }
  package static prefix func - (a: Term) -> Term { a.applying(.neg) }

  // A number next to a term is a splat of the term's type.
  package static func + (a: Term, b: Double) -> Term { a + a.splat(b) }
  package static func + (a: Double, b: Term) -> Term { b.splat(a) + b }
  package static func - (a: Term, b: Double) -> Term { a - a.splat(b) }
  package static func - (a: Double, b: Term) -> Term { b.splat(a) - b }
  package static func * (a: Term, b: Double) -> Term { a * a.splat(b) }
  package static func * (a: Double, b: Term) -> Term { b.splat(a) * b }
  package static func / (a: Term, b: Double) -> Term { a / a.splat(b) }
  package static func / (a: Double, b: Term) -> Term { b.splat(a) / b }
}

extension Term {
  /// The sum over axes, which leave the shape; `self` if there are none.
  package func sum(axes: [Int]) -> Term { reduce(.add, axes: axes) }

  /// The maximum over axes, which leave the shape; `self` if there are none.
  package func max(axes: [Int]) -> Term { reduce(.max, axes: axes) }

  /// The minimum over axes, which leave the shape; `self` if there are none.
  package func min(axes: [Int]) -> Term { reduce(.min, axes: axes) }

  /// Elements along axes combined; `self` if there are none.
  package func reduce(_ combiner: Combiner, axes: [Int]) -> Term {
    axes.isEmpty ? self : applying(Reduce(combiner, axes: axes))
  }
}
