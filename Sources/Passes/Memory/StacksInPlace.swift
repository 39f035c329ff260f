import KernelIR

extension Program {
  /// The program with stacks of which a loop writes the rows where it has just read those of another stack for the last
  /// time: they take its place, as a gradient's factors that of what was recorded.
  func writingStacksInPlace() -> Program {
    guard steps.contains(where: { !$0.lists.isEmpty }) else { return self }
    var program = self
    // A stack in the place of one that has come into the place of another.
    for _ in 0..<4 {
      var stacks = StacksInPlace(program)
      stacks.visit(stacks.uses.flow.nodes, isTop: true)
      if stacks.aliases.isEmpty { break }
      let aliases = stacks.aliases
      program = program.replacingBuffers(program.buffers.indices.map { aliases[$0] ?? $0 })
    }
    return program
  }
}

private struct StacksInPlace {
  private let program: Program
  let uses: BufferUses
  /// By stack, the one whose place it takes.
  private(set) var aliases: [BufferID: BufferID] = [:]

  init(_ program: Program) {
    self.program = program
    uses = BufferUses(program)
  }

  mutating func visit(_ nodes: [StepFlow.Node], isTop: Bool = false) {
    guard let list = StepList(nodes, isTop: isTop) else { return }
    for node in nodes {
      switch node {
      case .leaf: continue
      case .loop(let loop, let begin, let end, let body, _):
        visit(loop, begin...end, body, in: list)
        visit(body)
      case .whileLoop(_, _, _, let head, let body, _):
        visit(head)
        visit(body)
      case .branch(let lists): for list in lists { visit(list) }
      }
    }
  }

  /// Looks for kernels of a body that write a row.
  private mutating func visit(
    _ loop: LoopID, _ positions: ClosedRange<Int>, _ body: [StepFlow.Node], in list: StepList
  ) {
    for node in body {
      guard case .leaf(let position) = node, case .kernel(let kernel)? = uses.flow.steps[position] else { continue }
      for access in uses.flow.accesses[position] where access.kills {
        guard let (written, offset, step) = stack(access.buffer, in: loop), isFree(written),
          uses.isUsed(written, in: positions.lowerBound...list.positions.upperBound),
          isFirst(access.buffer, at: position, in: positions)
        else { continue }
        let rows = uses.flow.accesses[positions].joined().map(\.buffer)
        let read = rows.first { row in
          guard let (stack, other, otherStep) = stack(row, in: loop), stack != written, isFree(stack),
            (other, otherStep) == (offset, step), haveSameSize(stack, written), haveSameSize(row, access.buffer),
            uses.isUsed(stack, in: list.positions.lowerBound...positions.upperBound),
            list.isTop || uses.isFilledFirst(stack, list.nodes)
          else { return false }
          return isLast(row, at: position, kernel, before: access.buffer, in: positions)
        }
        guard let read, let stack = stack(read, in: loop)?.base else { continue }
        aliases[written] = stack
      }
    }
  }

  /// What a row that moves with a loop is a row of.
  private func stack(_ row: BufferID, in loop: LoopID) -> (base: BufferID, offset: Int, step: Int)? {
    guard case .slice(let base, loop, let offset, let step) = program.buffers[row].role,
      step.magnitude == program.buffers[row].type.elementCount
    else { return nil }
    return (base, offset, step)
  }

  private func isFree(_ stack: BufferID) -> Bool {
    guard case .temporary = program.buffers[stack].role, !uses[stack].isWholeOnly else { return false }
    return aliases[stack] == nil && !aliases.values.contains(stack)
  }

  private func haveSameSize(_ one: BufferID, _ other: BufferID) -> Bool {
    let (one, other) = (program.buffers[one].type, program.buffers[other].type)
    return one.dtype == other.dtype && one.elementCount == other.elementCount
  }

  /// Whether an iteration uses a stack by this row alone, and not before it is written.
  private func isFirst(_ row: BufferID, at position: Int, in positions: ClosedRange<Int>) -> Bool {
    let accesses = uses.accesses(to: row, in: positions)
    return accesses.first?.position == position && accesses.allSatisfy { $0.access.buffer == row }
  }

  /// Whether an iteration uses a stack by this row alone, and no more when another is written.
  private func isLast(
    _ row: BufferID, at position: Int, _ kernel: Kernel, before written: BufferID, in positions: ClosedRange<Int>
  ) -> Bool {
    uses.accesses(to: row, in: positions).allSatisfy { place, access in
      guard access.buffer == row, place <= position else { return false }
      let count = program.buffers[row].type.elementCount
      return place < position || kernel.canWrite(written, over: row, elementCount: count)
    }
  }
}
