import Basics
package import KernelIR

/// Valid programs of loops, branches and small kernels, with slices, tapes and copies, and inputs for them.
///
/// What is read has been written on every path before, so that results do not depend on the places of temporaries,
/// which all have a place of their own. Arithmetic is exact in any order, and stays finite.
package struct RandomControlFlow {
  var random: SplitMix
  /// Elements of vectors.
  let length: Int
  let rowCount = 4
  var buffers: [Buffer] = []
  var tapes: [Tape] = []
  var arenaByteCount = 0
  var budget: Int
  /// A matrix that is only read.
  private var partReader: BufferID?
  private var loopCount = 0
  private var kernelCount = 0

  /// What steps can use where they stand.
  struct Scope {
    /// By kind, the buffers that may be written; all of them if they have been.
    var vectors: [BufferID] = []
    var scalars: [BufferID] = []
    var integers: [BufferID] = []
    /// Buffers that are only read, of vectors and scalars.
    var readOnly: [BufferID] = []
    /// Whole matrices.
    var matrices: [BufferID] = []
    var written: Set<BufferID> = []
    var loops: [LoopID] = []
  }

  private init(seed: UInt64) {
    random = SplitMix(seed: seed)
    length = [1, 3, 32, 70].randomElement(using: &random) ?? 3
    budget = Int.random(in: 6...30, using: &random)
  }

  package static func make(seed: UInt64) -> (program: Program, inputs: [HostBuffer]) {
    var maker = RandomControlFlow(seed: seed)
    return maker.make()
  }

  private var vector: TensorType { TensorType(.f32, [length]) }
  private var matrix: TensorType { TensorType(.f32, [rowCount, length]) }

  private mutating func declare(_ name: String, _ type: TensorType, _ role: Buffer.Role) -> BufferID {
    buffers.append(Buffer(name: name, type: type, role: role))
    return buffers.count - 1
  }

  private mutating func temporary(_ name: String, _ type: TensorType) -> BufferID {
    let offset = arenaByteCount
    arenaByteCount += (type.byteCount + 63) / 64 * 64
    return declare(name, type, .temporary(offset: offset))
  }

  private mutating func make() -> (Program, [HostBuffer]) {
    var scope = Scope()
    let types = [vector, vector, matrix, TensorType(.i64, []), TensorType(.f32, [rowCount + 2, length])]
    var inputs = types.map { type in
      HostBuffer(type, (0..<type.elementCount).map { _ in Double(Int.random(in: -64...64, using: &random)) / 8 })
    }
    inputs[3] = HostBuffer(types[3], [Double(Int.random(in: -1...5, using: &random))])
    scope.readOnly = [declare("x", vector, .parameter(0))]
    let updated = declare("w", vector, .updated(parameter: 1, result: 0))
    let rows = declare("rows", matrix, .parameter(2))
    let count = declare("count", types[3], .parameter(3))
    let wide = declare("wide", types[4], .parameter(4))
    let elements = (0..<matrix.elementCount).map { Scalar(Double($0 % 13) / 4 - 1, as: .f32) }
    let table = declare("table", matrix, .constant(elements))
    let results = [
      declare("y", vector, .result(1)), declare("ys", matrix, .result(2)),
      declare("s", TensorType(.f32, []), .result(3)),
      declare("both", TensorType(.f32, [2 * rowCount, length]), .result(4)),
    ]
    scope.written = [0, updated, rows, count, table]
    scope.vectors = [updated, results[0]] + (0..<6).map { _ in temporary("v", vector) }
    scope.scalars = [results[2]] + (0..<4).map { _ in temporary("a", TensorType(.f32, [])) }
    scope.integers = (0..<2).map { _ in temporary("i", TensorType(.i64, [])) }
    let (part, high, low) = (temporary("part", matrix), temporary("high", matrix), temporary("low", matrix))
    scope.matrices = [rows, results[1], table, temporary("m", matrix), high, low]

    var steps: [Step] = []
    // A part of an array, which may be changed later, and two that become one in the end.
    steps.append(
      kernel(copyRun(wide, Int.random(in: 0...2, using: &random) * length, to: part, 0, matrix.elementCount)))
    scope.written.insert(part)
    if chance(2) { scope.matrices.append(part) } else { partReader = part }
    for matrix in [results[1], high, low, scope.matrices[3]] where matrix != scope.matrices[3] || chance(2) {
      steps.append(kernel(fill(matrix, Double(Int.random(in: -3...3, using: &random)))))
      scope.written.insert(matrix)
    }
    steps += list(&scope, count: count)
    for target in [results[0], results[2]] where !scope.written.contains(target) {
      steps.append(kernel(fill(target, 0.5)))
    }
    let order = chance(2) ? [high, low] : [low, high]
    for (place, source) in order.enumerated() {
      steps.append(kernel(copyRun(source, 0, to: results[3], place * matrix.elementCount, matrix.elementCount)))
    }
    if chance(4) { steps.append(kernel(copyRun(high, 0, to: results[1], 0, matrix.elementCount))) }
    let program = Program(
      name: "random", buffers: buffers, steps: steps, arenaByteCount: arenaByteCount, tapes: tapes)
    return (program, inputs)
  }

  mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

  mutating func pick<Element>(_ elements: [Element]) -> Element? { elements.randomElement(using: &random) }

  mutating func kernel(_ kernel: Kernel) -> Step {
    kernelCount += 1
    var kernel = kernel
    kernel.name = "k\(kernelCount)"
    return .kernel(kernel)
  }

  // MARK: Steps

  private mutating func list(_ scope: inout Scope, count: BufferID) -> [Step] {
    var steps: [Step] = []
    for _ in 0..<Int.random(in: 1...6, using: &random) where budget > 0 {
      budget -= 1
      switch Int.random(in: 0..<14, using: &random) {
      case 0 where scope.loops.count < 3: steps += loop(&scope, count: count)
      case 1 where scope.loops.count < 3: steps += stateLoop(&scope, count: count)
      case 2 where scope.loops.count < 2: steps += tapeLoops(&scope, count: count)
      case 3 where scope.loops.count < 4: steps.append(branch(&scope, count: count))
      case 4 where !scope.loops.isEmpty: steps += row(&scope)
      case 5: steps += parts(&scope)
      case 6 where scope.loops.count < 3: steps += stacks(&scope)
      default: steps += arithmetic(&scope)
      }
    }
    return steps
  }

  private mutating func newLoop() -> LoopID {
    loopCount += 1
    return loopCount * 3
  }

  /// The scope inside a loop, with slices that move with it.
  private mutating func inside(_ loop: LoopID, _ scope: Scope) -> Scope {
    var inner = scope
    inner.loops.append(loop)
    for base in scope.matrices + (partReader.map { [$0] } ?? []) where chance(2) && scope.written.contains(base) {
      let reversed = chance(3)
      let slice = declare(
        "slice", vector,
        .slice(
          of: base, loop: loop, offset: reversed ? (rowCount - 1) * length : 0, step: reversed ? -length : length))
      inner.written.insert(slice)
      switch buffers[base].role {
      case .parameter, .constant: inner.readOnly.append(slice)
      default: if base == partReader { inner.readOnly.append(slice) } else { inner.vectors.append(slice) }
      }
    }
    if chance(3), length >= rowCount, let base = pick(scope.vectors.filter { scope.written.contains($0) }) {
      let element = declare("element", TensorType(.f32, []), .slice(of: base, loop: loop, offset: 0, step: 1))
      inner.written.insert(element)
      inner.scalars.append(element)
    }
    return inner
  }

  private mutating func count(_ buffer: BufferID) -> StepLoop.Count {
    chance(3) ? .buffer(buffer, limit: rowCount) : .fixed(pick([0, 1, 2, 3, rowCount]) ?? 1)
  }

  /// A loop, or a bounded `while`.
  private mutating func loop(_ scope: inout Scope, count number: BufferID) -> [Step] {
    let id = newLoop()
    var inner = inside(id, scope)
    if chance(2) {
      let index = pick(scope.integers.filter { !isInUse($0, scope) })
      if let index { inner.written.insert(index) }
      let fixed = self.count(number)
      inner.integers.removeAll { $0 == index }
      let body = list(&inner, count: number)
      return [.loop(StepLoop(id: id, count: fixed, index: index, body: body, origins: ["loop"]))]
    }
    let index = temporary("t", TensorType(.i64, []))
    let predicate = temporary("go", TensorType(.bool, []))
    inner.written.insert(index)
    // What the condition writes has been written when the loop has ended.
    var conditionScope = inner
    var condition = list(&conditionScope, count: number)
    condition.append(
      kernel(lessThan(index, chance(2) ? number : nil, Int.random(in: 0...3, using: &random), predicate)))
    scope.written.formUnion(conditionScope.written.intersection(scope.vectors + scope.scalars + scope.integers))
    let body = list(&conditionScope, count: number)
    var trips: BufferID?
    if let target = pick(scope.integers), chance(2) {
      trips = target
      scope.written.insert(target)
    }
    return [
      .whileLoop(
        StepWhile(
          id: id, index: index, limit: rowCount, condition: condition, predicate: predicate, body: body,
          tripCount: trips, origins: ["while"]))
    ]
  }

  /// Integers that stand for counts and indices of loops around are not written.
  private func isInUse(_ buffer: BufferID, _ scope: Scope) -> Bool { !scope.integers.contains(buffer) }

  /// A state that a loop computes anew: `next` from `state`, then `state` from `next`.
  private mutating func stateLoop(_ scope: inout Scope, count number: BufferID) -> [Step] {
    guard let state = pick(scope.vectors) else { return [] }
    let next = temporary("next", vector)
    var steps: [Step] = []
    if let start = pick(readable(scope)) {
      steps.append(kernel(copy(start, to: state)))
      scope.written.insert(state)
    }
    guard scope.written.contains(state) else { return steps }
    let id = newLoop()
    var inner = inside(id, scope)
    inner.vectors.removeAll { $0 == state }
    inner.readOnly.append(state)
    var body = chance(2) ? list(&inner, count: number) : []
    body.append(kernel(combination([pick(readable(inner)) ?? state, state], to: next, reversed: chance(3))))
    inner.written.insert(next)
    inner.readOnly.append(next)
    if chance(3) { body += list(&inner, count: number) }
    body.append(kernel(copy(next, to: state)))
    steps.append(.loop(StepLoop(id: id, count: count(number), body: body, origins: ["scan"])))
    if let target = pick(scope.vectors), chance(2) {
      steps.append(kernel(copy(state, to: target)))
      scope.written.insert(target)
    }
    return steps
  }

  /// A loop that records rows, and one that reads them, often from the end.
  private mutating func tapeLoops(_ scope: inout Scope, count number: BufferID) -> [Step] {
    guard let state = pick(scope.vectors.filter { scope.written.contains($0) }) else { return [] }
    let tape = tapes.count
    tapes.append(Tape(name: "tape", rowType: vector))
    let trips = temporary("trips", TensorType(.i64, []))
    let (first, second) = (newLoop(), newLoop())
    let row = declare("row", vector, .row(tape: tape, loop: first, reversed: false))
    let back = declare("back", vector, .row(tape: tape, loop: second, reversed: !chance(3)))
    var inner = inside(first, scope)
    let index = temporary("t", TensorType(.i64, []))
    let predicate = temporary("go", TensorType(.bool, []))
    let limit = Int.random(in: 0...4, using: &random)
    let condition = kernel(lessThan(index, chance(2) ? number : nil, limit, predicate))
    var body = [kernel(copy(state, to: row))]
    inner.written.insert(row)
    inner.readOnly.append(row)
    body += list(&inner, count: number)
    var steps: [Step] = [
      .whileLoop(
        StepWhile(
          id: first, index: index, limit: chance(2) ? nil : rowCount, condition: [condition], predicate: predicate,
          records: [tape], body: body, tripCount: trips, origins: ["while"]))
    ]
    // Slices of a loop without a limit are not valid.
    if case .whileLoop(var loop) = steps[0], loop.limit == nil, hasSlices(first) {
      loop.limit = rowCount
      steps[0] = .whileLoop(loop)
    }
    if chance(2) { steps += arithmetic(&scope) }
    inner = inside(second, scope)
    inner.written.insert(back)
    inner.readOnly.append(back)
    let reading = list(&inner, count: number) + arithmetic(&inner, reading: back)
    steps.append(
      .loop(
        StepLoop(
          id: second, count: .buffer(trips, limit: rowCount), body: reading, origins: ["transposed while"])))
    return steps
  }

  /// A value that is computed on its own and copied to a row, perhaps not always.
  private mutating func row(_ scope: inout Scope) -> [Step] {
    let rows = scope.vectors.filter { buffers[$0].role.isMoving }
    guard let row = pick(rows), let a = pick(readable(scope)), let b = pick(readable(scope)) else { return [] }
    let value = temporary("value", vector)
    var steps = [kernel(combination([a, b], to: value, reversed: chance(4)))]
    if chance(2) { steps += arithmetic(&scope) }
    let copying = kernel(copy(value, to: row))
    if let selector = pick(scope.integers.filter { scope.written.contains($0) }), chance(2) {
      steps.append(.branch(StepBranch(selector: selector, branches: [[], [copying]], origins: ["cond"])))
    } else {
      steps.append(copying)
    }
    return steps
  }

  /// A part of a vector that is copied, and one of which a part of another is made.
  private mutating func parts(_ scope: inout Scope) -> [Step] {
    guard let source = pick(readable(scope)), let target = pick(scope.vectors.filter { scope.written.contains($0) })
    else { return [] }
    let count = max(1, length / 2)
    let type = TensorType(.f32, [count])
    let (part, next) = (temporary("part", type), temporary("part", type))
    var steps = [kernel(copyRun(source, Int.random(in: 0...length - count, using: &random), to: part, 0, count))]
    if chance(3) { steps += arithmetic(&scope) }
    if chance(2) {
      let id = newLoop()
      let scalar = TensorType(.f32, [])
      let reversed = chance(2)
      let one = declare("one", scalar, .slice(of: part, loop: id, offset: 0, step: 1))
      let other = declare(
        "other", scalar, .slice(of: next, loop: id, offset: reversed ? count - 1 : 0, step: reversed ? -1 : 1))
      steps.append(
        .loop(StepLoop(id: id, count: .fixed(count), body: [kernel(sum(one, one, to: other))], origins: ["scan"])))
    } else {
      steps.append(kernel(copyRun(part, 0, to: next, 0, count)))
    }
    if chance(3) { steps += arithmetic(&scope) }
    steps.append(kernel(copyRun(next, 0, to: target, Int.random(in: 0...length - count, using: &random), count)))
    return steps
  }

  /// A loop that fills a stack, and one that makes another of it.
  private mutating func stacks(_ scope: inout Scope) -> [Step] {
    guard let start = pick(readable(scope)), let target = pick(scope.vectors) else { return [] }
    let (record, factor) = (temporary("record", matrix), temporary("factor", matrix))
    let (first, second, third) = (newLoop(), newLoop(), newLoop())
    let written = stackRow(record, first, chance(2))
    let reversed = chance(2)
    let read = stackRow(record, second, reversed)
    let made = stackRow(factor, second, chance(4) ? !reversed : reversed)
    let last = stackRow(chance(4) ? record : factor, third, chance(2))
    var inner = inside(first, scope)
    var body = chance(3) ? arithmetic(&inner) : []
    body.append(kernel(combination([start, start], to: written, reversed: chance(3))))
    var steps: [Step] = [.loop(StepLoop(id: first, count: .fixed(rowCount), body: body, origins: ["scan"]))]
    if chance(3) { steps += arithmetic(&scope) }
    let turned = chance(4)
    body = [kernel(combination([read, start], to: made, reversed: turned))]
    if chance(4) { body.append(kernel(combination([made, read], to: made, reversed: false))) }
    steps.append(.loop(StepLoop(id: second, count: .fixed(rowCount), body: body, origins: ["scan"])))
    scope.written.insert(target)
    let reading = [kernel(combination([last, start], to: target, reversed: false))]
    steps.append(.loop(StepLoop(id: third, count: .fixed(rowCount), body: reading, origins: ["scan"])))
    return steps
  }

  private mutating func stackRow(_ stack: BufferID, _ loop: LoopID, _ reversed: Bool) -> BufferID {
    declare(
      "row", vector,
      .slice(of: stack, loop: loop, offset: reversed ? (rowCount - 1) * length : 0, step: reversed ? -length : length))
  }

  private func hasSlices(_ loop: LoopID) -> Bool {
    buffers.contains {
      if case .slice(_, loop, _, _) = $0.role { true } else { false }
    }
  }

  private mutating func branch(_ scope: inout Scope, count number: BufferID) -> Step {
    let selector = pick(scope.integers.filter { scope.written.contains($0) }) ?? number
    var branches: [[Step]] = []
    var written: Set<BufferID>?
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      var inner = scope
      branches.append(chance(5) ? [] : list(&inner, count: number))
      written = written?.intersection(inner.written) ?? inner.written
    }
    scope.written.formUnion(written ?? [])
    return .branch(StepBranch(selector: selector, branches: branches, origins: ["cond"]))
  }
}
