import KernelIR

/// The identities that `algebra` applies. Each holds for every element including NaN and infinities, up to the sign
/// of a zero, and is no more work on the right than on the left.
///
/// Commutative operands are in canonical order when rules see them: numbers come second.
enum AlgebraRules {
  private static let (x, y) = (Pattern.variable(0), Pattern.variable(1))

  static let all: [AlgebraRule] = [
    rule("add-zero", x + 0 => x),
    rule("add-neg", x + -y => x - y),
    rule("neg-add", -x + y => y - x),
    rule("add-self", on: .floating, x + x => x * 2),
    rule("sub-zero", x - 0 => x),
    rule("zero-sub", 0 - x => -x),
    rule("sub-neg", x - -y => x + y),
    rule("sub-self", on: .integer, x - x => 0),
    rule("mul-one", x * 1 => x),
    rule("mul-minus-one", x * -1 => -x),
    rule("mul-zero", on: .integer, x * 0 => 0),
    rule("mul-neg-neg", -x * -y => x * y),
    rule("neg-mul", -x * y => -(x * y)),
    rule("mul-neg", x * -y => -(x * y)),
    rule("div-one", x / 1 => x),
    rule("div-minus-one", on: .floating, x / -1 => -x),
    rule("neg-div", on: .floating, -x / y => -(x / y)),
    rule("div-neg", on: .floating, x / -y => -(x / y)),
    rule("mul-reciprocal", on: .floating, x * (1 / y) => x / y),
    rule("reciprocal-mul", on: .floating, (1 / x) * y => y / x),
    rule("neg-neg", -(-x) => x),
    rule("neg-sub", -(x - y) => y - x),
    rule("pow-zero", .op(.pow, [x, 0]) => 1),
    rule("pow-one", .op(.pow, [x, 1]) => x),
    rule("pow-two", .op(.pow, [x, 2]) => x * x),
    rule("pow-three", .op(.pow, [x, 3]) => x * x * x),
    rule("pow-minus-one", .op(.pow, [x, -1]) => 1 / x),
    rule("abs-neg", .op(.abs, [-x]) => .op(.abs, [x])),
    rule("abs-abs", .op(.abs, [.op(.abs, [x])]) => .op(.abs, [x])),
    rule("cos-neg", .op(.cos, [-x]) => .op(.cos, [x])),
    rule("max-self", .op(.max, [x, x]) => x),
    rule("min-self", .op(.min, [x, x]) => x),
    rule("and-true", on: .bool, .op(.and, [x, 1]) => x),
    rule("and-false", on: .bool, .op(.and, [x, 0]) => 0),
    rule("and-self", .op(.and, [x, x]) => x),
    rule("or-true", on: .bool, .op(.or, [x, 1]) => 1),
    rule("or-false", on: .bool, .op(.or, [x, 0]) => x),
    rule("or-self", .op(.or, [x, x]) => x),
    rule("not-not", .op(.not, [.op(.not, [x])]) => x),
    rule("select-same", .op(.select, [x, y, y]) => y),
    rule("select-true", .op(.select, [1, x, y]) => x),
    rule("select-false", .op(.select, [0, x, y]) => y),
  ]
}
