package import Basics

extension Program {
  /// Runs the program statement by statement: slow and plain, the meaning of kernel IR.
  ///
  /// Memory that nothing has written holds bytes 0xff. The width of tiles, a multiple of 32, changes no result.
  /// - Throws: why the program is not valid, does not fit memory or does not take these inputs.
  package func interpret(_ inputs: [HostBuffer], tileWidth: Int = 64) throws(Diagnostics) -> [HostBuffer] {
    try verify()
    guard tileWidth > 0 && tileWidth % laneCount == 0 else {
      throw Diagnostics([Diagnostic("the tile width must be a positive multiple of \(laneCount)")])
    }
    var machine = KernelMachine(program: self, tileWidth: tileWidth)
    try machine.allocate(inputs)
    try machine.run(steps)
    return machine.results
  }
}

/// Memory and values while a verified program runs.
struct KernelMachine {
  let program: Program
  let tileWidth: Int
  /// One array per buffer of the caller or the program, then the arena and the tapes.
  private var memory: [[UInt8]] = []
  /// By loop of steps that runs: the number of the iteration and, if it is known, that of all iterations.
  private var iterations: [LoopID: (t: Int, count: Int)] = [:]
  /// The axes' current values; the start of the tile for its axis.
  private var axes: [Int] = []
  /// One element, or one for each position of the tile.
  private var values: [[Scalar]] = []
  private var combiners: [Combiner] = []
  private var hasLanes: [Bool] = []
  private var tileAxis: AxisID?
  private var tileCount = 0
  /// The chunk of a partition that is run.
  private var window: (axis: AxisID, range: Range<Int>)?

  /// The tapes that have rows in a loop, or are recorded by it.
  private let tapesOfLoop: [LoopID: [TapeID]]

  init(program: Program, tileWidth: Int) {
    self.program = program
    self.tileWidth = tileWidth
    tapesOfLoop = program.tapesOfLoops()
  }

  /// More bytes than this are refused.
  private static let greatestByteCount = 1 << 34

  mutating func allocate(_ inputs: [HostBuffer]) throws(Diagnostics) {
    func failure(_ message: String) -> Diagnostics { Diagnostics([Diagnostic(message)]) }
    var total = program.arenaByteCount
    for buffer in program.buffers { total = min(total, 1 << 60) + min(buffer.type.byteCount, 1 << 60) }
    guard total <= Self.greatestByteCount else { throw failure("the program needs \(total) bytes") }
    let parameters = program.buffers.count { $0.role.parameterPosition != nil }
    guard parameters == inputs.count else {
      throw failure("the program has \(parameters) parameters, but \(inputs.count) inputs are given")
    }
    for buffer in program.buffers {
      switch buffer.role {
      case .parameter(let position), .updated(let position, _):
        guard inputs[position].type == buffer.type, inputs[position].bytes.count == buffer.type.byteCount else {
          throw failure("parameter \(position) is \(buffer.type), but the input is \(inputs[position].type)")
        }
        memory.append(inputs[position].bytes)
      case .result: memory.append([UInt8](repeating: 0xff, count: buffer.type.byteCount))
      case .constant(let elements): memory.append(HostBuffer(buffer.type, elements).bytes)
      case .temporary, .slice, .row: memory.append([])
      }
    }
    memory.append([UInt8](repeating: 0xff, count: program.arenaByteCount))
    for _ in program.tapes { memory.append([]) }
  }

  var results: [HostBuffer] {
    var results: [(Int, HostBuffer)] = []
    for (number, buffer) in program.buffers.enumerated() {
      guard let position = buffer.role.resultPosition else { continue }
      var host = HostBuffer(buffer.type, [Scalar]())
      host.bytes = memory[number]
      results.append((position, host))
    }
    return results.sorted { $0.0 < $1.0 }.map(\.1)
  }

  // MARK: Memory

  private func place(_ buffer: BufferID, _ element: Int) -> (array: Int, offset: Int) {
    let size = program.buffers[buffer].type.dtype.byteCount
    switch program.buffers[buffer].role {
    case .temporary(let start): return (program.buffers.count, start + element * size)
    case .slice(let base, let loop, let offset, let step):
      return place(base, offset + step * (iterations[loop]?.t ?? 0) + element)
    case .row(let tape, let loop, let reversed):
      let (t, count) = iterations[loop] ?? (0, 0)
      let row = reversed ? count - 1 - t : t
      return (program.buffers.count + 1 + tape, row * program.tapes[tape].rowType.byteCount + element * size)
    case .parameter, .result, .updated, .constant: return (buffer, element * size)
    }
  }

