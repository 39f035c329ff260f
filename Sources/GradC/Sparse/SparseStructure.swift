internal import Sparsity

/// Which entries of a matrix may differ from zero.
///
/// Entries are numbered row by row, and in a row by their columns.
public struct SparseStructure: Sendable, Hashable {
  let pattern: SparsityPattern

  init(_ pattern: SparsityPattern) { self.pattern = pattern }

  /// The number of rows.
  public var rowCount: Int { pattern.rowCount }
  /// The number of columns.
  public var columnCount: Int { pattern.columnCount }
  /// The number of entries that may differ from zero.
  public var entryCount: Int { pattern.count }
  /// The part of all entries that may differ from zero; 0 of an empty matrix.
  public var density: Double {
    rowCount == 0 || columnCount == 0 ? 0 : Double(entryCount) / (Double(rowCount) * Double(columnCount))
  }

  /// The number of every row's first entry, and behind the last row that of all entries: `rowCount + 1` numbers.
  public var rowOffsets: [Int] { pattern.rowOffsets }
  /// The column of every entry.
  public var columns: [Int32] { pattern.columns }
  /// The row of every entry.
  public var rows: [Int32] { pattern.rows }

  /// Whether an entry may differ from zero; false outside of the matrix.
  public func contains(row: Int, column: Int) -> Bool { entry(row: row, column: column) != nil }

  /// The number of an entry; `nil` if it is zero.
  public func entry(row: Int, column: Int) -> Int? {
    guard (0..<rowCount).contains(row), (0..<columnCount).contains(column) else { return nil }
    return pattern.position(row: row, column: Int32(column))
  }

  /// Rows for columns.
  public var transposed: SparseStructure { SparseStructure(pattern.transposed) }

  /// The structure of a matrix with these entries, in any order; one that is named twice counts once.
  ///
  /// - Throws: `Diagnostics` if the numbers of rows and columns differ, or one is outside of the matrix.
  public init(rowCount: Int, columnCount: Int, rows: [Int], columns: [Int]) throws(Diagnostics) {
    guard rows.count == columns.count, rowCount >= 0, columnCount >= 0, columnCount < Int(Int32.max),
      rows.allSatisfy({ (0..<rowCount).contains($0) }), columns.allSatisfy({ (0..<columnCount).contains($0) })
    else {
      throw Diagnostics([
        Diagnostic(
          "\(rows.count) rows and \(columns.count) columns are no entries of a matrix of \(rowCount) × \(columnCount)")
      ])
    }
    var byRow = [Set<Int32>](repeating: [], count: rowCount)
    for (row, column) in zip(rows, columns) { byRow[row].insert(Int32(column)) }
    self.init(SparsityPattern(rows: byRow.map { $0.sorted() }, columnCount: columnCount))
  }
}

extension SparseStructure: CustomStringConvertible {
  /// Its size: `6 × 4 with 9 entries, density 37.5 %`.
  public var description: String {
    let percent = density * 100
    let digits = percent >= 10 ? 10.0 : percent >= 0.1 ? 1000 : 1e7
    return "\(rowCount) × \(columnCount) with \(entryCount) entries, density \((percent * digits).rounded() / digits) %"
  }
}
