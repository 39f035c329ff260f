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
    let byLane =
      try isReverse
      ? reverse(tangents, builder, coloring, dtype)
      : picked(forward(tangents, builder, coloring), builder, dtype) { row, slot in
        columns.colors[slot] * Int32(block.rowCount) + Int32(row)
      }
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

  /// `[lanes, entries]`: of every lane, the compressed elements at the places that hold the entries.
  private func picked(
    _ compressed: Term, _ builder: FunctionBuilder, _ dtype: DType, _ place: (_ row: Int, _ slot: Int) -> Int32
  ) -> Term {
    var places: [Int32] = []
    for row in 0..<block.rowCount { places += block.row(row).map { place(row, Int($0)) } }
    let byLane = compressed.dtype == dtype ? compressed : compressed.cast(to: dtype)
    if places == (0..<Int32(byLane.shape[1])).map({ $0 }) { return byLane }
    return byLane.take(builder.integers(places), axis: 1)
  }

  /// `[lanes, entries]`
  private func reverse(
    _ tangents: Tangents, _ builder: FunctionBuilder, _ coloring: Coloring, _ dtype: DType
  ) throws(Diagnostics) -> Term {
    let axis = lanes.axis(lanes.result)
    // Few colours are few gradients, which have no zeros to carry along.
    if coloring.count <= 8, block.count <= 512 {
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
      // By colour and frontier value, `[lanes, slots]`.
      let pieces = try (0..<coloring.count).map { (color) throws(Diagnostics) in
        try part.gradient(of: color).enumerated().map { place, cotangent in
          cotangent.movingAxis(lanes.axis(lanes.frontier[place]), to: 0)
            .reshaped(to: [lanes.count, slotCounts[place]]).cast(to: dtype)
        }
      }
      // Each entry is a column, so that it is written once, where it belongs.
      var columns: [Term] = []
      for row in 0..<block.rowCount {
        for slot in block.row(row) {
          let place = (slotOffsets.firstIndex { $0 > Int(slot) } ?? slotOffsets.count) - 1
          let own = Int(slot) - slotOffsets[place]
          columns.append(pieces[Int(coloring.colors[row])][place].sliced(axis: 1, own..<own + 1))
        }
      }
      return columns.count == 1 ? columns[0] : builder.concat(columns, axis: 1)
    }
    let part = try LinearPart(tangents, inputs: lanes.frontier, in: builder) { [$0.term(lanes.result)] }
    let type = tangents.function.type(of: lanes.result)
    let seeds = seed(builder, coloring, 0..<block.rowCount, type, axis)
    let cotangents = try part.reverse([seeds], count: coloring.count)
    let pieces = cotangents.enumerated().map { place, cotangent in
      cotangent.movingAxis(lanes.axis(lanes.frontier[place]) + 1, to: 0)
        .reshaped(to: [lanes.count, coloring.count, slotCounts[place]])
    }
    let compressed = (pieces.count == 1 ? pieces[0] : builder.concat(pieces, axis: 2))
      .reshaped(to: [lanes.count, coloring.count * block.columnCount])
    return picked(compressed, builder, dtype) { row, slot in
      coloring.colors[row] * Int32(block.columnCount) + Int32(slot)
    }
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
