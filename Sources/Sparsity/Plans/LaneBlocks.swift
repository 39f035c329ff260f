import Basics
import TensorIR

/// The rows of one result that has lanes: blocks that are alike, one for every lane.
struct LaneBlocks {
  let lanes: Lanes
  /// Which of the elements of the frontier in one lane, the slots, each element of the result in one lane depends on.
  let block: SparsityPattern
  /// By frontier value, where its slots start, and where the last ones end.
  let slotOffsets: [Int]
  /// 1 more than the column of every slot: `[frontier][lane][slot]`; 0 where the slot is no element of a parameter.
  let sources: [[Int32]]
  /// By frontier value, its elements in one lane.
  let slotCounts: [Int]

  /// `nil` if the result has no lanes.
  init?(_ tangents: Tangents, result: Value) throws(Diagnostics) {
    guard let lanes = tangents.search.lanes(of: result) else { return nil }
    let function = tangents.function
    // Elements are only moved on the way to the frontier: 1 + j may stand for column j without a set of it.
    let needed = function.parameters(of: lanes.frontier)
    var seeds: [Value: [Int32]] = [:]
    for (place, parameter) in tangents.linear.enumerated() where needed.contains(parameter) {
      let first = Int32(tangents.columnOffsets[place])
      seeds[Value(parameter)] = (0..<Int32(tangents.columnOffsets[place + 1]) - first).map { first + $0 + 1 }
    }
    let selected = try Propagation(function, SetTable(), tangents.known).run(seeds, to: lanes.frontier)
    // Columns by lane and slot; frontier values in the order of their first columns, so that rows tend to be sorted.
    var columns: [(value: Value, columns: [Int32], slots: Int)] = []
    for (value, sets) in zip(lanes.frontier, selected) {
      let shape = function.type(of: value).shape
      let axis = lanes.axis(value)
      guard let sets, !shape.isEmpty else { continue }
      let strides = shape.strides
      let others = shape.extents.indices.filter { $0 != axis }
      let order = [axis] + others
      let sources = axis == 0 ? sets : sets.strided(order.map { shape[$0] }, order.map { strides[$0] })
      columns.append((value, sources, shape.elementCount / lanes.count))
    }
    columns.sort { ($0.columns.first ?? 0) < ($1.columns.first ?? 0) }
    let frontier = columns.map(\.value)

    let slots = SetTable()
    var (slotSeeds, offsets): ([Value: [Int32]], [Int]) = ([:], [0])
    for (value, _, count) in columns {
      let start = offsets[offsets.count - 1]
      let first = slots.addSingles(start..<start + count)
      slotSeeds[value] = (0..<count).map { first + Int32($0) }
      offsets.append(start + count)
    }
    let propagation = Propagation(function, slots, tangents.known, laneAxes: lanes.axes)
    let found = try propagation.run(slotSeeds, to: [result])[0]
    let rowCount = function.type(of: result).elementCount / lanes.count
    let rows = found?.map { Array(slots[$0]) } ?? [[Int32]](repeating: [], count: rowCount)

    self.lanes = Lanes(count: lanes.count, result: result, axes: lanes.axes, frontier: frontier)
    block = SparsityPattern(rows: rows, columnCount: offsets[offsets.count - 1])
    slotOffsets = offsets
    sources = columns.map(\.columns)
    slotCounts = columns.map(\.slots)
  }
}

extension Function {
  /// The numbers of the parameters that values depend on.
  fileprivate func parameters(of values: [Value]) -> Set<Int> {
    var isNeeded = [Bool](repeating: false, count: valueCount)
    for value in values { isNeeded[Int(value.index)] = true }
    for instruction in instructions.reversed()
    where results(of: instruction).contains(where: { isNeeded[Int($0.index)] }) {
      for operand in operands(of: instruction) { isNeeded[Int(operand.index)] = true }
    }
    return Set(parameters.indices.filter { isNeeded[$0] })
  }
}

