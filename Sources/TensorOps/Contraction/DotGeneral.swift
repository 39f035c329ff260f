package import Basics
package import TensorIR

/// `y[batch, left free, right free] = Σ a · b` over the contracting axes, pair by pair; numeric dtypes.
///
/// `dy = dot(da, b) + dot(a, db)`; the transposes are dots with the other operand, put into the operand's axis order.
package struct DotGeneral: Op {
  package let axes: DotAxes

  package init(_ axes: DotAxes) { self.axes = axes }

  package var name: String { "dot_general" }
  package var attributes: [Attribute] {
    [
      Attribute("left_contracting", .integers(axes.leftContracting)),
      Attribute("right_contracting", .integers(axes.rightContracting)),
      Attribute("left_batch", .integers(axes.leftBatch)),
      Attribute("right_batch", .integers(axes.rightBatch)),
    ]
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 2)
    let (left, right) = (operands[0], operands[1])
    guard left.dtype == right.dtype, left.dtype != .bool else {
      throw Diagnostic("'dot_general' needs operands of one numeric dtype, not \(left) and \(right)")
    }
    try checkDistinct(axes.leftBatch + axes.leftContracting, of: left)
    try checkDistinct(axes.rightBatch + axes.rightContracting, of: right)
    guard axes.leftBatch.count == axes.rightBatch.count, axes.leftContracting.count == axes.rightContracting.count
    else { throw Diagnostic("'dot_general' of \(left) and \(right) needs as many axes on the left as on the right") }
    let pairs = zip(axes.leftBatch + axes.leftContracting, axes.rightBatch + axes.rightContracting)
    for (i, j) in pairs where left.shape[i] != right.shape[j] {
      throw Diagnostic("'dot_general' can't pair axis \(i) of \(left) with axis \(j) of \(right): extents differ")
    }
    let extents =
      axes.leftBatch.map { left.shape[$0] } + axes.leftFree(left.rank).map { left.shape[$0] }
      + axes.rightFree(right.rank).map { right.shape[$0] }
    return [try checkResult(left.with(Shape(extents)))]
  }

  package var derivative: DerivativeRule {
    .bilinear(
      left: { [axes] in axes.leftCotangent($0, right: $1, leftType: $2) },
      right: { [axes] in axes.rightCotangent($0, left: $1, rightType: $2) })
  }

  package var batching: BatchingRule {
    .custom { arguments in
      let (left, right) = (arguments.operands[0], arguments.operands[1])
      var stacked = axes
      if arguments.isBatched[0] {
        stacked.leftBatch = axes.leftBatch.map { $0 + 1 }
        stacked.leftContracting = axes.leftContracting.map { $0 + 1 }
      }
      if arguments.isBatched[1] {
        stacked.rightBatch = axes.rightBatch.map { $0 + 1 }
        stacked.rightContracting = axes.rightContracting.map { $0 + 1 }
      }
      if arguments.isBatched[0], arguments.isBatched[1] {
        stacked.leftBatch.insert(0, at: 0)
        stacked.rightBatch.insert(0, at: 0)
        return [left.applying(DotGeneral(stacked), right)]
      }
      // The new axis is the first free one of its operand.
      let place = axes.leftBatch.count + (arguments.isBatched[0] ? 0 : axes.leftFree(left.shape.rank).count)
      return [left.applying(DotGeneral(stacked), right).movingAxis(place, to: 0)]
    }
  }

  package var lowering: LoweringRule { .dot(axes) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    let (left, right) = (operands[0], operands[1])
    let summed = Shape(axes.leftContracting.map { left.shape[$0] })
    let (leftStrides, rightStrides) = (left.shape.strides, right.shape.strides)
    let (leftFree, rightFree) = (axes.leftFree(left.shape.rank), axes.rightFree(right.shape.rank))
    // The strides with which result axes and summed axes run through the operands.
    let leftOuter = (axes.leftBatch + leftFree).map { leftStrides[$0] } + rightFree.map { _ in 0 }
    let rightOuter =
      axes.rightBatch.map { rightStrides[$0] } + leftFree.map { _ in 0 } + rightFree.map { rightStrides[$0] }
    let leftInner = axes.leftContracting.map { leftStrides[$0] }
    let rightInner = axes.rightContracting.map { rightStrides[$0] }
    func dot(_ a: [Int], _ b: [Int]) -> Int { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let inner = (0..<summed.elementCount).map { summed.index(at: $0) }
      .map { (dot($0, leftInner), dot($0, rightInner)) }
    let outer = (0..<type.elementCount).map { type.shape.index(at: $0) }
      .map { (dot($0, leftOuter), dot($0, rightOuter)) }
    if type.dtype.isFloating {
      let (a, b) = (left.doubles, right.doubles)
      let sums = outer.map { l, r in inner.reduce(0.0) { $0 + a[l + $1.0] * b[r + $1.1] } }
      return [ReferenceTensor(floating: sums, type: type)]
    }
    let (a, b) = (left.integers, right.integers)
    let sums = outer.map { l, r in inner.reduce(Int64(0)) { $0 &+ a[l + $1.0] &* b[r + $1.1] } }
    return [ReferenceTensor(integer: sums, type: type)]
  }

  package static let family = OpFamily(
    names: ["dot_general"],
    make: { (_, attributes) throws(Diagnostic) in
      DotGeneral(
        DotAxes(
          leftContracting: try attributes.integers("left_contracting"),
          rightContracting: try attributes.integers("right_contracting"),
          leftBatch: try attributes.integers("left_batch"), rightBatch: try attributes.integers("right_batch")))
    },
    examples: {
      func example(_ axes: DotAxes, _ dtype: DType, _ left: Shape, _ right: Shape) -> OpExample {
        OpExample(
          DotGeneral(axes), [TensorType(dtype, left), TensorType(dtype, right)], [.range(-2...2), .range(-2...2)])
      }
      let matrix = DotAxes(leftContracting: [1], rightContracting: [0])
      let crossed = DotAxes(leftContracting: [0, 3], rightContracting: [2, 0], leftBatch: [2], rightBatch: [3])
      return [
        example(matrix, .f64, [2, 3], [3, 4]),
        example(matrix, .f32, [2, 3], [3, 4]),
        example(matrix, .i32, [2, 3], [3, 4]),
        example(matrix, .i64, [2, 3], [3, 4]),
        example(matrix, .f64, [2, 0], [0, 4]),
        example(crossed, .f64, [2, 3, 4, 5], [5, 2, 2, 4]),
        example(DotAxes(leftContracting: [0], rightContracting: [0]), .f64, [3], [3]),
        example(DotAxes(leftContracting: [], rightContracting: []), .f64, [3], [2]),
        example(DotAxes(leftContracting: [], rightContracting: []), .f64, [], []),
        example(
          DotAxes(leftContracting: [2], rightContracting: [1], leftBatch: [0], rightBatch: [0]), .f64,
          [2, 3, 4], [2, 4, 3]),
      ]
    })
}
