import TensorIR

extension ElementwiseOp {
  /// `y = -x`.  `dy = -dx`.
  package static let neg: ElementwiseOp = define(
    .neg, on: .range(-3...3), derivative: .signedSum([.minus]))

  /// `y = a + b`.  `dy = da + db`.
  package static let add: ElementwiseOp = define(
    .add, on: .range(-3...3), .range(-3...3),
    derivative: .signedSum([.plus, .plus]))

  /// `y = a - b`.  `dy = da - db`.
  package static let sub: ElementwiseOp = define(
    .sub, on: .range(-3...3), .range(-3...3),
    derivative: .signedSum([.plus, .minus]))

  /// `y = a b`.  `dy = b da + a db`.
  package static let mul: ElementwiseOp = define(
    .mul, on: .range(-3...3), .range(-3...3),
    derivative: .bilinear(
      left: { cotangent, right, _ in cotangent * right },
      right: { cotangent, left, _ in cotangent * left }))

  /// `y = a / b`; integers are truncated, and `x / 0 = 0`.  `dy = (da - y db) / b`, by which the cotangents `c / b` and
  /// `-(c / b) y` share a division.
  package static let div: ElementwiseOp = define(
    .div, on: .range(-3...3), .range(0.5...3),
    derivative: .custom(
      jvp: { arguments in
        let divisor = arguments.operands[1]
        let rise = arguments.tangents[0]
        let fall = arguments.tangents[1].map { $0 * arguments.results[0] }
        if let rise, let fall { return [(rise - fall) / divisor] }
        return [rise.map { $0 / divisor } ?? fall.map { -($0 / divisor) }]
      },
      transpose: { arguments in
        guard let cotangent = arguments.cotangents[0], let divisor = arguments.operands[1] else { return [nil, nil] }
        return [cotangent / divisor, nil]
      }))

  /// `y = a - b trunc(a / b)`, with the sign of `a`; of integers, `rem(x, 0) = x`.  `dy = da - trunc(a / b) db`.
  package static let rem: ElementwiseOp = define(
    .rem, on: .range(-5...5), .range(0.5...3), isSmooth: false,
    // Where a / b rounds up to an integer, trunc(a / b) is not the quotient that y belongs to; (a - y) / b is.
    partials: { x, _ in x[0].ones }, { x, y in ((y - x[0]) / x[1]).applying(.round) })

  /// `y = a b + c`, rounded once.  `dy = b da + a db + dc`.
  package static let fma: ElementwiseOp = define(
    .fma, on: .range(-3...3), .range(-3...3), .range(-3...3),
    partials: { x, _ in x[1] }, { x, _ in x[0] }, { x, _ in x[0].ones })

  /// `y = |x|`.  `dy = sign(x) dx`.
  package static let abs: ElementwiseOp = define(.abs, on: .values([-2, -0.5, 0.75, 1, -3, 1.5])) { x, _ in
    x[0].applying(.sign)
  }

  /// `y = max(a, b)`, NaN if one is.  `dy` is that of the greater operand; the mean of both on a tie.
  package static let max: ElementwiseOp = define(
    .max, on: .values([-2, 0.5, 1.25, 3]), .values([1, -0.25, 2]),
    partials: { x, y in share(of: x[0], x[1], y) }, { x, y in share(of: x[1], x[0], y) })

  /// `y = min(a, b)`, NaN if one is.  `dy` is that of the smaller operand; the mean of both on a tie.
  package static let min: ElementwiseOp = define(
    .min, on: .values([-2, 0.5, 1.25, 3]), .values([1, -0.25, 2]),
    partials: { x, y in share(of: x[0], x[1], y) }, { x, y in share(of: x[1], x[0], y) })

  /// `y = |a|` with the sign of `b`, that of a zero or NaN included.  `dy = sign(a) sign(b) da`.
  package static let copysign: ElementwiseOp = define(
    .copysign, on: .values([-2, 0.5, 1.25, -3]), .values([1, -0.25, 2]),
    derivative: .custom(
      jvp: { arguments in
        let (a, b) = (arguments.operands[0], arguments.operands[1])
        return [arguments.tangents[0].map { $0 * (a.applying(.sign) * a.ones.applying(.copysign, b)) }]
      }, transpose: nil))

  /// The number next to `a` in the direction of `b`; `b` if they are equal.  `dy = 0`.
  package static let nextafter: ElementwiseOp = define(
    .nextafter, on: .values([-2, 0.5, 0, 1]), .values([1, -0.25, 2]), isSmooth: false, derivative: .zero)

  static let arithmetic: [ElementwiseOp] = [
    neg, add, sub, mul, div, rem, fma, abs, max, min, copysign, nextafter,
  ]

  /// 1 where `a` alone is the chosen one `y`, 0.5 where `b` ties with it, else 0.
  private static func share(of a: Term, _ b: Term, _ y: Term) -> Term {
    a.applying(.eq, b).select(a.splat(0.5), a.applying(.eq, y).select(a.ones, a.zeros))
  }
}