  private func read(_ buffer: BufferID, _ element: Int) -> Scalar {
    let (array, offset) = place(buffer, element)
    return Scalar(dtype: program.buffers[buffer].type.dtype, littleEndian: memory[array], at: offset)
  }

  private mutating func write(_ buffer: BufferID, _ element: Int, _ value: Scalar) {
    let (array, offset) = place(buffer, element)
    for byte in 0..<value.dtype.byteCount {
      memory[array][offset + byte] = UInt8(truncatingIfNeeded: value.bits >> (8 * UInt64(byte)))
    }
  }

  /// The value of an index at a position of the tile.
  private func element(_ index: AffineIndex, _ position: Int) -> Int {
    index.terms.reduce(index.offset) { sum, term in
      sum &+ term.coefficient &* (axes[term.axis] &+ (term.axis == tileAxis ? position : 0))
    }
  }

  private func selected(_ selector: ValueID, _ position: Int, _ stride: Int, _ limit: Int) -> Int {
    stride * max(0, min(limit - 1, Int(value(selector, position).integerValue)))
  }

  private func value(_ id: ValueID, _ position: Int) -> Scalar {
    let elements = values[Int(id.index)]
    return elements.count == 1 ? elements[0] : elements[position]
  }

  /// Positions that a result of this kind has.
  private func positions(_ id: ValueID, _ kernel: Kernel) -> Range<Int> {
    kernel.values[Int(id.index)].kind == .uniform ? 0..<1 : 0..<tileCount
  }

  // MARK: Control flow

  mutating func run(_ steps: [Step]) throws(Diagnostics) {
    for step in steps {
      switch step {
      case .kernel(let kernel): run(kernel)
      case .gemm(let gemm): run(gemm)
      case .call(let call): run(call)
      case .loop(let loop): try run(loop)
      case .whileLoop(let loop): try run(loop)
      case .branch(let branch):
        let number = Int(read(branch.selector, 0).integerValue)
        try run(branch.branches[max(0, min(branch.branches.count - 1, number))])
      }
    }
  }

  private mutating func run(_ loop: StepLoop) throws(Diagnostics) {
    let count: Int
    switch loop.count {
    case .fixed(let number): count = number
    case .buffer(let buffer, let limit): count = max(0, min(limit, Int(read(buffer, 0).integerValue)))
    }
    for tape in tapesOfLoop[loop.id] ?? [] { try reserve(tape, rows: count) }
    // From last to first, where the order means nothing.
    for t in loop.isParallel ? Array((0..<count).reversed()) : Array(0..<count) {
      iterations[loop.id] = (t, count)
      if let index = loop.index { write(index, 0, Scalar(Int64(t), as: .i64)) }
      try run(loop.body)
    }
  }

  private mutating func run(_ loop: StepWhile) throws(Diagnostics) {
    var t = 0
    while t < loop.limit ?? .max {
      iterations[loop.id] = (t, 0)
      if let index = loop.index { write(index, 0, Scalar(Int64(t), as: .i64)) }
      try run(loop.condition)
      if read(loop.predicate, 0).isZero { break }
      for tape in loop.records { try reserve(tape, rows: t + 1) }
      try run(loop.body)
      t += 1
    }
    if let count = loop.tripCount { write(count, 0, Scalar(Int64(t), as: .i64)) }
  }

  /// Makes room for rows; new memory holds bytes 0xff.
  private mutating func reserve(_ tape: TapeID, rows: Int) throws(Diagnostics) {
    let (byteCount, overflow) = program.tapes[tape].rowType.byteCount.multipliedReportingOverflow(by: rows)
    guard !overflow, byteCount <= Self.greatestByteCount else {
      throw Diagnostics([Diagnostic("there is no memory for \(rows) rows of '\(program.tapes[tape].name)'")])
    }
    let array = program.buffers.count + 1 + tape
    let missing = byteCount - memory[array].count
    if missing > 0 { memory[array] += [UInt8](repeating: 0xff, count: missing) }
  }

  // MARK: Kernels

