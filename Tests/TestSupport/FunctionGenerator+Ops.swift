import Basics
import KernelIR
import TensorIR
import TensorOps

extension Op {
  /// `true` if implementations may differ in a result of this dtype by rounding, or by the order of sums.
  func rounds(_ dtype: DType) -> Bool {
    guard dtype.isFloating else { return false }
    switch self {
    case let op as ElementwiseOp: return !FunctionGenerator.exactScalars.contains(op.scalar)
    case let op as Reduce: return op.combiner == .add || op.combiner == .mul
    case is DotGeneral: return true
    case let op as Cumulate: return op.combiner == .add || op.combiner == .mul
    case is LinearRecurrence, is FoldWindows: return true
    case let op as Scatter: return op.combiner == .add || op.combiner == .mul
    case is Cholesky, is TriangularSolve, is LU, is Solve, is Determinant, is LogAbsDeterminant, is Adjugate, is QR,
      is Eigh, is SVD, is PseudoInverse:
      return true
    default:
      switch lowering {
      case .composed, .controlFlow: return true
      default: return false
      }
    }
  }
}

extension FunctionGenerator {
  static let exactScalars: Set<ScalarOp> = [
    .neg, .abs, .sign, .add, .sub, .mul, .div, .min, .max, .rem, .floor, .ceil, .round, .trunc, .sqrt, .eq, .ne, .lt,
    .le, .gt, .ge, .and, .or, .xor, .not, .select, .copysign, .nextafter, .shl, .lshr, .ashr, .popcount,
  ]
  private static let scalarsWithJumps: Set<ScalarOp> = [
    .floor, .ceil, .round, .trunc, .sign, .rem, .eq, .ne, .lt, .le, .gt, .ge, .copysign, .nextafter,
  ]
  /// Smooth but at some points, which functions reach now and then.
  private static let scalarsWithKinks: Set<ScalarOp> = [.abs, .min, .max]

  /// Adds one random op; `nil` if what was tried did not suit.
  func addOp() -> Value? {
    switch random.below(44) {
    case 0...6: addElementwise()
    case 7: addSelect()
    case 8: addCast()
    case 9: addConstant()
    case 10: addIota()
    case 11: addBroadcast()
    case 12: addReshape()
    case 13: addTranspose()
    case 14: addSlice()
    case 15: addReverse()
    case 16: addPad()
    case 17: addConcat()
    case 18, 19, 20: addReduce()
    case 21: addDot()
    case 22: addTake()
    case 24...29: addElementwise()
    case 23: options.kind == .smooth ? nil : apply(StopGradient(), pick())
    case 30: addDynamicSlice()
    case 31: addDynamicUpdate()
    case 32, 33: addComposed()
    case 34: addCumulate()
    case 35: addLinearRecurrence()
    case 36: addArgsort()
    case 37: addWindows()
    case 38: addFoldWindows()
    case 39, 40: addLinearAlgebra()
    case 41, 42: addControlFlow()
    default: addScatter()
    }
  }

  // MARK: Elementwise

  private func addElementwise() -> Value? {
    guard let first = pick() else { return nil }
    let dtype = type(first).dtype
    let fitting = ElementwiseOp.members.filter { op in
      guard op.scalar.accepts(dtype), op.scalar != .select else { return false }
      switch options.kind {
      case .exact: return Self.exactScalars.contains(op.scalar)
      case .moderate: return true
      case .smooth:
        return dtype.isFloating && !Self.scalarsWithJumps.contains(op.scalar)
          && !Self.scalarsWithKinks.contains(op.scalar)
      }
    }
    guard !fitting.isEmpty else { return nil }
    // Arithmetic as often as all the rest.
    let common = fitting.filter { [.add, .sub, .mul, .neg, .div].contains($0.scalar) }
    let op = random.chance(0.4) && !common.isEmpty ? random.pick(common) : random.pick(fitting)
    var operands = [first]
    while operands.count < op.scalar.arity {
      guard let other = operand(of: type(first), besides: first) else { return nil }
      operands.append(other)
    }
    if Self.scalarsWithJumps.contains(op.scalar), !operands.allSatisfy(isExact) { return nil }
    if options.kind != .exact, dtype.isFloating {
      for index in operands.indices {
        guard let range = Self.domain(op.scalar, index) else { continue }
        guard let inside = squash(operands[index], into: range) else { return nil }
        operands[index] = inside
      }
    }
    return apply(op, operands)
  }

