import Basics
package import TensorIR

/// A matrix product as BLAS sees it: two strided matrices found in buffers.
package struct DotPlan: Sendable {
  /// An operand: rows by columns of a value that is in memory, in elements.
  package struct Matrix: Sendable {
    package var base: Value
    package var offset: Int
    package var rowStride: Int
    package var columnStride: Int
    package var batchStride: Int
  }

  package var batchCount: Int
  package var m: Int
  package var n: Int
  package var k: Int
  package var a: Matrix
  package var b: Matrix
}

/// A value seen as a strided window on another that will be in memory.
struct StridedView {
  var base: Value
  var offset: Int
  var strides: [Int]

  /// Follows views and transparent reshapes back from a value to the first one that is something else.
  static func resolve(_ value: Value, _ view: LoweringView) -> StridedView {
    let shape = view.function.type(of: value).shape
    var map = IndexMap(axes: Array(shape.extents.indices))
    var current = value
    while let instruction = view.function.definition(of: current) {
      let operand: Value
      switch view.rule(instruction) {
      case .view(let axes):
        operand = view.operand(0, of: instruction)
        map = map.through(axes)
      case .reshape:
        operand = view.operand(0, of: instruction)
        guard
          let through = map.through(
            reshapeFrom: view.function.type(of: operand).shape, to: view.function.type(of: current).shape)
        else { return make(current, map, shape, view) }
        map = through
      default: return make(current, map, shape, view)
      }
      current = operand
    }
    return make(current, map, shape, view)
  }

  private static func make(_ base: Value, _ map: IndexMap, _ shape: Shape, _ view: LoweringView) -> StridedView {
    let position = map.linear(in: view.function.type(of: base).shape)
    return StridedView(
      base: base, offset: position.offset, strides: shape.extents.indices.map { position.coefficient(of: $0) })
  }

  /// A value that is in memory itself, row-major.
  static func dense(_ value: Value, _ shape: Shape) -> StridedView {
    StridedView(base: value, offset: 0, strides: shape.strides)
  }

  /// The one stride that runs over several axes as over a single one, or `nil`.
  func collapsed(_ axes: [Int], _ shape: Shape) -> Int? {
    let wide = axes.filter { shape[$0] != 1 }
    for (outer, inner) in zip(wide, wide.dropFirst()) where strides[outer] != strides[inner] * shape[inner] {
      return nil
    }
    return wide.last.map { strides[$0] } ?? 0
  }
}

extension DotPlan {
  /// The plan of a dot instruction. Operands that BLAS can't read where they are have to be copied: they are their own
  /// base then.
  static func make(_ instruction: Function.Instruction, _ axes: DotAxes, _ view: LoweringView) -> DotPlan {
    let (left, right) = (view.operand(0, of: instruction), view.operand(1, of: instruction))
    let leftShape = view.function.type(of: left).shape
    let rightShape = view.function.type(of: right).shape
    let leftFree = leftShape.extents.indices.filter {
      !axes.leftContracting.contains($0) && !axes.leftBatch.contains($0)
    }
    let rightFree = rightShape.extents.indices.filter {
      !axes.rightContracting.contains($0) && !axes.rightBatch.contains($0)
    }
    func count(_ shape: Shape, _ axes: [Int]) -> Int { axes.reduce(1) { $0 * shape[$1] } }
    return DotPlan(
      batchCount: count(leftShape, axes.leftBatch), m: count(leftShape, leftFree), n: count(rightShape, rightFree),
      k: count(leftShape, axes.leftContracting),
      a: matrix(left, leftShape, axes.leftBatch, leftFree, axes.leftContracting, view),
      b: matrix(right, rightShape, axes.rightBatch, axes.rightContracting, rightFree, view))
  }

  private static func matrix(
    _ value: Value, _ shape: Shape, _ batch: [Int], _ rows: [Int], _ columns: [Int], _ view: LoweringView
  ) -> Matrix {
    if let matrix = matrix(StridedView.resolve(value, view), shape, batch, rows, columns) { return matrix }
    // A dense copy of its own; the pass `dot-operands` has put its axes in order.
    let dense = StridedView.dense(value, shape)
    return matrix(dense, shape, batch, rows, columns)
      ?? Matrix(base: value, offset: 0, rowStride: 1, columnStride: 1, batchStride: 0)
  }

  private static func matrix(
    _ strided: StridedView, _ shape: Shape, _ batch: [Int], _ rows: [Int], _ columns: [Int]
  ) -> Matrix? {
    guard let batchStride = strided.collapsed(batch, shape), let row = strided.collapsed(rows, shape),
      let column = strided.collapsed(columns, shape)
    else { return nil }
    let rowCount = rows.reduce(1) { $0 * shape[$1] }
    let columnCount = columns.reduce(1) { $0 * shape[$1] }
    // One of the two strides must be 1, the other a leading dimension that keeps rows apart.
    let plain = (column == 1 || columnCount <= 1) && (row >= columnCount || rowCount <= 1)
    let transposed = (row == 1 || rowCount <= 1) && (column >= rowCount || columnCount <= 1)
    guard plain || transposed else { return nil }
    return Matrix(
      base: strided.base, offset: strided.offset,
      rowStride: plain ? Swift.max(rowCount <= 1 ? columnCount : row, 1) : 1,
      columnStride: plain ? 1 : Swift.max(columnCount <= 1 ? rowCount : column, 1), batchStride: batchStride)
  }
}
