/// Which entries of a matrix may differ from zero: for every row the columns, increasing (compressed sparse rows).
package struct SparsityPattern: Hashable, Sendable {
  package let rowCount: Int
  package let columnCount: Int
  /// Where in `columns` each row starts, and where the last one ends.
  package let rowOffsets: [Int]
  package let columns: [Int32]

  package init(rowCount: Int, columnCount: Int, rowOffsets: [Int], columns: [Int32]) {
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.rowOffsets = rowOffsets
    self.columns = columns
  }

  /// - Parameter rows: The columns of every row, increasing.
  package init(rows: [[Int32]], columnCount: Int) {
    var offsets = [0]
    for row in rows { offsets.append(offsets[offsets.count - 1] + row.count) }
    self.init(rowCount: rows.count, columnCount: columnCount, rowOffsets: offsets, columns: rows.flatMap { $0 })
  }
}

extension SparsityPattern {
  package var count: Int { columns.count }

  @inline(__always)
  package func row(_ row: Int) -> ArraySlice<Int32> { columns[rowOffsets[row]..<rowOffsets[row + 1]] }

  /// The row of every entry, in order.
  package var rows: [Int32] {
    var rows: [Int32] = []
    rows.reserveCapacity(count)
    for row in 0..<rowCount {
      for _ in rowOffsets[row]..<rowOffsets[row + 1] { rows.append(Int32(row)) }
    }
    return rows
  }

  /// Where in the pattern an entry is; `nil` if it is not in it.
  package func position(row: Int, column: Int32) -> Int? {
    var (low, high) = (rowOffsets[row], rowOffsets[row + 1])
    while low < high {
      let middle = (low + high) / 2
      if columns[middle] < column { low = middle + 1 } else { high = middle }
    }
    return low < rowOffsets[row + 1] && columns[low] == column ? low : nil
  }

  /// The transpose, and for each of its entries in order where it is in this pattern.
  package func transposedWithPositions() -> (pattern: SparsityPattern, positions: [Int32]) {
    var offsets = [Int](repeating: 0, count: columnCount + 1)
    for column in columns { offsets[Int(column) + 1] += 1 }
    for column in 0..<columnCount { offsets[column + 1] += offsets[column] }
    var next = offsets
    var rows = [Int32](repeating: 0, count: count)
    var positions = [Int32](repeating: 0, count: count)
    for row in 0..<rowCount {
      for position in rowOffsets[row]..<rowOffsets[row + 1] {
        let column = Int(columns[position])
        rows[next[column]] = Int32(row)
        positions[next[column]] = Int32(position)
        next[column] += 1
      }
    }
    return (
      SparsityPattern(rowCount: columnCount, columnCount: rowCount, rowOffsets: offsets, columns: rows), positions
    )
  }

  package var transposed: SparsityPattern { transposedWithPositions().pattern }

  /// The entries whose mirror images are in the pattern too; rows and columns are as many.
  package var symmetricPart: SparsityPattern {
    let other = transposed
    var (columns, offsets): ([Int32], [Int]) = ([], [0])
    for row in 0..<rowCount {
      let (a, b) = (self.row(row), other.row(row))
      var (i, j) = (a.startIndex, b.startIndex)
      while i < a.endIndex, j < b.endIndex {
        if a[i] == b[j] { columns.append(a[i]) }
        if a[i] <= b[j] {
          if a[i] == b[j] { j += 1 }
          i += 1
        } else {
          j += 1
        }
      }
      offsets.append(columns.count)
    }
    return SparsityPattern(rowCount: rowCount, columnCount: columnCount, rowOffsets: offsets, columns: columns)
  }

  /// The most entries of a row.
  package var widestRow: Int {
    (0..<rowCount).reduce(0) { max($0, rowOffsets[$1 + 1] - rowOffsets[$1]) }
  }
}
