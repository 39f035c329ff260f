/// Formulas in one line of plain text, with superscripts, subscripts and signs of Unicode: `2x cos²(x)/√(1 + x²)`.
struct UnicodeText {
  let names: IndexNames

  func text(_ formula: Formula) -> String {
    var text = ""
    for (place, term) in formula.writtenTerms.enumerated() {
      let fraction = Fraction(term)
      let sign = fraction.isNegative ? (place == 0 ? "−" : " − ") : place == 0 ? "" : " + "
      text += sign + unsigned(fraction)
    }
    return text
  }

  // MARK: Products

  private enum Style {
    case number, constant, symbol, delimited, function, total
  }

  private typealias Piece = (text: String, style: Style)

  /// A term without its sign.
  private func unsigned(_ fraction: Fraction) -> String {
    var above = fraction.above.map(piece)
    if !fraction.number.above.isOne || above.isEmpty { above.insert((text(fraction.number.above), .number), at: 0) }
    if fraction.hasDenominator, let last = above.last, last.style == .total {
      above[above.count - 1] = ("(\(last.text))", .delimited)
    }
    for place in above.indices.dropLast() where above[place].style == .total {
      above[place] = ("(\(above[place].text))", .delimited)
    }
    let numerator = joined(above)
    guard fraction.hasDenominator else { return numerator }
    var below = fraction.below.map(piece)
    for place in below.indices where below[place].style == .total {
      below[place] = ("(\(below[place].text))", .delimited)
    }
    if fraction.number.below != 1 { below.insert(("\(fraction.number.below)", .number), at: 0) }
    return "\(numerator)/\(below.count == 1 ? below[0].text : "(\(joined(below)))")"
  }

  private func joined(_ pieces: [Piece]) -> String {
    var text = ""
    for (place, piece) in pieces.enumerated() {
      if place > 0 {
        switch (pieces[place - 1].style, piece.style) {
        case (.number, .number): text += "·"
        case (.number, .constant), (.number, .symbol), (.number, .delimited): break
        case (.constant, .symbol), (.constant, .delimited): break
        default: text += " "
        }
      }
      text += piece.text
    }
    return text
  }

  private func text(_ number: Fraction.Number) -> String {
    switch number {
    case .integer(let integer): "\(integer)"
    case .decimal(let decimal):
      decimal.exponent == 0 ? decimal.digits : "\(decimal.digits)·10\(superscript("\(decimal.exponent)") ?? "")"
    }
  }

  // MARK: Powers

  private func piece(_ factor: Factor) -> Piece {
    if case .symbol(.e) = factor.base.kind {
      if factor.exponent.isOne { return ("e", .symbol) }
      let exponent = text(factor.exponent)
      if let raised = superscript(exponent) { return ("e\(raised)", .symbol) }
      return ("exp(\(exponent))", .function)
    }
    guard let number = factor.exponent.number else { return power(factor.base, text(factor.exponent)) }
    if number.isOne { return piece(factor.base) }
    let degrees = [2: "√", 3: "∛", 4: "∜"]
    if case .rational(1, let degree) = number, let sign = degrees[degree] {
      return (sign + underRoot(factor.base), .symbol)
    }
    guard case .rational(let integer, 1) = number else { return power(factor.base, text(factor.exponent)) }
    if let (function, operands) = factor.base.application, let raised = superscript("\(integer)"),
      let name = Self.prefixes[function], Self.takesPowers.contains(function)
    {
      return ("\(name)\(raised)(\(text(operands[0])))", .function)
    }
    return power(factor.base, "\(integer)")
  }

  private func underRoot(_ base: Formula) -> String {
    switch base.kind {
    case .number(let number) where number.integer != nil && !number.isNegative: text(base)
    case .symbol: piece(base).text
    default: "(\(text(base)))"
    }
  }

  private func power(_ base: Formula, _ exponent: String) -> Piece {
    let own = piece(base)
    var text = own.text
    switch base.kind {
    case .number(let number) where number.integer == nil || number.isNegative: text = "(\(text))"
    case .total: text = "(\(text))"
    default: break
    }
    let style: Style = base.number != nil ? .number : own.style == .function ? .function : .symbol
    if let raised = superscript(exponent) { return (text + raised, style) }
    let isOneSign = exponent.allSatisfy { $0.isLetter || $0.isNumber }
    return ("\(text)^\(isOneSign ? exponent : "(\(exponent))")", style)
  }

  // MARK: Functions and symbols

