import Basics
import KernelIR
import TensorIR

/// Turns a planned function into steps of a program.
struct FunctionLowering {
  let view: LoweringView
  let plan: FusionPlan
  let draft: ProgramDraft
  /// Of this function and those within; `nil` if memory is not bounded.
  let recomputation: Recomputation?
  private(set) var bufferOf: [BufferID?]
  var steps: [Step] = []
  let recordedLoops: RecordedLoops
  /// By instruction: loops whose first stage has run where an earlier loop that does the same stood.
  var recordings: [Int: LoopRecording] = [:]

  init(_ function: Function, _ draft: ProgramDraft, _ recomputation: Recomputation? = nil) {
    self.draft = draft
    self.recomputation = recomputation
    view = LoweringView(function)
    plan = FusionPlan.make(for: function, recomputation?.enter())
    recordedLoops = RecordedLoops(function)
    bufferOf = [BufferID?](repeating: nil, count: function.valueCount)
  }

  var function: Function { view.function }

  /// The steps that compute the function from buffers of its parameters into buffers of its results, none of which is
  /// both.
  mutating func run(parameters: [BufferID], results: [BufferID]) throws(Diagnostics) -> [Step] {
    try checkProducts()
    try checkCalls()
    let copies = declareBuffers(parameters, results)
    let needed = copies.filter { !function.type(of: $0.source).shape.isEmpty }
    let isParameter = { (value: Value) in Int(value.index) < parameters.count }
    // What is only handed on is read first: a loop can then write its next state over the one before.
    for (source, target) in needed where isParameter(source) {
      steps.append(.kernel(copyKernel(from: source, to: target)))
    }
    for number in plan.jobs.indices {
      let first = steps.count
      try lower(job: number)
      for case .kernel(let kernel) in steps[first...] { draft.reasons[kernel.name] = plan.reasons[number] }
    }
    for (source, target) in needed where !isParameter(source) {
      steps.append(.kernel(copyKernel(from: source, to: target)))
    }
    return steps
  }

  /// BLAS counts rows, columns and the steps between them in 32 bits.
  private func checkProducts() throws(Diagnostics) {
    for case .dot(let number, let dot) in plan.jobs {
      let strides = [dot.a, dot.b].flatMap { [$0.rowStride, $0.columnStride] }
      guard let largest = ([dot.m, dot.n, dot.k] + strides).max(), largest > Int(Int32.max) else { continue }
      let instruction = function.instructions[number]
      throw Diagnostics([
        Diagnostic(
          "a product of matrices with \(largest) rows, columns or elements in a row is too large for BLAS",
          kind: .unsupported, at: function.location(of: instruction))
      ])
    }
  }

  /// The library counts in 32 bits, too.
  private func checkCalls() throws(Diagnostics) {
    for case .call(let number, let call) in plan.jobs {
      let instruction = function.instructions[number]
      let type = function.operandTypes(of: instruction)[0]
      if call.routine.isCountable(type.dtype) { continue }
      throw Diagnostics([
        Diagnostic(
          "'\(function.op(of: instruction).name)' of \(type) is too large for LAPACK", kind: .unsupported,
          at: function.location(of: instruction))
      ])
    }
  }

  // MARK: Buffers

  /// Declares all buffers and returns the results that no job writes, with what they are copies of.
  private mutating func declareBuffers(
    _ parameters: [BufferID], _ results: [BufferID]
  ) -> [(source: Value, target: BufferID)] {
    for (index, buffer) in parameters.enumerated() { bufferOf[index] = buffer }
    var copies: [(Value, BufferID)] = []
    for (result, buffer) in zip(function.results, results) {
      if plan.isRoot(result.value), bufferOf[Int(result.value.index)] == nil {
        bufferOf[Int(result.value.index)] = buffer
      } else {
        copies.append((result.value, buffer))
      }
    }
    for instruction in function.instructions {
      for result in 0..<Int(instruction.resultCount) {
        let value = Value(Int(instruction.firstResult) + result)
        if bufferOf[Int(value.index)] == nil { declareBuffer(of: value, instruction) }
      }
    }
    return copies
  }

  private mutating func declareBuffer(of value: Value, _ instruction: Function.Instruction) {
    if case .constant(let tensor) = view.rule(instruction), view.isInMemory(value) {
      bufferOf[Int(value.index)] = draft.declare("constant", tensor.type, .constant(tensor.scalars))
    } else if plan.isRoot(value), plan.hasBuffer[Int(value.index)] {
      let name = function.op(of: instruction).name
      bufferOf[Int(value.index)] = draft.declareTemporary(name, function.type(of: value))
    }
  }

