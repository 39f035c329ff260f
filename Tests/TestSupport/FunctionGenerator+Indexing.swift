import Basics
import KernelIR
import TensorIR
import TensorOps

extension FunctionGenerator {
  /// Indices, some of them out of range.
  private func indices(_ shape: Shape, below extent: Int) -> Value? {
    let type = TensorType(random.pick([.i32, .i64]), shape)
    if options.kind != .smooth, random.chance(0.3), let there = pick(where: { $0 == type }) { return there }
    let elements = (0..<shape.elementCount).map { _ in Int64(random.below(extent + 2) - 1) }
    return apply(Constant(ReferenceTensor(integer: elements, type: type)), [])
  }

  func addTake() -> Value? {
    guard let value = pick(where: { $0.rank > 0 && $0.elementCount > 0 }) else { return nil }
    let axis = random.below(type(value).rank)
    let picks = indices(random.pick([[], [1], [3], [5], [2, 2], [0]]), below: type(value).shape[axis])
    return apply(Take(axis: axis), value, picks)
  }

  func addScatter() -> Value? {
    let combiner =
      switch options.kind {
      // A maximum has kinks, and a product of many is ill-conditioned.
      case .smooth: random.pick([ScatterCombiner.add, .add, .set])
      case .exact, .moderate: random.pick([ScatterCombiner.add, .add] + ScatterCombiner.allCases)
      }
    guard let base = pick(where: { $0.rank > 0 && $0.elementCount > 0 && combiner.accepts($0.dtype) }) else {
      return nil
    }
    let shape = type(base).shape
    let axis = random.below(shape.rank)
    let op = Scatter(combiner, axis: axis, drops: random.chance(0.3))
    if options.kind == .exact, op.rounds(type(base).dtype) { return nil }
    let picks: Shape = random.pick([[], [1], [3], [5], [2, 2]])
    let updates = Shape(shape.extents[..<axis] + picks.extents + shape.extents[(axis + 1)...])
    guard updates.elementCount <= options.maximumElementCount else { return nil }
    return apply(
      op, base, indices(picks, below: shape[axis]), operand(of: TensorType(type(base).dtype, updates)))
  }

  /// Extents of a box in a shape.
  private func boxSizes(_ shape: Shape) -> [Int] {
    shape.extents.map { $0 == 0 || random.chance(0.4) ? $0 : random.below($0 + 1) }
  }

  /// Starts of a box, some of them out of range.
  private func starts(_ shape: Shape) -> [Value?] {
    let dtype = random.pick([DType.i32, .i64])
    return shape.extents.map { extent in
      if options.kind != .smooth, random.chance(0.3), let there = pick(where: { $0 == TensorType(dtype, .scalar) }) {
        return there
      }
      return constant(Scalar(Int64(random.below(extent + 3) - 1), as: dtype))
    }
  }

  func addDynamicSlice() -> Value? {
    guard let value = pick() else { return nil }
    let shape = type(value).shape
    return apply(DynamicSlice(sizes: boxSizes(shape)), [value] + starts(shape))
  }

  func addDynamicUpdate() -> Value? {
    guard let value = pick() else { return nil }
    let shape = type(value).shape
    let update = operand(of: TensorType(type(value).dtype, Shape(boxSizes(shape))))
    return apply(DynamicUpdateSlice(), [value, update] + starts(shape))
  }

  // MARK: Recurrences

  func addCumulate() -> Value? {
    guard let value = pick(where: { $0.rank > 0 && $0.dtype != .bool }) else { return nil }
    let combiner = options.kind == .smooth ? .add : random.pick([Combiner.add, .mul, .max, .min])
    let op = Cumulate(
      combiner, axis: random.below(type(value).rank), reversed: random.chance(0.4),
      // What comes before the first number is infinite.
      exclusive: random.chance(0.4) && (options.kind == .exact || combiner == .add || combiner == .mul))
    if options.kind == .exact, op.rounds(type(value).dtype) { return nil }
    return apply(op, value)
  }

  /// Of values that differ by rounding the order might differ.
  func addArgsort() -> Value? {
    guard options.kind != .smooth, let value = pick(where: { $0.rank > 0 }), isExact(value) else { return nil }
    return apply(Argsort(descending: random.chance(0.5)), value)
  }

  func addLinearRecurrence() -> Value? {
    guard options.kind != .exact, let value = pick(where: { $0.rank > 0 && $0.dtype != .bool }) else { return nil }
    let op = LinearRecurrence(
      axis: random.below(type(value).rank), reversed: random.chance(0.4), lagged: random.chance(0.4))
    return apply(op, value, operand(of: type(value), besides: value))
  }

  // MARK: Windows

  private func geometry(_ shape: Shape) -> WindowGeometry {
    let axes = shape.extents.indices.filter { _ in random.chance(0.6) }
    return WindowGeometry(
      rank: shape.rank, axes: axes, sizes: axes.map { _ in random.pick([1, 2, 2, 3]) },
      strides: axes.map { _ in random.pick([1, 1, 2, 3]) }, dilations: axes.map { _ in random.pick([1, 1, 2]) })
  }

  func addWindows() -> Value? {
    guard let value = pick(where: { $0.rank > 0 && $0.rank < 4 }) else { return nil }
    return apply(Windows(geometry(type(value).shape)), value)
  }

  func addFoldWindows() -> Value? {
    let dtype = random.pick(options.dtypes)
    let shape = randomShape()
    guard dtype != .bool, !(options.kind == .exact && dtype.isFloating) else { return nil }
    let geometry = geometry(shape)
    let windows = TensorType(dtype, geometry.windowShape(shape))
    guard windows.rank <= 5, windows.elementCount <= options.maximumElementCount else { return nil }
    return apply(FoldWindows(geometry, extents: geometry.axes.map { shape[$0] }), operand(of: windows))
  }
}
