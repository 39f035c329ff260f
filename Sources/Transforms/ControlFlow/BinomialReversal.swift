import Basics
import TensorIR
import TensorOps

/// Reverse mode through a loop of which some carries are kept, and others computed again from them: with the fewest steps
/// for the number of checkpoints (Griewank & Walther, "Algorithm 799: Revolve", ACM TOMS 26, 2000).
///
/// A loop over the steps, last one first, holds a stack of carries and the steps before which they stand. It goes from the
/// top of the stack on to the step it is to reverse, leaving carries on the way, and takes the top off.
///
/// With s checkpoints and every step computed at most r times, β(s, r) = C(s + r, s) steps can be reversed. Of d steps
/// with β(s, r - 1) < d ≤ β(s, r), the next checkpoint stands behind the first min(β(s, r - 1), d - β(s - 1, r - 1)),
/// which leaves no more steps on either side than can be reversed there.
struct BinomialReversal {
  private let scan: Scan
  private let moves: [Bool]
  private let operands: [Term?]
  private let operandTypes: [TensorType]
  private let cotangents: [Term?]
  private let builder: FunctionBuilder
  private let checkpointCount: Int
  /// Operands that are not linear, by kind, and those that are.
  private let states: [Int]
  private let inputs: [Int]
  private let constants: [Int]
  private let linearCarries: [Int]
  private let linearStacks: [Int]
  private let linearConstants: [Int]
  /// Rows that have a cotangent, among the results.
  private let rows: [Int]
  private let known: Function
  private let transposed: Function

  /// - Parameters:
  ///   - body: The unzipped body.
  ///   - moves: The operands that are linear at some step.
  ///   - operands: `nil` for those to find a cotangent for.
  ///   - cotangents: By result; `nil` is zero.
  init(
    scan: Scan, unzipped body: Function, moves: [Bool], operands: [Term?], operandTypes: [TensorType],
    cotangents: [Term?], builder: FunctionBuilder
  ) throws(Diagnostics) {
    self.scan = scan
    self.moves = moves
    self.operands = operands
    self.operandTypes = operandTypes
    self.cotangents = cotangents
    self.builder = builder
    // More would never be used.
    self.checkpointCount = max(min(scan.checkpointCount ?? 1, scan.length), 1)
    states = scan.carries.filter { !moves[$0] }
    inputs = scan.stacks.filter { !moves[$0] }
    constants = scan.constants.filter { !moves[$0] }
    linearCarries = scan.carries.filter { moves[$0] }
    linearStacks = scan.stacks.filter { moves[$0] }
    linearConstants = scan.constants.filter { moves[$0] }
    rows = (scan.carryCount..<scan.body.results.count).filter { cotangents[$0] != nil }
    known = try body.selectingResults(states).dependingOnly(on: states + inputs + constants)
    let pulled = scan.body.selectingResults(linearCarries + rows)
    transposed = try pulled.transposed(
      linear: linearCarries + linearStacks + linearConstants, cotangentsOf: Array(pulled.results.indices),
      seeds: .parameters(pulled.unusedParameterNames(pulled.results.indices.map { "cotangent\($0)" })))
  }

  private static let index = TensorType(.i64, .scalar)

  /// The carries that are kept, and the one that is to be reversed.
  private var slotCount: Int { checkpointCount + 1 }

  private func type(_ index: Int) -> TensorType { scan.body.parameterTypes[index] }

  private func slots(_ type: TensorType) -> TensorType { type.with(type.shape.inserting(slotCount, at: 0)) }

  /// Cotangents of the linear operands.
  func pull() throws(Diagnostics) -> [Term?] {
    let step = try reversedStep()
    var given = states.map { index in
      let start = operands[index] ?? builder.zeros(type(index))
      return builder.zeros(slots(type(index))).replacing(slot: builder.integer(0), with: start)
    }
    given += [
      builder.zeros(TensorType(.i64, [slotCount])), builder.integer(0), builder.integer(scan.length - 1),
    ]
    let ownCount = given.count
    given += linearCarries.map { cotangents[$0] ?? builder.zeros(type($0)) }
    given += linearConstants.map { builder.zeros(type($0)) }
    let carryCount = given.count
    let whole = inputs.map { operands[$0] ?? builder.zeros(operandTypes[$0]) }
    given += rows.compactMap { cotangents[$0] } + whole
    let stackCount = given.count - carryCount
    given += whole + constants.map { operands[$0] ?? builder.zeros(type($0)) }
    let results = builder.apply(
      Scan(
        body: step, length: scan.length, carryCount: carryCount, stackCount: stackCount,
        isReversed: !scan.isReversed, checkpointCount: scan.checkpointCount),
      given)
    var pulled = [Term?](repeating: nil, count: operands.count)
    for (place, index) in (linearCarries + linearConstants).enumerated() { pulled[index] = results[ownCount + place] }
    for (place, index) in linearStacks.enumerated() { pulled[index] = results[carryCount + place] }
    return pulled
  }

