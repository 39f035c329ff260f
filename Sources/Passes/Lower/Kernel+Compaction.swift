import KernelIR

extension Kernel {
  /// The kernel without entries for values that no statement defines.
  func compacted() -> Kernel {
    var isDefined = [Bool](repeating: false, count: values.count)
    body.forEachStatement { if let result = $0.result { isDefined[Int(result.index)] = true } }
    var numbers = [ValueID](repeating: .none, count: values.count)
    var kept: [ValueInfo] = []
    for index in isDefined.indices where isDefined[index] {
      numbers[index] = ValueID(kept.count)
      kept.append(values[index])
    }
    var result = self
    result.values = kept
    result.body = body.map { $0.mapValues { $0 == .none ? .none : numbers[Int($0.index)] } }
    return result
  }

  /// The kernel without statements of whose results no store or scatter is made.
  func removingDeadValues() -> Kernel {
    var isNeeded = [Bool](repeating: false, count: values.count)
    var changes = true
    // Once more where an accumulator is fed after it is finished, or a loop is around both.
    while changes {
      changes = false
      body.forEachStatementReversed { statement in
        guard statement.isNeeded(isNeeded) else { return }
        statement.forUses { value in
          if !isNeeded[Int(value.index)] {
            isNeeded[Int(value.index)] = true
            changes = true
          }
        }
      }
    }
    var result = self
    result.body = body.filtered { $0.isNeeded(isNeeded) }
    return result.compacted()
  }
}

extension Statement {
  fileprivate func isNeeded(_ values: [Bool]) -> Bool {
    switch self {
    case .store, .scatter: true
    case .accumulate(let accumulator, _): values[Int(accumulator.index)]
    default: result.map { values[Int($0.index)] } ?? false
    }
  }
}

extension [Statement] {
  /// Calls `visit` for every statement that is no scope, in order of the text.
  func forEachStatement(_ visit: (Statement) -> Void) {
    for statement in self {
      if let (_, inner) = statement.scope { inner.forEachStatement(visit) } else { visit(statement) }
    }
  }

  func forEachStatementReversed(_ visit: (Statement) -> Void) {
    for statement in reversed() {
      if let (_, inner) = statement.scope { inner.forEachStatementReversed(visit) } else { visit(statement) }
    }
  }

  /// The statements that satisfy a predicate, and the scopes that have some.
  func filtered(_ isKept: (Statement) -> Bool) -> [Statement] {
    compactMap { statement in
      switch statement {
      case .loop(let axis, let inner):
        let body = inner.filtered(isKept)
        return body.isEmpty ? nil : .loop(axis, body)
      case .tile(let axis, let inner):
        let body = inner.filtered(isKept)
        return body.isEmpty ? nil : .tile(axis, body)
      default: return isKept(statement) ? statement : nil
      }
    }
  }
}
