/// Text in columns, the first flush left and the others flush right.
struct Table {
  private var rows: [[String]]
  private let leftColumns: Int

  /// A table under a row of titles, of which the first `left` columns hold words.
  init(_ titles: [String], left: Int = 1) {
    rows = [titles]
    leftColumns = left
  }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        if column > 0 { line += "  " }
        line += column < leftColumns ? cell + padding : padding + cell
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
