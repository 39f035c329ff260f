package import Basics
package import TensorIR
import TensorOps
import Transforms

/// A matrix of derivatives of which only entries that may differ from zero are computed.
package struct SparsePlan: Sendable {
  /// Which entries, and where they are.
  package let pattern: SparsityPattern
  /// `x… ↦ values`: the entries, row by row.
  package let values: Function
  /// How they are computed, for every group of rows.
  package let methods: [Method]

  package struct Method: Hashable, Sendable {
    package enum Direction: Hashable, Sendable {
      /// One product with a tangent for every colour of columns.
      case forward
      /// One product with a cotangent for every colour of rows.
      case reverse
      /// One Hessian–vector product for every colour, each entry found in its row or its column.
      case symmetric
    }

    package let direction: Direction
    package let colorCount: Int
    package let rowCount: Int
    /// The number of blocks that are alike, and the shape of one.
    package let lanes: (count: Int, rows: Int, columns: Int)?

    package static func == (a: Method, b: Method) -> Bool {
      a.direction == b.direction && a.colorCount == b.colorCount && a.rowCount == b.rowCount
        && a.lanes?.count == b.lanes?.count && a.lanes?.rows == b.lanes?.rows && a.lanes?.columns == b.lanes?.columns
    }

    package func hash(into hasher: inout Hasher) {
      hasher.combine(direction)
      hasher.combine(colorCount)
    }
  }
}

/// Which mode computes a sparse Jacobian.
package enum SparseMode: Hashable, Sendable {
  case automatic, forward, reverse
}

extension Function {
  /// The entries of `∂(y…)/∂(x…)` that may differ from zero: rows are the elements of the results, columns those of the
  /// parameters, in order.
  ///
  /// - Parameter given: The elements of integer parameters, which say where gathered elements come from.
  package func sparsity(wrt: [Int], results: [Int], given: [Int: [Int]]) throws(Diagnostics) -> SparsityPattern {
    let tangents = try Tangents(of: self, wrt: wrt, results: results, given: given)
    var patterns: [(offsets: [Int], columns: [Int32])?] = []
    var others: [Int] = []
    for (place, result) in tangents.function.results.enumerated() {
      if let blocks = try LaneBlocks(tangents, result: result.value) {
        let entries = try blocks.entries(tangents)
        patterns.append((entries.offsets, entries.columns))
      } else {
        patterns.append(nil)
        others.append(place)
      }
    }
    for (place, pattern) in zip(others, try tangents.patterns(of: others)) {
      patterns[place] = (pattern.rowOffsets, pattern.columns)
    }
    return try tangents.stacked(patterns.compactMap { $0 })
  }

  /// The Jacobian of `sparsity`, and a function that computes its entries.
  package func sparseJacobian(
    wrt: [Int], results: [Int], given: [Int: [Int]], mode: SparseMode = .automatic
  ) throws(Diagnostics) -> SparsePlan {
    let tangents = try Tangents(of: self, wrt: wrt, results: results, given: given)
    let builder = FunctionBuilder()
    for parameter in parameters { _ = builder.parameter(parameter.name, parameter.type) }
    let dtype = tangents.function.resultTypes.contains { $0.dtype == .f64 } ? DType.f64 : .f32

    var patterns: [(offsets: [Int], columns: [Int32])?] = []
    var values: [Term?] = []
    // Of a group that is computed along with another, `nil`.
    var methods: [SparsePlan.Method?] = []
    var others: [Int] = []
    for (place, result) in tangents.function.results.enumerated() {
      if let blocks = try LaneBlocks(tangents, result: result.value) {
        let entries = try blocks.entries(tangents)
        let (computed, method) = try blocks.values(tangents, builder, mode, dtype)
        patterns.append((entries.offsets, entries.columns))
        values.append(computed.arranged(entries.places, count: entries.columns.count))
        methods.append(method)
      } else {
        patterns.append(nil)
        values.append(nil)
        methods.append(nil)
        others.append(place)
      }
    }
    if !others.isEmpty {
      let found = try tangents.patterns(of: others)
      let (computed, method) = try tangents.values(of: others, found, builder, mode, dtype)
      methods[others[0]] = method
      var start = 0
      for (place, pattern) in zip(others, found) {
        patterns[place] = (pattern.rowOffsets, pattern.columns)
        values[place] = computed.sliced(axis: 0, start..<start + pattern.count)
        start += pattern.count
      }
    }
    let all = values.compactMap { $0 }
    let joined =
      all.count == 1 ? all[0] : all.isEmpty ? builder.zeros(TensorType(dtype, [0])) : builder.concat(all, axis: 0)
    return SparsePlan(
      pattern: try tangents.stacked(patterns.compactMap { $0 }),
      values: try builder.finish(name: "\(name)_sparse_jacobian", results: [.init("values", joined.value)]).pruned(),
      methods: methods.compactMap { $0 })
  }
}

extension Tangents {
  /// Rows of several patterns, one below the other.
  fileprivate func stacked(_ parts: [(offsets: [Int], columns: [Int32])]) throws(Diagnostics) -> SparsityPattern {
    try requireNumbers(forEntries: parts.reduce(0) { $0 + $1.columns.count })
    return SparsityPattern(stacking: parts, columnCount: columnCount)
  }
}

extension SparsityPattern {
  /// Rows of several patterns, one below the other.
  init(stacking parts: [(offsets: [Int], columns: [Int32])], columnCount: Int) {
    if parts.count == 1 {
      self.init(
        rowCount: parts[0].offsets.count - 1, columnCount: columnCount, rowOffsets: parts[0].offsets,
        columns: parts[0].columns)
      return
    }
    var offsets = [0]
    var columns: [Int32] = []
    offsets.reserveCapacity(parts.reduce(1) { $0 + $1.offsets.count - 1 })
    columns.reserveCapacity(parts.reduce(0) { $0 + $1.columns.count })
    for part in parts {
      let start = columns.count
      for offset in part.offsets.dropFirst() { offsets.append(offset + start) }
      columns += part.columns
    }
    self.init(rowCount: offsets.count - 1, columnCount: columnCount, rowOffsets: offsets, columns: columns)
  }
}

extension Term {
  /// Computed values in the order of the pattern.
  func arranged(_ places: ComputedOrder.Places, count: Int) -> Term {
    switch places {
    case .same: return self
    case .taken(let places): return take(builder.integers(places), axis: 0)
    case .added(let places):
      // Those that go nowhere are dropped.
      return builder.zeros(type.with([count])).applying(
        Scatter(.add, axis: 0, drops: true), builder.integers(places), self)
    }
  }
}

extension FunctionBuilder {
  /// A constant vector.
  func integers(_ elements: [Int32], _ shape: Shape? = nil) -> Term {
    let type = TensorType(.i32, shape ?? [elements.count])
    return Term(self, emit(Constant(ReferenceTensor(integer: elements.map { Int64($0) }, type: type)), [])[0])
  }

  /// For every colour c and place p, 1 where p has colour c, else 0: `[count, places]`.
  func masks(_ coloring: Coloring, _ range: Range<Int>, _ dtype: DType) -> Term {
    let shape: Shape = [coloring.count, range.count]
    let colors = integers(Array(coloring.colors[range])).broadcast(to: shape, axes: [1])
    let own = iota(TensorType(.i32, shape), axis: 0)
    return own.applying(.eq, colors).cast(to: dtype)
  }
}
