import KernelIR

/// The identities that `algebra` applies. Each holds for every element to the bit, NaN, infinities and the sign of
/// zero included (NaN payloads aside; powers within an ulp), and is no more work on the right than on the left: one
/// that is only if an inner op of the left side goes away is applied only where nothing else uses that op.
///
/// Commutative operands are in canonical order when rules see them: numbers come second.
package enum AlgebraRules {
  private static let (x, y) = (Pattern.variable(0), Pattern.variable(1))
  private static let (z, w) = (Pattern.variable(2), Pattern.variable(3))
  /// Known when a rule is applied.
  private static let (number, negative) = (Pattern.constant(4), Pattern.negative(4))

  package static let all: [AlgebraRule] = [
    rule("add-zero", on: .integer, x + 0 => x),
    rule("add-minus-zero", on: .floating, x + -0.0 => x),
    rule("add-neg", x + -y => x - y),
    rule("neg-add", -x + y => y - x),
    rule("add-self", on: .floating, x + x => x * 2),
    rule("neg-sub-self", on: .floating, -x - x => x * -2),
    rule("sub-zero", x - 0 => x),
    rule("zero-sub", on: .integer, 0 - x => -x),
    rule("minus-zero-sub", on: .floating, -0.0 - x => -x),
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
    rule("neg-neg", -(-x) => x),
    rule("neg-sub", on: .integer, -(x - y) => y - x),
    rule("neg-mul-negative", on: .floating, -(x * negative) => x * -negative),
    rule("neg-mul-number", unshared: true, -(x * number) => x * -number),
    rule("neg-div-number", on: .floating, unshared: true, -(x / number) => x / -number),
    rule("neg-number-div", on: .floating, unshared: true, -(number / x) => -number / x),
    rule("add-mul-negative", on: .floating, x + y * negative => x - y * -negative),
    rule("mul-negative-add", on: .floating, y * negative + x => x - y * -negative),
    rule("sub-mul-negative", on: .floating, x - y * negative => x + y * -negative),
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
    rule("bool-gt", on: .bool, .op(.gt, [x, y]) => .op(.lt, [y, x])),
    rule("bool-ge", on: .bool, .op(.ge, [x, y]) => .op(.le, [y, x])),
    rule("bool-lt-true", on: .bool, .op(.lt, [x, 1]) => .op(.not, [x])),
    rule("bool-lt-false", on: .bool, .op(.lt, [x, 0]) => 0),
    rule("bool-true-lt", on: .bool, .op(.lt, [1, x]) => 0),
    rule("bool-false-lt", on: .bool, .op(.lt, [0, x]) => x),
    rule("bool-le-true", on: .bool, .op(.le, [x, 1]) => 1),
    rule("bool-le-false", on: .bool, .op(.le, [x, 0]) => .op(.not, [x])),
    rule("bool-true-le", on: .bool, .op(.le, [1, x]) => x),
    rule("bool-false-le", on: .bool, .op(.le, [0, x]) => 1),
    rule("bool-eq-true", on: .bool, .op(.eq, [x, 1]) => x),
    rule("bool-eq-false", on: .bool, .op(.eq, [x, 0]) => .op(.not, [x])),
    rule("bool-ne", on: .bool, .op(.ne, [x, y]) => .op(.xor, [x, y])),
    rule("xor-self", .op(.xor, [x, x]) => 0),
    rule("xor-true", on: .bool, .op(.xor, [x, 1]) => .op(.not, [x])),
    rule("xor-false", on: .bool, .op(.xor, [x, 0]) => x),
    rule("integer-eq-self", on: .integer, .op(.eq, [x, x]) => 1),
    rule("integer-ne-self", on: .integer, .op(.ne, [x, x]) => 0),
    rule("lt-self", .op(.lt, [x, x]) => 0),
    rule("gt-self", .op(.gt, [x, x]) => 0),
    rule("integer-le-self", on: .integer, .op(.le, [x, x]) => 1),
    rule("integer-ge-self", on: .integer, .op(.ge, [x, x]) => 1),
    rule("not-not", .op(.not, [.op(.not, [x])]) => x),
    rule("select-same", .op(.select, [x, y, y]) => y),
    rule("select-true", .op(.select, [1, x, y]) => x),
    rule("select-false", .op(.select, [0, x, y]) => y),
    // The condition is known inside the branches. Numbers alone take its place within arithmetic, so that no derivative
    // of what remains divides by what the inner select kept away.
    rule("select-in-true", .op(.select, [x, .op(.select, [x, y, z]), w]) => .op(.select, [x, y, w])),
    rule("select-in-false", .op(.select, [x, y, .op(.select, [x, z, w])]) => .op(.select, [x, y, w])),
    rule(
      "select-number-mul",
      .op(.select, [x, y, .op(.select, [x, w, number]) * z]) => .op(.select, [x, y, z * number])),
    rule(
      "select-mul-number",
      .op(.select, [x, y, z * .op(.select, [x, w, number])]) => .op(.select, [x, y, z * number])),
    rule(
      "select-number-div",
      .op(.select, [x, y, .op(.select, [x, w, number]) / z]) => .op(.select, [x, y, number / z])),
  ]
}
