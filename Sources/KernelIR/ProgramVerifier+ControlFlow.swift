import Basics

/// Which buffers that move can be used at a step.
struct MovingScope {
  /// The loops whose slices can be used.
  var slices: Set<LoopID> = []
  /// The loops whose rows can be used.
  var rows: Set<LoopID> = []

  func allows(_ role: Buffer.Role) -> Bool {
    switch role {
    case .slice(_, let loop, _, _): slices.contains(loop)
    case .row(_, let loop, _): rows.contains(loop)
    case .parameter, .result, .updated, .constant, .temporary: true
    }
  }
}

extension ProgramVerifier {
  static var greatestStepDepth: Int { 64 }

  // MARK: Declarations

  mutating func checkLoops() {
    if let id = loops.repeated.first { fail(19, "there are several loops l\(id)") }
    for (id, loop) in loops.entries.sorted(by: { $0.key < $1.key }) {
      if id < 0 { fail(19, "a loop has the number \(id)") }
      if let bound = loop.bound, bound < 0 { fail(19, "l\(id) has \(bound) iterations") }
      for tape in loop.records {
        if !program.tapes.indices.contains(tape) { fail(24, "l\(id) records tape #\(tape), which does not exist") }
      }
      if Set(loop.records).count < loop.records.count { fail(24, "l\(id) records a tape twice") }
      if failures.count > 20 { return }
    }
  }

  /// Buffers that move, and the nesting of loops that use one tape.
  mutating func checkMovingBuffers() {
    var loopsOfTape = [Set<LoopID>](repeating: [], count: program.tapes.count)
    for (id, loop) in loops.entries { for tape in loop.records { loopsOfTape[tape].insert(id) } }
    for (number, buffer) in program.buffers.enumerated() {
      switch buffer.role {
      case .slice(let base, let loop, let offset, let step): checkSlice(number, base, loop, offset, step)
      case .row(let tape, let loop, let reversed):
        guard program.tapes.indices.contains(tape), let entry = loops[loop] else {
          fail(23, "#\(number) is a row of tape #\(tape) in l\(loop), one of which does not exist")
          continue
        }
        if buffer.type != program.tapes[tape].rowType {
          fail(23, "#\(number) is \(buffer.type), a row of its tape \(program.tapes[tape].rowType)")
        }
        if entry.isWhile && (reversed || !entry.records.contains(tape)) {
          fail(23, "#\(number) is a row in a “while” that does not record it, or reversed")
        }
        loopsOfTape[tape].insert(loop)
      case .parameter, .result, .updated, .constant, .temporary: break
      }
      if failures.count > 20 { return }
    }
    for (tape, users) in loopsOfTape.enumerated() {
      for inner in users {
        guard let outer = loops[inner]?.ancestors.first(where: { users.contains($0) }) else { continue }
        return fail(24, "tape #\(tape) is used by l\(inner) inside l\(outer), which uses it too")
      }
    }
  }

  private mutating func checkSlice(_ number: BufferID, _ base: BufferID, _ loop: LoopID, _ offset: Int, _ step: Int) {
    let type = program.buffers[number].type
    guard base >= 0, base < number else { return fail(22, "#\(number) is a slice of #\(base), not of one before it") }
    let whole = program.buffers[base].type
    if whole.dtype != type.dtype { fail(22, "#\(number) is \(type), a slice of \(whole)") }
    guard let bound = loops[loop]?.bound else {
      return fail(22, "#\(number) is a slice in l\(loop), which is no loop with a known bound")
    }
    switch program.buffers[base].role {
    case .slice(_, let outer, _, _), .row(_, let outer, _):
      if outer == loop || !loops.isInside(loop, outer) {
        fail(22, "#\(number) is a slice in l\(loop), but #\(base) moves with l\(outer), which is not around it")
      }
    case .parameter, .result, .updated, .constant, .temporary: break
    }
    let limit = Self.greatestByteCount
    if !(-limit...limit).contains(offset) || !(-limit...limit).contains(step) {
      return fail(22, "#\(number) is a slice from \(offset) by \(step)")
    }
    if bound == 0 || type.elementCount == 0 { return }
    var bounds = IndexBounds(offset)
    bounds.add(step, upTo: bound - 1)
    bounds.add(1, upTo: type.elementCount - 1)
    if !bounds.areInside(whole.elementCount) {
      fail(22, "#\(number) reaches from \(bounds.low) to \(bounds.high) in #\(base), which is \(whole)")
    }
  }

