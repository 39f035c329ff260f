import KernelIR

extension Program {
  /// The program without the temporaries that a target takes the place of: they are computed in the target.
  func computingInPlace() -> Program {
    var lives = MemoryPlan.lives(self)
    var aliases = Array(buffers.indices)
    // Backwards, so that a chain of temporaries becomes one with what it ends in.
    for (number, step) in steps.enumerated().reversed() {
      guard case .kernel(let kernel) = step else { continue }
      for pair in InPlace.pairs(kernel, at: number, buffers, lives, aliases: aliases) {
        guard let life = lives[pair.operand] else { continue }
        aliases[pair.operand] = pair.target
        lives[pair.target]?.first = life.first
        lives[pair.operand] = nil
      }
    }
    return replacingBuffers(aliases)
  }
}
