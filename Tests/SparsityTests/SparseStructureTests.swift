import GradC
import Testing

/// Structures that are known, and the least number of colours for them.
@Suite struct SparseStructureTests {
  @Test func diagonal() throws {
    let f = try trace("f", .input("x", .f64, [50])) { x in sin(x) * x }
    let jacobian = try f.sparseJacobian()
    #expect(jacobian.structure == (try structure(50, 50) { $0 == $1 }))
    #expect(jacobian.colorCount == 1 && jacobian.methods[0].blockCount == 50)
    try compare(jacobian, f.jacobian(), sampled(50))
  }

  @Test(arguments: [JacobianMode.automatic, .forward, .reverse]) func tridiagonal(_ mode: JacobianMode) throws {
    let n = 40
    let f = try trace("f", .input("x", .f64, [n])) { x in
      let inner = x[1..<n - 1] * x[1..<n - 1] - x[..<(n - 2)] * exp(x[2...])
      concat([x[..<1] + x[1..<2], inner, x[(n - 1)...] * x[(n - 2)..<(n - 1)]])
    }
    let jacobian = try f.sparseJacobian(mode: mode)
    #expect(jacobian.structure == (try structure(n, n) { abs($0 - $1) <= 1 }))
    // Two rows at the ends, and n - 2 blocks 1 × 3 between them.
    #expect(jacobian.methods.map(\.rowCount) == [2, n - 2] && jacobian.methods[1].blockShape == [1, 3])
    #expect(jacobian.methods.map(\.colorCount) == (mode == .forward ? [2, 3] : [1, 1]))
    try compare(jacobian, f.jacobian(), sampled(n))
  }

  /// One full row, one full column and the diagonal.
  @Test func arrowHessian() throws {
    for n in [8, 300] {
      let f = try trace("f", .input("x", .f64, [n])) { x in (x[1...] * x[1...] * x[..<1]).sum() + exp(x).sum() }
      let hessian = try f.sparseHessian()
      #expect(hessian.structure == (try structure(n, n) { $0 == $1 || $0 == 0 || $1 == 0 }))
      #expect(hessian.methods.map(\.direction) == [.symmetric])
      #expect(hessian.colorCount == 2)
      try compare(hessian, f.hessian(), sampled(n))
    }
  }

  /// A chain needs three colours for a symmetric matrix.
  @Test func chainHessian() throws {
    let n = 30
    let f = try trace("f", .input("x", .f64, [n])) { x in
      let rise = x[1...] - x[..<(n - 1)] * x[..<(n - 1)]
      (100 * rise * rise).sum() + square(1 - x).sum()
    }
    let hessian = try f.sparseHessian()
    #expect(hessian.structure == (try structure(n, n) { abs($0 - $1) <= 1 }))
    #expect(hessian.colorCount == 3)
    try compare(hessian, f.hessian(), sampled(n))
  }

  /// A full row makes columns mix, but not rows.
  @Test func fullRow() throws {
    let f = try trace("f", .input("x", .f64, [60])) { x in
      concat([sin(x).sum().reshaped(to: [1]), x * x])
    }
    let jacobian = try f.sparseJacobian()
    #expect(jacobian.structure.entryCount == 120)
    #expect(jacobian.colorCount == 2 && jacobian.methods[0].direction == SparseGraph.Method.Direction.reverse)
    try compare(jacobian, f.jacobian(), sampled(60))
  }

  @Test func linearFunctionsHaveNoHessian() throws {
    let f = try trace("f", .input("x", .f64, [5])) { x in (3 * x).sum() }
    let hessian = try f.sparseHessian()
    #expect(hessian.structure.entryCount == 0 && hessian.colorCount <= 1)
    #expect(try hessian.evaluate(sampled(5)).dense() == NDArray.zeros([5, 5], dtype: .f64))
  }

  @Test func matrixProduct() throws {
    let f = try trace("f", .input("x", .f64, [6, 4]), .input("w", .f64, [4, 3])) { x, w in matmul(x, w) }
    let byX = try f.sparseJacobian(wrt: { x, _ in x })
    // Rows of the product see their row of x alone.
    #expect(byX.structure == (try structure(18, 24) { $0 / 3 == $1 / 4 }))
    #expect(byX.methods[0].blockCount == 6 && byX.methods[0].blockShape == [3, 4])
    let byW = try f.sparseJacobian(wrt: { _, w in w })
    #expect(byW.structure == (try structure(18, 12) { $0 % 3 == $1 % 3 }))
  }