  private static let prefixes: [FormulaFunction: String] = [
    .sin: "sin", .cos: "cos", .tan: "tan", .asin: "arcsin", .acos: "arccos", .atan: "arctan", .atan2: "atan2",
    .sinh: "sinh", .cosh: "cosh", .tanh: "tanh", .asinh: "arsinh", .acosh: "arcosh", .atanh: "artanh", .log: "ln",
    .log2: "log₂", .log10: "log₁₀", .logistic: "σ", .erf: "erf", .erfc: "erfc", .tgamma: "Γ", .digamma: "ψ",
    .sign: "sgn", .round: "round", .trunc: "trunc", .min: "min", .max: "max", .rem: "rem", .copysign: "copysign",
    .nextafter: "nextafter",
  ]

  /// Functions whose powers are written in front of the operand.
  private static let takesPowers: Set<FormulaFunction> = [
    .sin, .cos, .tan, .sinh, .cosh, .tanh, .log, .asin, .acos, .atan,
  ]

  private static let relations: [FormulaFunction: String] = [
    .eq: "=", .ne: "≠", .lt: "<", .le: "≤", .gt: ">", .ge: "≥", .and: "∧", .or: "∨", .xor: "⊕",
  ]

  /// What stands in a product, in parentheses if it has to.
  private func piece(_ formula: Formula) -> Piece {
    switch formula.kind {
    case .number: return (text(formula), .number)
    case .sum, .product: return ("(\(text(formula)))", .delimited)
    case .symbol(.pi): return ("π", .constant)
    case .symbol(.e): return ("e", .symbol)
    case .symbol(.index(let index)): return (names[index], .symbol)
    case .symbol(.variable(let name, let indices)): return (symbol(name, indices), .symbol)
    case .apply(let function, let operands): return piece(function, operands, formula)
    case .total(let index, let body):
      let sign = subscripted(names[index]).map { "Σ\($0)" } ?? "Σ_\(names[index])"
      return ("\(sign) \(body.isSum ? "(\(text(body)))" : text(body))", .total)
    }
  }

  private func piece(_ function: FormulaFunction, _ operands: [Formula], _ formula: Formula) -> Piece {
    switch function {
    case .abs: return ("|\(text(operands[0]))|", .delimited)
    case .floor: return ("⌊\(text(operands[0]))⌋", .delimited)
    case .ceil: return ("⌈\(text(operands[0]))⌉", .delimited)
    case .lgamma: return ("ln|Γ(\(text(operands[0])))|", .function)
    case .cases:
      let (cases, otherwise) = formula.branches
      let parts = cases.map { "\(text($0.value)) if \(condition($0.condition))" }
      return ("{\(parts.joined(separator: "; ")); \(text(otherwise)) otherwise}", .delimited)
    case _ where function.isCondition:
      if let (a, b) = formula.deltaIndices, let i = subscripted(names[a]), let j = subscripted(names[b]) {
        return ("δ\(i)\(j)", .symbol)
      }
      return ("[\(condition(formula))]", .delimited)
    default:
      let name = Self.prefixes[function] ?? "\(function)"
      return ("\(name)(\(operands.map(text).joined(separator: ", ")))", .function)
    }
  }

  /// A truth value, not in brackets.
  private func condition(_ formula: Formula) -> String {
    formula.condition(text, relations: Self.relations, not: "¬", differs: "≠")
  }

  private func symbol(_ name: String, _ indices: [Formula]) -> String {
    let name = FormulaName.plain(name)
    if indices.isEmpty { return name }
    let texts = indices.map { text($0).filter { $0 != " " } }
    if texts.allSatisfy({ $0.count == 1 }) || texts.count == 1, let lowered = subscripted(texts.joined()),
      !(name.last?.isNumber ?? false)
    {
      return name + lowered
    }
    return "\(name)[\(indices.map(text).joined(separator: ", "))]"
  }

  // MARK: Small letters

  private static let superscripts = Dictionary(
    uniqueKeysWithValues: zip("0123456789+−-abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"))
  private static let subscripts = Dictionary(
    uniqueKeysWithValues: zip("0123456789+−-aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"))

  private func superscript(_ text: String) -> String? { replaced(text, Self.superscripts) }
  private func subscripted(_ text: String) -> String? { replaced(text, Self.subscripts) }

  private func replaced(_ text: String, _ table: [Character: Character]) -> String? {
    var result = ""
    for character in text {
      guard let small = table[character] else { return nil }
      result.append(small)
    }
    return result
  }
}

/// Names of parameters, which may be any text.
enum FormulaName {
  /// Names that are no words in quotes, control characters escaped.
  static func plain(_ name: String) -> String {
    let isWord = !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    return isWord ? name : name.debugDescription
  }
}
