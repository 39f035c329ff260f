import KernelIR

extension Program {
  /// The program with other buffers in the place of some, which go.
  func replacingBuffers(_ aliases: [BufferID]) -> Program {
    keeping(buffers.indices.filter { aliases[$0] == $0 }, aliases)
  }

  /// The program without temporaries, slices and rows that no step touches.
  func removingUnusedBuffers() -> Program {
    var isUsed = buffers.map { buffer in
      switch buffer.role {
      case .parameter, .result, .updated: true
      case .temporary, .slice, .row, .constant: false
      }
    }
    steps.forEachBuffer { buffer, _ in
      var buffer = buffer
      isUsed[buffer] = true
      while case .slice(let base, _, _, _) = buffers[buffer].role {
        isUsed[base] = true
        buffer = base
      }
    }
    return keeping(buffers.indices.filter { isUsed[$0] }, Array(buffers.indices))
  }

  /// The program with some of its buffers, `aliases` in the place of the others.
  private func keeping(_ kept: [BufferID], _ aliases: [BufferID]) -> Program {
    // A slice stands after what it is a slice of, which may be a target further down.
    func depth(_ buffer: BufferID) -> Int {
      guard case .slice(let base, _, _, _) = buffers[buffer].role else { return 0 }
      return depth(aliases[base]) + 1
    }
    if kept.count == buffers.count { return self }
    let depths = kept.map(depth)
    let order = kept.indices.sorted { (depths[$0], $0) < (depths[$1], $1) }.map { kept[$0] }
    var numbers = [BufferID](repeating: 0, count: buffers.count)
    for (number, buffer) in order.enumerated() { numbers[buffer] = number }
    func replaced(_ buffer: BufferID) -> BufferID { numbers[aliases[buffer]] }

    var result = self
    result.buffers = order.map { number in
      var buffer = buffers[number]
      if case .slice(let base, let loop, let offset, let step) = buffer.role {
        buffer.role = .slice(of: replaced(base), loop: loop, offset: offset, step: step)
      }
      return buffer
    }
    result.steps = steps.map { $0.replacingBuffers(replaced) }
    return result
  }
}

extension Step {
  fileprivate func replacingBuffers(_ replaced: (BufferID) -> BufferID) -> Step {
    switch self {
    case .gemm(var gemm):
      gemm.a.buffer = replaced(gemm.a.buffer)
      gemm.b.buffer = replaced(gemm.b.buffer)
      gemm.c.buffer = replaced(gemm.c.buffer)
      return .gemm(gemm)
    case .call(let call): return .call(call.mapBuffers(replaced))
    case .kernel(var kernel):
      kernel.body = kernel.body.replacingBuffers(replaced)
      return .kernel(kernel)
    case .loop(var loop):
      if case .buffer(let buffer, let limit) = loop.count { loop.count = .buffer(replaced(buffer), limit: limit) }
      loop.index = loop.index.map(replaced)
      loop.body = loop.body.map { $0.replacingBuffers(replaced) }
      return .loop(loop)
    case .whileLoop(var loop):
      loop.index = loop.index.map(replaced)
      loop.predicate = replaced(loop.predicate)
      loop.tripCount = loop.tripCount.map(replaced)
      loop.condition = loop.condition.map { $0.replacingBuffers(replaced) }
      loop.body = loop.body.map { $0.replacingBuffers(replaced) }
      return .whileLoop(loop)
    case .branch(var branch):
      branch.selector = replaced(branch.selector)
      branch.branches = branch.branches.map { list in list.map { $0.replacingBuffers(replaced) } }
      return .branch(branch)
    }
  }
}

extension [Statement] {
  func replacingBuffers(_ replaced: (BufferID) -> BufferID) -> [Statement] {
    map { statement in
      switch statement {
      case .loop(let axis, let body): .loop(axis, body.replacingBuffers(replaced))
      case .tile(let axis, let body): .tile(axis, body.replacingBuffers(replaced))
      case .load(let result, let buffer, let index): .load(result, replaced(buffer), index)
      case .gather(let result, let buffer, let base, let selector, let stride, let limit):
        .gather(result, replaced(buffer), base: base, selector: selector, stride: stride, limit: limit)
      case .store(let buffer, let index, let value): .store(replaced(buffer), index, value)
      case .scatter(let scatter): .scatter(scatter.replacing(buffer: replaced(scatter.buffer)))
      default: statement
      }
    }
  }
}
