import Basics
import TensorIR
import TensorOps

extension LaneBlocks {
  /// The entries of all lanes as a vector, in the order of `entries`.
  func values(
    _ tangents: Tangents, _ builder: FunctionBuilder, _ mode: SparseMode, _ dtype: DType
  ) throws(Diagnostics) -> (Term, SparsePlan.Method) {
    let columns = block.columnColoring()
    let rows = block.transposed.columnColoring()
    let isReverse = mode == .automatic ? 1.2 * Double(rows.count) + 0.5 < Double(columns.count) : mode == .reverse
    let coloring = isReverse ? rows : columns
    let method = SparsePlan.Method(
      direction: isReverse ? .reverse : .forward, colorCount: coloring.count, rowCount: block.rowCount * lanes.count,
      lanes: (lanes.count, block.rowCount, block.columnCount))
    if block.count == 0 { return (builder.zeros(TensorType(dtype, [0])), method) }
    let compressed =
      try isReverse ? reverse(tangents, builder, coloring) : forward(tangents, builder, coloring)
    // By lane, the places of the entries.
    var places: [Int32] = []
    for row in 0..<block.rowCount {
      for slot in block.row(row) {
        let (color, place, width) =
          isReverse
          ? (rows.colors[row], Int(slot), block.columnCount)
          : (columns.colors[Int(slot)], row, block.rowCount)
        places.append(color * Int32(width) + Int32(place))
      }
    }
    var byLane = compressed.dtype == dtype ? compressed : compressed.cast(to: dtype)
    if places != (0..<Int32(byLane.shape[1])).map({ $0 }) { byLane = byLane.take(builder.integers(places), axis: 1) }
    // Of an axis before that of lanes, each index has all its lanes one after the other.
    let runs = runCount(tangents)
    let rowsInRun = block.rowCount / max(runs, 1)
    let parts = (0..<runs).compactMap { run -> Term? in
      let range = block.rowOffsets[run * rowsInRun]..<block.rowOffsets[(run + 1) * rowsInRun]
      if range.isEmpty { return nil }
      return byLane.sliced(axis: 1, range).reshaped(to: [lanes.count * range.count])
    }
    return (parts.count == 1 ? parts[0] : builder.concat(parts, axis: 0), method)
  }

  /// `[lanes, colours · slots]`
  private func reverse(
    _ tangents: Tangents, _ builder: FunctionBuilder, _ coloring: Coloring
  ) throws(Diagnostics) -> Term {
    let axis = lanes.axis(lanes.result)
    func shape(_ place: Int) -> Shape { tangents.function.type(of: lanes.frontier[place]).shape }
    // Few colours are few gradients, which have no zeros to carry along.
    if coloring.count <= 8 {
      let part = try LinearPart(tangents, inputs: lanes.frontier, in: builder) { copier in
        let result = copier.term(lanes.result)
        return (0..<coloring.count).map { color in
          let rows = coloring.colors.indices.filter { coloring.colors[$0] == Int32(color) }
          let elements = rows.map { row in
            let index = result.shape.removing([axis]).index(at: row)
            var starts = index
            starts.insert(0, at: axis)
            var limits = index.map { $0 + 1 }
            limits.insert(lanes.count, at: axis)
            return result.sliced(starts: starts, limits: limits, strides: starts.map { _ in 1 })
              .reshaped(to: [lanes.count])
          }
          return elements.dropFirst().reduce(elements[0]) { $0 + $1 }
        }
      }
      var pieces: [Term] = []
      for color in 0..<coloring.count {
        let gradient = try part.gradient(of: color)
        for (place, cotangent) in gradient.enumerated() {
          pieces.append(
            cotangent.movingAxis(lanes.axis(lanes.frontier[place]), to: 0)
              .reshaped(to: [lanes.count, slotCounts[place]]))
        }
      }
      return pieces.count == 1 ? pieces[0] : builder.concat(pieces, axis: 1)
    }
    let part = try LinearPart(tangents, inputs: lanes.frontier, in: builder) { [$0.term(lanes.result)] }
    let type = tangents.function.type(of: lanes.result)
    let seeds = seed(builder, coloring, 0..<block.rowCount, type, axis)
    let cotangents = try part.reverse([seeds], count: coloring.count)
    let pieces = cotangents.enumerated().map { place, cotangent in
      cotangent.movingAxis(lanes.axis(lanes.frontier[place]) + 1, to: 0)
        .reshaped(to: [lanes.count, coloring.count, slotCounts[place]])
    }
    return (pieces.count == 1 ? pieces[0] : builder.concat(pieces, axis: 2))
      .reshaped(to: [lanes.count, coloring.count * block.columnCount])
  }

  /// `[lanes, colours · rows]`
  private func forward(
    _ tangents: Tangents, _ builder: FunctionBuilder, _ coloring: Coloring
  ) throws(Diagnostics) -> Term {
    let part = try LinearPart(tangents, inputs: lanes.frontier, in: builder) { [$0.term(lanes.result)] }
    let seeds = lanes.frontier.enumerated().map { place, value in
      seed(
        builder, coloring, slotOffsets[place]..<slotOffsets[place + 1], tangents.function.type(of: value),
        lanes.axis(value))
    }
    let pushed = try part.forward(seeds, count: coloring.count)[0]
    return pushed.movingAxis(lanes.axis(lanes.result) + 1, to: 0)
      .reshaped(to: [lanes.count, coloring.count * block.rowCount])
  }

  /// For every colour 1 where an element of a lane has it, else 0, the same for all lanes.
  private func seed(
    _ builder: FunctionBuilder, _ coloring: Coloring, _ range: Range<Int>, _ type: TensorType, _ axis: Int
  ) -> Term {
    let others = type.shape.removing([axis])
    return builder.masks(coloring, range, type.dtype).reshaped(to: others.inserting(coloring.count, at: 0))
      .broadcast(
        to: type.shape.inserting(coloring.count, at: 0),
        axes: (0...type.shape.rank).filter { $0 != axis + 1 })
  }
}
