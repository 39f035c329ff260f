/// How formulas are written.
package enum FormulaNotation: Sendable {
  case unicode
  case latex
}

extension FunctionFormula {
  /// The formula as text; several elements in brackets like an array, or in LaTeX as a matrix.
  ///
  /// - Parameter parameters: Names that indices must not have.
  package func text(_ notation: FormulaNotation, parameters: [String]) -> String {
    switch elements {
    case .indexed(let formula):
      return write(formula, notation, IndexNames(rank: type.rank, parameters: parameters))
    case .listed(let formulas):
      let names = IndexNames(rank: 0, parameters: parameters)
      let texts = formulas.map { write($0, notation, names) }
      guard notation == .latex, type.rank == 1 || type.rank == 2 else { return nested(texts, type.shape.extents[...]) }
      let width = type.rank == 2 ? max(type.shape[1], 1) : 1
      let rows = stride(from: 0, to: texts.count, by: width).map {
        texts[$0..<min($0 + width, texts.count)].joined(separator: " & ")
      }
      return "\\begin{pmatrix} \(rows.joined(separator: " \\\\ ")) \\end{pmatrix}"
    }
  }

  private func write(_ formula: Formula, _ notation: FormulaNotation, _ names: IndexNames) -> String {
    switch notation {
    case .unicode: UnicodeText(names: names).text(formula)
    case .latex: LaTeXText(names: names).text(formula)
    }
  }

  private func nested(_ texts: [String], _ extents: ArraySlice<Int>) -> String {
    guard let extent = extents.first else { return texts.first ?? "" }
    let rest = extents.dropFirst()
    let count = rest.reduce(1, *)
    let rows = (0..<extent).map { nested(Array(texts[$0 * count..<($0 + 1) * count]), rest) }
    return "[\(rows.joined(separator: ", "))]"
  }
}

extension FunctionFormula {
  /// The name of the result.
  package func written(_ notation: FormulaNotation) -> String {
    switch notation {
    case .unicode: FormulaName.plain(name)
    case .latex: FormulaName.latex(name)
    }
  }
}
