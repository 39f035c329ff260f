import TensorIR

extension ElementwiseOp {
  /// `y = sin x`.  `dy = cos x dx`.
  package static let sin: ElementwiseOp = define(.sin, on: .range(-3...3)) { x, _ in x[0].applying(.cos) }

  /// `y = cos x`.  `dy = -sin x dx`.
  package static let cos: ElementwiseOp = define(.cos, on: .range(-3...3)) { x, _ in -x[0].applying(.sin) }

  /// `y = tan x`.  `dy = (1 + y²) dx`.
  package static let tan: ElementwiseOp = define(.tan, on: .range(-1.2...1.2)) { _, y in 1 + y * y }

  /// `y = arcsin x`.  `dy = dx / √(1 - x²)`.
  package static let asin: ElementwiseOp = define(.asin, on: .range(-0.9...0.9)) { x, _ in
    ((1 - x[0]) * (1 + x[0])).applying(.rsqrt)
  }

  /// `y = arccos x`.  `dy = -dx / √(1 - x²)`.
  package static let acos: ElementwiseOp = define(.acos, on: .range(-0.9...0.9)) { x, _ in
    -((1 - x[0]) * (1 + x[0])).applying(.rsqrt)
  }

  /// `y = arctan x`.  `dy = dx / (1 + x²)`.
  package static let atan: ElementwiseOp = defineQuotient(.atan, on: .range(-3...3), divisor: { x, _ in 1 + x * x })

  /// `y` is the angle of the point `(b, a)`, in `[-π, π]`.  `dy = (b da - a db) / (a² + b²)`, NaN at the origin.
  ///
  /// The derivative divides by the hypotenuse twice: its square would overflow, or underflow, long before.
  package static let atan2: ElementwiseOp = define(
    .atan2, on: .range(-3...3), .range(0.5...3),
    partials: { x, _ in
      let radius = x[0].applying(.hypot, x[1])
      return x[1] / radius / radius
    },
    { x, _ in
      let radius = x[0].applying(.hypot, x[1])
      return -(x[0] / radius / radius)
    })

  /// `y = sinh x`.  `dy = cosh x dx`.
  package static let sinh: ElementwiseOp = define(.sinh, on: .range(-2...2)) { x, _ in x[0].applying(.cosh) }

  /// `y = cosh x`.  `dy = sinh x dx`.
  package static let cosh: ElementwiseOp = define(.cosh, on: .range(-2...2)) { x, _ in x[0].applying(.sinh) }

  /// `y = tanh x`.  `dy = (1 - y²) dx`.
  package static let tanh: ElementwiseOp = define(.tanh, on: .range(-3...3)) { _, y in 1 - y * y }

  /// `y = arsinh x`.  `dy = dx / √(x² + 1)`.
  package static let asinh: ElementwiseOp = defineQuotient(
    .asinh, on: .range(-3...3), divisor: { x, _ in x.applying(.hypot, x.ones) })

  /// `y = arcosh x`.  `dy = dx / √(x² - 1)`.
  package static let acosh: ElementwiseOp = defineQuotient(
    .acosh, on: .range(1.2...4), divisor: { x, _ in (x - 1).applying(.sqrt) * (x + 1).applying(.sqrt) })

  /// `y = artanh x`.  `dy = dx / (1 - x²)`.
  package static let atanh: ElementwiseOp = defineQuotient(
    .atanh, on: .range(-0.9...0.9), divisor: { x, _ in (1 - x) * (1 + x) })

  static let trigonometric: [ElementwiseOp] = [
    sin, cos, tan, asin, acos, atan, atan2, sinh, cosh, tanh, asinh, acosh, atanh,
  ]
}
