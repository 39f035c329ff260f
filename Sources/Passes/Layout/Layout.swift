package import Basics
import KernelIR
package import TensorIR
import TensorOps

// The order of axes in memory is that of a value's shape, so a layout is chosen by where transpositions stand. What was
// computed in one order stays in it: a transposition that moves another axis innermost is carried past elementwise ops,
// reductions, windows and what else does not care, until it meets its inverse or something that needs the order. A
// convolution that has the batch innermost hands its result on with the batch innermost, to the pooling, and to the next
// convolution.
extension Function {
  /// The function with transpositions carried as far down as they go; `nil` if there are none to carry.
  package func withCarriedTranspositions() throws(Diagnostics) -> Function? {
    let inside = try replacingNestedFunctions { (function) throws(Diagnostics) in
      try function.withCarriedTranspositions()
    }
    let function = inside ?? self
    guard function.ops.contains(where: { $0.startsLayout }) else { return inside }
    var (best, carried) = (try function.carryingTranspositions([]), Set<Value>())
    for candidate in function.transposedMemory {
      guard let other = try function.carryingTranspositions(carried.union([candidate])),
        other.stridedElementCount < (best ?? function).stridedElementCount
      else { continue }
      best = other
      carried.insert(candidate)
    }
    // What was carried may have been settled where it was.
    return best == function ? inside : best ?? inside
  }

  /// - Parameter fromMemory: The transpositions carried of what is in memory already.
  private func carryingTranspositions(_ fromMemory: Set<Value>) throws(Diagnostics) -> Function? {
    var carrying = TransposeCarrying(self, fromMemory)
    guard let result = try carrying.run() else { return nil }
    let simplified = try Rewriter.rewrite(result, [.folding, .algebra])
    return simplified.withoutDeadCode() ?? simplified
  }

  /// Transpositions of what is in memory already that elementwise ops read: products read in any order, others pay for steps
  /// between elements.
  private var transposedMemory: [Value] {
    let reader = TransposeCarrying(self, [])
    let found = instructions.lazy.compactMap { instruction -> Value? in
      let result = Value(Int(instruction.firstResult))
      guard let transpose = op(of: instruction) as? Transpose, transpose.movesInnermost,
        reader.isCarriable.contains(result),
        type(of: result).shape.elementCount >= CostModel.leastCarriedElements,
        operands(of: instruction).first.map({ !reader.isComputed($0) }) ?? false
      else { return nil }
      return result
    }
    return Array(found.prefix(CostModel.greatestCarriedCount))
  }

  /// Elements of transpositions that something else than products reads.
  private var stridedElementCount: Int {
    var isRead = Set(results.map(\.value))
    for instruction in instructions where !(op(of: instruction) is DotGeneral) {
      isRead.formUnion(operands(of: instruction))
    }
    return instructions.reduce(0) { sum, instruction in
      let result = Value(Int(instruction.firstResult))
      guard let transpose = op(of: instruction) as? Transpose, transpose.movesInnermost, isRead.contains(result) else {
        return sum
      }
      return sum + type(of: result).shape.elementCount
    }
  }
}

extension Op {
  /// Whether what the op gives may be better off in another order of axes.
  fileprivate var startsLayout: Bool {
    switch self {
    case let transpose as Transpose: transpose.movesInnermost
    case let concat as Concat: concat.putsColumns
    default: false
    }
  }
}

extension Concat {
  /// Whether columns are put side by side: each is a row of its own in the other order.
  fileprivate var putsColumns: Bool { rank > 1 && axis == rank - 1 && extents.count > 1 }
}

extension Transpose {
  var movesInnermost: Bool { permutation.last != permutation.count - 1 }
}

private struct TransposeCarrying {
  private let function: Function
  private let builder = FunctionBuilder()
  private var copier: FunctionCopier
  /// By value, those that are carried.
  private var carried: [Value: Carried] = [:]
  private var isChanged = false
  /// Concatenations that are carried; who needs their own order has them put together in it.
  private var concatenations: [Value: Function.Instruction] = [:]
  /// Values that something uses that does not care for the order of axes.
  private(set) var isCarriable: Set<Value> = []
  private let fromMemory: Set<Value>

  init(_ function: Function, _ fromMemory: Set<Value>) {
    self.function = function
    self.fromMemory = fromMemory
    copier = FunctionCopier(function, builder)
    for instruction in function.instructions {
      let op = function.op(of: instruction)
      switch op.lowering {
      case .scalar, .cast: isCarriable.formUnion(function.operands(of: instruction))
      default: if op is Slice { isCarriable.formUnion(function.operands(of: instruction)) }
      }
    }
  }

  mutating func run() throws(Diagnostics) -> Function? {
    builder.reserve(function.instructions.count)
    copier.declareParameters()
    for instruction in function.instructions {
      copier.takeLocation(of: instruction)
      if let result = carry(instruction) {
        isChanged = true
        set(Value(Int(instruction.firstResult)), result)
        continue
      }
      for operand in function.operands(of: instruction) { settle(operand) }
      copier.copy(instruction)
    }
    guard isChanged else { return nil }
    builder.location = nil
    for result in function.results { settle(result.value) }
    return try builder.finish(
      name: function.name, results: function.results.map { Function.Result($0.name, copier[$0.value]) })
  }

  private mutating func set(_ value: Value, _ result: Carried) {
    if result.isPlain {
      copier[value] = result.term.value
    } else {
      carried[value] = result
    }
  }

  /// Makes the value itself, in its own order, there to be used.
  private mutating func settle(_ value: Value) {
    guard let pending = carried[value], copier[value] == .poison else { return }
    guard let instruction = concatenations[value] else {
      copier[value] = pending.value.value
      return
    }
    for operand in function.operands(of: instruction) { settle(operand) }
    copier.copy(instruction)
  }