  /// An elementwise op that is made of others.
  private func addComposed() -> Value? {
    guard options.kind != .exact, let value = pick(where: { $0.dtype.isFloating }) else { return nil }
    switch random.below(7) {
    case 0: return apply(Softplus(), value)
    case 1: return apply(LogAddExp(), value, operand(of: type(value), besides: value))
    case 2, 3: return squash(value, into: 0.5...4).flatMap { apply(Polygamma(order: random.below(3)), $0) }
    case 4: return squash(value, into: -0.8...0.8).flatMap { apply(ErfInv(), $0) }
    case 5: return addRandomBits()
    default: return squash(value, into: 0.15...0.85).flatMap { apply(Ndtri(), $0) }
    }
  }

  /// Key and counter are whatever is there.
  private func addRandomBits() -> Value? {
    guard options.kind != .smooth, let key = pick(where: { $0.dtype == .i32 }) else { return nil }
    let operands = [key] + (0..<3).map { _ in operand(of: type(key), besides: key) }
    return operands.compactMap { $0 }.allSatisfy(isExact) ? apply(Threefry(folded: random.chance(0.5)), operands) : nil
  }

  /// Where an operand has to lie for a well-conditioned result, if not anywhere.
  private static func domain(_ scalar: ScalarOp, _ index: Int) -> ClosedRange<Double>? {
    switch (scalar, index) {
    case (.sqrt, _), (.rsqrt, _), (.log, _), (.log2, _), (.log10, _), (.cbrt, _): 0.2...4
    case (.log1p, _): -0.8...3
    case (.lgamma, _), (.tgamma, _): 0.3...4
    case (.asin, _), (.acos, _), (.atanh, _): -0.9...0.9
    case (.acosh, _): 1.2...4
    case (.tan, _): -1.2...1.2
    case (.exp, _), (.exp2, _), (.exp10, _), (.expm1, _), (.sinh, _), (.cosh, _): -3...3
    case (.pow, 0): 0.2...3
    case (.pow, _): -2...2
    case (.div, 1), (.rem, 1), (.hypot, 1), (.atan2, 1): 0.5...3
    default: nil
    }
  }

  /// `value` if its elements lie in the range, else `middle + 0.98 half sin(value)`.
  func squash(_ value: Value, into range: ClosedRange<Double>) -> Value? {
    if tensor(value).doubles.allSatisfy(range.contains) { return value }
    let (type, half) = (type(value), 0.49 * (range.upperBound - range.lowerBound))
    let middle = 0.5 * (range.lowerBound + range.upperBound)
    let scaled = apply(
      ElementwiseOp.mul, apply(ElementwiseOp.sin, value), splat(Scalar(half, as: type.dtype), type.shape))
    return apply(ElementwiseOp.add, scaled, splat(Scalar(middle, as: type.dtype), type.shape))
  }

  private func addSelect() -> Value? {
    guard let a = pick(), let b = operand(of: type(a), besides: a) else { return nil }
    let condition: Value?
    if options.kind == .smooth {
      condition = apply(Constant(randomTensor(type(a).with(.bool))), [])
    } else {
      condition = operand(of: type(a).with(.bool))
    }
    return apply(Select(), condition, a, b)
  }

  private func addCast() -> Value? {
    guard options.kind != .smooth || options.dtypes.count > 1 else { return nil }
    return cast(pick(), to: random.pick(options.kind == .smooth ? options.dtypes : DType.allCases))
  }

  /// `nil` where a value that is not exact would jump.
  func cast(_ value: Value?, to dtype: DType) -> Value? {
    guard let value else { return nil }
    if type(value).dtype == dtype { return value }
    if type(value).dtype.isFloating, !dtype.isFloating, !isExact(value) { return nil }
    return apply(Cast(to: dtype), value)
  }

  // MARK: Constants

