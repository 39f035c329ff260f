package import KernelIR

extension Kernel {
  /// The kernel with directly nested loops run as one where all memory is visited as by one: outer coefficient = inner
  /// coefficient · inner extent in every index. A 64 × 64 elementwise kernel becomes one loop over 4,096.
  package func coalesced() -> Kernel {
    var kernel = self
    while let (outer, inner) = kernel.coalescablePair() { kernel.merge(outer, into: inner) }
    return kernel
  }

  private func coalescablePair() -> (outer: AxisID, inner: AxisID)? {
    var pairs: [(AxisID, AxisID)] = []
    var nested: [AxisID: Int] = [:]
    collect(body, &pairs, &nested)
    return pairs.first { pair in
      // Every scope of the two axes must be this pair of scopes.
      nested[pair.0] == 1 && nested[pair.1] == 1 && indicesAgree(body, pair.0, pair.1)
    }
  }

  private func collect(_ body: [Statement], _ pairs: inout [(AxisID, AxisID)], _ count: inout [AxisID: Int]) {
    for statement in body {
      guard let (axis, inner) = statement.scope else { continue }
      count[axis, default: 0] += 1
      if case .loop = statement, inner.count == 1, let (next, _) = inner[0].scope { pairs.append((axis, next)) }
      collect(inner, &pairs, &count)
    }
  }

  private func indicesAgree(_ body: [Statement], _ outer: AxisID, _ inner: AxisID) -> Bool {
    body.allSatisfy { statement in
      if let (_, nested) = statement.scope { return indicesAgree(nested, outer, inner) }
      guard let index = statement.index else { return true }
      return index.coefficient(of: outer) == index.coefficient(of: inner) * axes[inner].extent
    }
  }

  private mutating func merge(_ outer: AxisID, into inner: AxisID) {
    axes[inner].extent *= axes[outer].extent
    // The outer axis stays in the table with one value, unused, so that numbers keep their meaning.
    axes[outer].extent = 1
    body = body.map { Self.removing(outer, from: $0) }
  }

  private static func removing(_ outer: AxisID, from statement: Statement) -> Statement {
    switch statement {
    case .loop(let axis, let inner) where axis == outer && inner.count == 1: return removing(outer, from: inner[0])
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
    case .gather(_, _, let base, _, _, _), .scatterAdd(_, let base, _, _, _, _): base
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
    case .scatterAdd(let buffer, let base, let selector, let stride, let limit, let value):
      .scatterAdd(buffer, base: change(base), selector: selector, stride: stride, limit: limit, value: value)
    default: self
    }
  }

  /// The buffer that a statement reads or writes.
  var buffer: (id: BufferID, isWritten: Bool)? {
    switch self {
    case .load(_, let buffer, _), .gather(_, let buffer, _, _, _, _): (buffer, false)
    case .store(let buffer, _, _), .scatterAdd(let buffer, _, _, _, _, _): (buffer, true)
    default: nil
    }
  }
}
