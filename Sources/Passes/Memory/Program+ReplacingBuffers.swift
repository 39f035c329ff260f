import KernelIR

extension Program {
  /// The program with other buffers in the place of some, which go.
  func replacingBuffers(_ aliases: [BufferID]) -> Program {
    var numbers = [BufferID](repeating: 0, count: buffers.count)
    var kept: [Buffer] = []
    for (number, buffer) in buffers.enumerated() where aliases[number] == number {
      numbers[number] = kept.count
      kept.append(buffer)
    }
    if kept.count == buffers.count { return self }
    func replaced(_ buffer: BufferID) -> BufferID { numbers[aliases[buffer]] }

    var result = self
    result.buffers = kept
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
    case .kernel(var kernel):
      kernel.body = kernel.body.replacingBuffers(replaced)
      return .kernel(kernel)
    }
  }
}

extension [Statement] {
  fileprivate func replacingBuffers(_ replaced: (BufferID) -> BufferID) -> [Statement] {
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