  private mutating func plain(_ value: Value) -> Term {
    settle(value)
    return copier.term(value)
  }

  // MARK: Ops

  private mutating func carry(_ instruction: Function.Instruction) -> Carried? {
    guard instruction.resultCount == 1 else { return nil }
    let operands = Array(function.operands(of: instruction))
    let op = function.op(of: instruction)
    if let transpose = op.cast(to: Transpose.self) {
      return start(transpose, operands[0], isChosen: fromMemory.contains(Value(Int(instruction.firstResult))))
    }
    if let concat = op.cast(to: Concat.self), let result = rows(concat, operands, instruction) { return result }
    guard operands.contains(where: { carried[$0] != nil }) else { return nil }
    switch op.lowering {
    case .scalar, .cast: return carryElementwise(op, operands)
    case .reduce(let combiner, let axes):
      return carried[operands[0]]?.reduced(combiner, axes)
    default: break
    }
    guard let first = carried[operands[0]] else { return nil }
    switch op {
    case let windows as Windows: return first.windows(windows.geometry)
    case let fold as FoldWindows: return first.folded(fold)
    case let reshape as Reshape: return first.reshaped(to: reshape.shape)
    case let pad as Pad:
      let fill = plain(operands[1])
      let map = { (amounts: [Int]) in first.inTermOrder(amounts) }
      let padded = first.term.applying(Pad(low: map(pad.low), high: map(pad.high), interior: map(pad.interior)), fill)
      return Carried(term: padded, permutation: first.permutation)
    case let slice as Slice:
      let map = { (amounts: [Int]) in first.inTermOrder(amounts) }
      let sliced = first.term.sliced(starts: map(slice.starts), limits: map(slice.limits), strides: map(slice.strides))
      return Carried(term: sliced, permutation: first.permutation)
    default: return nil
    }
  }

  private func start(_ transpose: Transpose, _ operand: Value, isChosen: Bool) -> Carried? {
    if let known = carried[operand] {
      return Carried(term: known.term, permutation: transpose.permutation.map { known.permutation[$0] })
    }
    // What is in memory already can be read in any order, though at a price.
    guard transpose.movesInnermost, isChosen || isComputed(operand) else { return nil }
    return Carried(term: copier.term(operand), permutation: transpose.permutation)
  }

  /// Columns put side by side as rows one below the other.
  private mutating func rows(
    _ concat: Concat, _ operands: [Value], _ instruction: Function.Instruction
  ) -> Carried? {
    let result = Value(Int(instruction.firstResult))
    let shape = function.type(of: result).shape
    guard concat.putsColumns, isCarriable.contains(result), shape[concat.axis] <= CostModel.greatestRowCount,
      shape.removing([concat.axis]).elementCount >= CostModel.leastRow
    else { return nil }
    let permutation = Array(1..<concat.rank) + [0]
    var rows: [Term] = []
    for (operand, extent) in zip(operands, concat.extents) {
      let term = inOrder(operand, permutation)
      if extent == 1 {
        rows.append(term)
      } else if let scalar = uniform(term) {
        rows += (0..<extent).map { _ in builder.splat(scalar, Shape([1] + Array(shape.extents.dropLast()))) }
      } else {
        return nil
      }
    }
    concatenations[result] = instruction
    return Carried(term: builder.concat(rows, axis: 0), permutation: permutation)
  }

  private func uniform(_ term: Term) -> Scalar? {
    var value = term.value
    while let (op, operands) = builder.definition(of: value) {
      if case .constant(let tensor) = op.lowering { return tensor.uniform }
      guard op is Broadcast || op is Reshape, let operand = operands.first else { return nil }
      value = operand
    }
    return nil
  }

  func isComputed(_ value: Value) -> Bool {
    var value = value
    while let instruction = function.definition(of: value) {
      switch function.op(of: instruction).lowering {
      case .view, .reshape:
        guard let operand = function.operands(of: instruction).first else { return false }
        value = operand
      case .constant, .iota: return false
      default: return true
      }
    }
    return false
  }

  private mutating func carryElementwise(_ op: any Op, _ operands: [Value]) -> Carried? {
    guard let permutation = operands.compactMap({ carried[$0]?.permutation }).first else { return nil }
    var terms: [Term] = []
    for operand in operands { terms.append(inOrder(operand, permutation)) }
    return Carried(term: builder.apply(op, terms)[0], permutation: permutation)
  }

  /// The term whose axis `permutation[i]` is axis i of a value.
  private mutating func inOrder(_ value: Value, _ permutation: [Int]) -> Term {
    if let known = carried[value], known.permutation == permutation { return known.term }
    return undoing(permutation, plain(value))
  }

  private func isRepeated(_ value: Value) -> Bool { builder.definition(of: value)?.op is Broadcast }

  private func undoing(_ permutation: [Int], _ value: Term) -> Term {
    if value.shape.rank != permutation.count { return value }
    var inverse = permutation
    for (axis, target) in permutation.enumerated() { inverse[target] = axis }
    guard let (op, operands) = builder.definition(of: value.value), let source = operands.first else {
      return value.reordered(inverse)
    }
    if case .scalar = op.lowering, operands.allSatisfy(isRepeated) {
      return builder.apply(op, operands.map { undoing(permutation, Term(builder, $0)) })[0]
    }
    guard let broadcast = op as? Broadcast else { return value.reordered(inverse) }
    // What is repeated is repeated along other axes.
    let targets = broadcast.axes.map { permutation[$0] }
    let order = targets.indices.sorted { targets[$0] < targets[$1] }
    return Term(builder, source).transposed(order).broadcast(
      to: Shape(inverse.map { value.shape[$0] }), axes: order.map { targets[$0] })
  }
}