  func constant(_ scalar: Scalar) -> Value? { apply(Constant(ReferenceTensor(repeating: scalar, shape: .scalar)), []) }

  private func splat(_ scalar: Scalar, _ shape: Shape) -> Value? {
    shape == .scalar ? constant(scalar) : apply(Broadcast(to: shape, axes: []), constant(scalar))
  }

  private func addConstant() -> Value? {
    let type = TensorType(random.pick(options.dtypes), random.chance(0.5) ? .scalar : randomShape())
    return apply(Constant(randomTensor(type)), [])
  }

  private func addIota() -> Value? {
    let shape = randomShape()
    guard options.kind != .smooth, shape.rank > 0 else { return nil }
    let dtype = random.pick([DType.f32, .f64, .i32, .i64])
    return apply(Iota(TensorType(dtype, shape), axis: random.below(shape.rank)), [])
  }

  // MARK: Operands that fit

  /// A value of a type: one there is, one converted, or a constant.
  func operand(of wanted: TensorType, besides other: Value? = nil) -> Value? {
    if random.chance(0.6), let same = pick(where: { $0 == wanted }), same != other || random.chance(0.2) { return same }
    if random.chance(0.8), let value = pick(), let fitted = fit(value, to: wanted), fitted != other { return fitted }
    return apply(Constant(randomTensor(wanted)), [])
  }

  private func fit(_ value: Value, to wanted: TensorType) -> Value? {
    guard options.kind != .smooth || type(value).dtype.isFloating, let value = cast(value, to: wanted.dtype) else {
      return nil
    }
    let shape = type(value).shape
    if shape == wanted.shape { return value }
    if shape.elementCount == wanted.elementCount { return apply(Reshape(to: wanted.shape), value) }
    if let axes = Self.axes(of: shape, in: wanted.shape) {
      return apply(Broadcast(to: wanted.shape, axes: axes), value)
    }
    guard wanted.dtype != .bool, !shape.isEmpty || wanted.dtype.isFloating == false else { return nil }
    let whole = reduce(value, .add, axes: Array(0..<shape.rank))
    return whole.flatMap { apply(Broadcast(to: wanted.shape, axes: []), $0) }
  }

  /// Increasing axes of `target` with the extents of `shape`.
  private static func axes(of shape: Shape, in target: Shape) -> [Int]? {
    var axes: [Int] = []
    var next = 0
    for extent in shape.extents {
      guard let axis = target.extents.indices.first(where: { $0 >= next && target[$0] == extent }) else { return nil }
      axes.append(axis)
      next = axis + 1
    }
    return axes
  }

  // MARK: Shapes

  private func addBroadcast() -> Value? {
    guard let value = pick(where: { $0.rank < 4 }) else { return nil }
    var shape = type(value).shape
    var axes = Array(0..<shape.rank)
    for _ in 0...random.below(2) {
      let place = random.below(shape.rank + 1)
      shape = shape.inserting(random.pick([1, 2, 3, 5]), at: place)
      axes = axes.map { $0 >= place ? $0 + 1 : $0 }
    }
    return apply(Broadcast(to: shape, axes: axes), value)
  }

  private func addReshape() -> Value? {
    guard let value = pick() else { return nil }
    var rest = type(value).elementCount
    if rest == 0 { return apply(Reshape(to: random.pick([[0], [3, 0], [0, 2]])), value) }
    var extents: [Int] = []
    while rest > 1, extents.count < 3 {
      let divisors = (1...rest).filter { rest % $0 == 0 }
      extents.append(random.pick(divisors))
      rest /= extents[extents.count - 1]
    }
    if rest > 1 || random.chance(0.2) { extents.append(rest) }
    return apply(Reshape(to: Shape(extents)), value)
  }

  private func addTranspose() -> Value? {
    guard let value = pick(where: { $0.rank > 1 }) else { return nil }
    return apply(Transpose(Array(0..<type(value).rank).shuffled(using: &random)), value)
  }

