import KernelIR

/// The identities that `algebra` applies. Each holds for every element to the bit, NaN, infinities and the sign of
/// zero included (NaN payloads aside; powers within an ulp), and is no more work on the right than on the left: one
/// that is only if an inner op of the left side goes away is applied only where nothing else uses that op.
///
/// Commutative operands are in canonical order when rules see them: numbers come second.
package enum AlgebraRules {
  private static let (x, y) = (Pattern.variable(0), Pattern.variable(1))

  package static let all: [AlgebraRule] = [
    rule("add-zero", on: .integer, x + 0 => x),
    rule("add-minus-zero", on: .floating, x + -0.0 => x),
    rule("add-neg", x + -y => x - y),
    rule("neg-add", -x + y => y - x),
    rule("add-self", on: .floating, x + x => x * 2),
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
  ]
}
