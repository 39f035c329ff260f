import Basics
import KernelIR
import TensorIR

// Functions within an op become steps within loops and branches. A carry lives in the buffer of its result: the body reads
// it there, writes the next one elsewhere, and copies it back; the memory plan makes one of both where it can.
extension FunctionLowering {
  mutating func lowerControlFlow(_ number: Int) throws(Diagnostics) {
    guard case .controlFlow(let flow) = function.op(of: function.instructions[number]).lowering else { return }
    if let later = recordedLoops.later[number],
      case .controlFlow(.whileLoop(let loop)) = function.op(of: function.instructions[later.number]).lowering
    {
      var lowering = try controlFlow(later.number)
      if recordings[later.number] == nil { recordings[later.number] = try lowering.record(loop) }
      let own = try controlFlow(number)
      let sources = later.places.map { lowering.results[$0] }
      steps += lowering.steps + own.copies(from: sources, to: own.results, own.operandTypes)
      return
    }
    var lowering = try controlFlow(number)
    if case .whileLoop(let loop) = flow, let recording = recordings[number] {
      try lowering.lower(loop, recording)
    } else {
      try lowering.lower(flow)
    }
    steps += lowering.steps
  }

  private func controlFlow(_ number: Int) throws(Diagnostics) -> ControlFlowLowering {
    let instruction = function.instructions[number]
    let lowering = ControlFlowLowering(
      draft: draft, recomputation: recomputation,
      operands: function.operands(of: instruction).map { bufferOf[Int($0.index)] ?? -1 },
      operandTypes: function.operandTypes(of: instruction),
      results: function.results(of: instruction).map { bufferOf[Int($0.index)] ?? -1 },
      origins: [describe(instruction)])
    guard !lowering.operands.contains(-1), !lowering.results.contains(-1) else {
      throw Diagnostics([Diagnostic("an operand of '\(lowering.origins[0])' is not in memory", kind: .bug)])
    }
    return lowering
  }
}

/// What the first stage of a while loop has left for the others.
struct LoopRecording {
  /// By stage.
  var tapes: [[TapeID]]
  /// The number of steps, if stages follow.
  var count: BufferID?
}

/// Steps for one op with functions within.
private struct ControlFlowLowering {
  let draft: ProgramDraft
  let recomputation: Recomputation?
  let operands: [BufferID]
  let operandTypes: [TensorType]
  let results: [BufferID]
  let origins: [String]
  private(set) var steps: [Step] = []

  init(
    draft: ProgramDraft, recomputation: Recomputation?, operands: [BufferID], operandTypes: [TensorType],
    results: [BufferID], origins: [String]
  ) {
    self.draft = draft
    self.recomputation = recomputation
    self.operands = operands
    self.operandTypes = operandTypes
    self.results = results
    self.origins = origins
  }

  mutating func lower(_ flow: ControlFlow) throws(Diagnostics) {
    switch flow {
    case .call(let call): steps += try lower(call.function, operands, results)
    case .conditional(let conditional):
      let branches = try conditional.branches.map { (branch) throws(Diagnostics) in
        try lower(branch, Array(operands.dropFirst()), results)
      }
      steps.append(.branch(StepBranch(selector: operands[0], branches: branches, origins: origins)))
    case .scan(let scan): try lower(scan)
    case .whileLoop(let loop): try lower(loop)
    case .customDerivative, .linearCall:
      throw Diagnostics([Diagnostic("'\(origins[0])' has not been put in place", kind: .bug)])
    }
  }

  private func lower(
    _ function: Function, _ parameters: [BufferID], _ results: [BufferID]
  ) throws(Diagnostics) -> [Step] {
    var lowering = FunctionLowering(function, draft, recomputation)
    return try lowering.run(parameters: parameters, results: results)
  }

  // MARK: Scan

  private mutating func lower(_ scan: Scan) throws(Diagnostics) {
    let id = draft.nextLoop()
    let types = scan.body.parameterTypes
    let carries = Array(results[..<scan.carryCount])
    steps += copies(from: Array(operands[..<scan.carryCount]), to: carries, types)
    let inputs = scan.stacks.map { row(of: operands[$0], types[$0], scan, id) }
    let outputs = zip(results[scan.carryCount...], scan.body.resultTypes[scan.carryCount...]).map {
      row(of: $0, $1, scan, id)
    }
    let body = try step(
      scan.body, carries: carries, seeing: inputs + operands[scan.constants], leaving: outputs)
    steps.append(.loop(StepLoop(id: id, count: .fixed(scan.length), body: body, origins: origins)))
  }

  /// The row of a stack that belongs to the iteration.
  private func row(of stack: BufferID, _ type: TensorType, _ scan: Scan, _ loop: LoopID) -> BufferID {
    let count = type.elementCount
    let role = Buffer.Role.slice(
      of: stack, loop: loop, offset: scan.isReversed ? max(scan.length - 1, 0) * count : 0,
      step: scan.isReversed ? -count : count)
    return draft.declare("\(draft.buffers[stack].name)_row", type, role)
  }

