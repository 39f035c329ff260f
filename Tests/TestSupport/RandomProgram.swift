import Basics
package import KernelIR

/// Valid programs of one kernel with all kinds of statements, and inputs for them.
///
/// Only ops whose results are exact everywhere occur, so that every implementation has to give the same bits.
package struct RandomProgram {
  private var random: SplitMix
  /// Whether floating numbers are summed in lanes, which is an order that portable C does not keep.
  private let sumsInLanes: Bool
  /// There is one at most: the order of two depends on the width of tiles.
  private var hasScatter = false
  private var values: [ValueInfo] = []
  private var budget = 40
  private let extents: [Int]
  private var buffers: [Buffer] = []

  private struct Context {
    var axes: [AxisID] = []
    var tileAxis: AxisID?
    var isInLoopOfTile = false
    /// Visible values that are not accumulators.
    var visible: [ValueID] = []
    /// Visible accumulators, and whether they were declared in the tile scope.
    var accumulators: [(id: ValueID, isOfTile: Bool)] = []
  }

  private init(seed: Int, sumsInLanes: Bool) {
    random = SplitMix(seed: UInt64(seed))
    self.sumsInLanes = sumsInLanes
    extents = [Int.random(in: 1...4, using: &random), [1, 31, 64, 65, 100, 700].randomElement(using: &random) ?? 1]
  }

  package static func make(seed: Int, sumsInLanes: Bool) -> (program: Program, inputs: [HostBuffer]) {
    var maker = RandomProgram(seed: seed, sumsInLanes: sumsInLanes)
    return maker.make()
  }

  private static let writable = 5...12

  private mutating func make() -> (Program, [HostBuffer]) {
    let shape = Shape(extents)
    var inputs: [HostBuffer] = []
    for (position, dtype) in DType.allCases.enumerated() {
      let type = TensorType(dtype, shape)
      buffers.append(Buffer(name: "in \(dtype)", type: type, role: .parameter(position)))
      inputs.append(HostBuffer(type, (0..<shape.elementCount).map { _ in element(dtype) }))
    }
    for (position, dtype) in (DType.allCases + [.f32]).enumerated() {
      buffers.append(Buffer(name: "out \(dtype)", type: TensorType(dtype, shape), role: .result(position)))
    }
    // Two temporaries in the same place, two that overlap elsewhere.
    buffers.append(Buffer(name: "t", type: TensorType(.f32, shape), role: .temporary(offset: 0)))
    buffers.append(Buffer(name: "t", type: TensorType(.f32, shape), role: .temporary(offset: 0)))
    let constant = (0..<shape.elementCount).map { _ in element(.f64) }
    buffers.append(Buffer(name: "c", type: TensorType(.f64, shape), role: .constant(constant)))
    buffers.append(Buffer(name: "sums", type: TensorType(.f32, shape), role: .result(6)))
    let fill = fillKernel()
    var context = Context()
    let body = statements(&context, count: 12)
    let kernel = Kernel(
      name: "random", origins: ["random"], axes: extents.map { Axis(extent: $0) }, values: values, body: body)
    let arena = (shape.elementCount * 4 + 63) / 64 * 64
    let program = Program(
      name: "random", buffers: buffers, steps: [.kernel(fill), .kernel(kernel)], arenaByteCount: arena)
    return (program, inputs)
  }

  /// Gives everything that the program may read a value.
  private func fillKernel() -> Kernel {
    var body: [Statement] = []
    var infos: [ValueInfo] = []
    for (number, buffer) in buffers.enumerated() {
      switch buffer.role {
      case .result, .temporary: break
      default: continue
      }
      body.append(.constant(ValueID(infos.count), Scalar(Int64(1), as: buffer.type.dtype)))
      body.append(.store(number, AffineIndex(terms: [.init(axis: 0, coefficient: 1)]), ValueID(infos.count)))
      infos.append(ValueInfo(buffer.type.dtype, .uniform))
    }
    return Kernel(
      name: "fill", origins: [], axes: [Axis(extent: extents[0] * extents[1])], values: infos, body: [.tile(0, body)])
  }

  private mutating func element(_ dtype: DType) -> Scalar {
    switch dtype {
    case .bool: return Scalar(dtype: .bool, bits: UInt64.random(in: 0...1, using: &random))
    case .i32, .i64:
      let special: [Int64] = [0, 1, -1, .min, .max, Int64(Int32.min), Int64(Int32.max)]
      return Int.random(in: 0..<4, using: &random) == 0
        ? Scalar(special.randomElement(using: &random) ?? 0, as: dtype)
        : Scalar(Int64.random(in: -9...9, using: &random), as: dtype)
    case .f32, .f64:
      let special = [0, -0.0, .infinity, -.infinity, .nan, 1e-40, 0x1p-1074, 3e38, 1e300, 2.5, -0.5, 3e9, -1e19]
      return Int.random(in: 0..<6, using: &random) == 0
        ? Scalar(special.randomElement(using: &random) ?? 0, as: dtype)
        : Scalar(Double.random(in: -4...4, using: &random), as: dtype)
    }
  }

  private mutating func new(_ dtype: DType, _ kind: ValueInfo.Kind) -> ValueID {
    values.append(ValueInfo(dtype, kind))
    return ValueID(values.count - 1)
  }

  private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

  private mutating func statements(_ context: inout Context, count: Int) -> [Statement] {
    var body: [Statement] = []
    for _ in 0..<count where budget > 0 {
      budget -= 1
      body += statement(&context)
    }
    return body
  }

  private mutating func statement(_ context: inout Context) -> [Statement] {
    switch Int.random(in: 0..<22, using: &random) {
    case 0, 1, 2: return scope(&context)
    case 3, 4: return load(&context)
    case 5, 6, 7: return store(context)
    case 8:
      let value = new(DType.allCases.randomElement(using: &random) ?? .f32, .uniform)
      context.visible.append(value)
      return [.constant(value, element(values[Int(value.index)].dtype))]
    case 9: return cast(&context)
    case 10: return accumulator(&context)
    case 11, 12: return accumulate(&context)
    case 13: return index(&context)
    case 14: return gather(&context)
    case 15: return scatter(context)
    case 16: return chain(&context)
    default: return compute(&context)
    }
  }

  /// Sums, differences and products of floating values, each used once but the last, which is stored.
  private mutating func chain(_ context: inout Context) -> [Statement] {
    let dtype: DType = chance(2) ? .f32 : .f64
    var leaves = (0..<Int.random(in: 2...6, using: &random)).compactMap { _ in operand(context, dtype) }
    var body: [Statement] = []
    while leaves.count > 1 {
      let first = leaves.remove(at: Int.random(in: 0..<leaves.count, using: &random))
      let second = leaves.remove(at: Int.random(in: 0..<leaves.count, using: &random))
      let isTile = [first, second].contains { values[Int($0.index)].kind == .tile }
      let value = new(dtype, isTile ? .tile : .uniform)
      let op = [ScalarOp.add, .sub, .mul].randomElement(using: &random) ?? .add
      body.append(.compute(value, op, first, second, .none))
      leaves.append(value)
    }
    guard let value = leaves.first else { return [] }
    return body + [.store(dtype == .f32 ? 5 : 6, place(context.axes), value)]
  }

  private mutating func scope(_ context: inout Context) -> [Statement] {
    guard let axis = [0, 1].filter({ !context.axes.contains($0) }).randomElement(using: &random) else { return [] }
    var inner = context
    inner.axes = (context.axes + [axis]).sorted()
    let isTile = context.tileAxis == nil && !chance(4)
    if isTile { inner.tileAxis = axis } else if context.tileAxis != nil { inner.isInLoopOfTile = true }
    let body = statements(&inner, count: Int.random(in: 4...12, using: &random))
    return [isTile ? .tile(axis, body) : .loop(axis, body)]
  }

  /// Separates the positions of the tile: elements that two positions reach are different.
  private func place(_ axes: [AxisID]) -> AffineIndex {
    AffineIndex(terms: axes.map { .init(axis: $0, coefficient: $0 == 0 ? extents[1] : 1) })
  }

  private mutating func readIndex(_ context: Context) -> AffineIndex {
    let axes = context.axes
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      return AffineIndex(offset: Int.random(in: 0..<extents[0] * extents[1], using: &random))
    case 1 where axes.contains(1):
      return AffineIndex(offset: extents[1] - 1, terms: [.init(axis: 1, coefficient: -1)])
    case 2:
      return AffineIndex(terms: axes.map { .init(axis: $0, coefficient: $0 == 0 ? 1 : extents[0]) })
    default: return place(axes)
    }
  }

  private mutating func load(_ context: inout Context) -> [Statement] {
    let readsResult = chance(3)
    let buffer =
      readsResult
      ? Int.random(in: Self.writable, using: &random)
      : [0, 0, 1, 2, 3, 4, 13].randomElement(using: &random) ?? 0
    let index = readsResult ? place(context.axes) : readIndex(context)
    let isTile = index.terms.contains { $0.axis == context.tileAxis } || (context.tileAxis != nil && chance(4))
    let value = new(buffers[buffer].type.dtype, isTile ? .tile : .uniform)
    context.visible.append(value)
    return [.load(value, buffer, index)]
  }

  private mutating func operand(_ context: Context, _ dtype: DType? = nil) -> ValueID? {
    // Recent values are taken more often, so that chains come about.
    let candidates = context.visible.suffix(chance(3) ? 100 : 5).filter {
      dtype == nil || values[Int($0.index)].dtype == dtype
    }
    return candidates.randomElement(using: &random)
  }

  private mutating func result(_ context: inout Context, _ dtype: DType, of operands: [ValueID]) -> ValueID {
    let isTile = operands.contains { values[Int($0.index)].kind == .tile }
    let value = new(dtype, isTile ? .tile : .uniform)
    context.visible.append(value)
    return value
  }

  private mutating func store(_ context: Context) -> [Statement] {
    guard let value = operand(context) else { return [] }
    let info = values[Int(value.index)]
    let targets = Self.writable.filter { buffers[$0].type.dtype == info.dtype }
    guard let buffer = targets.randomElement(using: &random) else { return [] }
    return [.store(buffer, place(context.axes), value)]
  }

  private mutating func cast(_ context: inout Context) -> [Statement] {
    guard let value = operand(context) else { return [] }
    let dtype = DType.allCases.randomElement(using: &random) ?? .f32
    return [.cast(result(&context, dtype, of: [value]), value)]
  }

  private static let ops: [ScalarOp] = [
    .add, .add, .sub, .sub, .mul, .mul, .add, .sub, .mul, .div, .rem, .min, .max, .neg, .abs, .sign, .sqrt, .rsqrt,
    .floor, .ceil, .round, .trunc, .fma, .eq, .ne, .lt, .le, .gt, .ge, .and, .or, .xor, .not, .select,
  ]

  private mutating func compute(_ context: inout Context) -> [Statement] {
    guard let op = Self.ops.randomElement(using: &random), let first = operand(context) else { return [] }
    let dtype = values[Int(first.index)].dtype
    guard op.accepts(dtype) else { return [] }
    var operands = [first]
    while operands.count < (op == .select ? 2 : op.arity) {
      guard let next = operand(context, dtype) else { return [] }
      operands.append(next)
    }
    if op == .select {
      guard let condition = operand(context, .bool) else { return [] }
      operands.insert(condition, at: 0)
    }
    let value = result(&context, op.resultDType(dtype), of: operands)
    operands += [.none, .none]
    return [.compute(value, op, operands[0], operands[1], operands[2])]
  }

  private mutating func accumulator(_ context: inout Context) -> [Statement] {
    let dtype = DType.allCases.randomElement(using: &random) ?? .f32
    let combiners: [Combiner] = dtype == .bool ? [.and, .or] : [.add, .add, .mul, .max, .min]
    let value = new(dtype, .accumulator)
    context.accumulators.append((value, context.tileAxis != nil))
    guard context.tileAxis == nil else { return [.accumulator(value, combiners.randomElement(using: &random) ?? .add)] }
    // Fed by a loop, a tile or both, and then read.
    var combiner = combiners.randomElement(using: &random) ?? .add
    if dtype.isFloating && !sumsInLanes { combiner = .max }
    var inner = context
    inner.accumulators = []
    guard let axis = [0, 1].filter({ !context.axes.contains($0) }).randomElement(using: &random) else {
      return [.accumulator(value, combiner)]
    }
    inner.axes = (context.axes + [axis]).sorted()
    let isTile = sumsInLanes && chance(2) || dtype.isInteger
    if isTile { inner.tileAxis = axis }
    var body = statements(&inner, count: 6)
    guard let source = operand(inner, dtype) else {
      context.accumulators.removeLast()
      return [.accumulator(value, combiner), isTile ? .tile(axis, body) : .loop(axis, body)]
    }
    body.append(.accumulate(value, source))
    context.accumulators.removeLast()
    let finished = new(dtype, .uniform)
    context.visible.append(finished)
    return [
      .accumulator(value, combiner), isTile ? .tile(axis, body) : .loop(axis, body), .finish(finished, value),
    ]
  }

  private mutating func accumulate(_ context: inout Context) -> [Statement] {
    let candidates = context.accumulators.filter { $0.isOfTile == (context.tileAxis != nil) }
    guard let (id, isOfTile) = candidates.randomElement(using: &random) else { return [] }
    if chance(3) {
      let value = new(values[Int(id.index)].dtype, isOfTile ? .tile : .uniform)
      context.visible.append(value)
      return [.finish(value, id)]
    }
    guard let source = operand(context, values[Int(id.index)].dtype) else { return [] }
    return [.accumulate(id, source)]
  }

  private mutating func index(_ context: inout Context) -> [Statement] {
    var index = readIndex(context)
    if chance(4) { index.offset += 20_000_000 }
    let isTile = index.terms.contains { $0.axis == context.tileAxis }
    let value = new(DType.allCases.randomElement(using: &random) ?? .f32, isTile ? .tile : .uniform)
    context.visible.append(value)
    return [.index(value, index)]
  }

  private mutating func gather(_ context: inout Context) -> [Statement] {
    guard let selector = operand(context, chance(2) ? .i32 : .i64) else { return [] }
    let buffer = [0, 1, 3, 13].randomElement(using: &random) ?? 0
    // Along axis 0 or along axis 1.
    let alongRows = chance(2)
    let base = place(context.axes.filter { $0 == (alongRows ? 1 : 0) })
    let isTile =
      base.terms.contains { $0.axis == context.tileAxis } || values[Int(selector.index)].kind == .tile
    let value = new(buffers[buffer].type.dtype, isTile ? .tile : .uniform)
    context.visible.append(value)
    return [
      .gather(
        value, buffer, base: base, selector: selector, stride: alongRows ? extents[1] : 1,
        limit: alongRows ? extents[0] : extents[1])
    ]
  }

  private mutating func scatter(_ context: Context) -> [Statement] {
    guard !hasScatter, !context.isInLoopOfTile, let selector = operand(context, chance(2) ? .i32 : .i64),
      let value = operand(context, .f32)
    else { return [] }
    hasScatter = true
    let alongRows = chance(2)
    let base = place(context.axes.filter { $0 == (alongRows ? 1 : 0) })
    let combiner = chance(2) ? .add : ScatterCombiner.allCases.randomElement(using: &random) ?? .add
    return [
      .scatter(
        ScatterStatement(
          combiner, 14, base: base, selector: selector, stride: alongRows ? extents[1] : 1,
          limit: alongRows ? extents[0] : extents[1], drops: chance(3), value: value))
    ]
  }
}

/// The first difference between outputs; all NaNs are equal, everything else up to a relative tolerance.
package func bufferMismatch(_ one: [HostBuffer], _ other: [HostBuffer], tolerance: Double = 0) -> String? {
  guard one.count == other.count else { return "\(one.count) and \(other.count) results" }
  for (number, (left, right)) in zip(one, other).enumerated() {
    for (position, (x, y)) in zip(left.elements, right.elements).enumerated() where x != y {
      if x.dtype.isFloating {
        let (a, b) = (x.doubleValue, y.doubleValue)
        if a.isNaN && b.isNaN { continue }
        if tolerance > 0, abs(a - b) <= tolerance * max(1, abs(a), abs(b)) { continue }
      }
      return "result \(number), element \(position): \(x) and \(y)"
    }
  }
  return nil
}
