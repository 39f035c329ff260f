internal import KernelIR

extension KernelProgram {
  /// One thing a program does: a fused kernel or a call of a library.
  public struct Step: Sendable, Hashable {
    /// `kernel` or `gemm`.
    public let kind: String
    /// The kernel's name in C, or the shape of the product.
    public let title: String
    /// The operations of the graph that became this step, with the line of Swift they were written in: one string a
    /// line, such as `mul, add (Model.swift:12)`.
    public let operations: [String]
    /// The names of the buffers it reads.
    public let reads: [String]
    /// The names of the buffers it writes.
    public let writes: [String]
  }

  /// A run of memory.
  public struct Memory: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// The dtype and shape of what it holds.
    public let type: TensorType
    /// `parameter`, `result`, `updated` for a parameter that becomes a result in place, `constant` or `temporary`.
    public let role: String
    /// Where it lies in the arena, if it is temporary.
    public let arenaOffset: Int?

    /// The bytes of its elements.
    public var byteCount: Int { type.elementCount * type.dtype.byteCount }
  }

  /// What the program does, in order.
  public var steps: [Step] { program.steps.enumerated().map { report($0, $1) } }

  /// The memory the program uses.
  public var buffers: [Memory] {
    program.buffers.map { buffer in
      var offset: Int?
      let role: String
      switch buffer.role {
      case .parameter: role = "parameter"
      case .result: role = "result"
      case .updated: role = "updated"
      case .constant: role = "constant"
      case .temporary(let place):
        role = "temporary"
        offset = place
      }
      return Memory(name: buffer.name, type: buffer.type, role: role, arenaOffset: offset)
    }
  }

  /// Bytes of the arena in which all temporaries lie, those that are never needed at once sharing their place. The C
  /// may need some scratch memory more.
  public var arenaByteCount: Int { program.arenaByteCount }

  private func report(_ index: Int, _ step: KernelIR.Step) -> Step {
    switch step {
    case .gemm(let gemm):
      let batch = gemm.batchCount > 1 ? "\(gemm.batchCount) × " : ""
      return Step(
        kind: "gemm", title: "\(batch)[\(gemm.m),\(gemm.k)] · [\(gemm.k),\(gemm.n)] \(gemm.dtype)",
        operations: gemm.origins, reads: names([gemm.a.buffer, gemm.b.buffer]), writes: names([gemm.c.buffer]))
    case .kernel(let kernel):
      var access = BufferAccess()
      access.visit(kernel.body)
      let name = kernel.name.isEmpty ? "kernel" : kernel.name
      return Step(
        kind: "kernel", title: name.hasPrefix("k\(index)_") ? name : "k\(index)_\(name)", operations: kernel.origins,
        reads: names(access.reads),
        writes: names(access.writes))
    }
  }

  private func names(_ buffers: [BufferID]) -> [String] { buffers.map { program.buffers[Int($0)].name } }
}

/// The buffers that statements touch, in order of their first use.
private struct BufferAccess {
  private(set) var reads: [BufferID] = []
  private(set) var writes: [BufferID] = []

  mutating func visit(_ statements: [Statement]) {
    for statement in statements {
      switch statement {
      case .loop(_, let body), .tile(_, let body): visit(body)
      case .load(_, let buffer, _), .gather(_, let buffer, _, _, _, _): add(buffer, to: &reads)
      case .store(let buffer, _, _): add(buffer, to: &writes)
      case .scatter(let scatter): add(scatter.buffer, to: &writes)
      case .compute, .cast, .constant, .index, .accumulator, .accumulate, .finish: break
      }
    }
  }

  private func add(_ buffer: BufferID, to list: inout [BufferID]) { if !list.contains(buffer) { list.append(buffer) } }
}