  private func addSlice() -> Value? {
    guard let value = pick(where: { $0.rank > 0 }) else { return nil }
    let extents = type(value).shape.extents
    let starts = extents.map { random.chance(0.5) ? 0 : random.below($0) }
    let limits = zip(starts, extents).map { start, extent in
      random.chance(0.5)
        ? extent : start + min(extent - start, (random.chance(0.05) ? 0 : 1) + random.below(extent - start))
    }
    return apply(
      Slice(starts: starts, limits: limits, strides: extents.map { _ in random.pick([1, 1, 1, 2, 3]) }), value)
  }

  private func addReverse() -> Value? {
    guard let value = pick(where: { $0.rank > 0 }) else { return nil }
    let axes = (0..<type(value).rank).filter { _ in random.chance(0.6) }
    return apply(Reverse(axes: axes, of: type(value).shape), value)
  }

  private func addPad() -> Value? {
    guard let value = pick() else { return nil }
    func amounts(_ choices: [Int]) -> [Int] { type(value).shape.extents.map { _ in random.pick(choices) } }
    return apply(
      Pad(low: amounts([0, 0, 1, 2]), high: amounts([0, 0, 1, 3]), interior: amounts([0, 0, 0, 1])), value,
      operand(of: type(value).with(.scalar)))
  }

  private func addConcat() -> Value? {
    guard let first = pick(where: { $0.rank > 0 }) else { return nil }
    let axis = random.below(type(first).rank)
    let fitting = pool.filter {
      type($0).dtype == type(first).dtype && type($0).rank == type(first).rank
        && type($0).shape.removing([axis]) == type(first).shape.removing([axis])
    }
    let operands = [first] + (0...random.below(2)).map { _ in random.pick(fitting) }
    return apply(
      Concat(axis: axis, extents: operands.map { type($0).shape[axis] }, rank: type(first).rank), operands)
  }

  // MARK: Reductions, contractions

  private func addReduce() -> Value? {
    guard let value = pick() else { return nil }
    let dtype = type(value).dtype
    let combiners: [Combiner] =
      switch options.kind {
      case _ where dtype == .bool: [.and, .or]
      case .smooth: [.add, .add, .add, .mul]
      case .exact where dtype.isFloating: [.max, .min]
      default: [.add, .add, .mul, .max, .min]
      }
    let axes = (0..<type(value).rank).filter { _ in random.chance(0.6) }
    return reduce(value, random.pick(combiners), axes: axes)
  }

  private func reduce(_ value: Value, _ combiner: Combiner, axes: [Int]) -> Value? {
    let op = Reduce(combiner, axes: axes)
    if options.kind == .exact, op.rounds(type(value).dtype) || hasBothZeros(value) { return nil }
    return apply(op, value)
  }

  /// Which of 0 and -0 is the greater depends on their order, which reductions do not keep.
  private func hasBothZeros(_ value: Value) -> Bool {
    guard type(value).dtype.isFloating else { return false }
    let zeros = tensor(value).doubles.filter { $0 == 0 }
    return Set(zeros.map(\.sign)).count > 1
  }

  private func addDot() -> Value? {
    let isExact = options.kind == .exact
    guard let left = pick(where: { $0.dtype != .bool && !(isExact && $0.dtype.isFloating) && $0.rank < 4 }) else {
      return nil
    }
    let shape = type(left).shape
    // Each left axis is batch, contracting or free; the right operand has the first two, and free axes of its own.
    var axes = DotAxes(leftContracting: [], rightContracting: [])
    var right: [(extent: Int, left: Int?, isBatch: Bool)] = []
    for axis in 0..<shape.rank {
      switch random.below(4) {
      case 0: right.append((shape[axis], axis, true))
      case 1, 2: right.append((shape[axis], axis, false))
      default: break
      }
    }
    for _ in 0..<random.below(3) { right.append((random.pick([1, 2, 3, 4]), nil, false)) }
    right.shuffle(using: &random)
    for (axis, entry) in right.enumerated() {
      guard let leftAxis = entry.left else { continue }
      if entry.isBatch {
        axes.leftBatch.append(leftAxis)
        axes.rightBatch.append(axis)
      } else {
        axes.leftContracting.append(leftAxis)
        axes.rightContracting.append(axis)
      }
    }
    return apply(DotGeneral(axes), left, operand(of: TensorType(type(left).dtype, Shape(right.map(\.extent)))))
  }
}
