import Basics
import KernelIR
import TensorIR

/// Computes tensor values at index maps inside one kernel, each once per map as long as its scope is open.
struct ExpressionLowering {
  private struct Key: Hashable {
    var value: Value
    var map: IndexMap
  }

  private struct Task {
    var key: Key
    /// The operands have been computed.
    var isExpanded: Bool
  }

  private let view: LoweringView
  private let plan: FusionPlan
  private let buffers: [BufferID?]
  /// The job whose kernel this is; its own roots are not loaded unless they are in `stored`.
  private let job: Int
  var kernel = KernelBuilder()
  /// What `kernel` computes.
  var origins: KernelOrigins
  private var memo: [Key: ValueID] = [:]
  /// Of scalar values, which have one map only; scalar functions can have millions. A table by value once there are
  /// many, as a table for each of many small kernels would cost more than the kernels.
  private var scalarMemo: [ValueID] = []
  private var fewScalars: [Value: ValueID] = [:]
  /// Whether `memo` has ever held a scalar value, one that is defined in a loop.
  private var hasScopedNumbers = false
  /// Keys to forget when a scope closes, by level.
  private var keysOfLevel: [[Key]] = [[]]
  /// Roots of this job that an earlier pass has stored.
  private var stored: Set<Value> = []

  init(_ view: LoweringView, _ plan: FusionPlan, _ buffers: [BufferID?], job: Int) {
    self.view = view
    self.plan = plan
    self.buffers = buffers
    self.job = job
    origins = KernelOrigins(view)
  }

  // MARK: Scopes

  mutating func openLoop(_ axis: AxisID) {
    kernel.openLoop(axis)
    keysOfLevel.append([])
  }

  mutating func openTile(_ axis: AxisID) {
    kernel.openTile(axis)
    keysOfLevel.append([])
  }

  mutating func close() {
    kernel.close()
    for key in keysOfLevel.removeLast() { memo[key] = nil }
  }

  /// From now on `value` is in its buffer.
  mutating func markStored(_ value: Value) { stored.insert(value) }

  /// Makes `result` what `value` is at `map`.
  mutating func define(_ value: Value, at map: IndexMap, as result: ValueID) {
    remember(Key(value: value, map: map), result)
  }

  private mutating func remember(_ key: Key, _ result: ValueID) {
    let level = kernel.level(of: result)
    if key.map.axes.isEmpty, level == 0 {
      rememberScalar(key.value, result)
    } else {
      memo[key] = result
      if key.map.axes.isEmpty { hasScopedNumbers = true }
      keysOfLevel[level].append(key)
    }
  }

  private mutating func rememberScalar(_ value: Value, _ result: ValueID) {
    if scalarMemo.isEmpty {
      fewScalars[value] = result
      let valueCount = view.function.valueCount
      guard fewScalars.count > valueCount / 64 else { return }
      scalarMemo = [ValueID](repeating: .none, count: valueCount)
      for (value, result) in fewScalars { scalarMemo[Int(value.index)] = result }
    } else {
      scalarMemo[Int(value.index)] = result
    }
  }

  private func known(_ key: Key) -> ValueID? {
    key.map.axes.isEmpty ? knownScalar(key.value) : memo[key]
  }

  private func knownScalar(_ value: Value) -> ValueID? {
    if scalarMemo.isEmpty {
      if let result = fewScalars[value] { return result }
    } else if scalarMemo[Int(value.index)] != .none {
      return scalarMemo[Int(value.index)]
    }
    return hasScopedNumbers ? memo[Key(value: value, map: IndexMap([]))] : nil
  }

  // MARK: Expressions

  /// The value at a map: an explicit stack instead of recursion, so that no depth of expression is too much.
  mutating func compute(_ value: Value, at map: IndexMap) -> ValueID {
    if map.axes.isEmpty { return computeScalar(value) }
    return compute(Key(value: value, map: map))
  }