  mutating func run(_ kernel: Kernel) {
    axes = Array(repeating: 0, count: kernel.axes.count)
    values = Array(repeating: [], count: kernel.values.count)
    combiners = Array(repeating: .add, count: kernel.values.count)
    hasLanes = Array(repeating: false, count: kernel.values.count)
    guard let partition = kernel.partition else { return run(kernel.body, kernel) }
    // From last to first: results must not depend on the order.
    for chunk in chunks(of: kernel.axes[partition.axis].extent, by: partition.chunk).reversed() {
      window = (partition.axis, chunk)
      run(kernel.body, kernel)
    }
    window = nil
  }

  /// The iterations of an axis that are run.
  private func range(_ axis: AxisID, _ kernel: Kernel) -> Range<Int> {
    if let window, window.axis == axis { window.range } else { 0..<kernel.axes[axis].extent }
  }

  private mutating func run(_ body: [Statement], _ kernel: Kernel) {
    for statement in body { run(statement, kernel) }
  }

  private mutating func run(_ statement: Statement, _ kernel: Kernel) {
    switch statement {
    case .loop(let axis, let body):
      for position in range(axis, kernel) {
        axes[axis] = position
        run(body, kernel)
      }
    case .tile(let axis, let body):
      tileAxis = axis
      let range = range(axis, kernel)
      for start in stride(from: range.lowerBound, to: range.upperBound, by: tileWidth) {
        axes[axis] = start
        tileCount = min(tileWidth, range.upperBound - start)
        run(body, kernel)
      }
      tileAxis = nil
    case .compute(let result, let op, let a, let b, let c):
      values[Int(result.index)] = positions(result, kernel).map { position in
        let first = value(a, position)
        return op.evaluate(
          first, op.arity > 1 ? value(b, position) : first, op.arity > 2 ? value(c, position) : first)
      }
    case .sineCosine(let sine, let cosine, let a):
      for (result, op) in [(sine, ScalarOp.sin), (cosine, .cos)] {
        values[Int(result.index)] = positions(result, kernel).map { op.evaluate(value(a, $0)) }
      }
    case .cast(let result, let a):
      let dtype = kernel.values[Int(result.index)].dtype
      values[Int(result.index)] = positions(result, kernel).map { value(a, $0).converted(to: dtype) }
    case .constant(let result, let scalar):
      values[Int(result.index)] = positions(result, kernel).map { _ in scalar }
    case .index(let result, let index):
      let dtype = kernel.values[Int(result.index)].dtype
      values[Int(result.index)] = positions(result, kernel).map { Scalar(Int64(element(index, $0)), as: dtype) }
    case .load(let result, let buffer, let index):
      values[Int(result.index)] = positions(result, kernel).map { read(buffer, element(index, $0)) }
    case .gather(let result, let buffer, let base, let selector, let stride, let limit):
      values[Int(result.index)] = positions(result, kernel).map {
        read(buffer, element(base, $0) + selected(selector, $0, stride, limit))
      }
    case .store(let buffer, let index, let source):
      for position in 0..<(tileAxis == nil ? 1 : tileCount) {
        write(buffer, element(index, position), value(source, position))
      }
    case .scatter(let scatter):
      for position in 0..<(tileAxis == nil ? 1 : tileCount) { run(scatter, position) }
    case .accumulator(let id, let combiner):
      let identity = combiner.identity(kernel.values[Int(id.index)].dtype)
      combiners[Int(id.index)] = combiner
      hasLanes[Int(id.index)] = tileAxis == nil
      values[Int(id.index)] = Array(repeating: identity, count: tileAxis == nil ? laneCount : tileCount)
    case .accumulate(let id, let source): accumulate(Int(id.index), source)
    case .finish(let result, let id):
      let accumulator = Int(id.index)
      values[Int(result.index)] =
        hasLanes[accumulator] ? [combinedLanes(values[accumulator], combiners[accumulator])] : values[accumulator]
    }
  }

  private mutating func run(_ scatter: ScatterStatement, _ position: Int) {
    let selector = value(scatter.selector, position).integerValue
    if scatter.drops, selector < 0 || selector >= Int64(scatter.limit) { return }
    let target =
      element(scatter.base, position) + selected(scatter.selector, position, scatter.stride, scatter.limit)
    let source = value(scatter.value, position)
    write(
      scatter.buffer, target, scatter.combiner.scalarOp?.evaluate(read(scatter.buffer, target), source) ?? source)
  }

