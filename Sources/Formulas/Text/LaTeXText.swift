/// Formulas for LaTeX's mathematical mode: `\frac{2x \cos^2 x}{\sqrt{1 + x^2}}`. Cases need the package amsmath.
struct LaTeXText {
  let names: IndexNames
  /// Fractions with a slash, as in exponents.
  var isInline = false

  func text(_ formula: Formula) -> String {
    var text = ""
    for (place, term) in formula.writtenTerms.enumerated() {
      let fraction = Fraction(term)
      let sign = fraction.isNegative ? (place == 0 ? "-" : " - ") : place == 0 ? "" : " + "
      text += sign + unsigned(fraction)
    }
    return text
  }

  // MARK: Products

  private func unsigned(_ fraction: Fraction) -> String {
    if !fraction.hasDenominator { return product(fraction.number.above, fraction.above, isAlone: false) }
    if isInline {
      let below = product(.integer(fraction.number.below), fraction.below, isAlone: false)
      let isSingle = fraction.below.count + (fraction.number.below == 1 ? 0 : 1) == 1
      return
        "\(product(fraction.number.above, fraction.above, isAlone: false))/\(isSingle ? below : parenthesised(below))"
    }
    return "\\frac{\(product(fraction.number.above, fraction.above, isAlone: true))}"
      + "{\(product(.integer(fraction.number.below), fraction.below, isAlone: true))}"
  }

  /// - Parameter isAlone: Whether nothing stands next to it, so that a sum needs no parentheses.
  private func product(_ number: Fraction.Number, _ factors: [Factor], isAlone: Bool) -> String {
    if isAlone, number.isOne, factors.count == 1, factors[0].exponent.isOne { return text(factors[0].base) }
    var text = number.isOne && !factors.isEmpty ? "" : self.text(number)
    for (place, factor) in factors.enumerated() {
      let isLast = place == factors.count - 1
      let isBeforeFunction = !isLast && factors[place + 1].base.application != nil
      let piece = self.text(factor, mayBeBare: isLast || isBeforeFunction, isLast: isLast)
      if text.isEmpty {
        text = piece
      } else if piece.first?.isNumber == true {
        text += " \\cdot \(piece)"
      } else if place == 0 {
        text += piece
      } else {
        text += " \(piece)"
      }
    }
    return text
  }

  private func text(_ number: Fraction.Number) -> String {
    switch number {
    case .integer(let integer): "\(integer)"
    case .decimal(let decimal):
      (decimal.digits == "∞" ? "\\infty" : decimal.digits)
        + (decimal.exponent == 0 ? "" : " \\cdot 10^{\(decimal.exponent)}")
    }
  }

  // MARK: Powers

  /// - Parameter mayBeBare: Whether the operand of a function can do without parentheses.
  private func text(_ factor: Factor, mayBeBare: Bool, isLast: Bool) -> String {
    guard let number = factor.exponent.number else { return power(factor.base, factor.exponent) }
    if number.isOne { return text(factor.base, mayBeBare: mayBeBare, isLast: isLast) }
    if case .rational(1, let degree) = number, degree > 1 {
      return degree == 2 ? "\\sqrt{\(text(factor.base))}" : "\\sqrt[\(degree)]{\(text(factor.base))}"
    }
    if number.integer != nil, let (function, operands) = factor.base.application, Self.takesPowers.contains(function),
      let name = Self.prefixes[function]
    {
      return "\(name)^\(braced(text(factor.exponent)))" + operand(operands[0], mayBeBare: mayBeBare)
    }
    return power(factor.base, factor.exponent)
  }

  private func power(_ base: Formula, _ exponent: Formula) -> String {
    let isSimple: Bool
    switch base.kind {
    case .number(let number): isSimple = number.integer != nil && !number.isNegative
    case .symbol: isSimple = true
    case .apply(let function, _):
      isSimple = function == .abs || function == .floor || function == .ceil || function.isCondition
    default: isSimple = false
    }
    let own = isSimple ? text(base, mayBeBare: false, isLast: true) : parenthesised(text(base))
    return "\(own)^\(braced(LaTeXText(names: names, isInline: true).text(exponent)))"
  }

  private func braced(_ text: String) -> String { text.count == 1 ? text : "{\(text)}" }

  private func parenthesised(_ text: String) -> String {
    let isTall = ["\\frac", "\\sum", "\\begin", "\\sqrt"].contains { text.contains($0) }
    return isTall ? "\\left(\(text)\\right)" : "(\(text))"
  }

  // MARK: Functions and symbols

