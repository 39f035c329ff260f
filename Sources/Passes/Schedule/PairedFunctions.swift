import KernelIR

/// Sine and cosine of one angle as one statement: what they share, the reduction of the angle and both polynomials, is
/// nearly all of their work. A derivative needs the one where the function needs the other.
extension Program {
  func pairingFunctions() -> Program {
    var program = self
    program.steps = steps.mapLeaves { step in
      guard case .kernel(let kernel) = step else { return step }
      var paired = kernel
      return paired.body.pairFunctions() ? .kernel(paired) : step
    }
    return program
  }
}

extension [Statement] {
  /// Puts pairs in the places of the first of two; whether there are any.
  fileprivate mutating func pairFunctions() -> Bool {
    /// By angle, the place of the sine or cosine that still stands alone.
    var single: [ValueID: Int] = [:]
    /// The places of the second of two, ascending.
    var removed: [Int] = []
    var changes = false
    for place in indices {
      switch self[place] {
      case .loop(let axis, var inner):
        guard inner.pairFunctions() else { continue }
        self[place] = .loop(axis, inner)
        changes = true
      case .tile(let axis, var inner):
        guard inner.pairFunctions() else { continue }
        self[place] = .tile(axis, inner)
        changes = true
      case .compute(let result, let op, let angle, _, _) where op == .sin || op == .cos:
        guard let first = single[angle], case .compute(let other, let otherOp, _, _, _) = self[first], op != otherOp
        else {
          single[angle] = place
          continue
        }
        self[first] = op == .sin ? .sineCosine(result, other, angle) : .sineCosine(other, result, angle)
        single[angle] = nil
        removed.append(place)
      default: break
      }
    }
    guard let first = removed.first else { return changes }
    var (end, next) = (first, 0)
    for place in first..<count {
      if next < removed.count, removed[next] == place {
        next += 1
      } else {
        self[end] = self[place]
        end += 1
      }
    }
    removeLast(count - end)
    return true
  }
}
