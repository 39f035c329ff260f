extension Formula {
  /// This truth value as text, not in brackets: relations between formulas, joined by logic whose parts are in
  /// parentheses if they are logic themselves; any other formula differs from 0.
  ///
  /// - Parameters:
  ///   - text: Writes a formula that is no truth value.
  ///   - relations: The signs of relations and of logic.
  ///   - not: The sign in front of what does not hold.
  ///   - differs: The sign between what is not equal.
  func condition(
    _ text: (Formula) -> String, relations: [FormulaFunction: String], not: String, differs: String
  ) -> String {
    func isLogic(_ function: FormulaFunction?) -> Bool { function == .and || function == .or || function == .xor }
    func write(_ formula: Formula) -> String {
      guard let (function, operands) = formula.application, function.isCondition else {
        return "\(text(formula)) \(differs) 0"
      }
      if function == .not { return "\(not)(\(write(operands[0])))" }
      let sign = relations[function] ?? "\(function)"
      return operands.map { operand in
        if !isLogic(function) { return text(operand) }
        return isLogic(operand.application?.function) ? "(\(write(operand)))" : write(operand)
      }.joined(separator: " \(sign) ")
    }
    return write(self)
  }
}