/// Entries of a pattern in the order in which they are computed.
struct ComputedOrder {
  /// For every entry of the pattern, the number of the computed value.
  enum Places {
    case same
    /// The values are taken from these places.
    case taken([Int32])
    /// Several computed values are added for one entry: computed value i goes to this place, nowhere if it is negative.
    case added([Int32])
  }

  var offsets: [Int]
  var columns: [Int32]
  var places: Places
}

extension LaneBlocks {
  /// The elements of the result before the axis of lanes, and those behind it in one lane.
  private func extents(_ tangents: Tangents) -> (before: Int, behind: Int) {
    let shape = tangents.function.type(of: lanes.result).shape
    let axis = lanes.axis(lanes.result)
    return (shape.extents[..<axis].reduce(1, *), shape.extents[(axis + 1)...].reduce(1, *))
  }

  /// How many runs of rows there are between which lanes start anew.
  func runCount(_ tangents: Tangents) -> Int { extents(tangents).before }

  /// The entries of all lanes, row by row.
  func entries(_ tangents: Tangents) throws(Diagnostics) -> ComputedOrder {
    let (before, behind) = extents(tangents)
    let (total, overflow) = lanes.count.multipliedReportingOverflow(by: block.count)
    try tangents.requireNumbers(forEntries: overflow ? .max : total)
    var offsets: [Int] = [0]
    offsets.reserveCapacity(lanes.count * block.rowCount + 1)
    var isClean = true
    // Where each slot's columns are, and how far they are apart from lane to lane.
    var places: [(frontier: Int, slot: Int)] = []
    for frontier in slotCounts.indices {
      for slot in 0..<slotCounts[frontier] { places.append((frontier, slot)) }
    }
    let columns = [Int32](unsafeUninitializedCapacity: total) { buffer, count in
      for run in 0..<before {
        let rows = run * behind..<(run + 1) * behind
        let entries = block.rowOffsets[rows.lowerBound]..<block.rowOffsets[rows.upperBound]
        // Entries of this run: which frontier value, and which slot of it.
        let chosen = entries.map { places[Int(block.columns[$0])] }
        let ends = rows.map { block.rowOffsets[$0 + 1] - entries.lowerBound }
        // So many lanes at a time that their columns stay in the cache.
        let step = max(1, 4096 / max(chosen.count, 1))
        var start = count
        for first in stride(from: 0, to: lanes.count, by: step) {
          let some = first..<min(first + step, lanes.count)
          for (number, place) in chosen.enumerated() {
            let width = slotCounts[place.frontier]
            sources[place.frontier].withUnsafeBufferPointer { source in
              var target = start + number
              for lane in some {
                buffer[target] = source[lane * width + place.slot] - 1
                target += chosen.count
              }
            }
          }
          for _ in some {
            var position = start
            for end in ends {
              var last: Int32 = -1
              while position < start + end {
                if buffer[position] <= last { isClean = false }
                last = buffer[position]
                position += 1
              }
              offsets.append(position)
            }
            start = position
          }
        }
        count = start
      }
    }
    if isClean { return ComputedOrder(offsets: offsets, columns: columns, places: .same) }
    return sorted(offsets, columns)
  }

  /// Rows sorted, entries of one column put together, and those of none left out.
  private func sorted(_ offsets: [Int], _ columns: [Int32]) -> ComputedOrder {
    var result = ComputedOrder(offsets: [0], columns: [], places: .same)
    var taken: [Int32] = []
    var added = [Int32](repeating: -1, count: columns.count)
    var isAdded = false
    for row in 0..<offsets.count - 1 {
      var last: Int32 = -1
      for place in (offsets[row]..<offsets[row + 1]).sorted(by: { (columns[$0], $0) < (columns[$1], $1) })
      where columns[place] >= 0 {
        if columns[place] == last {
          isAdded = true
        } else {
          last = columns[place]
          result.columns.append(last)
          taken.append(Int32(place))
        }
        added[place] = Int32(result.columns.count - 1)
      }
      result.offsets.append(result.columns.count)
    }
    result.places = isAdded ? .added(added) : .taken(taken)
    return result
  }
}
