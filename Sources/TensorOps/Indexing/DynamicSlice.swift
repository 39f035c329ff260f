package import Basics
package import TensorIR

/// `y[r] = x[start + r]`, a box of given extents: operand 0, and for each of its axes a scalar start of one integer
/// dtype, clamped to `0...(extent - size)` so that the box fits.
///
/// `dy = dynamic_slice(dx, starts…)`; the transpose updates zeros, see `DynamicUpdateSlice`.
package struct DynamicSlice: Op {
  package let sizes: [Int]

  package init(sizes: [Int]) { self.sizes = sizes }

  package var name: String { "dynamic_slice" }
  package var attributes: [Attribute] { [Attribute("sizes", .integers(sizes))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    guard let x = operands.first else { throw Diagnostic("'dynamic_slice' takes an operand and its starts") }
    try checkPerAxis("sizes", sizes, of: x)
    try checkStarts(Array(operands.dropFirst()), of: x)
    for (axis, size) in sizes.enumerated() where size < 0 || size > x.shape[axis] {
      throw Diagnostic("'dynamic_slice' can't cut \(size) elements out of axis \(axis) of \(x)")
    }
    return [x.with(Shape(sizes))]
  }

  package var derivative: DerivativeRule {
    .linear(.only([0])) { arguments in
      let none = arguments.operands.map { _ in nil as Term? }
      let starts = arguments.operands.dropFirst().compactMap { $0 }
      guard let cotangent = arguments.cotangents[0], starts.count == sizes.count else { return none }
      return [arguments.builder.zeros(arguments.operandTypes[0]).updating(cotangent, starts: starts)]
        + none.dropFirst()
    }
  }

  package var batching: BatchingRule {
    .custom { arguments in
      let starts = Array(arguments.operands.dropFirst())
      let x = arguments.operands[0]
      guard arguments.isBatched.dropFirst().contains(true) else {
        let first = arguments.builder.firstIndex(like: starts)
        return [x.dynamicSlice(starts: [first] + starts, sizes: [arguments.batchSize] + sizes)]
      }
      let shape = Shape(Array(x.shape.extents.dropFirst(arguments.isBatched[0] ? 1 : 0)))
      let rows = BoxRows(arguments, shape: shape, sizes: sizes)
      return [x.reshaped(to: rows.operandShape).take(rows.indices, axis: 0)]
    }
  }

  package var lowering: LoweringRule { sizes.isEmpty ? .view([]) : .dynamicSlice(sizes) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let starts = boxStarts(operands.dropFirst(), operands[0].shape, sizes)
    let strides = operands[0].shape.strides
    return [
      operands[0].rearranged(to: Shape(sizes)) { index in
        index.indices.reduce(0) { $0 + (starts[$1] + index[$1]) * strides[$1] }
      }
    ]
  }

  package static let family = OpFamily(
    names: ["dynamic_slice"],
    make: { (_, attributes) throws(Diagnostic) in DynamicSlice(sizes: try attributes.integers("sizes")) },
    examples: {
      func example(_ x: TensorType, _ sizes: [Int], _ index: DType, at starts: [Double]) -> OpExample {
        OpExample(
          DynamicSlice(sizes: sizes), [x] + sizes.map { _ in TensorType(index, .scalar) },
          [.range(-2...2)] + starts.map { .values([$0, $0 - 1, $0 + 1]) })
      }
      return [
        example(TensorType(.f64, [3, 4]), [2, 2], .i64, at: [1, 2]),
        example(TensorType(.f64, [3, 4]), [2, 4], .i32, at: [-5, 7]),
        example(TensorType(.f32, [5, 2, 3]), [1, 2, 2], .i64, at: [4, 0, 1]),
        example(TensorType(.f64, [100]), [70], .i32, at: [9]),
        example(TensorType(.f64, [3, 4]), [0, 2], .i64, at: [1, 1]),
        example(TensorType(.f64, []), [], .i64, at: []),
        example(TensorType(.i32, [4]), [2], .i32, at: [1]),
        example(TensorType(.bool, [4]), [2], .i64, at: [9]),
      ]
    })
}

extension Op {
  /// Throws unless there is an integer scalar for each axis of `x`, all of one dtype.
  func checkStarts(_ starts: [TensorType], of x: TensorType) throws(Diagnostic) {
    guard starts.count == x.rank else {
      throw Diagnostic("'\(name)' of \(x) needs \(x.rank) starts, not \(starts.count)")
    }
    for start in starts where start.rank != 0 || !start.dtype.isInteger || start != starts[0] {
      throw Diagnostic("'\(name)' needs starts that are scalars of one integer dtype, not \(start)")
    }
  }

  /// Where a box of these extents starts.
  func boxStarts(_ starts: ArraySlice<ReferenceTensor>, _ shape: Shape, _ sizes: [Int]) -> [Int] {
    zip(starts, shape.extents.indices).map { start, axis in
      Int(min(max(start.integers[0], 0), Int64(shape[axis] - sizes[axis])))
    }
  }
}

extension FunctionBuilder {
  /// The index 0 in the dtype of others.
  func firstIndex(like others: [Term]) -> Term { splat(Scalar(Int64(0), as: others.first?.dtype ?? .i64), .scalar) }
}

extension Term {
  /// The box of these extents that starts where integers say, one for each axis, clamped so that the box fits.
  package func dynamicSlice(starts: [Term], sizes: [Int]) -> Term {
    sizes == shape.extents ? self : builder.apply(DynamicSlice(sizes: sizes), [self] + starts)[0]
  }

  /// `self` with a box replaced that starts where integers say, one for each axis, clamped so that the box fits.
  package func updating(_ update: Term, starts: [Term]) -> Term {
    update.type == type ? update : builder.apply(DynamicUpdateSlice(), [self, update] + starts)[0]
  }
}

/// Boxes that start elsewhere in every tensor of a stack, as rows of one tensor: leading axes, up to the last one that is
/// cut, are counted in one.
struct BoxRows {
  /// `[rows, trailing extents…]`, of all tensors if the operand is stacked.
  let operandShape: Shape
  /// `[B, leading sizes…]`: the rows that the boxes are made of.
  let indices: Term

  init(_ arguments: BatchingArguments, shape: Shape, sizes: [Int], firstStart: Int = 1) {
    let builder = arguments.builder
    let isStacked = arguments.isBatched[0]
    let leading = (shape.extents.indices.last { shape[$0] != sizes[$0] } ?? -1) + 1
    let rows = Shape(Array(shape.extents[..<leading]))
    let type = TensorType(.i64, Shape([arguments.batchSize] + sizes[..<leading]))
    func splat(_ number: Int) -> Term { builder.splat(Scalar(Int64(number), as: .i64), type.shape) }
    var sum = isStacked ? builder.iota(type, axis: 0) * splat(rows.elementCount) : splat(0)
    for axis in 0..<leading {
      let start = arguments.operands[firstStart + axis].cast(to: .i64).clamped(below: shape[axis] - sizes[axis] + 1)
        .broadcast(to: type.shape, axes: arguments.isBatched[firstStart + axis] ? [0] : [])
      sum = sum + (start + builder.iota(type, axis: axis + 1)) * splat(rows.strides[axis])
    }
    indices = sum
    operandShape = Shape(
      [rows.elementCount * (isStacked ? arguments.batchSize : 1)] + shape.extents[leading...])
  }
}
