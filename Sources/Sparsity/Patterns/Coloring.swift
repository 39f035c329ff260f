/// Colours of columns, or rows, such that those of one colour can be told apart in the sum of their vectors.
package struct Coloring: Hashable, Sendable {
  package var colors: [Int32]
  package var count: Int
}

extension SparsityPattern {
  /// About how many steps `columnColoring` takes: for every row, each pair of its columns.
  package var columnColoringWork: Double {
    (0..<rowCount).reduce(0.0) { sum, row in
      let width = Double(rowOffsets[row + 1] - rowOffsets[row])
      return sum + width * width
    }
  }

  /// Colours of columns such that no two of one colour have an entry in one row: the least number that a greedy walk
  /// finds in natural order, with full columns first, and with those last that have the fewest neighbours.
  package func columnColoring() -> Coloring {
    let byColumn = transposed
    func walk(_ order: some Sequence<Int>) -> Coloring { greedyColoring(order, byColumn) }
    var best = walk(0..<columnCount)
    // No row can have fewer colours than entries.
    let least = widestRow
    func consider(_ order: [Int]) {
      let other = walk(order)
      if other.count < best.count { best = other }
    }
    if best.count > least {
      let degrees = (0..<columnCount).map { byColumn.rowOffsets[$0 + 1] - byColumn.rowOffsets[$0] }
      consider((0..<columnCount).sorted { (degrees[$0], $1) > (degrees[$1], $0) })
    }
    if best.count > least, columnColoringWork < 1e7 { consider(smallestLastOrder(byColumn)) }
    return best
  }

  private func greedyColoring(_ order: some Sequence<Int>, _ byColumn: SparsityPattern) -> Coloring {
    var colors = [Int32](repeating: -1, count: columnCount)
    // By colour, the last column that can't have it.
    var forbidden: [Int32] = []
    for column in order {
      for row in byColumn.row(column) {
        for other in self.row(Int(row)) where colors[Int(other)] >= 0 {
          forbidden[Int(colors[Int(other)])] = Int32(column)
        }
      }
      let color = forbidden.firstIndex { $0 != Int32(column) } ?? forbidden.count
      if color == forbidden.count { forbidden.append(-1) }
      colors[column] = Int32(color)
    }
    return Coloring(colors: colors, count: forbidden.count)
  }

  /// Columns such that each has the fewest neighbours among itself and those before it (Matula and Beck 1983).
  private func smallestLastOrder(_ byColumn: SparsityPattern) -> [Int] {
    var neighbours: [Set<Int32>] = []
    for column in 0..<columnCount {
      var near: Set<Int32> = []
      for row in byColumn.row(column) { near.formUnion(self.row(Int(row))) }
      near.remove(Int32(column))
      neighbours.append(near)
    }
    var degrees = neighbours.map(\.count)
    var buckets = [Set<Int>](repeating: [], count: (degrees.max() ?? 0) + 1)
    for (column, degree) in degrees.enumerated() { buckets[degree].insert(column) }
    var order: [Int] = []
    var isTaken = [Bool](repeating: false, count: columnCount)
    var least = 0
    while order.count < columnCount {
      while least < buckets.count, buckets[least].isEmpty { least += 1 }
      // The last one of them, for the same order every time.
      guard least < buckets.count, let column = buckets[least].max() else { break }
      buckets[least].remove(column)
      isTaken[column] = true
      order.append(column)
      for other in neighbours[column] where !isTaken[Int(other)] {
        let degree = degrees[Int(other)]
        buckets[degree].remove(Int(other))
        buckets[degree - 1].insert(Int(other))
        degrees[Int(other)] = degree - 1
        least = min(least, degree - 1)
      }
    }
    return order.reversed()
  }

  // MARK: Symmetric patterns

  /// Colours of the columns of a symmetric pattern such that every entry, or its mirror image, is the only one of its row
  /// with its column's colour (star coloring: Gebremedhin, Manne and Pothen 2005).
  package func starColoring() -> Coloring {
    let degrees = (0..<rowCount).map { rowOffsets[$0 + 1] - rowOffsets[$0] }
    // A vertex with a colour of its own is in no path of two colours; those with very many neighbours get one, so that
    // their neighbours need not be looked at for each neighbour.
    let bound = max(64, 16 * (count / max(rowCount, 1) + 1))
    var colors = [Int32](repeating: -1, count: rowCount)
    var next: Int32 = 0
    for vertex in 0..<rowCount where degrees[vertex] > bound {
      colors[vertex] = next
      next += 1
    }
    let hubCount = next
    func isHub(_ vertex: Int32) -> Bool { degrees[Int(vertex)] > bound }
    let order = (0..<rowCount).filter { degrees[$0] <= bound }.sorted { (degrees[$0], $1) > (degrees[$1], $0) }
    var forbidden = [Int32](repeating: -1, count: Int(hubCount))
    for vertex in order {
      let mark = Int32(vertex)
      var allowedCount = forbidden.count - Int(hubCount)
      func forbid(_ color: Int32) {
        if forbidden[Int(color)] == mark { return }
        forbidden[Int(color)] = mark
        allowedCount -= 1
      }
      // Neighbours first, so that where everything is near, nothing further away is looked at.
      for near in row(vertex) where near != mark && !isHub(near) && colors[Int(near)] >= 0 {
        forbid(colors[Int(near)])
      }
      for near in row(vertex) where near != mark && !isHub(near) {
        if allowedCount == 0 { break }
        let nearColor = colors[Int(near)]
        for far in row(Int(near)) where far != mark && far != near && !isHub(far) {
          let farColor = colors[Int(far)]
          guard farColor >= 0, forbidden[Int(farColor)] != mark else { continue }
          // vertex – near – far would be the start of a path of two colours if far has another neighbour like near.
          let isOpen =
            nearColor < 0
            || row(Int(far)).contains { $0 != near && $0 != far && colors[Int($0)] == nearColor }
          if isOpen { forbid(farColor) }
        }
      }
      let color = forbidden[Int(hubCount)...].firstIndex { $0 != mark } ?? forbidden.count
      if color == forbidden.count { forbidden.append(-1) }
      colors[vertex] = Int32(color)
    }
    return Coloring(colors: colors, count: forbidden.count)
  }
}
