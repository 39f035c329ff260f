import GradC
import GradCModels
import Testing

/// A result that is a concat is as many groups of rows as it has parts.
@Suite struct RowGroupTests {
  private static let (cameraCount, pointCount, count) = (3, 7, 11)

  private func residuals(
    _ body: @escaping (_ errors: Tensor, _ weights: Tensor) throws -> Tensor
  ) throws -> TracedFunction<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor> {
    try trace(
      "residuals", .input("cameras", .f64, [Self.cameraCount, BundleAdjustment.cameraSize]),
      .input("points", .f64, [Self.pointCount, 3]), .input("weights", .f64, [Self.count]),
      .input("seen", .f64, [Self.count, 2]), .input("camera", .i32, [Self.count]), .input("point", .i32, [Self.count])
    ) { cameras, points, weights, seen, camera, point in
      try body(BundleAdjustment.residuals(cameras.take(camera), points.take(point), weights, seen), weights)
    }
  }

  private func arguments(cameras: [Int32], points: [Int32]) -> [NDArray] {
    func numbers(_ shape: Shape, from low: Double, to high: Double) throws -> NDArray {
      try NDArray(
        (0..<shape.elementCount).map { low + (high - low) * Double($0 * 37 % 101) / 101 }, shape: shape)
    }
    return
      (try? [
        numbers([Self.cameraCount, BundleAdjustment.cameraSize], from: 0.05, to: 0.25),
        numbers([Self.pointCount, 3], from: 1, to: 2), numbers([Self.count], from: 0.5, to: 1),
        numbers([Self.count, 2], from: -1, to: 1), NDArray(cameras), NDArray(points),
      ]) ?? []
  }

  /// The sparse Jacobian by some inputs, by interpreter and machine code, against the dense one.
  private func compare(
    _ graph: Graph, wrt: [String], _ inputs: [NDArray], indices: [String: NDArray], mode: JacobianMode = .automatic
  ) throws -> SparseGraph {
    let sparse = try graph.sparseJacobian(wrt: wrt, indices: indices, mode: mode)
    #expect(try graph.sparsity(wrt: wrt, indices: indices) == sparse.structure)
    let dense = try graph.transformed(.jacobian, wrt: wrt).evaluate(inputs)
    let widths = graph.parameters.filter { wrt.contains($0.name) }.map(\.type.elementCount)
    let blocks = try dense.map { try $0.array(of: Double.self) }
    for matrix in [try sparse.evaluate(inputs), try sparse.compile()(inputs)] {
      let found = try matrix.dense().array(of: Double.self)
      let width = widths.reduce(0, +)
      var start = 0
      for (block, own) in zip(blocks, widths) {
        let isSame = (0..<matrix.rowCount).allSatisfy { row in
          (0..<own).allSatisfy { column in
            let exact = block[row * own + column]
            return abs(found[row * width + start + column] - exact) <= 1e-11 * max(1, abs(exact))
          }
        }
        #expect(isSame)
        start += own
      }
    }
    return sparse
  }

  @Test(arguments: [JacobianMode.automatic, .forward, .reverse], [false, true])
  func bundleAdjustment(_ mode: JacobianMode, _ isScattered: Bool) throws {
    let f = try residuals { errors, weights in concat([errors.flattened(), 1 - weights * weights]) }
    let cameras = (0..<Self.count).map { Int32($0 % Self.cameraCount) }
    let points = (0..<Self.count).map { Int32(isScattered ? $0 * 5 % Self.pointCount : $0 % Self.pointCount) }
    let inputs = arguments(cameras: cameras, points: points)
    let jacobian = try compare(
      f.graph, wrt: ["cameras", "points", "weights"], inputs,
      indices: ["camera": NDArray(cameras), "point": NDArray(points)], mode: mode)
    #expect(jacobian.methods.map(\.blockCount) == [Self.count, Self.count])
    #expect(jacobian.methods.map(\.blockShape) == [[2, 15], [1, 1]])
    // As the block of an observation, but two entries that are always zero, and one for every weight.
    #expect(jacobian.structure.entryCount == Self.count * 29)
    if mode != .forward { #expect(jacobian.colorCount == 3) }
  }

  /// Concats of concats, under other shapes, and parts that depend on nothing.
  @Test func nested() throws {
    let f = try residuals { errors, weights in
      let inner = concat([1 - weights * weights, errors.flattened()])
      let table = concat([inner.reshaped(to: [3, Self.count]), stack([weights, exp(weights)])])
      return concat([zeros([4], .f64), table.flattened(), weights.sum().reshaped(to: [1])])
        .padded(axis: 0, before: 2, after: 3)
    }
    let cameras = (0..<Self.count).map { Int32($0 * 2 % Self.cameraCount) }
    let points = (0..<Self.count).map { Int32($0 * 3 % Self.pointCount) }
    let inputs = arguments(cameras: cameras, points: points)
    let indices = ["camera": NDArray(cameras), "point": NDArray(points)]
    let jacobian = try compare(f.graph, wrt: ["cameras", "points", "weights"], inputs, indices: indices)
    #expect(jacobian.methods.compactMap(\.blockShape).contains([2, 15]))
    // Only the rows of the blocks depend on cameras.
    let byCamera = try compare(f.graph, wrt: ["cameras"], inputs, indices: indices)
    #expect(byCamera.methods.compactMap(\.blockShape) == [[2, 11]])
    #expect(byCamera.structure.entryCount == Self.count * 2 * 10)
  }

  /// Parts that are not one behind the other are one group.
  @Test func columnsSideBySide() throws {
    let f = try residuals { errors, weights in
      concat([errors, (1 - weights * weights).expandingAxis(1)], axis: 1)
    }
    let cameras = [Int32](repeating: 1, count: Self.count)
    let points = (0..<Self.count).map { Int32($0 % Self.pointCount) }
    let jacobian = try compare(
      f.graph, wrt: ["cameras", "points", "weights"], arguments(cameras: cameras, points: points),
      indices: ["camera": NDArray(cameras), "point": NDArray(points)])
    #expect(jacobian.methods.map(\.blockShape) == [[3, 15]])
  }

  /// So many parts that each would be looked through for little: one group.
  @Test func manyParts() throws {
    let f = try trace("f", .input("x", .f64, [200])) { x in
      concat((0..<100).map { x[$0..<$0 + 2] * x[$0 + 1..<$0 + 3] })
    }
    let x = NDArray((0..<200).map { 0.5 + Double($0) / 100 })
    let jacobian = try compare(f.graph, wrt: ["x"], [x], indices: [:])
    #expect(jacobian.methods.count == 1 && jacobian.structure.entryCount == 400)
  }
}
