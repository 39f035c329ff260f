import Basics
import KernelIR

extension Program {
  /// The program with sums that start where they are added to in the end: instead of `t = 0`, then `t += …` again and again,
  /// then `s = s + t`, only `s += …`. So gradients of what all loops of a nest see are summed in one place.
  func startingSumsInPlace() -> Program {
    guard steps.contains(where: { !$0.lists.isEmpty }) else { return self }
    var sums = AddedSums(self)
    sums.visit(steps)
    if sums.targets.isEmpty { return self }
    var program = self
    program.steps = sums.removingStartsAndEnds(from: steps)
    return program.replacingBuffers(buffers.indices.map { sums.place(of: $0) })
  }
}

private struct AddedSums {
  private let program: Program
  private let touches: [Int]
  /// By temporary that holds a sum, what it is added to.
  private(set) var targets: [BufferID: BufferID] = [:]

  /// Steps between the start of a sum and what it is added to, at most.
  private static let greatestDistance = 16

  init(_ program: Program) {
    self.program = program
    var touches = [Int](repeating: 0, count: program.buffers.count)
    program.steps.forEachBuffer { buffer, _ in touches[program.root(of: buffer)] += 1 }
    self.touches = touches
  }

  func place(of buffer: BufferID) -> BufferID {
    var buffer = buffer
    while let target = targets[buffer] { buffer = target }
    return buffer
  }

  // MARK: Finding

  mutating func visit(_ steps: [Step]) {
    for (index, step) in steps.enumerated() {
      for list in step.lists { visit(list) }
      guard case .kernel(let kernel) = step, kernel.values.count <= 64 else { continue }
      for sum in kernel.zeroedBuffers where isTemporary(sum) && kernel.accesses(to: sum).count == 1 {
        guard step.footprint(program.buffers).contains(where: { $0.buffer == sum && $0.kills }),
          let target = target(of: sum, Array(steps[index...].prefix(Self.greatestDistance + 2)))
        else { continue }
        targets[sum] = target
      }
    }
  }

  private func isTemporary(_ buffer: BufferID) -> Bool {
    if case .temporary = program.buffers[buffer].role { true } else { false }
  }

  /// What the sum is added to by the last of the steps that touch it; the first one starts it.
  private func target(of sum: BufferID, _ steps: [Step]) -> BufferID? {
    var seen = 1
    for (position, step) in steps.enumerated().dropFirst() {
      var count = 0
      [step].forEachBuffer { buffer, _ in if program.root(of: buffer) == sum { count += 1 } }
      if count == 0 { continue }
      seen += count
      guard case .kernel(let kernel) = step, let addition = kernel.addedBuffers(program.buffers),
        let target = addition.target(adding: sum)
      else {
        if seen < touches[sum], onlyAdds(step, to: sum) { continue }
        return nil
      }
      guard seen == touches[sum], place(of: target) != sum,
        program.buffers[target].type.elementCount == program.buffers[sum].type.elementCount
      else { return nil }
      var isTouched = false
      let root = program.root(of: target)
      Array(steps[..<position]).forEachBuffer { buffer, _ in
        if sharesMemory(program.root(of: buffer), root) { isTouched = true }
      }
      return isTouched ? nil : target
    }
    return nil
  }

  private func sharesMemory(_ one: BufferID, _ other: BufferID) -> Bool {
    if case .row(let tape, _, _) = program.buffers[one].role, case .row(tape, _, _) = program.buffers[other].role {
      return true
    }
    return one == other
  }

  /// Whether all that a step does to a buffer is to add to it.
  private func onlyAdds(_ step: Step, to sum: BufferID) -> Bool {
    switch step {
    case .gemm(let gemm):
      return gemm.c.buffer == sum && gemm.accumulates && gemm.order != .symmetry
        && ![gemm.a.buffer, gemm.b.buffer].contains { touches($0, sum) }
    case .kernel(let kernel):
      guard let addition = kernel.addedBuffers(program.buffers), addition.target == sum else { return false }
      return (addition.first == sum) != (addition.second == sum)
    case .call: return false
    case .loop(let loop): return onlyAdds(loop.body, to: sum)
    case .whileLoop(let loop): return onlyAdds(loop.condition + loop.body, to: sum)
    case .branch(let branch): return branch.branches.allSatisfy { onlyAdds($0, to: sum) }
    }
  }

  private func onlyAdds(_ steps: [Step], to sum: BufferID) -> Bool {
    steps.allSatisfy { step in
      var isTouched = false
      [step].forEachBuffer { buffer, _ in if touches(buffer, sum) { isTouched = true } }
      return !isTouched || onlyAdds(step, to: sum)
    }
  }

  private func touches(_ buffer: BufferID, _ sum: BufferID) -> Bool { program.root(of: buffer) == sum }

  // MARK: Rewriting

  func removingStartsAndEnds(from steps: [Step]) -> [Step] {
    steps.compactMap { step in
      guard case .kernel(var kernel) = step else { return step.mapLists { removingStartsAndEnds(from: $0) } }
      if let addition = kernel.addedBuffers(program.buffers),
        [addition.first, addition.second].contains(where: { targets[$0] == addition.target })
      {
        return nil
      }
      guard kernel.values.count <= 64, kernel.zeroedBuffers.contains(where: { targets[$0] != nil }) else { return step }
      let zeroed = kernel.zeroedBuffers.filter { targets[$0] != nil }
      kernel.body = kernel.body.filtered { statement in
        if case .store(let buffer, _, _) = statement { !zeroed.contains(buffer) } else { true }
      }
      kernel = kernel.removingDeadValues()
      return kernel.body.isEmpty ? nil : .kernel(kernel)
    }
  }
}

extension Kernel {
  /// Buffers that a constant zero is stored to.
  fileprivate var zeroedBuffers: [BufferID] {
    var zeros: Set<ValueID> = []
    var found: [BufferID] = []
    body.forEachStatement { statement in
      switch statement {
      case .constant(let value, let number) where number == Scalar(0.0, as: number.dtype): zeros.insert(value)
      case .store(let buffer, _, let value) where zeros.contains(value) && !found.contains(buffer): found.append(buffer)
      default: break
      }
    }
    return found
  }
}
