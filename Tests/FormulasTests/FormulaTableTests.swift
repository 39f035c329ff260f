import GradC
import Testing

/// Functions of x and y, and their derivatives by x, as they are written.
@Suite struct FormulaTableTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let function: @Sendable (Tensor, Tensor) -> Tensor
    let formula: String
    let derivative: String
    var testDescription: String { formula }

    init(_ formula: String, _ derivative: String, _ function: @escaping @Sendable (Tensor, Tensor) -> Tensor) {
      (self.function, self.formula, self.derivative) = (function, formula, derivative)
    }
  }

  static let rows: [Row] = [
    Row("ln(sin(x))", "cos(x)/sin(x)") { x, _ in log(sin(x)) },
    Row("x²", "2x") { x, _ in x * x },
    Row("x³", "3x²") { x, _ in x * x * x },
    Row("1/x", "−1/x²") { x, _ in 1 / x },
    Row("x/2", "1/2") { x, _ in 0.5 * x },
    Row("3x² + 2x − 7", "6x + 2") { x, _ in 3 * x * x + 2 * x - 7 },
    Row("√x", "1/(2√x)") { x, _ in sqrt(x) },
    Row("1/√x", "−1/(2x^(3/2))") { x, _ in rsqrt(x) },
    Row("∛x", "1/(3x^(2/3))") { x, _ in cbrt(x) },
    Row("eˣ", "eˣ") { x, _ in exp(x) },
    Row("e⁻ˣ", "−e⁻ˣ") { x, _ in exp(-x) },
    Row("exp(−x²/2)", "−x exp(−x²/2)") { x, _ in exp(-0.5 * x * x) },
    Row("x eˣ", "eˣ (x + 1)") { x, _ in x * exp(x) },
    Row("2ˣ", "2ˣ ln(2)") { x, _ in exp2(x) },
    Row("eˣ − 1", "eˣ") { x, _ in expm1(x) },
    Row("ln(x)", "1/x") { x, _ in log(x) },
    Row("log₂(x)", "1/(x ln(2))") { x, _ in log2(x) },
    Row("log₁₀(x)", "1/(x ln(10))") { x, _ in log10(x) },
    Row("ln(x + 1)", "1/(x + 1)") { x, _ in log1p(x) },
    Row("x ln(x)", "ln(x) + 1") { x, _ in x * log(x) },
    Row("sin²(x)", "2 sin(x) cos(x)") { x, _ in sin(x) * sin(x) },
    Row("sin(2x)", "2 cos(2x)") { x, _ in sin(2 * x) },
    Row("1", "0") { x, _ in sin(x) * sin(x) + cos(x) * cos(x) },
    Row("cos(x²)", "−2x sin(x²)") { x, _ in cos(x * x) },
    Row("tan(x)", "tan²(x) + 1") { x, _ in tan(x) },
    Row("sin(x)/cos(x)", "1/cos²(x)") { x, _ in sin(x) / cos(x) },
    Row("arcsin(x)", "1/√(1 − x²)") { x, _ in asin(x) },
    Row("arccos(x)", "−1/√(1 − x²)") { x, _ in acos(x) },
    Row("arctan(x)", "1/(x² + 1)") { x, _ in atan(x) },
    Row("atan2(y, x)", "−y/(x² + y²)") { x, y in atan2(y, x) },
    Row("sinh(x)", "cosh(x)") { x, _ in sinh(x) },
    Row("tanh(x)", "1 − tanh²(x)") { x, _ in tanh(x) },
    Row("arsinh(x)", "1/√(x² + 1)") { x, _ in asinh(x) },
    Row("artanh(x)", "1/(1 − x²)") { x, _ in atanh(x) },
    Row("σ(x)", "σ(x) (1 − σ(x))") { x, _ in sigmoid(x) },
    Row("ln(eˣ + 1)", "σ(x)") { x, _ in softplus(x) },
    Row("erf(x)", "2 exp(−x²)/√π") { x, _ in erf(x) },
    Row("ln|Γ(x)|", "ψ(x)") { x, _ in lgamma(x) },
    Row("Γ(x)", "Γ(x) ψ(x)") { x, _ in gamma(x) },
    Row("|x|", "sgn(x)") { x, _ in abs(x) },
    Row("√(x² + y²)", "x/√(x² + y²)") { x, y in hypot(x, y) },
    Row("xʸ", "y x^(y − 1)") { x, y in pow(x, y) },
    Row("yˣ", "yˣ ln(y)") { x, y in pow(y, x) },
    Row("x y/(x + y)", "y²/(x + y)²") { x, y in x * y / (x + y) },
    Row("max(x, y)", "{1/2 if x = y; 1 if x ≥ y; 0 otherwise}") { x, y in maximum(x, y) },
    Row("max(x, 0)", "[x > 0]") { x, _ in relu(x) },
    Row("(x + 1)⁴", "4(x + 1)³") { x, _ in square(square(x + 1)) },
    Row("x/√(x² + 1)", "1/(x² + 1)^(3/2)") { x, _ in x / sqrt(x * x + 1) },
    Row("πx/3", "π/3") { x, _ in x * (Double.pi / 3) },
  ]

  @Test(arguments: rows) func formulaAndDerivative(_ row: Row) throws {
    let f = try trace("f", .input("x", .f64), .input("y", .f64), body: row.function)
    let (formula, derivative) = (try f.formula(), try f.grad().formula())
    #expect(formula == row.formula)
    #expect(derivative == row.derivative)
  }

  /// Constants of f32 are recognised as well.
  @Test(arguments: rows) func inSinglePrecision(_ row: Row) throws {
    let f = try trace("f", .input("x", .f32), .input("y", .f32), body: row.function)
    let derivative = try f.grad().formula()
    #expect(derivative == row.derivative)
  }

  /// What is compiled in the end has the same formula.
  @Test(arguments: rows.filter { $0.derivative != "σ(x)" }) func simplified(_ row: Row) throws {
    let f = try trace("f", .input("x", .f64), .input("y", .f64), body: row.function)
    let formula = try f.graph.optimised().formula()
    #expect(formula == row.formula)
  }
}