  @Test func loops() throws {
    // Each step sees the one before: a lower triangular Jacobian.
    let f = try trace("f", .input("x", .f64, [12])) { x in x.cumulativeSum() }
    #expect(try f.sparsity(wrt: { $0 }) == structure(12, 12) { $1 <= $0 })
    let g = try trace("g", .input("x", .f64, [7, 3])) { x in
      scan(zeros([3], .f64), over: x) { state, row in (sin(state) + row, state) }.outputs
    }
    let jacobian = try g.sparseJacobian()
    #expect(jacobian.structure == (try structure(21, 21) { $1 / 3 < $0 / 3 && $0 % 3 == $1 % 3 }))
    try compare(jacobian, g.jacobian(), sampled(21).reshaped(to: [7, 3]))
  }

  /// A branch that is not known may be either; one that is, is that one.
  @Test func branches() throws {
    let f = try trace("f", .input("x", .f64, [6]), .input("flag", .bool)) { x, flag in
      cond(flag, then: { x * x }, else: { x.reversed(axes: [0]) * 2 })
    }
    func either(_ first: Bool, _ second: Bool) throws -> SparseStructure {
      try structure(6, 6) { first && $0 == $1 || second && $0 + $1 == 5 }
    }
    #expect(try f.sparsity(wrt: { x, _ in x }) == either(true, true))
    #expect(try f.sparsity(wrt: { x, _ in x }, indices: ["flag": NDArray([true]).reshaped([])]) == either(true, false))
    #expect(try f.sparsity(wrt: { x, _ in x }, indices: ["flag": NDArray([false]).reshaped([])]) == either(false, true))
    for flag in [true, false] {
      let exact = try f.jacobian(wrt: { x, _ in x }).evaluate(sampled(6), Tensor(booleanLiteral: flag)).doubles()
      let found = try f.sparseJacobian(wrt: { x, _ in x }).compile()(sampled(6), Tensor(booleanLiteral: flag)).dense()
      #expect(zip(try found.array(of: Double.self), exact).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  /// A long loop, and one that ends when it ends: what any of their steps may do.
  @Test func longLoops() throws {
    let n = 3000
    let f = try trace("f", .input("x", .f64, [4])) { x in
      fori(0..<n, x) { _, y in 0.5 * y + 0.1 * sin(y) * y + 0.25 * tanh(y) * cos(y) - 0.01 * y * y * y }
    }
    #expect(try f.sparsity(wrt: { $0 }) == structure(4, 4) { $0 == $1 })
    let g = try trace("g", .input("x", .f64, [4])) { x in
      whileLoop(x, while: { abs($0).max() .> 0.1 }) { concat([0.5 * $0[..<2], 0.5 * $0[1..<2], 0.5 * $0[3...]]) }
    }
    // The second element moves to the third, and never any further.
    #expect(
      try g.sparsity(wrt: { $0 }) == structure(4, 4) { row, column in row == column || (row == 2 && column == 1) })
    let exact = try g.jacobian().evaluate(sampled(4)).doubles()
    let found = try g.sparseJacobian(mode: .forward).compile()(sampled(4)).dense()
    #expect(zip(try found.array(of: Double.self), exact).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  /// Every element of a convolution sees its window.
  @Test func convolutions() throws {
    let f = try trace("f", .input("x", .f64, [1, 1, 20]), .input("w", .f64, [1, 1, 3])) { x, w in
      convolution(x * x, w).reshaped(to: [18])
    }
    #expect(try f.sparsity(wrt: { x, _ in x }) == structure(18, 20) { $0 <= $1 && $1 <= $0 + 2 })
    let jacobian = try f.sparseJacobian(wrt: { x, _ in x })
    #expect(jacobian.colorCount == 3)
    let (x, w) = (sampled(20).reshaped(to: [1, 1, 20]), sampled(3).reshaped(to: [1, 1, 3]))
    let exact = try f.jacobian(wrt: { x, _ in x }).evaluate(x, w).doubles()
    let found = try jacobian.compile()(x, w).dense()
    #expect(zip(try found.array(of: Double.self), exact).allSatisfy { abs($0 - $1) < 1e-12 })
    let energy = try trace("energy", .input("x", .f64, [1, 1, 20]), .input("w", .f64, [1, 1, 3])) { x, w in
      square(convolution(x, w)).sum()
    }
    #expect(try energy.sparseHessian(wrt: { x, _ in x }).structure == structure(20, 20) { abs($0 - $1) <= 2 })
  }

  /// A full Hessian has as many colours as columns, and they are found at once.
  @Test func fullHessian() throws {
    let n = 120
    let f = try trace("f", .input("x", .f64, [n])) { x in x.logSumExp() }
    let hessian = try f.sparseHessian()
    #expect(hessian.structure.entryCount == n * n && hessian.colorCount == n)
  }

  // MARK: Residual blocks

  @Test func vectorisedBlocks() throws {
    let one = try trace("one", .input("a", .f64, [4]), .input("b", .f64, [3])) { a, b in
      stack([a[0] * b[1] - a[3], sin(a[1]) * b[2] * b[0]])
    }
    let all = try one.vmap(size: 20)
    let jacobian = try all.sparseJacobian(wrt: { a, b in [a, b] })
    #expect(jacobian.methods[0].blockCount == 20 && jacobian.methods[0].blockShape == [2, 7])
    #expect(
      jacobian.structure
        == (try structure(40, 140) { row, column in
          let slots = row % 2 == 0 ? [0, 3, 81] : [1, 80, 82]
          let lane = row / 2
          return slots.contains { $0 < 80 ? column == lane * 4 + $0 : column == lane * 3 + $0 }
        }))
    let (a, b) = (sampled(80).reshaped(to: [20, 4]), sampled(60).reshaped(to: [20, 3]))
    let dense = try all.jacobian(wrt: { a, b in [a, b] }).evaluate(a, b)
    let (byA, byB) = (try dense[0].doubles(), try dense[1].doubles())
    let found = try jacobian.compile()(a, b)
    for row in 0..<40 {
      for column in 0..<140 {
        let exact = column < 80 ? byA[row * 80 + column] : byB[row * 60 + column - 80]
        #expect(abs((found[row, column] ?? .nan) - exact) < 1e-12)
      }
    }
  }

  /// Bundle adjustment in small: every observation sees one camera and one point.
  @Test(arguments: [false, true]) func gatheredBlocks(_ isRepeated: Bool) throws {
    let (cameras, points, count) = (3, 5, 12)
    let f = try trace(
      "f", .input("cameras", .f64, [cameras, 4]), .input("points", .f64, [points, 3]), .input("camera", .i32, [count]),
      .input("point", .i32, [count])
    ) { c, p, ci, pi in
      let (camera, point) = (c.take(ci), p.take(pi))
      let depth = point[0..., 2...]
      let turned = point[0..., ..<2] * camera[0..., ..<2] + camera[0..., 2...] * depth
      turned / (1 + square(depth))
    }
    let ci = (0..<count).map { Int32($0 % cameras) }
    // Sorted or not, and one observation twice.
    let pi = (0..<count).map { Int32(isRepeated ? ($0 * 7) % points : $0 % points) }
    let jacobian = try f.sparseJacobian(
      wrt: { c, p, _, _ in [c, p] }, indices: ["camera": NDArray(ci), "point": NDArray(pi)])
    #expect(jacobian.methods[0].blockCount == count)
    #expect(jacobian.methods[0].direction == SparseGraph.Method.Direction.reverse)
    #expect(jacobian.colorCount == 2)
    #expect(
      jacobian.structure
        == (try structure(count * 2, cameras * 4 + points * 3) { row, column in
          let (block, r) = (row / 2, row % 2)
          if column < cameras * 4 {
            return column / 4 == Int(ci[block]) && (column % 4 == r || column % 4 == r + 2)
          }
          let place = column - cameras * 4
          return place / 3 == Int(pi[block]) && (place % 3 == r || place % 3 == 2)
        }))
    let arguments = (
      sampled(cameras * 4).reshaped(to: [cameras, 4]), sampled(points * 3).reshaped(to: [points, 3]),
      Tensor(NDArray(ci)), Tensor(NDArray(pi))
    )
    let dense = try f.jacobian(wrt: { c, p, _, _ in [c, p] })
      .evaluate(arguments.0, arguments.1, arguments.2, arguments.3)
    let found = try jacobian.compile()(arguments.0, arguments.1, arguments.2, arguments.3)
    let (byCamera, byPoint) = (try dense[0].doubles(), try dense[1].doubles())
    for row in 0..<count * 2 {
      for column in 0..<cameras * 4 {
        #expect(abs((found[row, column] ?? .nan) - byCamera[row * cameras * 4 + column]) < 1e-12)
      }
      for column in 0..<points * 3 {
        #expect(abs((found[row, cameras * 4 + column] ?? .nan) - byPoint[row * points * 3 + column]) < 1e-12)
      }
    }
    // Without indices every block may see every camera and point.
    let unknown = try f.sparsity(wrt: { c, _, _, _ in c })
    #expect(unknown.entryCount == count * 2 * cameras * 2)
  }