  // MARK: Steps

  mutating func check(_ steps: [Step], _ scope: MovingScope, depth: Int = 0) {
    if depth > Self.greatestStepDepth {
      return fail(19, "more than \(Self.greatestStepDepth) nested loops and branches")
    }
    for step in steps {
      if failures.count >= KernelVerifier.greatestFailureCount { return }
      switch step {
      case .kernel(let kernel):
        var verifier = KernelVerifier(kernel: kernel, program: program, isWritable: isWritable, scope: scope)
        verifier.check()
        failures += verifier.failures
        if verifier.failures.isEmpty { checkPartition(kernel) }
      case .gemm(let gemm):
        check(gemm, scope)
        checkPartition(gemm)
      case .call(let call): check(call, scope)
      case .loop(let loop): check(loop, scope, depth)
      case .whileLoop(let loop): check(loop, scope, depth)
      case .branch(let branch):
        checkScalar("a selector", branch.selector, [.bool, .i32, .i64], scope, isWritten: false)
        if branch.branches.isEmpty { fail(21, "a branch has no cases") }
        for list in branch.branches { check(list, scope, depth: depth + 1) }
      }
    }
  }

  private mutating func check(_ loop: StepLoop, _ scope: MovingScope, _ depth: Int) {
    if case .buffer(let buffer, _) = loop.count {
      checkScalar("the count of l\(loop.id)", buffer, [.i64], scope, isWritten: false)
    }
    var inside = scope
    inside.slices.insert(loop.id)
    inside.rows.insert(loop.id)
    if let index = loop.index { checkScalar("the index of l\(loop.id)", index, [.i64], inside, isWritten: true) }
    check(loop.body, inside, depth: depth + 1)
  }

  private mutating func check(_ loop: StepWhile, _ scope: MovingScope, _ depth: Int) {
    var inside = scope
    inside.slices.insert(loop.id)
    if let index = loop.index { checkScalar("the index of l\(loop.id)", index, [.i64], inside, isWritten: true) }
    check(loop.condition, inside, depth: depth + 1)
    checkScalar("the predicate of l\(loop.id)", loop.predicate, [.bool], inside, isWritten: false)
    inside.rows.insert(loop.id)
    check(loop.body, inside, depth: depth + 1)
    if let count = loop.tripCount {
      checkScalar("the trip count of l\(loop.id)", count, [.i64], scope, isWritten: true)
    }
  }

  private mutating func checkScalar(
    _ what: @autoclosure () -> String, _ buffer: BufferID, _ dtypes: [DType], _ scope: MovingScope, isWritten: Bool
  ) {
    guard program.buffers.indices.contains(buffer) else {
      return fail(20, "\(what()) is #\(buffer), which does not exist")
    }
    let type = program.buffers[buffer].type
    if !dtypes.contains(type.dtype) || type.elementCount != 1 { fail(20, "\(what()) is \(type)") }
    if isWritten && !isWritable[buffer] { fail(20, "\(what()) is #\(buffer), which can't be written") }
    checkUse(buffer, scope)
  }

  /// Checks that a buffer does not move with a loop elsewhere.
  mutating func checkUse(_ buffer: BufferID, _ scope: MovingScope) {
    if !scope.allows(program.buffers[buffer].role) { fail(25, "#\(buffer) is used outside of its loop") }
  }
}
