import KernelIR

/// The values of statements, nested ones apart.
extension Statement {
  /// The value that it defines; of two the first.
  var result: ValueID? {
    switch self {
    case .compute(let result, _, _, _, _), .sineCosine(let result, _, _), .cast(let result, _),
      .constant(let result, _), .index(let result, _),
      .load(let result, _, _), .gather(let result, _, _, _, _, _), .accumulator(let result, _), .finish(let result, _):
      result
    case .loop, .tile, .store, .scatter, .accumulate: nil
    }
  }

  /// Calls `visit` with each value that it defines.
  func forResults(_ visit: (ValueID) -> Void) {
    if let result { visit(result) }
    if case .sineCosine(_, let cosine, _) = self { visit(cosine) }
  }

  /// Calls `visit` with each value that it reads.
  func forUses(_ visit: (ValueID) -> Void) {
    switch self {
    case .compute(_, _, let a, let b, let c):
      visit(a)
      if b != .none { visit(b) }
      if c != .none { visit(c) }
    case .cast(_, let value), .store(_, _, let value), .gather(_, _, _, let value, _, _), .sineCosine(_, _, let value):
      visit(value)
    case .scatter(let scatter):
      visit(scatter.selector)
      visit(scatter.value)
    case .accumulate(let accumulator, let value):
      visit(accumulator)
      visit(value)
    case .finish(_, let accumulator): visit(accumulator)
    case .loop, .tile, .constant, .index, .load, .accumulator: break
    }
  }

  /// The statement behind others that define so many values.
  func shiftingValues(by count: Int) -> Statement {
    mapValues { $0 == .none ? .none : ValueID(Int($0.index) + count) }
  }

  /// The statement, and those inside it, with other numbers for its values.
  func mapValues(_ change: (ValueID) -> ValueID) -> Statement {
    switch self {
    case .loop(let axis, let body): .loop(axis, body.map { $0.mapValues(change) })
    case .tile(let axis, let body): .tile(axis, body.map { $0.mapValues(change) })
    case .compute(let result, let op, let a, let b, let c):
      .compute(change(result), op, change(a), change(b), change(c))
    case .sineCosine(let sine, let cosine, let value): .sineCosine(change(sine), change(cosine), change(value))
    case .cast(let result, let value): .cast(change(result), change(value))
    case .constant(let result, let scalar): .constant(change(result), scalar)
    case .index(let result, let index): .index(change(result), index)
    case .load(let result, let buffer, let index): .load(change(result), buffer, index)
    case .gather(let result, let buffer, let base, let selector, let stride, let limit):
      .gather(change(result), buffer, base: base, selector: change(selector), stride: stride, limit: limit)
    case .store(let buffer, let index, let value): .store(buffer, index, change(value))
    case .scatter(let scatter):
      .scatter(scatter.replacing(selector: change(scatter.selector), value: change(scatter.value)))
    case .accumulator(let result, let combiner): .accumulator(change(result), combiner)
    case .accumulate(let accumulator, let value): .accumulate(change(accumulator), change(value))
    case .finish(let result, let accumulator): .finish(change(result), change(accumulator))
    }
  }
}

extension ScatterStatement {
  /// The scatter with some of its parts replaced.
  func replacing(
    buffer: BufferID? = nil, base: AffineIndex? = nil, selector: ValueID? = nil, value: ValueID? = nil
  ) -> ScatterStatement {
    var copy = self
    copy.buffer = buffer ?? self.buffer
    copy.base = base ?? self.base
    copy.selector = selector ?? self.selector
    copy.value = value ?? self.value
    return copy
  }
}