  private static let prefixes: [FormulaFunction: String] = [
    .sin: "\\sin", .cos: "\\cos", .tan: "\\tan", .asin: "\\arcsin", .acos: "\\arccos", .atan: "\\arctan",
    .atan2: "\\operatorname{atan2}", .sinh: "\\sinh", .cosh: "\\cosh", .tanh: "\\tanh",
    .asinh: "\\operatorname{arsinh}", .acosh: "\\operatorname{arcosh}", .atanh: "\\operatorname{artanh}",
    .log: "\\ln", .log2: "\\log_2", .log10: "\\log_{10}", .logistic: "\\sigma", .erf: "\\operatorname{erf}",
    .erfc: "\\operatorname{erfc}", .tgamma: "\\Gamma", .digamma: "\\psi", .sign: "\\operatorname{sgn}",
    .round: "\\operatorname{round}", .trunc: "\\operatorname{trunc}", .min: "\\min", .max: "\\max",
    .rem: "\\operatorname{rem}", .copysign: "\\operatorname{copysign}", .nextafter: "\\operatorname{nextafter}",
  ]

  /// Functions whose powers are written in front of the operand, which needs no parentheses if it is short.
  private static let takesPowers: Set<FormulaFunction> = [
    .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .tanh, .log,
  ]

  private static let relations: [FormulaFunction: String] = [
    .eq: "=", .ne: "\\ne", .lt: "<", .le: "\\le", .gt: ">", .ge: "\\ge", .and: "\\land", .or: "\\lor",
    .xor: "\\oplus",
  ]

  private func text(_ formula: Formula, mayBeBare: Bool, isLast: Bool) -> String {
    switch formula.kind {
    case .number: return text(formula)
    case .sum, .product: return parenthesised(text(formula))
    case .symbol(.pi): return "\\pi"
    case .symbol(.e): return "e"
    case .symbol(.index(let index)): return names[index]
    case .symbol(.variable(let name, let indices)):
      let texts = indices.map { text($0) }
      let separator = texts.allSatisfy { $0.count == 1 } ? "" : ","
      return FormulaName.latex(name) + (indices.isEmpty ? "" : "_\(braced(texts.joined(separator: separator)))")
    case .apply(let function, let operands):
      return text(function, operands, formula, mayBeBare: mayBeBare)
    case .total(let index, let body):
      let sum = "\\sum_{\(names[index])=0}^{\(index.extent - 1)} \(body.isSum ? parenthesised(text(body)) : text(body))"
      return isLast ? sum : "\\left(\(sum)\\right)"
    }
  }

  private func text(
    _ function: FormulaFunction, _ operands: [Formula], _ formula: Formula, mayBeBare: Bool
  ) -> String {
    switch function {
    case .abs: return "\\left|\(text(operands[0]))\\right|"
    case .floor: return "\\left\\lfloor \(text(operands[0])) \\right\\rfloor"
    case .ceil: return "\\left\\lceil \(text(operands[0])) \\right\\rceil"
    case .lgamma: return "\\ln\\left|\\Gamma\(parenthesised(text(operands[0])))\\right|"
    case .cases:
      let (cases, otherwise) = formula.branches
      let rows = cases.map { "\(text($0.value)) & \\text{if } \(condition($0.condition))" }
      let lines = (rows + ["\(text(otherwise)) & \\text{otherwise}"]).joined(separator: " \\\\ ")
      return "\\begin{cases} \(lines) \\end{cases}"
    case _ where function.isCondition:
      if let (a, b) = formula.deltaIndices { return "\\delta_{\(names[a])\(names[b])}" }
      return "[\(condition(formula))]"
    default:
      let name = Self.prefixes[function] ?? "\\operatorname{\(function)}"
      if operands.count == 1, Self.takesPowers.contains(function) {
        return name + operand(operands[0], mayBeBare: mayBeBare)
      }
      return name + parenthesised(operands.map(text).joined(separator: ", "))
    }
  }

  /// The operand of a function: a single symbol needs no parentheses.
  private func operand(_ formula: Formula, mayBeBare: Bool) -> String {
    if mayBeBare, case .symbol = formula.kind { return " \(text(formula))" }
    return parenthesised(text(formula))
  }

  private func condition(_ formula: Formula) -> String {
    formula.condition(text, relations: Self.relations, not: "\\lnot ", differs: "\\ne")
  }
}

extension FormulaName {
  private static let greek: Set<String> = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "rho", "sigma", "tau", "phi", "chi", "psi", "omega",
  ]

  /// One letter in italics, Greek letters by their names, words upright, and all else escaped.
  static func latex(_ name: String) -> String {
    if greek.contains(name) { return "\\\(name)" }
    if name.count == 1, name.first?.isLetter == true { return name }
    // A letter and a number is a letter with a subscript.
    if let first = name.first, first.isASCII, first.isLetter, name.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber })
    {
      return name.count == 2 ? "\(first)_\(name.dropFirst())" : "\(first)_{\(name.dropFirst())}"
    }
    var escaped = ""
    for character in name {
      switch character {
      case "\\": escaped += "\\backslash "
      case "{", "}", "_", "%", "$", "#", "&": escaped += "\\\(character)"
      case "^", "~": escaped += "\\\(character){}"
      case _ where character.isNewline || character.unicodeScalars.contains { $0.value < 32 }: escaped += " "
      default: escaped.append(character)
      }
    }
    return "\\mathrm{\(escaped)}"
  }
}