  // MARK: Jobs

  private mutating func lower(job number: Int) throws(Diagnostics) {
    switch plan.jobs[number] {
    case .loops(let group):
      if group.domain.isEmpty { return }
      steps.append(.kernel(lower(group, job: number)))
    case .dot(let instruction, let dot): lowerDot(function.instructions[instruction], dot)
    case .call(let instruction, let call): lowerCall(function.instructions[instruction], call)
    case .place(let instruction): lowerPlace(function.instructions[instruction], job: number)
    case .scatter(let instruction): lowerScatter(function.instructions[instruction], job: number)
    case .cumulate(let instruction): lowerRecurrence(function.instructions[instruction], job: number)
    case .foldWindows(let instruction): lowerFold(function.instructions[instruction], job: number)
    case .controlFlow(let instruction): try lowerControlFlow(instruction)
    }
  }

  /// The kernel of a group. Where its tiles would be short, their axis is unrolled and another one cut into tiles.
  private mutating func lower(_ group: LoopGroup, job: Int) -> Kernel {
    let name = kernelName(opNames(group.roots.map(\.value)))
    var lowering = GroupLowering(group, job: job, view, plan, bufferOf)
    let kernel = lowering.run(name: name).coalesced()
    guard kernel.hasShortTiles, let short = group.domain.extents.lastIndex(where: { $0 != 1 }),
      group.domain[short] <= CostModel.greatestUnrolledAxis,
      kernel.values.count * group.domain[short] <= CostModel.greatestUnrolledKernel
    else { return kernel }
    var unrolling = GroupLowering(group, job: job, view, plan, bufferOf, unrolling: [short])
    let unrolled = unrolling.run(name: name).coalesced()
    return unrolled.hasShortTiles ? kernel : unrolled
  }

  private mutating func lowerDot(_ instruction: Function.Instruction, _ dot: DotPlan) {
    let result = Value(Int(instruction.firstResult))
    guard let a = bufferOf[Int(dot.a.base.index)], let b = bufferOf[Int(dot.b.base.index)],
      let c = bufferOf[Int(result.index)]
    else { return }
    func matrix(_ buffer: BufferID, _ from: DotPlan.Matrix) -> Gemm.Matrix {
      Gemm.Matrix(
        buffer: buffer, offset: from.offset,
        leadingDimension: max(from.columnStride == 1 ? from.rowStride : from.columnStride, 1),
        transposed: from.columnStride != 1, batchStride: from.batchStride)
    }
    _ = draft.nextStep()
    var gemm = Gemm(
      dtype: function.type(of: result).dtype, m: dot.m, n: dot.n, k: dot.k, batchCount: dot.batchCount,
      a: matrix(a, dot.a), b: matrix(b, dot.b),
      c: Gemm.Matrix(
        buffer: c, offset: 0, leadingDimension: max(dot.n, 1), transposed: false, batchStride: dot.m * dot.n),
      accumulates: false, origins: [describe(instruction)])
    if draft.model.gainsBySymmetry(gemm), case .dot(let axes) = view.rule(instruction),
      view.isSymmetric(instruction, axes)
    {
      gemm.order = .symmetry
    }
    steps.append(.gemm(gemm))
  }

  private mutating func lowerCall(_ instruction: Function.Instruction, _ call: CallPlan) {
    guard let dtype = function.operandTypes(of: instruction).first?.dtype else { return }
    var inputs: [LibraryCall.Argument] = []
    for operand in call.operands {
      guard let buffer = bufferOf[Int(operand.base.index)] else { return }
      inputs.append(.init(buffer: buffer, offset: operand.offset, batchStride: operand.batchStride))
    }
    var outputs: [LibraryCall.Argument] = []
    for (result, output) in zip(function.results(of: instruction), call.routine.outputs(dtype)) {
      guard let buffer = bufferOf[Int(result.index)] else { return }
      outputs.append(.init(buffer: buffer, batchStride: output.type.elementCount))
    }
    var workspace: BufferID?
    if call.routine.definition.workspaceByteCount != nil {
      let bytes = call.routine.workspaceByteCount(dtype)
      workspace = draft.declareTemporary("workspace", TensorType(.bool, [bytes]))
    }
    _ = draft.nextStep()
    steps.append(
      .call(
        LibraryCall(
          routine: call.routine, dtype: dtype, batchCount: call.batchCount, inputs: inputs, outputs: outputs,
          workspace: workspace, origins: [describe(instruction)])))
  }

