import KernelIR

extension CopiedWindows {
  func rewritten() -> Program {
    var result = program
    var position = 0
    // Positions count as in the flow.
    result.steps = rewrite(program.steps, &position)
    for (number, buffer) in program.buffers.enumerated() {
      guard case .slice(let base, let loop, let offset, let step) = buffer.role, let window = windows[base] else {
        continue
      }
      result.buffers[number].role = .slice(of: window.buffer, loop: loop, offset: offset + window.offset, step: step)
    }
    // What nothing names any more goes; slices move behind what they are now slices of.
    return result.removingUnusedBuffers()
  }

  private func rewrite(_ steps: [Step], _ position: inout Int) -> [Step] {
    var result: [Step] = []
    for step in steps {
      switch step {
      case .kernel(var kernel):
        if let statements = removed[position] {
          kernel.body = kernel.body.indices.filter { !statements.contains($0) }.map { kernel.body[$0] }
          kernel = kernel.compacted()
        }
        if !kernel.body.isEmpty {
          kernel.body = kernel.body.map { $0.shifted(windows) }
          result.append(.kernel(kernel))
        }
        position += 1
      case .gemm(var gemm):
        for path in [\Gemm.a, \Gemm.b, \Gemm.c] {
          guard let window = windows[gemm[keyPath: path].buffer] else { continue }
          gemm[keyPath: path].buffer = window.buffer
          gemm[keyPath: path].offset += window.offset
        }
        result.append(.gemm(gemm))
        position += 1
      case .call(var call):
        call.inputs = call.inputs.map { shifted($0) }
        call.outputs = call.outputs.map { shifted($0) }
        result.append(.call(call))
        position += 1
      case .loop(var loop):
        if case .buffer = loop.count { position += 1 }
        position += loop.index == nil ? 1 : 2
        loop.body = rewrite(loop.body, &position)
        position += 1
        result.append(.loop(loop))
      case .whileLoop(var loop):
        position += loop.index == nil ? 1 : 2
        loop.condition = rewrite(loop.condition, &position)
        position += 1
        loop.body = rewrite(loop.body, &position)
        position += loop.tripCount == nil ? 1 : 2
        result.append(.whileLoop(loop))
      case .branch(var branch):
        position += 1
        branch.branches = branch.branches.map { rewrite($0, &position) }
        result.append(.branch(branch))
      }
    }
    return result
  }

  private func shifted(_ argument: LibraryCall.Argument) -> LibraryCall.Argument {
    guard let window = windows[argument.buffer] else { return argument }
    return LibraryCall.Argument(
      buffer: window.buffer, offset: argument.offset + window.offset, batchStride: argument.batchStride)
  }
}

extension Statement {
  /// The statement with windows in the place of buffers.
  fileprivate func shifted(_ windows: [BufferID: Window]) -> Statement {
    switch self {
    case .loop(let axis, let body): return .loop(axis, body.map { $0.shifted(windows) })
    case .tile(let axis, let body): return .tile(axis, body.map { $0.shifted(windows) })
    default:
      guard let (buffer, _) = buffer, let window = windows[buffer] else { return self }
      let moved = mapIndex { AffineIndex(offset: $0.offset + window.offset, terms: $0.terms) }
      return [moved].replacingBuffers { $0 == buffer ? window.buffer : $0 }[0]
    }
  }
}