  /// What the loop knows of the carries at an iteration.
  private struct Stack {
    var values: [Term]
    /// The steps before which they stand.
    var positions: Term
    var top: Term

    var terms: [Term] { values + [positions, top] }
  }

  /// `(stack…, step, cotangents…, sums…, row cotangents…, rows of inputs…, inputs…, constants…)`: reverses a step.
  private func reversedStep() throws(Diagnostics) -> Function {
    let step = Parameters()
    let stack = Stack(
      values: states.map { step.declare(slots(type($0))) }, positions: step.declare(TensorType(.i64, [slotCount])),
      top: step.declare(Self.index))
    let current = step.declare(Self.index)
    let carry = linearCarries.map { step.declare(type($0)) }
    let sums = linearConstants.map { step.declare(type($0)) }
    let rowCotangents = rows.map { step.declare(scan.body.resultTypes[$0]) }
    let ownRows = inputs.map { step.declare(type($0)) }
    let whole = inputs.map { step.declare(operandTypes[$0]) }
    let fixed = constants.map { step.declare(type($0)) }

    let reached = try advance(stack, to: current, whole, fixed, step.builder)
    let values = reached.values.map { $0.slot(reached.top) }
    let given = values + ownRows + fixed + carry + rowCotangents
    let parts = step.builder.terms(step.builder.inline(transposed, given.map(\.value)))
    let constantStart = carry.count + linearStacks.count
    var next = reached.values + [reached.positions, reached.top - 1, current - 1]
    next += parts[..<carry.count]
    next += zip(sums, parts[constantStart...]).map { $0 + $1 }
    next += parts[carry.count..<constantStart]
    return try step.finish("\(scan.body.name)_transposed", next)
  }

  /// Goes on from the top of the stack until the carry before a step is there.
  private func advance(
    _ stack: Stack, to target: Term, _ inputs: [Term], _ constants: [Term], _ outer: FunctionBuilder
  ) throws(Diagnostics) -> Stack {
    let given = stack.terms + [target] + inputs + constants
    let types = given.map(\.type)
    let condition = Parameters()
    let seen = types.map { condition.declare($0) }
    let place = seen[states.count].element(seen[states.count + 1])
    let body = Parameters()
    let own = types.map { body.declare($0) }
    let inside = Stack(
      values: Array(own[..<states.count]), positions: own[states.count], top: own[states.count + 1])
    let next = try leaveCheckpoint(
      inside, to: own[states.count + 2], Array(own[(states.count + 3)..<(states.count + 3 + inputs.count)]),
      Array(own[(states.count + 3 + inputs.count)...]), body.builder)
    let loop = WhileLoop(
      condition: try condition.finish("is_behind", [place.applying(.lt, seen[states.count + 2])]),
      stages: [
        .init(
          body: try body.finish("leave_checkpoint", next.terms), carryCount: next.terms.count, isReversed: false)
      ])
    let results = outer.apply(loop, given)
    return Stack(
      values: Array(results[..<states.count]), positions: results[states.count], top: results[states.count + 1])
  }

  /// Goes on from the top of the stack to where the next carry is to be left, and leaves it.
  private func leaveCheckpoint(
    _ stack: Stack, to target: Term, _ inputs: [Term], _ constants: [Term], _ builder: FunctionBuilder
  ) throws(Diagnostics) -> Stack {
    let start = stack.positions.element(stack.top)
    // Besides the top.
    let free = builder.integer(checkpointCount - 1) - stack.top
    var end = target
    if checkpointCount > 1 {
      let chosen = start + segment(of: target - start + 1, checkpoints: free + 1, builder)
      end = free.applying(.gt, builder.integer(0)).select(chosen, target)
    }
    let reached = try run(stack.values.map { $0.slot(stack.top) }, from: start, to: end, inputs, constants, builder)
    let top = stack.top + 1
    return Stack(
      values: zip(stack.values, reached).map { $0.replacing(slot: top, with: $1) },
      positions: stack.positions.replacing(slot: top, with: end), top: top)
  }