  private mutating func lowerPlace(_ instruction: Function.Instruction, job: Int) {
    guard case .place(let placements, let fill) = view.rule(instruction),
      let target = bufferOf[Int(instruction.firstResult)]
    else { return }
    let view = self.view
    let shape = function.type(of: Value(Int(instruction.firstResult))).shape
    let covered = placements.reduce(0) {
      $0 + function.type(of: view.operand($1.operand, of: instruction)).elementCount
    }
    var code = ExpressionLowering(view, plan, bufferOf, job: job)
    if let fill, covered < shape.elementCount {
      write(over: shape, to: target, &code) { code, map in
        switch fill {
        case .scalar(let scalar): code.kernel.constant(scalar)
        case .operand(let index): code.compute(view.operand(index, of: instruction), at: IndexMap([]))
        }
      } position: { map in
        map.linear(in: shape)
      }
    }
    for placement in placements {
      let operand = view.operand(placement.operand, of: instruction)
      if function.type(of: operand).shape.isEmpty { continue }
      write(over: function.type(of: operand).shape, to: target, &code) { code, map in
        code.compute(operand, at: map)
      } position: { map in
        var moved = map
        for axis in map.axes.indices {
          var index = AffineIndex(offset: placement.offsets[axis])
          index.add(map.axes[axis], times: placement.strides[axis])
          moved.axes[axis] = index
        }
        return moved.linear(in: shape)
      }
    }
    finish(code, instruction)
  }

  // MARK: Elementwise writing

  /// Loops that store one element for every point of a shape.
  func write(
    over shape: Shape, to target: BufferID, _ code: inout ExpressionLowering,
    value: (inout ExpressionLowering, IndexMap) -> ValueID, position: (IndexMap) -> AffineIndex
  ) {
    let point = openLoops(over: shape, &code)
    code.kernel.store(value(&code, point), target, position(point))
    closeLoops(over: shape, &code)
  }

  /// Makes what has been written for an instruction a kernel.
  ///
  /// - Parameter kept: An axis that no other is merged with.
  mutating func finish(_ code: ExpressionLowering, _ instruction: Function.Instruction, keeping kept: AxisID? = nil) {
    var origins = code.origins
    origins.add(instruction)
    let name = kernelName([function.op(of: instruction).name])
    steps.append(.kernel(code.kernel.finished(name: name, origins: origins.texts).coalesced(keeping: kept)))
  }

  func openLoops(over shape: Shape, _ code: inout ExpressionLowering) -> IndexMap {
    let last = shape.extents.lastIndex { $0 != 1 }
    var indices: [AffineIndex] = []
    for (axis, extent) in shape.extents.enumerated() {
      guard extent != 1 else {
        indices.append(AffineIndex())
        continue
      }
      let number = code.kernel.addAxis(extent: extent)
      if axis == last { code.openTile(number) } else { code.openLoop(number) }
      indices.append(AffineIndex(terms: [.init(axis: number, coefficient: 1)]))
    }
    return IndexMap(indices)
  }

  func closeLoops(over shape: Shape, _ code: inout ExpressionLowering) {
    for extent in shape.extents where extent != 1 { code.close() }
  }

  private mutating func copyKernel(from source: Value, to target: BufferID) -> Kernel {
    let shape = function.type(of: source).shape
    var code = ExpressionLowering(view, plan, bufferOf, job: -2)
    let point = openLoops(over: shape, &code)
    code.kernel.store(code.compute(source, at: point), target, point.linear(in: shape))
    closeLoops(over: shape, &code)
    return code.kernel.finished(name: kernelName(["copy"]), origins: ["copy to a result"]).coalesced()
  }

  // MARK: Names

  func describe(_ instruction: Function.Instruction) -> String {
    let name = function.op(of: instruction).name
    return function.location(of: instruction).map { "\(name) (\($0))" } ?? name
  }

  private func kernelName(_ ops: [String]) -> String {
    (["k\(draft.nextStep())"] + ops).joined(separator: "_")
  }

  /// A few of the ops that compute these values, for a kernel's name.
  private func opNames(_ values: [Value]) -> [String] {
    var names: [String] = []
    for value in values.prefix(8) {
      guard let instruction = function.definition(of: value) else { continue }
      let name = function.op(of: instruction).name
      if !names.contains(name), names.count < 3 { names.append(name) }
    }
    return names
  }
}
