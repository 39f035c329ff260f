package import Basics
package import KernelIR
package import TensorIR

extension Function {
  /// The kernel IR of this function: fusion plan, kernels, library calls, loops and memory plan.
  ///
  /// - Parameters:
  ///   - updates: The parameters that become results in place, with the positions of these; each result once,
  ///     and of the parameter's type.
  ///   - model: What the schedule takes memory and launches to cost.
  ///   - parallelism: When steps are cut into chunks for threads; `nil` for never.
  package func lowered(
    updating updates: [Int: Int] = [:], _ model: CostModel = CostModel(), parallelism: Parallelism? = .current
  ) throws(Diagnostics) -> Program {
    try loweredWithReasons(updating: updates, model, parallelism: parallelism).program
  }

  /// The same, with the reason by name of a kernel why it is a kernel of its own.
  package func loweredWithReasons(
    updating updates: [Int: Int] = [:], _ model: CostModel = CostModel(), parallelism: Parallelism? = .current
  ) throws(Diagnostics) -> (program: Program, reasons: [String: String]) {
    try loweredWithReasons(updating: updates, model, parallelism: parallelism, recomputation: nil)
  }

  /// The same, computing again what there is no memory for.
  func loweredWithReasons(
    updating updates: [Int: Int], _ model: CostModel = CostModel(), parallelism: Parallelism?,
    recomputation: Recomputation?
  ) throws(Diagnostics) -> (program: Program, reasons: [String: String]) {
    // What lowering relies on, whatever passes have run before.
    let required = Pipeline([
      Passes.inlining, Passes.emptyTensors, Passes.expansion, Passes.dotOperands, Passes.deadCode,
    ])
    let function = try Span.measure("prepare") { () throws(Diagnostics) in try required.run(self) }
    let draft = ProgramDraft(model)
    let parameters = function.parameters.enumerated().map { draft.declare($1.name, $1.type, .parameter($0)) }
    let results = function.results.enumerated().map {
      draft.declare($1.name, function.type(of: $1.value), .result($0))
    }
    var lowering = Span.measure("fuse") { FunctionLowering(function, draft, recomputation) }
    let steps = try Span.measure("kernels") { () throws(Diagnostics) in
      try lowering.run(parameters: parameters, results: results)
    }
    let program = Program(
      name: function.name, buffers: draft.buffers, steps: steps, arenaByteCount: 0, tapes: draft.tapes)
    let planned = try Span.measure("memory") { () throws(Diagnostics) in
      let updated = program.updating(updates)
      // No memory holds these: nothing is to be gained, and what the schedule multiplies could overflow.
      guard MemoryPlan.hasPossibleSizes(updated) else { return try MemoryPlan.apply(to: updated) }
      let merged = updated.inRowBlocks(model, parallelism).mergingKernels(model) { name, parts, shared in
        draft.reasons[name] =
          "\(parts.joined(separator: " and ")) as one, since both read \(shared.joined(separator: ", "))"
      }
      guard let parallelism else { return try MemoryPlan.apply(to: merged).inCacheBlocks(model) }
      let blocked = merged.partitioningCalls(parallelism).blockingReductions(parallelism)
      return try MemoryPlan.apply(to: blocked).inCacheBlocks(model).partitioned(parallelism)
    }
    let scheduled = planned.withSmallProducts(model).writingOutShortScopes().pairingFunctions().addingEarly()
    return (scheduled.streamingResults(model), draft.reasons)
  }
}

extension Program {
  /// The planned program with what keeps operands in a cache.
  fileprivate func inCacheBlocks(_ model: CostModel) -> Program {
    blockingElements(model).jammingRows(model).splittingProducts(model)
  }
}

/// What the functions of a program share while they are lowered: buffers, tapes and numbers.
final class ProgramDraft {
  let model: CostModel
  private(set) var buffers: [Buffer] = []
  private(set) var tapes: [Tape] = []
  /// By name of a kernel, why it is one of its own.
  var reasons: [String: String] = [:]
  private var loopCount = 0
  private var kernelCount = 0

  init(_ model: CostModel) { self.model = model }

  func declare(_ name: String, _ type: TensorType, _ role: Buffer.Role) -> BufferID {
    buffers.append(Buffer(name: name, type: type, role: role))
    return buffers.count - 1
  }

  func declareTemporary(_ name: String, _ type: TensorType) -> BufferID {
    declare(name, type, .temporary(offset: 0))
  }

  func declareTape(_ name: String, _ rowType: TensorType) -> TapeID {
    tapes.append(Tape(name: name, rowType: rowType))
    return tapes.count - 1
  }

  func nextLoop() -> LoopID {
    loopCount += 1
    return loopCount - 1
  }

  /// The number of the next kernel or call.
  func nextStep() -> Int {
    kernelCount += 1
    return kernelCount - 1
  }
}
