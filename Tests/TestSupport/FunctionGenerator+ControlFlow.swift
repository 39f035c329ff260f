import Basics
import TensorIR
import TensorOps

// Functions within ops: their bodies are made of the ops that are safe whatever a loop makes of their operands.
extension FunctionGenerator {
  func addControlFlow() -> Value? {
    guard let first = pick(where: { !$0.shape.isEmpty }) else { return nil }
    switch random.below(5) {
    case 0: return addCall(first, isCheckpoint: random.chance(0.5))
    case 1: return addConditional(first)
    case 2, 3: return addScan(first)
    default: return addWhile(first)
    }
  }

  /// A function of tensors of one type, and of others, that gives `count` tensors of that type, of moderate size.
  private func body(_ type: TensorType, _ others: [TensorType], count: Int, results extra: Int = 0) -> Function? {
    let builder = FunctionBuilder()
    var pool = (0..<count).map { Term(builder, builder.parameter("c\($0)", type)) }
    for (index, other) in others.enumerated() {
      let parameter = Term(builder, builder.parameter("k\(index)", other))
      if other == type { pool.append(parameter) }
    }
    func one() -> Term { pool[random.below(pool.count)] }
    for _ in 0..<(2 + random.below(4)) {
      switch (type.dtype, random.below(5)) {
      case (.bool, 0), (.bool, 1): pool.append(one().applying(.and, one()))
      case (.bool, _): pool.append(one().applying(.not))
      case (_, 0) where options.kind != .smooth: pool.append(one().applying(.max, one()))
      case (_, 1) where options.kind != .smooth: pool.append(one().applying(.min, one()))
      case (_, 2): pool.append(-one())
      default:
        pool.append(
          options.kind != .exact && type.dtype.isFloating ? (one() + one()).applying(.tanh) : one().applying(.abs))
      }
    }
    let chosen = (0..<count + extra).map { _ in pool[pool.count - 1 - random.below(min(pool.count, 3))] }
    return try? builder.finish(
      name: "body", results: chosen.enumerated().map { .init("y\($0.offset)", $0.element.value) })
  }

  private func addCall(_ x: Value, isCheckpoint: Bool) -> Value? {
    guard let other = operand(of: type(x), besides: x), let function = body(type(x), [], count: 2) else { return nil }
    return applyAll(Call(function, isCheckpoint: isCheckpoint), [x, other])
  }

  private func addConditional(_ x: Value) -> Value? {
    guard let other = operand(of: type(x), besides: x), let first = body(type(x), [], count: 2),
      let second = body(type(x), [], count: 2),
      let selector = pick(where: { $0.rank == 0 && !$0.dtype.isFloating })
    else { return nil }
    return applyAll(Conditional(branches: [first, second]), [selector, x, other])
  }

  private func addScan(_ x: Value) -> Value? {
    let type = type(x)
    guard type.rank > 0, type.shape[0] <= 8 else { return nil }
    let row = type.with(type.shape.removing([0]))
    guard let carry = pick(where: { $0 == row }) ?? pick(where: { $0 == type }).flatMap({ firstRow(of: $0) }),
      let function = body(row, [row], count: 1, results: 1)
    else { return nil }
    return applyAll(
      Scan(
        body: function, length: type.shape[0], carryCount: 1, stackCount: 1, isReversed: random.chance(0.4),
        checkpointCount: type.shape[0] % 3 == 2 ? 2 : nil),
      [carry, x])
  }

  private func firstRow(of value: Value) -> Value? {
    let shape = type(value).shape
    let slice = Slice(
      starts: shape.extents.map { _ in 0 }, limits: [1] + shape.extents.dropFirst(),
      strides: shape.extents.map { _ in 1 })
    return apply(slice, value).flatMap { apply(Reshape(to: Shape(Array(shape.extents.dropFirst()))), $0) }
  }

  /// A loop that counts, and so ends.
  private func addWhile(_ x: Value) -> Value? {
    let counter = TensorType(.i32, [])
    guard let start = apply(Constant(ReferenceTensor(integer: [Int64(random.below(3))], type: counter)), []),
      let step = body(type(x), [], count: 1)
    else { return nil }
    let condition = FunctionBuilder()
    let count = Term(condition, condition.parameter("n", counter))
    _ = condition.parameter("c", type(x))
    let body = FunctionBuilder()
    let (n, c) = (Term(body, body.parameter("n", counter)), body.parameter("c", type(x)))
    guard
      let runs = try? condition.finish(
        name: "runs", results: [.init("runs", count.applying(.lt, count.splat(4)).value)]),
      let stage = try? body.finish(
        name: "step", results: [.init("n", (n + 1).value), .init("c", body.inline(step, [c])[0])])
    else { return nil }
    return applyAll(
      WhileLoop(condition: runs, stages: [.init(body: stage, carryCount: 2, isReversed: false)]), [start, x])
  }
}