  private mutating func compute(_ goal: Key) -> ValueID {
    if let result = known(goal) { return result }
    var stack = [Task(key: goal, isExpanded: false)]
    while let task = stack.popLast() {
      if known(task.key) != nil { continue }
      if let result = leaf(task.key) {
        remember(task.key, result)
        continue
      }
      guard let instruction = view.function.definition(of: task.key.value) else { continue }
      let needs = operandKeys(instruction, task.key.map)
      if task.isExpanded {
        let operands = needs.compactMap { known($0) }
        if operands.count == needs.count { remember(task.key, combine(instruction, task.key.map, operands)) }
      } else {
        stack.append(Task(key: task.key, isExpanded: true))
        for need in needs where known(need) == nil { stack.append(Task(key: need, isExpanded: false)) }
      }
    }
    return known(goal) ?? .none
  }

  /// `compute` for values without axes, whose operands mostly have none either: no maps, no arrays.
  private mutating func computeScalar(_ goal: Value) -> ValueID {
    var stack = [goal]
    while let value = stack.last {
      if knownScalar(value) != nil {
        stack.removeLast()
        continue
      }
      guard let instruction = view.function.definition(of: value), buffers[Int(value.index)] == nil || isOwn(value),
        case .scalar(let op) = view.rule(instruction)
      else {
        if compute(Key(value: value, map: IndexMap([]))) == .none { return .none }
        stack.removeLast()
        continue
      }
      var operands = (ValueID.none, ValueID.none, ValueID.none)
      var isComplete = true
      for index in 0..<Int(instruction.operandCount) {
        let operand = view.operand(index, of: instruction)
        if let result = knownScalar(operand) {
          if index == 0 { operands.0 = result } else if index == 1 { operands.1 = result } else { operands.2 = result }
        } else {
          stack.append(operand)
          isComplete = false
        }
      }
      guard isComplete else { continue }
      stack.removeLast()
      origins.add(instruction)
      remember(
        Key(value: value, map: IndexMap([])), kernel.compute(op, operands.0, operands.1, operands.2))
    }
    return knownScalar(goal) ?? .none
  }

  /// Whether a value is a root of this kernel that has not been stored by an earlier pass.
  private func isOwn(_ value: Value) -> Bool {
    Int(plan.jobOfValue[Int(value.index)]) == job && !stored.contains(value)
  }

  /// A load, if the value is in memory; constants and indices.
  private mutating func leaf(_ key: Key) -> ValueID? {
    let type = view.function.type(of: key.value)
    if let buffer = buffers[Int(key.value.index)], !isOwn(key.value) {
      return kernel.load(buffer, key.map.linear(in: type.shape), type.dtype)
    }
    guard let instruction = view.function.definition(of: key.value) else { return nil }
    switch view.rule(instruction) {
    case .constant(let tensor): return kernel.constant(tensor.uniform ?? Scalar(0.0, as: type.dtype))
    case .iota(let axis): return kernel.index(key.map.axes[axis], as: type.dtype)
    case .reshape:
      // The operand is in memory in the same order.
      let operand = view.operand(0, of: instruction)
      guard let buffer = buffers[Int(operand.index)], view.isOpaqueReshape(instruction) else { return nil }
      return kernel.load(buffer, key.map.linear(in: type.shape), type.dtype)
    default: return nil
    }
  }

  private func operandKeys(_ instruction: Function.Instruction, _ map: IndexMap) -> [Key] {
    switch view.rule(instruction) {
    case .view(let axes): return [Key(value: view.operand(0, of: instruction), map: map.through(axes))]
    case .reshape:
      let operand = view.operand(0, of: instruction)
      let through = map.through(
        reshapeFrom: view.function.type(of: operand).shape,
        to: view.function.type(of: Value(Int(instruction.firstResult))).shape)
      return through.map { [Key(value: operand, map: $0)] } ?? []
    case .take(let axis):
      let selector = view.operand(1, of: instruction)
      let rank = view.function.type(of: selector).rank
      return [Key(value: selector, map: IndexMap(Array(map.axes[axis..<axis + rank])))]
    case .dynamicSlice(let sizes):
      let axes = freeAxes(of: instruction, sizes)
      if axes.isEmpty { return [Key(value: view.operand(0, of: instruction), map: map)] }
      return axes.map { Key(value: view.operand(1 + $0, of: instruction), map: IndexMap([])) }
    default: return view.function.operands(of: instruction).map { Key(value: $0, map: map) }
    }
  }

