internal import TensorIR
internal import TensorOps

extension Recorder {
  /// An axis of a term as a number from 0; negative ones count from the end.
  func axis(_ axis: Int, of term: Term) throws(Diagnostic) -> Int {
    try self.axis(axis, rank: term.type.rank, "\(term.type)")
  }

  func axis(_ axis: Int, rank: Int, _ what: String) throws(Diagnostic) -> Int {
    guard -rank <= axis && axis < rank else {
      throw fault(
        rank == 0
          ? "\(what) is a scalar and has no axis \(axis)"
          : "axis \(axis) of \(what) is outside \(-rank)...\(rank - 1)")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// Axes as increasing numbers from 0; `nil` is all of them.
  func axes(_ axes: [Int]?, of term: Term) throws(Diagnostic) -> [Int] {
    guard let axes else { return Array(term.shape.extents.indices) }
    var result: [Int] = []
    for axis in axes {
      let axis = try self.axis(axis, of: term)
      if result.contains(axis) { throw fault("axis \(axis) of \(term.type) is named twice in \(axes)") }
      result.append(axis)
    }
    return result.sorted()
  }

  func requireFloating(_ term: Term) throws(Diagnostic) {
    guard term.dtype.isFloating else {
      throw fault("needs a floating dtype, not \(term.type); convert it with cast(to: .f32)")
    }
  }

  func requireInteger(_ term: Term, _ what: String) throws(Diagnostic) {
    guard term.dtype.isInteger else { throw fault("\(what) must be i32 or i64, not \(term.type)") }
  }

  /// That all terms have one dtype.
  func requireOneDType(_ terms: [Term]) throws(Diagnostic) {
    guard let first = terms.first else { return }
    for other in terms.dropFirst() where Promotion.common(.tensor(first.dtype), .tensor(other.dtype)) == nil {
      throw fault(
        "operands have dtypes \(first.dtype) and \(other.dtype) (\(first.type) and \(other.type)); convert one with"
          + " cast(to: .\(first.dtype))")
    }
  }

  func checkedShape(_ extents: [Int]) throws(Diagnostic) -> Shape {
    let shape = Shape(extents)
    if let problem = Extents.problem(of: shape) { throw fault(problem) }
    return shape
  }
}

// MARK: Broadcasting

extension Recorder {
  /// The shape that operands of these shapes have in common: aligned at the last axis, extents equal or 1.
  func broadcastShape(_ shapes: [Shape]) throws(Diagnostic) -> Shape {
    let rank = shapes.map(\.rank).max() ?? 0
    var extents = [Int](repeating: 1, count: rank)
    for shape in shapes {
      let offset = rank - shape.rank
      for (axis, extent) in shape.extents.enumerated() where extent != 1 {
        if extents[offset + axis] != 1 && extents[offset + axis] != extent {
          throw fault(
            "shapes \(shapes.map(\.description).joined(separator: " and ")) do not broadcast: extents"
              + " \(extents[offset + axis]) and \(extent) at axis \(offset + axis - rank) differ and neither is 1")
        }
        extents[offset + axis] = extent
      }
    }
    return Shape(extents)
  }

  /// Terms of one shape.
  func broadcast(_ terms: [Term]) throws(Diagnostic) -> [Term] {
    let shape = try broadcastShape(terms.map(\.shape))
    return terms.map { $0.broadcast(to: shape) }
  }
}

extension Recorder {
  /// What a reduction over axes gave, which stay with extent 1 if `keepingAxes` says so.
  func restoring(_ axes: [Int], of term: Term, in reduced: Term, if keepingAxes: Bool) -> Term {
    keepingAxes ? reduced.reshaped(to: term.shape.collapsing(axes)) : reduced
  }
}