  /// An edge between a node and itself, and edges in both directions: columns out of order, and twice the same.
  @Test func graphEdges() throws {
    let f = try trace("f", .input("x", .f64, [5, 2]), .input("from", .i64, [6]), .input("to", .i64, [6])) { x, i, j in
      square(x.take(i)) - x.take(j)
    }
    let (from, to) = ([0, 3, 2, 4, 1, 1] as [Int64], [1, 0, 2, 4, 0, 3] as [Int64])
    let jacobian = try f.sparseJacobian(indices: ["from": NDArray(from), "to": NDArray(to)])
    #expect(jacobian.methods[0].blockCount == 6)
    #expect(
      jacobian.structure
        == (try structure(12, 10) { row, column in
          row % 2 == column % 2 && (Int(from[row / 2]) == column / 2 || Int(to[row / 2]) == column / 2)
        }))
    let x = sampled(10).reshaped(to: [5, 2])
    let dense = try f.jacobian().evaluate(x, Tensor(NDArray(from)), Tensor(NDArray(to))).doubles()
    let found = try jacobian.compile()(x, Tensor(NDArray(from)), Tensor(NDArray(to))).dense()
    #expect(zip(try found.array(of: Double.self), dense).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  // MARK: Matrices

  @Test func formats() throws {
    let structure = try SparseStructure(rowCount: 3, columnCount: 4, rows: [2, 0, 0, 2], columns: [1, 3, 0, 0])
    let matrix = try SparseMatrix(structure, values: NDArray([1.0, 2, 3, 4]))
    #expect(try matrix.dense().array(of: Double.self) == [1, 0, 0, 2, 0, 0, 0, 0, 3, 4, 0, 0])
    #expect(try matrix.compressedRows.offsets.array(of: Int32.self) == [0, 2, 2, 4])
    #expect(try matrix.compressedRows.columns.array(of: Int32.self) == [0, 3, 0, 1])
    #expect(try matrix.compressedColumns.offsets.array(of: Int32.self) == [0, 2, 3, 3, 4])
    #expect(try matrix.compressedColumns.rows.array(of: Int32.self) == [0, 2, 2, 0])
    #expect(try matrix.compressedColumns.values.array(of: Double.self) == [1, 3, 4, 2])
    #expect(try matrix.coordinates.rows.array(of: Int32.self) == [0, 0, 2, 2])
    #expect(try matrix.times(NDArray([1.0, 10, 100, 1000])).array(of: Double.self) == [2001, 0, 43])
    #expect(try matrix.transposed.dense().array(of: Double.self) == [1, 0, 3, 0, 0, 4, 0, 0, 0, 2, 0, 0])
    #expect(matrix[2, 1] == 4 && matrix[1, 1] == 0 && matrix[3, 0] == nil)
    #expect("\(structure)" == "3 × 4 with 4 entries, density 33.3 %")
  }