  /// Runs steps of the loop.
  private func run(
    _ values: [Term], from start: Term, to end: Term, _ inputs: [Term], _ constants: [Term],
    _ builder: FunctionBuilder
  ) throws(Diagnostics) -> [Term] {
    let given = values + [start, end] + inputs + constants
    let types = given.map(\.type)
    let condition = Parameters()
    let seen = types.map { condition.declare($0) }
    let body = Parameters()
    let own = types.map { body.declare($0) }
    let step = own[values.count]
    let time = scan.isReversed ? body.builder.integer(scan.length - 1) - step : step
    let rows = own[(values.count + 2)..<(values.count + 2 + inputs.count)].map { $0.slot(time) }
    let known = body.builder.inline(
      known, (own[..<values.count] + rows + own[(values.count + 2 + inputs.count)...]).map(\.value))
    let loop = WhileLoop(
      condition: try condition.finish("is_before", [seen[values.count].applying(.lt, seen[values.count + 1])]),
      stages: [
        .init(
          body: try body.finish(scan.body.name, body.builder.terms(known) + [step + 1]), carryCount: values.count + 1,
          isReversed: false)
      ])
    return Array(builder.apply(loop, given).dropLast())
  }

  /// How many of `count` steps come before the next of several checkpoints.
  private func segment(of count: Term, checkpoints: Term, _ builder: FunctionBuilder) -> Term {
    let table = Binomials(checkpoints: checkpointCount, steps: scan.length)
    let type = TensorType(.i64, [checkpointCount + 1, table.columns])
    let all = builder.apply(Constant(ReferenceTensor(integer: table.numbers, type: type)), [])[0]
    let row = all.slot(checkpoints)
    let isLess = row.applying(.lt, count.broadcast(to: row.shape, axes: []))
    let repetitions = isLess.cast(to: .i64).sum(axes: [0])
    let before = isLess.select(row, row.zeros).max(axes: [0])
    let behind = all.slot(checkpoints - 1).element(repetitions - 1)
    return before.applying(.min, count - behind)
  }
}

/// β(s, r) = C(s + r, s) for s up to a number of checkpoints, and r up to how often steps are computed with them.
private struct Binomials {
  /// Row by row.
  private(set) var numbers: [Int64] = []
  private(set) var columns = 1
  /// Behind them segments are no longer the best, but still possible.
  private static let greatestColumns = 4096

  init(checkpoints: Int, steps: Int) {
    var rows = [[Int64]](repeating: [1], count: checkpoints + 1)
    while rows[checkpoints][columns - 1] < steps, columns < Self.greatestColumns {
      // Pascal's rule, as far as numbers of steps go.
      rows[0].append(1)
      for row in 1...checkpoints {
        rows[row].append(min(rows[row][columns - 1] + rows[row - 1][columns], Int64(steps)))
      }
      columns += 1
    }
    numbers = rows.flatMap { $0 }
  }
}

/// A function whose parameters are declared as they come.
private final class Parameters {
  let builder = FunctionBuilder()
  private var count = 0

  func declare(_ type: TensorType) -> Term {
    count += 1
    return Term(builder, builder.parameter("x\(count - 1)", type))
  }

  func finish(_ name: String, _ results: [Term]) throws(Diagnostics) -> Function {
    try builder.finish(
      name: name, results: results.enumerated().map { Function.Result("y\($0.offset)", $0.element.value) })
  }
}

extension FunctionBuilder {
  fileprivate func integer(_ number: Int) -> Term { splat(Scalar(Int64(number), as: .i64), .scalar) }
}

extension Term {
  private func starts(_ slot: Term) -> [Term] { [slot] + shape.extents.dropFirst().map { _ in builder.integer(0) } }

  /// The part at a place along axis 0.
  fileprivate func slot(_ slot: Term) -> Term {
    dynamicSlice(starts: starts(slot), sizes: [1] + shape.extents.dropFirst())
      .reshaped(to: Shape(Array(shape.extents.dropFirst())))
  }

  fileprivate func element(_ index: Term) -> Term { slot(index) }

  fileprivate func replacing(slot: Term, with value: Term) -> Term {
    updating(value.reshaped(to: Shape([1] + value.shape.extents)), starts: starts(slot))
  }
}
