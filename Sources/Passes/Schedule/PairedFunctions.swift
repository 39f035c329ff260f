import KernelIR

/// Sine and cosine of one angle as one statement: what they share, the reduction of the angle and both polynomials, is
/// nearly all of their work. A derivative needs the one where the function needs the other.
extension Program {
  func pairingFunctions() -> Program {
    var program = self
    program.steps = steps.mapLeaves { step in
      guard case .kernel(let kernel) = step else { return step }
      var (hasSine, hasCosine) = (false, false)
      kernel.body.forEachStatement { statement in
        guard case .compute(_, let op, _, _, _) = statement else { return }
        if op == .sin { hasSine = true } else if op == .cos { hasCosine = true }
      }
      guard hasSine, hasCosine else { return step }
      var paired = kernel
      paired.body = kernel.body.pairingFunctions()
      return .kernel(paired)
    }
    return program
  }
}

extension [Statement] {
  /// The list with pairs in the places of the first of two.
  fileprivate func pairingFunctions() -> [Statement] {
    /// By angle, the place in the list of the sine or cosine that still stands alone.
    var single: [ValueID: Int] = [:]
    var list: [Statement] = []
    list.reserveCapacity(count)
    for statement in self {
      switch statement {
      case .loop(let axis, let inner): list.append(.loop(axis, inner.pairingFunctions()))
      case .tile(let axis, let inner): list.append(.tile(axis, inner.pairingFunctions()))
      case .compute(let result, let op, let angle, _, _) where op == .sin || op == .cos:
        if let place = single[angle], case .compute(let other, let otherOp, _, _, _) = list[place], op != otherOp {
          list[place] = op == .sin ? .sineCosine(result, other, angle) : .sineCosine(other, result, angle)
          single[angle] = nil
        } else {
          single[angle] = list.count
          list.append(statement)
        }
      default: list.append(statement)
      }
    }
    return list
  }
}
