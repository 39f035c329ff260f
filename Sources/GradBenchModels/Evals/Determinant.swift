import GradC

/// The determinant of a small matrix by expansion of minors.
enum Determinant {
  struct Input: Decodable {
    /// The elements, row by row.
    let A: [Double]
    let ell: Int
  }

  static let eval = Eval(
    name: "det",
    functions: [
      .init("primal") { (input: Input) in Problem([try elements(input)], try determinant(input.ell).graph) },
      .init("gradient") { (input: Input) in Problem([try elements(input)], try determinant(input.ell).grad().graph) },
    ], workloads: workloads)

  static func elements(_ input: Input) throws -> NDArray {
    // There are 2ⁿ minors.
    try checkSize("ell", input.ell, 1...14)
    return try vector("A", input.A, input.ell * input.ell)
  }

  static func determinant(_ n: Int) throws -> TracedFunction<Tensor, Tensor> {
    try trace("det", .input("a", .f64, [n * n])) { a in
      let determinant = memoised { (determinant: ([[Tensor]]) -> Tensor, rows: [[Tensor]]) in
        guard rows.count > 1 else { return rows[0][0] }
        let terms = rows.indices.map { column in
          rows[0][column] * determinant(rows.dropFirst().map { row in Array(row[..<column] + row[(column + 1)...]) })
        }
        return terms.enumerated().dropFirst().reduce(terms[0]) { sum, term in
          term.offset % 2 == 0 ? sum + term.element : sum - term.element
        }
      }
      return determinant((0..<n).map { row in (0..<n).map { a[row * n + $0] } })
    }
  }
}
