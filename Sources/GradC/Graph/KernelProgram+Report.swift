internal import KernelIR

extension KernelProgram {
  /// One thing a program does: a fused kernel, a call of a library, or a loop or branch of steps.
  public struct Step: Sendable, Hashable {
    /// `kernel`, `gemm` for a matrix product, or `call` for a routine such as a factorisation; `loop`, `while` with its `condition`, or `branch` with every `case`.
    public let kind: String
    /// The kernel's name in C, the shape of the product, the routine and the shapes of what it is given, and in how many
    /// chunks threads share it; how often a loop runs, or the number of a case.
    public let title: String
    /// The operations of the graph that became this step, with the line of Swift they were written in: one string a
    /// line, such as `mul, add (Model.swift:12)`.
    public let operations: [String]
    /// The names of the buffers it reads.
    public let reads: [String]
    /// The names of the buffers it writes.
    public let writes: [String]
    /// Why it is a step of its own, and not part of one before it; empty for conditions and cases.
    public let reason: String
    /// The steps inside, in order; reads and writes of these are theirs.
    public var steps: [Step] = []
  }

  /// A run of memory.
  public struct Memory: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// The dtype and shape of what it holds.
    public let type: TensorType
    /// `parameter`, `result`, `updated` for a parameter that becomes a result in place, `constant` or `temporary`;
    /// `slice` for a part of another buffer that moves with a loop, `row` for a row of a tape.
    public let role: String
    /// Where it lies in the arena, if it is temporary.
    public let arenaOffset: Int?

    /// The bytes of its elements.
    public var byteCount: Int { type.elementCount * type.dtype.byteCount }
  }

  /// What the program does, in order.
  public var steps: [Step] {
    var number = 0
    return report(program.steps, &number, isInBlocks: false)
  }

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
      case .slice: role = "slice"
      case .row: role = "row"
      }
      return Memory(name: buffer.name, type: buffer.type, role: role, arenaOffset: offset)
    }
  }

  /// Bytes of the arena in which all temporaries lie, those that are never needed at once sharing their place. The C
  /// may need some scratch memory more.
  public var arenaByteCount: Int { program.arenaByteCount }

  /// - Parameters:
  ///   - number: That of the next kernel or call, as in its name in C.
  ///   - isInBlocks: Whether the steps are done for blocks of rows.
  private func report(_ steps: [KernelIR.Step], _ number: inout Int, isInBlocks: Bool) -> [Step] {
    steps.map { step in
      switch step {
      case .kernel(let kernel):
        number += 1
        return report(
          "kernel", kernel.numberedName(number - 1) + chunks(step), kernel.origins, [step],
          reason: reason(of: kernel))
      case .gemm(let gemm):
        let batch = gemm.batchCount > 1 ? "\(gemm.batchCount) × " : ""
        number += 1
        return report(
          "gemm", "\(batch)[\(gemm.m),\(gemm.k)] · [\(gemm.k),\(gemm.n)] \(gemm.dtype)\(chunks(step))", gemm.origins,
          [step],
          reason: Reason.product(gemm.order, isInBlocks: isInBlocks))
      case .call(let call):
        let batch = call.batchCount > 1 ? "\(call.batchCount) × " : ""
        let shapes = call.routine.inputs(call.dtype).map { "\($0.type.shape)" }.joined(separator: ", ")
        number += 1
        return report(
          "call", "\(batch)\(call.routine.definition.name) \(shapes) \(call.dtype)\(chunks(step))", call.origins,
          [step],
          reason: Reason.call)
      case .loop(var loop):
        let isOfBlocks = loop.isOfBlocks
        let hasIterations = loop.body.contains { if case .loop(let inner) = $0 { !inner.isOfBlocks } else { false } }
        let body = report(loop.body, &number, isInBlocks: isOfBlocks)
        loop.body = []
        let title =
          switch loop.count {
          case .fixed(let count): "\(count) times" + (loop.isParallel ? ", \(count) chunks" : "")
          case .buffer(let buffer, _): "\(names([buffer])[0]) times"
          }
        return report(
          "loop", title, loop.origins, [.loop(loop)], inside: body,
          reason: isOfBlocks ? hasIterations ? Reason.rowsOfLoop : Reason.blocks : Reason.nested)
      case .whileLoop(var loop):
        let condition = report(
          "condition", names([loop.predicate])[0], [], [], inside: report(loop.condition, &number, isInBlocks: false))
        let body = report(loop.body, &number, isInBlocks: false)
        loop.condition = []
        loop.body = []
        let title = loop.limit.map { "at most \($0) times" } ?? "any number of times"
        return report(
          "while", title, loop.origins, [.whileLoop(loop)], inside: [condition] + body, reason: Reason.nested)
      case .branch(var branch):
        let cases = branch.branches.enumerated().map { position, steps in
          report("case", "\(position)", [], [], inside: report(steps, &number, isInBlocks: false))
        }
        branch.branches = []
        return report(
          "branch", "\(cases.count) cases", branch.origins, [.branch(branch)], inside: cases, reason: Reason.nested)
      }
    }
  }

  private func reason(of kernel: Kernel) -> String {
    let parts = "_blocks"
    if kernel.name.hasSuffix(parts), let reason = reasons[String(kernel.name.dropLast(parts.count))] { return reason }
    return reasons[kernel.name] ?? ""
  }

  private enum Reason {
    static func product(_ order: Gemm.Order, isInBlocks: Bool) -> String {
      switch order {
      case .rows, .lanes: "a product so small that a call of BLAS would take longer, by a kernel of the runtime"
      case .library where isInBlocks: "a matrix product, for BLAS, of rows that stay in the cache"
      case .library:
        "a matrix product, for BLAS; on blocks of rows with its neighbours it would save no memory traffic"
      case .symmetry: "a matrix product that is its own transposition: BLAS computes what is below the diagonal"
      }
    }

    static let call = "a routine on whole matrices or rows"
    static let blocks = "each block or part of rows goes through all steps inside while it is in the cache"
    static let rowsOfLoop =
      "rows do not depend on each other: each part does all iterations inside, and threads share the parts"
    static let nested = "functions inside are planned by themselves"
  }

  /// In how many chunks threads share a step: `, 16 chunks`.
  private func chunks(_ step: KernelIR.Step) -> String {
    let count = step.chunkCount
    return count > 1 ? ", \(count) chunks" : ""
  }

  /// - Parameter own: The step without those inside.
  private func report(
    _ kind: String, _ title: String, _ origins: [String], _ own: [KernelIR.Step], inside: [Step] = [],
    reason: String = ""
  ) -> Step {
    var (reads, writes): ([BufferID], [BufferID]) = ([], [])
    own.forEachBuffer { buffer, isWritten in
      if isWritten {
        if !writes.contains(buffer) { writes.append(buffer) }
      } else if !reads.contains(buffer) {
        reads.append(buffer)
      }
    }
    return Step(
      kind: kind, title: title, operations: origins, reads: names(reads), writes: names(writes), reason: reason,
      steps: inside)
  }

  private func names(_ buffers: [BufferID]) -> [String] { buffers.map { program.buffers[Int($0)].name } }
}

extension StepLoop {
  /// Whether the schedule made it, for blocks or parts of rows.
  var isOfBlocks: Bool { origins.contains { $0.contains(" blocks of ") || $0.contains(" parts of ") } }
}
