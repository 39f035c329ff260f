internal import Formulas
internal import TensorIR

/// How formulas are written.
public enum FormulaStyle: Sendable, Hashable, CaseIterable {
  /// One line of plain text: `2x cos(x)/√(1 + x²)`.
  case unicode
  /// For LaTeX's mathematical mode: `\frac{2x \cos x}{\sqrt{1 + x^2}}`. Cases and matrices need the package amsmath.
  case latex
}

extension Graph {
  /// What the graph computes as a formula of its parameters, simplified: terms collected, fractions cancelled, constants
  /// as exact fractions and multiples of π, ln 2 and the like where they are rounded to the number in the graph.
  ///
  /// `sin` of `log` differentiated gives `cos(ln(x))/x`. The formula equals the function wherever both are defined; it
  /// may be defined in more places (`x/x` is 1), and leaves out what derivatives say at single points where their formula
  /// has no value. Elements of tensors have indices counted from 0: `Σᵢ xᵢ²`, sums being over all values of an index,
  /// and `δᵢⱼ` is 1 where i = j, else 0. Where elements are put together one by one, and are few, each has a formula of
  /// its own: `[x₁, x₀]`. `[x > 0]` is 1 where the condition holds, else 0.
  ///
  /// - Returns: The formula; if there are several results, a line `name = formula` for each.
  /// - Throws: `Diagnostics` of kind `unsupported` that name the operation if one has no formula (loops, factorisations,
  ///   scattering …), or if the formula is too long to be read.
  public func formula(_ style: FormulaStyle = .unicode) throws(Diagnostics) -> String {
    let names = parameters.map(\.name)
    let notation: FormulaNotation =
      switch style {
      case .unicode: .unicode
      case .latex: .latex
      }
    let formulas = try function.formulas()
    if formulas.count == 1 { return formulas[0].text(notation, parameters: names) }
    return formulas.map { "\($0.written(notation)) = \($0.text(notation, parameters: names))" }.joined(separator: "\n")
  }
}

extension TracedFunction {
  /// What the function computes as a formula of its inputs; see ``Graph/formula(_:)``.
  ///
  /// ```swift
  /// let f = try trace("f", .input("x", .f64)) { x in log(sin(x)) }
  /// try f.grad().formula()        // cos(x)/sin(x)
  /// try f.grad().formula(.latex)  // \frac{\cos x}{\sin x}
  /// ```
  ///
  /// - Throws: `Diagnostics` of kind `unsupported` if an operation has no formula.
  public func formula(_ style: FormulaStyle = .unicode) throws(Diagnostics) -> String { try graph.formula(style) }
}