  private mutating func combine(
    _ instruction: Function.Instruction, _ map: IndexMap, _ operands: [ValueID]
  ) -> ValueID {
    origins.add(instruction)
    let type = view.function.type(of: Value(Int(instruction.firstResult)))
    switch view.rule(instruction) {
    case .scalar(let op): return kernel.compute(op, operands)
    case .cast: return kernel.cast(operands[0], to: type.dtype)
    case .take(let axis):
      let source = view.operand(0, of: instruction)
      let shape = view.function.type(of: source).shape
      let rank = view.function.type(of: view.operand(1, of: instruction)).rank
      var base = map
      base.axes.replaceSubrange(axis..<axis + rank, with: [AffineIndex()])
      guard let buffer = buffers[Int(view.memoryBase(of: source).index)] else { return operands[0] }
      return kernel.gather(
        buffer, base.linear(in: shape), operands[0], stride: shape.strides[axis], limit: max(shape[axis], 1), type.dtype
      )
    case .dynamicSlice(let sizes):
      let source = view.operand(0, of: instruction)
      let shape = view.function.type(of: source).shape
      guard let buffer = buffers[Int(view.memoryBase(of: source).index)],
        let start = boxStart(shape, sizes, freeAxes(of: instruction, sizes), operands)
      else { return operands[0] }
      return kernel.gather(
        buffer, map.linear(in: shape), start.position, stride: 1, limit: start.limit, type.dtype)
    default: return operands[0]
    }
  }

  // MARK: Boxes at computed places

  /// The axes along which a box can move.
  private func freeAxes(of instruction: Function.Instruction, _ sizes: [Int]) -> [Int] {
    let shape = view.function.type(of: view.operand(0, of: instruction)).shape
    return shape.extents.indices.filter { sizes[$0] != shape[$0] }
  }

  /// The position in memory at which a box starts, and the number of positions there are; `nil` if it can't move.
  /// `starts` belong to the axes.
  private mutating func boxStart(
    _ shape: Shape, _ sizes: [Int], _ axes: [Int], _ starts: [ValueID]
  ) -> (position: ValueID, limit: Int)? {
    var position: ValueID?
    var limit = 1
    for (axis, start) in zip(axes, starts) {
      let (last, stride) = (shape[axis] - sizes[axis], shape.strides[axis])
      let zero = kernel.constant(Scalar(Int64(0), as: .i64))
      let bound = kernel.constant(Scalar(Int64(last), as: .i64))
      let clamped = kernel.compute(.min, kernel.compute(.max, kernel.cast(start, to: .i64), zero), bound)
      let part =
        stride == 1 ? clamped : kernel.compute(.mul, clamped, kernel.constant(Scalar(Int64(stride), as: .i64)))
      position = position.map { kernel.compute(.add, $0, part) } ?? part
      limit += last * stride
    }
    return position.map { ($0, limit) }
  }

  /// The position in memory at which the box starts that an instruction updates; `nil` if it can't move.
  mutating func updateStart(_ instruction: Function.Instruction) -> (position: ValueID, limit: Int)? {
    let shape = view.function.type(of: view.operand(0, of: instruction)).shape
    let sizes = view.function.type(of: view.operand(1, of: instruction)).shape.extents
    let axes = freeAxes(of: instruction, sizes)
    let starts = axes.map { compute(view.operand(2 + $0, of: instruction), at: IndexMap([])) }
    return boxStart(shape, sizes, axes, starts)
  }
}
