import GradC
import Testing

/// Empty tensors, scalars and tensors of many axes as machine code.
@Suite struct ExtremeShapeTests {
  private func expectAgreement<each Input: TensorStructure>(
    _ function: TracedFunction<repeat each Input, [Tensor]>, _ arguments: repeat each Input,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let expected = try function.evaluate(repeat each arguments)
    let compiled = try function.compile()
    let found = try compiled(repeat each arguments)
    #expect(expected.count == found.count, sourceLocation: sourceLocation)
    for (index, (a, b)) in zip(found, expected).enumerated() {
      let (x, y) = (try a.array(), try b.array())
      #expect(
        x.isClose(to: y, relative: 1e-12, absolute: 1e-12, equalNaN: true), "result \(index): \(x), not \(y)",
        sourceLocation: sourceLocation)
    }
  }

  static let emptyShapes: [[Int]] = [[0], [0, 3], [3, 0], [0, 0], [2, 0, 3], [1, 0, 1]]

  @Test(arguments: emptyShapes) func emptyTensors(_ shape: [Int]) throws {
    let f = try trace("f", .input("x", .f64, shape), .input("y", .f64, shape)) { x, y in
      let views = [x.transposed(), x.flattened(), x.reversed(), x.expandingAxis(0), x.broadcast(to: [2] + shape)]
      let joined = [concat([x, y]), stack([x, y], axis: -1), concat([x, y], axis: -1)]
      let sums = (0..<shape.count).flatMap { axis in
        [
          x.sum(axes: [axis]), x.max(axes: [axis]), x.product(axes: [axis]), x.mean(axes: [axis]),
          x.logSumExp(axes: [axis]),
        ]
      }
      let all = [x.sum(), x.mean(), x.variance(), x.max(), (x .> y).all(), (x .> y).any()]
      let products = [x.flattened().dot(y.flattened()), x.flattened().outer(y.flattened()), x.outer(y)]
      return [exp(x) * y + 1, select(x .> 0, x, y), softmax(x), x.cast(to: .i32)] + views + joined + sums + all
        + products
    }
    try expectAgreement(f, zeros(shape, .f64), zeros(shape, .f64))
    let g = try trace("g", .input("x", .f64, shape)) { x in
      let y = (x * exp(x)).sum() + x.mean() + matmul(x.flattened(), x.flattened()) + softmax(x).sum()
      return [gradient(of: y, wrt: x), y]
    }
    try expectAgreement(g, zeros(shape, .f64))
    let h = try trace("h", .input("x", .f64, shape)) { x in exp(x).sum() }.hessian()
    let compiled = try h.compile()
    #expect(try compiled(zeros(shape, .f64)).shape == Extents(shape + shape))
  }

  /// A sum over no elements is 0, also where the result is not empty.
  @Test func matrixProductsOverAnEmptyAxis() throws {
    let f = try trace("f", .input("a", .f64, [2, 0]), .input("b", .f64, [0, 3]), .input("c", .f64, [4, 2])) { a, b, c in
      let y = matmul(a, b) + 1
      return [matmul(a, b), y, matmul(c, y).sum(), gradient(of: matmul(c, y).sum(), wrt: a), matmul(matmul(c, a), b)]
    }
    try expectAgreement(f, zeros([2, 0], .f64), zeros([0, 3], .f64), ones([4, 2], .f64))
    let batches = try trace("g", .input("a", .f64, [0, 2, 3]), .input("b", .f64, [0, 3, 2])) { [matmul($0, $1)] }
    try expectAgreement(batches, zeros([0, 2, 3], .f64), zeros([0, 3, 2], .f64))
  }

  @Test func reductionsOverAnEmptyAxis() throws {
    let f = try trace("f", .input("x", .f64, [2, 0])) { x in
      [
        x.mean(axes: [1]), x.sum(axes: [1]), x.max(axes: [1]), x.min(axes: [1]), x.product(axes: [1]),
        x.variance(axes: [1]),
      ]
    }
    let found = try f.compile()(zeros([2, 0], .f64))
    #expect(try found[0].doubles().allSatisfy(\.isNaN))
    #expect(try found[1].doubles() == [0, 0])
    #expect(try found[2].doubles() == [-.infinity, -.infinity])
    #expect(try found[3].doubles() == [.infinity, .infinity])
    #expect(try found[4].doubles() == [1, 1])
    try expectAgreement(f, zeros([2, 0], .f64))
  }

  @Test func scalars() throws {
    let f = try trace("f", .input("x", .f64), .input("y", .f64)) { x, y in
      [
        x + y, exp(x), x.sum(), x.mean(), x.max(), x.transposed(), x.flattened(), x.reshaped(to: [1, 1, 1]),
        x.expandingAxis(-1),
        x.broadcast(to: [2, 3]), select(x .> y, x, y), x.outer(y), stack([x, y]), x.reversed(), x.squeezed(), x,
      ]
    }
    try expectAgreement(f, Tensor([1.5], shape: [], dtype: .f64), Tensor([-2], shape: [], dtype: .f64))
  }

  /// Axes beyond what loops are written for by hand, of which neighbours can't all be merged.
  @Test func eightAxes() throws {
    let shape = [2, 1, 3, 2, 1, 2, 2, 3]
    let f = try trace("f", .input("x", .f64, shape), .input("y", .f64, [3, 1, 1, 2, 2, 1])) { x, y in
      let turned = x.transposed([7, 2, 5, 0, 3, 1, 6, 4])
      let z = tanh(turned) * 2 + turned.reversed(axes: [0, 4])
      let product = matmul(x, x.swappingAxes(-1, -2))
      return [
        x + y, x.sum(axes: [0, 3, 7]), x.max(axes: [-2]), z, z.sum(axes: [1, 2, 5]), product, softmax(x, axis: 3),
        x[1, .all, 1..., 0, .newAxis, .all, .all, .step(2)], x.transposed().flattened(), concat([x, x * 2], axis: 5),
        gradient(of: (product * product).sum() + softmax(x, axis: 3).max(axes: [5]).sum(), wrt: x),
      ]
    }
    let count = shape.reduce(1, *)
    let x = Tensor((0..<count).map { Double($0 * 37 % 101) / 50 - 1 }, shape: shape, dtype: .f64)
    let y = Tensor((0..<12).map { Double($0) }, shape: [3, 1, 1, 2, 2, 1], dtype: .f64)
    try expectAgreement(f, x, y)
    let g = try trace("g", .input("x", .f64, [Int](repeating: 1, count: 20))) { x in [exp(x), x.sum(), x.transposed()] }
    try expectAgreement(g, Tensor([2], shape: [Int](repeating: 1, count: 20), dtype: .f64))
  }

  @Test func shapesThatCanNotBe() {
    for shape in [[-2], [Int.max, 2], [Int.max, Int.max, 0], [1 << 40, 1 << 40], [Int.min]] {
      #expect(throws: Diagnostics.self) { try trace("f", .input("x", .f64, shape)) { x in x + 1 } }
      #expect(throws: Diagnostics.self) { try trace("f", .input("x", .f64)) { x in x.broadcast(to: shape) } }
      #expect(throws: Diagnostics.self) { try trace("f", .input("x", .f64)) { x in x.reshaped(to: shape) } }
      #expect(throws: Diagnostics.self) { try trace("f", .input("x", .f64)) { x in x + zeros(shape, .f64) } }
    }
    // Each extent is fine, the result is not.
    #expect(throws: Diagnostics.self) {
      try trace("f", .input("x", .f64, [1 << 31, 1 << 20])) { x in x.flattened().outer(x.flattened()) }
    }
    #expect(throws: Diagnostics.self) { try trace("f", .input("x", .f64, [1 << 31])) { x in stack([x, x]).outer(x) } }
    #expect(throws: Diagnostics.self) { try trace("f", .input("x", .f64, [1 << 40])) { x in x }.jacobian() }
    #expect(throws: Diagnostics.self) { try trace("f", .input("x", .f64, [1 << 40])) { x in x }.vmap(size: 1 << 40) }
    #expect(throws: (any Error).self) {
      try trace("f", .input("x", .f64, [4])) { x in x.broadcast(to: [1 << 55, 4]) }.compile()(ones([4], .f64))
    }
  }
}
