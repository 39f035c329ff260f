import Basics
import TensorIR
import TensorOps

extension Tangents {
  /// The columns that the rows of some results depend on.
  func patterns(of results: [Int]) throws(Diagnostics) -> [SparsityPattern] {
    if results.isEmpty { return [] }
    let table = SetTable()
    var seeds: [Value: [Int32]] = [:]
    for (place, parameter) in linear.enumerated() {
      let range = columnOffsets[place]..<columnOffsets[place + 1]
      let first = table.addSingles(range)
      seeds[Value(parameter)] = range.map { first + Int32($0 - range.lowerBound) }
    }
    let found = try Propagation(function, table, known).run(seeds, to: results.map { function.results[$0].value })
    var total = 0
    var patterns: [SparsityPattern] = []
    for (place, sets) in zip(results, found) {
      let sets = sets ?? [Int32](repeating: SetTable.empty, count: rowOffsets[place + 1] - rowOffsets[place])
      var offsets = [0]
      for set in sets { offsets.append(offsets[offsets.count - 1] + table.count(set)) }
      total += offsets[offsets.count - 1]
      try requireNumbers(forEntries: total)
      var columns: [Int32] = []
      columns.reserveCapacity(offsets[offsets.count - 1])
      for set in sets { columns.append(contentsOf: table[set]) }
      patterns.append(
        SparsityPattern(rowCount: sets.count, columnCount: columnCount, rowOffsets: offsets, columns: columns))
    }
    return patterns
  }

  /// The entries of some results, which have these patterns, as a vector.
  func values(
    of results: [Int], _ patterns: [SparsityPattern], _ builder: FunctionBuilder, _ mode: SparseMode, _ dtype: DType
  ) throws(Diagnostics) -> (Term, SparsePlan.Method) {
    let pattern = SparsityPattern(
      stacking: patterns.map { ($0.rowOffsets, $0.columns) }, columnCount: columnCount)
    let (coloring, isReverse) = pattern.bestColoring(mode)
    let method = SparsePlan.Method(
      direction: isReverse ? .reverse : .forward, colorCount: coloring.count, rowCount: pattern.rowCount, lanes: nil)
    if pattern.count == 0 { return (builder.zeros(TensorType(dtype, [0])), method) }
    let inputs = linear.map { Value($0) }
    let part = try LinearPart(self, inputs: inputs, in: builder) { copier in
      results.map { copier.term(function.results[$0].value) }
    }
    let (count, rows) = (coloring.count, pattern.rows)
    try requireRoom(count, isReverse ? pattern.rowCount + columnCount : columnCount + pattern.rowCount)
    if isReverse {
      var start = 0
      let seeds = results.map { result in
        let type = function.type(of: function.results[result].value)
        defer { start += type.elementCount }
        return builder.masks(coloring, start..<start + type.elementCount, type.dtype)
          .reshaped(to: type.shape.inserting(count, at: 0))
      }
      let places = zip(rows, pattern.columns).map { coloring.colors[Int($0)] * Int32(columnCount) + $1 }
      let compressed = flattened(try part.reverse(seeds, count: count), count, builder, dtype)
      return (compressed.take(builder.integers(places), axis: 0), method)
    }
    let compressed = flattened(
      try part.forward(columnSeeds(coloring, builder), count: count), count, builder, dtype)
    let places = zip(rows, pattern.columns).map { coloring.colors[Int($1)] * Int32(pattern.rowCount) + $0 }
    return (compressed.take(builder.integers(places), axis: 0), method)
  }

  /// A tangent for every colour of columns.
  func columnSeeds(_ coloring: Coloring, _ builder: FunctionBuilder) -> [Term] {
    linear.enumerated().map { place, parameter in
      let type = function.parameters[parameter].type
      return builder.masks(coloring, columnOffsets[place]..<columnOffsets[place + 1], type.dtype)
        .reshaped(to: type.shape.inserting(coloring.count, at: 0))
    }
  }

  /// `[count · elements]`: stacks, their elements one behind the other.
  func flattened(_ stacks: [Term], _ count: Int, _ builder: FunctionBuilder, _ dtype: DType) -> Term {
    let flat = stacks.map { stack in
      stack.cast(to: dtype).reshaped(to: [count, count == 0 ? 0 : stack.shape.elementCount / count])
    }
    let joined = flat.count == 1 ? flat[0] : builder.concat(flat, axis: 1)
    return joined.reshaped(to: [joined.shape.elementCount])
  }

  /// Throws if there are more entries than can be numbered.
  func requireNumbers(forEntries count: Int) throws(Diagnostics) {
    if count > Int(Int32.max) {
      throw Diagnostics([
        Diagnostic(
          "the Jacobian of '\(function.name)' has \(count) entries or more that may differ from zero, which are more"
            + " than \(Int32.max); give the values of indices, or use jacobian", kind: .unsupported)
      ])
    }
  }

  /// Throws if compressed columns have more elements than can be numbered.
  func requireRoom(_ count: Int, _ length: Int) throws(Diagnostics) {
    let (elements, overflow) = count.multipliedReportingOverflow(by: length)
    if overflow || elements >= Int(Int32.max) {
      throw Diagnostics([
        Diagnostic(
          "the Jacobian of '\(function.name)' is not sparse enough: \(count) products of \(length) elements have to be"
            + " computed", kind: .unsupported)
      ])
    }
  }
}

extension SparsityPattern {
  /// Colours of columns or of rows, whichever are fewer, by a walk that ends in reasonable time.
  func bestColoring(_ mode: SparseMode) -> (Coloring, isReverse: Bool) {
    switch mode {
    case .forward: return (columnColoring(), false)
    case .reverse: return (transposed.columnColoring(), true)
    case .automatic: break
    }
    let other = transposed
    let (work, otherWork) = (columnColoringWork, other.columnColoringWork)
    // A mode can't have fewer colours than the widest row, or column, has entries.
    let (least, otherLeast) = (widestRow, other.widestRow)
    let limit = 2e9
    if work > limit, otherWork < work { return (other.columnColoring(), true) }
    if otherWork > limit { return (columnColoring(), false) }
    if least <= otherLeast {
      let forward = columnColoring()
      if Double(forward.count) <= 1.2 * Double(otherLeast) + 0.5 { return (forward, false) }
      let reverse = other.columnColoring()
      return 1.2 * Double(reverse.count) + 0.5 < Double(forward.count) ? (reverse, true) : (forward, false)
    }
    let reverse = other.columnColoring()
    if 1.2 * Double(reverse.count) + 0.5 < Double(least) { return (reverse, true) }
    let forward = columnColoring()
    return 1.2 * Double(reverse.count) + 0.5 < Double(forward.count) ? (reverse, true) : (forward, false)
  }
}