  private mutating func accumulate(_ accumulator: Int, _ source: ValueID) {
    let op = combiners[accumulator].scalarOp
    for position in 0..<(tileAxis == nil ? 1 : tileCount) {
      // Tiles start at multiples of the number of lanes. Outside tiles lane 0 is all there is.
      let lane = hasLanes[accumulator] ? position % laneCount : position
      values[accumulator][lane] = op.evaluate(values[accumulator][lane], value(source, position))
    }
  }

  private func combinedLanes(_ lanes: [Scalar], _ combiner: Combiner) -> Scalar {
    var lanes = lanes
    var half = laneCount / 2
    while half > 0 {
      for lane in 0..<half { lanes[lane] = combiner.scalarOp.evaluate(lanes[lane], lanes[lane + half]) }
      half /= 2
    }
    return lanes[0]
  }

  // MARK: Library calls

  mutating func run(_ call: LibraryCall) {
    let (inputs, outputs) = (call.routine.inputs(call.dtype), call.routine.outputs(call.dtype))
    for slice in 0..<call.batchCount {
      let values = zip(inputs, call.inputs).map { expected, argument in
        let elements = (0..<expected.type.elementCount).map {
          read(argument.buffer, argument.offset + slice * argument.batchStride + $0)
        }
        return expected.type.dtype.isFloating
          ? LibraryArray.floating(elements.map(\.doubleValue)) : .integer(elements.map(\.integerValue))
      }
      let results = call.routine.evaluate(values, call.dtype)
      for (result, (expected, argument)) in zip(results, zip(outputs, call.outputs)) {
        let start = argument.offset + slice * argument.batchStride
        switch result {
        case .floating(let numbers):
          for (place, number) in numbers.enumerated() {
            write(argument.buffer, start + place, Scalar(number, as: expected.type.dtype))
          }
        case .integer(let numbers):
          for (place, number) in numbers.enumerated() {
            write(argument.buffer, start + place, Scalar(number, as: expected.type.dtype))
          }
        }
      }
    }
  }

  // MARK: Gemm

  /// A sum of products in the order of a product that is not BLAS's.
  private func sum(_ products: [(Scalar, Scalar)], _ gemm: Gemm) -> Scalar {
    var parts = Array(repeating: Scalar(Int64(0), as: gemm.dtype), count: gemm.order.partCount(gemm.dtype))
    for (k, product) in products.enumerated() {
      let part = k % parts.count
      parts[part] = ScalarOp.fma.evaluate(product.0, product.1, parts[part])
    }
    while parts.count > 1 {
      let half = parts.count / 2
      parts = (0..<half).map { ScalarOp.add.evaluate(parts[$0], parts[$0 + half]) }
    }
    return parts[0]
  }

  mutating func run(_ gemm: Gemm) {
    func place(_ matrix: Gemm.Matrix, _ slice: Int, _ row: Int, _ column: Int) -> Int {
      let (stored, along) = matrix.transposed ? (column, row) : (row, column)
      return matrix.offset + slice * matrix.batchStride + stored * matrix.leadingDimension + along
    }
    for slice in 0..<gemm.batchCount {
      for row in 0..<gemm.m {
        for column in 0..<(gemm.order == .symmetry ? row + 1 : gemm.n) {
          let target = place(gemm.c, slice, row, column)
          if gemm.order == .rows || gemm.order == .lanes {
            let products = (0..<gemm.k).map { k in
              (read(gemm.a.buffer, place(gemm.a, slice, row, k)), read(gemm.b.buffer, place(gemm.b, slice, k, column)))
            }
            let sum = sum(products, gemm)
            write(
              gemm.c.buffer, target,
              gemm.accumulates ? ScalarOp.add.evaluate(read(gemm.c.buffer, target), sum) : sum)
            continue
          }
          var sum = gemm.accumulates ? read(gemm.c.buffer, target) : Scalar(Int64(0), as: gemm.dtype)
          for k in 0..<gemm.k {
            let left = read(gemm.a.buffer, place(gemm.a, slice, row, k))
            let right = read(gemm.b.buffer, place(gemm.b, slice, k, column))
            sum = ScalarOp.add.evaluate(sum, ScalarOp.mul.evaluate(left, right))
          }
          write(gemm.c.buffer, target, sum)
          if gemm.order == .symmetry { write(gemm.c.buffer, place(gemm.c, slice, column, row), sum) }
        }
      }
    }
  }
}