  /// One iteration: a body that reads and replaces carries.
  private func step(
    _ body: Function, carries: [BufferID], seeing inputs: [BufferID], leaving outputs: [BufferID]
  ) throws(Diagnostics) -> [Step] {
    // A carry that is handed on as it is needs no copy.
    let isKept = carries.indices.map { body.results[$0].value == Value($0) }
    let types = body.parameterTypes
    var next = carries
    for index in carries.indices where !isKept[index] {
      next[index] = draft.declareTemporary("next_\(draft.buffers[carries[index]].name)", types[index])
    }
    let changing = carries.indices.filter { !isKept[$0] } + Array(carries.count..<body.results.count)
    let targets = next + outputs
    var steps = try lower(body.selectingResults(changing), carries + inputs, changing.map { targets[$0] })
    let changed = carries.indices.filter { !isKept[$0] }
    steps += copies(from: changed.map { next[$0] }, to: changed.map { carries[$0] }, changed.map { types[$0] })
    return steps
  }

  func copies(from sources: [BufferID], to targets: [BufferID], _ types: [TensorType]) -> [Step] {
    zip(zip(sources, targets), types).compactMap { pair, type in
      type.shape.isEmpty ? nil : .kernel(copyKernel(from: pair.0, to: pair.1, type))
    }
  }

  private func copyKernel(from source: BufferID, to target: BufferID, _ type: TensorType) -> Kernel {
    var kernel = KernelBuilder()
    let count = type.elementCount
    var index = AffineIndex()
    if count > 1 {
      let axis = kernel.addAxis(extent: count)
      kernel.openTile(axis)
      index.add(axis, times: 1)
    }
    kernel.store(kernel.load(source, index, type.dtype), target, index)
    if count > 1 { kernel.close() }
    return kernel.finished(name: "k\(draft.nextStep())_copy", origins: origins.map { "copy of a carry: \($0)" })
  }

  // MARK: While

  private mutating func lower(_ loop: WhileLoop) throws(Diagnostics) {
    let (own, later) = (loop.carries(0), loop.carries(0).upperBound..<loop.carryCount)
    steps += copies(from: Array(operands[own]), to: Array(results[own]), operandTypes)
    steps += copies(from: Array(operands[later]), to: Array(results[later]), Array(operandTypes[later]))
    let recording = try first(loop)
    try rest(loop, recording)
  }

  /// The first stage alone.
  mutating func record(_ loop: WhileLoop) throws(Diagnostics) -> LoopRecording {
    let own = loop.carries(0)
    steps += copies(from: Array(operands[own]), to: Array(results[own]), operandTypes)
    return try first(loop)
  }

  /// All stages but the first, which has been recorded.
  mutating func lower(_ loop: WhileLoop, _ recording: LoopRecording) throws(Diagnostics) {
    let later = loop.carries(0).upperBound..<loop.carryCount
    steps += copies(from: Array(operands[later]), to: Array(results[later]), Array(operandTypes[later]))
    try rest(loop, recording)
  }

  private mutating func first(_ loop: WhileLoop) throws(Diagnostics) -> LoopRecording {
    let stage = loop.stages[0]
    let constants = Array(operands[loop.carryCount...])
    let predicate = draft.declareTemporary("runs", TensorType(.bool, .scalar))
    let id = draft.nextLoop()
    let carries = Array(results[loop.carries(0)])
    let condition = try lower(loop.condition, carries + constants, [predicate])
    // Tapes by stage; a single stage leaves rows that nothing reads.
    let tapes = loop.stages.enumerated().map { number, stage in
      loop.stages.count == 1 ? [] : stage.rowTypes.enumerated().map { draft.declareTape("stage\(number)_\($0)", $1) }
    }
    let count = loop.stages.count > 1 ? draft.declareTemporary("count", TensorType(.i64, .scalar)) : nil
    let kept = loop.stages.count == 1 ? stage.body.selectingResults(Array(0..<stage.carryCount)) : stage.body
    let body = try step(kept, carries: carries, seeing: constants, leaving: rows(tapes[0], of: stage, id))
    steps.append(
      .whileLoop(
        StepWhile(
          id: id, condition: condition, predicate: predicate, records: tapes[0], body: body, tripCount: count,
          origins: origins)))
    return LoopRecording(tapes: tapes, count: count)
  }

  private mutating func rest(_ loop: WhileLoop, _ recording: LoopRecording) throws(Diagnostics) {
    guard let count = recording.count else { return }
    let constants = Array(operands[loop.carryCount...])
    for (number, stage) in loop.stages.enumerated().dropFirst() {
      let id = draft.nextLoop()
      let inputs = rows(recording.tapes[..<number].flatMap { $0 }, of: stage, id) + constants
      let body = try step(
        stage.body, carries: Array(results[loop.carries(number)]), seeing: inputs,
        leaving: rows(recording.tapes[number], of: stage, id))
      steps.append(
        .loop(
          StepLoop(
            id: id, count: .buffer(count, limit: Self.greatestCount), records: recording.tapes[number], body: body,
            origins: origins)))
    }
  }

  /// What tapes hold for a step of a stage.
  private func rows(_ tapes: [TapeID], of stage: WhileLoop.Stage, _ loop: LoopID) -> [BufferID] {
    tapes.map {
      draft.declare(
        draft.tapes[$0].name, draft.tapes[$0].rowType, .row(tape: $0, loop: loop, reversed: stage.isReversed))
    }
  }

  /// More iterations than anyone waits for.
  private static let greatestCount = 1 << 48
}