  @Test func misuse() throws {
    let f = try trace("f", .input("x", .f64, [3]), .input("i", .i32, [2])) { x, i in x.take(i) }
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "no error"
      } catch { return "\(error)" }
    }
    let unknown = message { _ = try f.sparseJacobian(indices: ["j": NDArray([0, 1] as [Int32])]) }
    #expect(unknown.contains("no parameter 'j'"))
    #expect(message { _ = try f.sparseJacobian(indices: ["i": NDArray([0, 1] as [Int64])]) }.contains("i32[2]"))
    #expect(message { _ = try f.sparseJacobian(indices: ["x": NDArray([0.0, 1, 2])]) }.contains("values are"))
    #expect(message { _ = try f.sparseJacobian(wrt: 1) }.contains("no derivative"))
    #expect(message { _ = try f.sparseHessian() }.contains("floating scalar"))
    let matrix = try SparseMatrix(f.sparsity(wrt: { x, _ in x }), values: NDArray([Double](repeating: 1, count: 6)))
    #expect(message { _ = try matrix.times(NDArray([1.0])) }.contains("not defined"))
    #expect(message { _ = try SparseMatrix(matrix.structure, values: NDArray([1.0])) }.contains("6 entries"))
    let outside = message { _ = try SparseStructure(rowCount: 1, columnCount: 1, rows: [1], columns: [0]) }
    #expect(outside.contains("no entries"))
  }

  // MARK: Support

  private func structure(_ rows: Int, _ columns: Int, _ has: (Int, Int) -> Bool) throws -> SparseStructure {
    let entries = (0..<rows).flatMap { row in (0..<columns).filter { has(row, $0) }.map { (row, $0) } }
    return try SparseStructure(
      rowCount: rows, columnCount: columns, rows: entries.map(\.0), columns: entries.map(\.1))
  }

  private func sampled(_ count: Int) -> Tensor {
    Tensor((0..<count).map { 0.3 + 0.9 * Double(($0 * 37) % 23) / 23 }, dtype: .f64)
  }

  /// Interpreter and machine code against the dense matrix.
  private func compare(
    _ sparse: SparseFunction<Tensor>, _ dense: TracedFunction<Tensor, Tensor>, _ x: Tensor
  ) throws {
    let exact = try dense.evaluate(x).doubles()
    for found in [try sparse.evaluate(x), try sparse.compile()(x)] {
      let elements = try found.dense().array(of: Double.self)
      #expect(elements.count == exact.count)
      #expect(zip(elements, exact).allSatisfy { abs($0 - $1) <= 1e-11 * max(1, abs($1)) })
    }
  }
}
