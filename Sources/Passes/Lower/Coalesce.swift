package import KernelIR

extension Kernel {
  /// The kernel with directly nested loops run as one where all memory is visited as by one: outer coefficient = inner
  /// coefficient · inner extent in every index. A 64 × 64 elementwise kernel becomes one loop over 4,096.
  ///
  /// - Parameter kept: An axis that stays by itself, since what it computes goes on from one value to the next.
  package func coalesced(keeping kept: AxisID? = nil) -> Kernel {
    var kernel = self
    var scopeCounts = [Int](repeating: 0, count: axes.count)
    countScopes(body, &scopeCounts)
    // As if it occurred elsewhere too.
    if let kept { scopeCounts[kept] += 1 }
    kernel.body = kernel.coalesced(body, scopeCounts)
    return kernel
  }

  private func countScopes(_ body: [Statement], _ counts: inout [Int]) {
    for statement in body {
      guard let (axis, inner) = statement.scope else { continue }
      counts[axis] += 1
      countScopes(inner, &counts)
    }
  }

  /// Innermost loops first; every pair looks at its own statements alone, so that many loops side by side cost no more
  /// than their text.
  private mutating func coalesced(_ body: [Statement], _ scopeCounts: [Int]) -> [Statement] {
    // Kernels of numbers have millions of statements and no loop.
    guard body.contains(where: { $0.scope != nil }) else { return body }
    return body.map { statement in
      if case .tile(let axis, let inner) = statement { return .tile(axis, coalesced(inner, scopeCounts)) }
      guard case .loop(let outer, let inner) = statement else { return statement }
      let inside = coalesced(inner, scopeCounts)
      // Every scope of the two axes must be this pair of scopes.
      guard inside.count == 1, let (axis, innermost) = inside[0].scope, scopeCounts[outer] == 1,
        scopeCounts[axis] == 1, indicesAgree(innermost, outer, axis)
      else { return .loop(outer, inside) }
      axes[axis].extent *= axes[outer].extent
      // The outer axis stays in the table with one value, unused, so that numbers keep their meaning.
      axes[outer].extent = 1
      return Self.removing(outer, from: inside[0])
    }
  }

  private func indicesAgree(_ body: [Statement], _ outer: AxisID, _ inner: AxisID) -> Bool {
    body.allSatisfy { statement in
      if let (_, nested) = statement.scope { return indicesAgree(nested, outer, inner) }
      guard let index = statement.index else { return true }
      return index.coefficient(of: outer) == index.coefficient(of: inner) * axes[inner].extent
    }
  }

  private static func removing(_ outer: AxisID, from statement: Statement) -> Statement {
    switch statement {
    case .loop(let axis, let inner): return .loop(axis, inner.map { removing(outer, from: $0) })
    case .tile(let axis, let inner): return .tile(axis, inner.map { removing(outer, from: $0) })
    default:
      return statement.mapIndex { index in
        var index = index
        index.terms.removeAll { $0.axis == outer }
        return index
      }
    }
  }
}

extension Kernel {
  /// Whether tiles are short beside loops around or inside them, which could be tiles instead.
  var hasShortTiles: Bool {
    var (longest, tile): (Int, Int?) = (1, nil)
    func visit(_ body: [Statement]) {
      for statement in body {
        switch statement {
        case .tile(let axis, let inner):
          tile = max(tile ?? 0, axes[axis].extent)
          visit(inner)
        case .loop(let axis, let inner):
          longest = max(longest, axes[axis].extent)
          visit(inner)
        default: break
        }
      }
    }
    visit(body)
    guard let tile else { return false }
    return tile <= CostModel.greatestUnrolledAxis && longest >= CostModel.leastTileInstead
  }
}

extension Statement {
  /// The axis and body of a scope.
  var scope: (axis: AxisID, body: [Statement])? {
    switch self {
    case .loop(let axis, let body), .tile(let axis, let body): (axis, body)
    default: nil
    }
  }

  /// The affine index of a statement that has one.
  var index: AffineIndex? {
    switch self {
    case .index(_, let index), .load(_, _, let index), .store(_, let index, _): index
    case .gather(_, _, let base, _, _, _): base
    case .scatter(let scatter): scatter.base
    default: nil
    }
  }

  func mapIndex(_ change: (AffineIndex) -> AffineIndex) -> Statement {
    switch self {
    case .index(let result, let index): .index(result, change(index))
    case .load(let result, let buffer, let index): .load(result, buffer, change(index))
    case .store(let buffer, let index, let value): .store(buffer, change(index), value)
    case .gather(let result, let buffer, let base, let selector, let stride, let limit):
      .gather(result, buffer, base: change(base), selector: selector, stride: stride, limit: limit)
    case .scatter(let scatter): .scatter(scatter.replacing(base: change(scatter.base)))
    default: self
    }
  }

  /// The buffer that a statement reads or writes.
  var buffer: (id: BufferID, isWritten: Bool)? {
    switch self {
    case .load(_, let buffer, _), .gather(_, let buffer, _, _, _, _): (buffer, false)
    case .store(let buffer, _, _): (buffer, true)
    case .scatter(let scatter): (scatter.buffer, true)
    default: nil
    }
  }
}
