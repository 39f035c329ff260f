import KernelIR

extension Program {
  /// The program without what is computed into temporaries and tapes that nothing reads.
  ///
  /// Tensor IR has dropped what no result needs; but a loop gives all its results, and counts, or one of them is needed in
  /// one place and not in another.
  func removingDeadStores() -> Program {
    guard steps.contains(where: { !$0.lists.isEmpty }) else { return self }
    var program = self
    while true {
      var removal = DeadStores(program)
      program.steps = removal.remove(from: program.steps)
      if !removal.changes { return program.removingUnusedTapes() }
    }
  }

  private func removingUnusedTapes() -> Program {
    var isUsed = [Bool](repeating: false, count: tapes.count)
    steps.forEachBuffer { buffer, _ in
      if case .row(let tape, _, _) = buffers[root(of: buffer)].role { isUsed[tape] = true }
    }
    if !isUsed.contains(false) { return self }
    var numbers = [TapeID?](repeating: nil, count: tapes.count)
    for (number, tape) in isUsed.indices.filter({ isUsed[$0] }).enumerated() { numbers[tape] = number }
    // Rows that no step touches would have a tape that is not there.
    var program = removingUnusedBuffers()
    program.tapes = tapes.indices.filter { isUsed[$0] }.map { tapes[$0] }
    for index in program.buffers.indices {
      guard case .row(let tape, let loop, let reversed) = program.buffers[index].role, let number = numbers[tape] else {
        continue
      }
      program.buffers[index].role = .row(tape: number, loop: loop, reversed: reversed)
    }
    program.steps = program.steps.mapRecords { $0.compactMap { numbers[$0] } }
    return program
  }
}

private struct DeadStores {
  let program: Program
  private(set) var changes = false
  /// By buffer, whether something reads what is written to it.
  private var isNeeded: [Bool]

  init(_ program: Program) {
    self.program = program
    var isRead = [Bool](repeating: false, count: program.buffers.count)
    var isTapeRead = [Bool](repeating: false, count: program.tapes.count)
    program.steps.forEachBuffer { buffer, isWritten in
      if isWritten { return }
      let root = program.root(of: buffer)
      if case .row(let tape, _, _) = program.buffers[root].role { isTapeRead[tape] = true } else { isRead[root] = true }
    }
    isNeeded = program.buffers.indices.map { buffer in
      let root = program.root(of: buffer)
      return switch program.buffers[root].role {
      case .row(let tape, _, _): isTapeRead[tape]
      case .temporary: isRead[root]
      case .parameter, .result, .updated, .constant, .slice: true
      }
    }
  }

  mutating func remove(from steps: [Step]) -> [Step] {
    steps.compactMap { step in
      switch step {
      case .kernel(let kernel): return remove(from: kernel).map { .kernel($0) }
      case .gemm(let gemm): return keep(isNeeded[gemm.c.buffer]) ? step : nil
      case .call(let call): return keep(call.outputs.contains { isNeeded[$0.buffer] }) ? step : nil
      case .loop(var loop):
        if let index = loop.index, !keep(isNeeded[index]) { loop.index = nil }
        loop.body = remove(from: loop.body)
        if loop.body.isEmpty && loop.index == nil {
          changes = true
          return nil
        }
        return .loop(loop)
      case .whileLoop(var loop):
        if let index = loop.index, !keep(isNeeded[index]) { loop.index = nil }
        if let count = loop.tripCount, !keep(isNeeded[count]) { loop.tripCount = nil }
        loop.condition = remove(from: loop.condition)
        loop.body = remove(from: loop.body)
        return .whileLoop(loop)
      case .branch(var branch):
        branch.branches = branch.branches.map { remove(from: $0) }
        if branch.branches.allSatisfy(\.isEmpty) {
          changes = true
          return nil
        }
        return .branch(branch)
      }
    }
  }

  private mutating func keep(_ isNeeded: Bool) -> Bool {
    if !isNeeded { changes = true }
    return isNeeded
  }

  private mutating func remove(from kernel: Kernel) -> Kernel? {
    var hasDead = false
    kernel.body.forEachBuffer { if $1 && !isNeeded[$0] { hasDead = true } }
    if !hasDead { return kernel }
    changes = true
    var kernel = kernel
    let needed = isNeeded
    kernel.body = kernel.body.filtered { statement in
      guard let (buffer, isWritten) = statement.buffer, isWritten else { return true }
      return needed[buffer]
    }
    kernel = kernel.removingDeadValues()
    return kernel.body.isEmpty ? nil : kernel
  }
}

extension [Step] {
  /// The steps with other lists of tapes that loops record.
  fileprivate func mapRecords(_ change: ([TapeID]) -> [TapeID]) -> [Step] {
    map { step in
      var step = step
      switch step {
      case .loop(var loop):
        loop.records = change(loop.records)
        step = .loop(loop)
      case .whileLoop(var loop):
        loop.records = change(loop.records)
        step = .whileLoop(loop)
      case .kernel, .gemm, .call, .branch: break
      }
      return step.mapLists { $0.mapRecords(change) }
    }
  }
}
