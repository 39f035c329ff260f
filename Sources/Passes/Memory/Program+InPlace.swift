import KernelIR

extension Program {
  /// The program without the temporaries that a target takes the place of: they are computed in the target.
  func computingInPlace() -> Program {
    let flow = StepFlow(self)
    var lives = MemoryPlan.lives(self, flow)
    let inBranches = flow.positionsInBranches()
    var aliases = Array(buffers.indices)
    // Backwards, so that a chain of temporaries becomes one with what it ends in. Where the last touch of one is the first of
    // the other, both are in the list of the kernel, as what is also touched elsewhere lives as long as a loop.
    for (number, step) in flow.steps.enumerated().reversed() {
      guard case .kernel(let kernel)? = step else { continue }
      // Where another branch runs, a parameter that is updated keeps what it is.
      let keepsParameters = inBranches.contains(number)
      for pair in InPlace.pairs(kernel, at: number, flow.accesses[number], self, lives, aliases: aliases) {
        guard let life = lives[pair.operand] else { continue }
        if case .updated = buffers[pair.target].role, keepsParameters { continue }
        aliases[pair.operand] = pair.target
        lives[pair.target]?.first = life.first
        lives[pair.operand] = nil
      }
    }
    return replacingBuffers(aliases)
  }
}
