import Basics
import KernelIR

extension Program {
  /// The program with reductions of whole arrays made in two kernels: one that reduces blocks, which do not depend on each
  /// other, and one that puts their results together in order. The number of blocks is that of the cost model, so
  /// that threads change no bit. Before memory is planned.
  func blockingReductions(_ parallelism: Parallelism) -> Program {
    var blocking = ReductionBlocking(self, parallelism)
    let steps = blocking.rewritten(steps)
    guard blocking.isChanged else { return self }
    var program = self
    program.steps = steps
    program.buffers = blocking.buffers
    return program
  }

  /// The program with memory of its own for every temporary.
  func withTemporariesApart() -> Program {
    var program = self
    var offset = 0
    for buffer in program.buffers.indices {
      guard case .temporary = program.buffers[buffer].role else { continue }
      program.buffers[buffer].role = .temporary(offset: offset)
      // Of sizes beyond all memory the place does not matter: planning refuses them.
      offset = min(offset &+ MemoryPlan.roundUp(program.buffers[buffer].type.byteCount), 1 << 56)
    }
    program.arenaByteCount = offset
    return program
  }
}

private struct ReductionBlocking {
  private let parallelism: Parallelism
  private let loops: LoopTable
  /// With places by which temporaries can be told apart.
  private let apart: Program
  private(set) var buffers: [Buffer]
  private(set) var isChanged = false

  init(_ program: Program, _ parallelism: Parallelism) {
    self.parallelism = parallelism
    loops = LoopTable(program)
    apart = program.withTemporariesApart()
    buffers = program.buffers
  }

  mutating func rewritten(_ steps: [Step]) -> [Step] {
    steps.flatMap { step -> [Step] in
      guard case .kernel(let kernel) = step else { return [step.mapLists { rewritten($0) }] }
      guard kernel.body.contains(where: { $0.scope != nil }),
        parallelism.chunkCount(StepCost.nanoseconds(kernel)) > 1,
        apart.partition(kernel, parallelism, loops) == nil
      else { return [step] }
      var splitting = KernelSplitting(kernel, parallelism, buffers)
      guard let kernels = splitting.run() else { return [step] }
      buffers = splitting.buffers
      isChanged = true
      return kernels.map { .kernel($0) }
    }
  }
}

/// A kernel cut at the large scopes of its root: those that feed accumulators become a kernel for blocks and one for what
/// follows, others kernels of their own.
private struct KernelSplitting {
  /// A kernel on its way.
  private struct Piece {
    var statements: [Statement] = []
    var suffix = ""
  }

  private let kernel: Kernel
  private let parallelism: Parallelism
  private(set) var buffers: [Buffer]
  private var axes: [Axis]
  private var values: [ValueInfo]
  private var pieces: [Piece] = []
  private var current = Piece()
  /// By accumulator of the root, the scopes of the root that feed it.
  private var feeders: [ValueID: Int] = [:]
  private var combiners: [ValueID: Combiner] = [:]

  init(_ kernel: Kernel, _ parallelism: Parallelism, _ buffers: [Buffer]) {
    self.kernel = kernel
    self.parallelism = parallelism
    self.buffers = buffers
    (axes, values) = (kernel.axes, kernel.values)
    for statement in kernel.body {
      if case .accumulator(let value, let combiner) = statement { combiners[value] = combiner }
    }
    for statement in kernel.body { for value in fed(statement) { feeders[value, default: 0] += 1 } }
  }

  /// The kernels in order; `nil` if there is one only.
  mutating func run() -> [Kernel]? {
    for statement in kernel.body {
      guard statement.scope != nil,
        parallelism.chunkCount(StepCost.nanoseconds([statement], of: kernel)) > 1
      else {
        current.statements.append(statement)
        continue
      }
      let accumulators = fed(statement)
      if accumulators.isEmpty {
        flush()
        pieces.append(Piece(statements: [statement]))
      } else if accumulators.allSatisfy({ feeders[$0] == 1 }), let blocks = blocks(of: statement) {
        split(statement, accumulators, blocks)
      } else {
        current.statements.append(statement)
      }
    }
    flush()
    guard pieces.count > 1 else { return nil }
    connect()
    return finished()
  }

  private mutating func flush() {
    if !current.statements.isEmpty { pieces.append(current) }
    current = Piece()
  }

  /// Accumulators of the root that a statement of the root feeds, in order.
  private func fed(_ statement: Statement) -> [ValueID] {
    var found: [ValueID] = []
    [statement].forEachStatement { inner in
      if case .accumulate(let accumulator, _) = inner, combiners[accumulator] != nil, !found.contains(accumulator) {
        found.append(accumulator)
      }
    }
    return found
  }

  // MARK: Blocks

  private struct Blocks {
    var axis: AxisID
    var length: Int
    var count: Int
    var rest: Int
  }

  /// How the scope of an axis that holds all that a statement does is cut into blocks.
  private func blocks(of statement: Statement) -> Blocks? {
    let wanted = parallelism.chunkCount(StepCost.nanoseconds([statement], of: kernel))
    var best: Blocks?
    var inner = statement
    while let (axis, body) = inner.scope {
      let isTile = inner.isTile
      let (extent, unit) = (kernel.axes[axis].extent, isTile ? laneCount : 1)
      let count = min(wanted, extent / unit)
      if count > max(best?.count ?? 1, 1) {
        let length = extent / count / unit * unit
        best = Blocks(axis: axis, length: length, count: count, rest: extent - count * length)
      }
      if let best, best.count >= min(wanted, Program.enoughChunks) { return best }
      // Only what does nothing by itself is done again for every block.
      guard body.allSatisfy({ $0.scope != nil || $0.isPure }), body.count(where: { $0.scope != nil }) == 1,
        let next = body.first(where: { $0.scope != nil })
      else { break }
      inner = next
    }
    return best
  }

  private mutating func split(_ statement: Statement, _ accumulators: [ValueID], _ blocks: Blocks) {
    current.statements.removeAll {
      if case .accumulator(let value, _) = $0 { accumulators.contains(value) } else { false }
    }
    flush()
    axes += [Axis(extent: blocks.count), Axis(extent: blocks.length), Axis(extent: blocks.rest)]
    let (block, inner, rest) = (axes.count - 3, axes.count - 2, axes.count - 1)
    let declarations = accumulators.compactMap { value in combiners[value].map { Statement.accumulator(value, $0) } }
    let partials = accumulators.map { value -> BufferID in
      let dtype = values[Int(value.index)].dtype
      return declare("partial", TensorType(dtype, [blocks.count]))
    }
    let place = AffineIndex(terms: [.init(axis: block, coefficient: 1)])
    var body = declarations
    body.append(
      statement.replacing(blocks.axis, by: inner) { index, coefficient in
        index.add(block, times: coefficient * blocks.length)
        index.add(inner, times: coefficient)
      })
    for (accumulator, partial) in zip(accumulators, partials) {
      let value = define(values[Int(accumulator.index)].dtype, .uniform)
      body += [.finish(value, accumulator), .store(partial, place, value)]
    }
    pieces.append(Piece(statements: [.loop(block, body)], suffix: "_blocks"))

    current.statements = declarations
    for (accumulator, partial) in zip(accumulators, partials) {
      // Fed as it was: by tiles or by single elements.
      let isTile = feedsTiles([statement], accumulator, inTile: false)
      let value = define(values[Int(accumulator.index)].dtype, isTile ? .tile : .uniform)
      let feed: [Statement] = [.load(value, partial, place), .accumulate(accumulator, value)]
      current.statements.append(isTile ? .tile(block, feed) : .loop(block, feed))
    }
    guard blocks.rest > 0 else { return }
    current.statements.append(
      statement.replacing(blocks.axis, by: rest) { index, coefficient in
        index.add(rest, times: coefficient)
        index.offset += coefficient * blocks.length * blocks.count
      })
  }

  private func feedsTiles(_ body: [Statement], _ accumulator: ValueID, inTile: Bool) -> Bool {
    body.contains { statement in
      if let (_, inner) = statement.scope {
        return feedsTiles(inner, accumulator, inTile: inTile || statement.isTile)
      }
      if case .accumulate(accumulator, _) = statement { return inTile }
      return false
    }
  }

  private mutating func declare(_ name: String, _ type: TensorType) -> BufferID {
    buffers.append(Buffer(name: name, type: type, role: .temporary(offset: 0)))
    return buffers.count - 1
  }

  private mutating func define(_ dtype: DType, _ kind: ValueInfo.Kind) -> ValueID {
    values.append(ValueInfo(dtype, kind))
    return ValueID(values.count - 1)
  }

  // MARK: Values that several pieces use

  /// Gives every piece the values of the root that it uses: computed again if that takes nothing but constants and memory
  /// that the kernel does not write, or else passed in memory.
  private mutating func connect() {
    var written: Set<BufferID> = []
    kernel.body.forEachBuffer { buffer, isWritten in if isWritten { written.insert(buffer) } }
    var definitions: [ValueID: Statement] = [:]
    for statement in kernel.body { if let result = statement.result { definitions[result] = statement } }
    var passed: [ValueID: BufferID] = [:]
    /// Where a value that can't be computed again is defined.
    var home: [ValueID: Int] = [:]
    for (number, piece) in pieces.enumerated() {
      for statement in piece.statements { if let result = statement.result { home[result] = number } }
    }
    for number in pieces.indices {
      var missing = missingValues(pieces[number].statements)
      var head: [Statement] = []
      var seen: Set<ValueID> = []
      while let value = missing.popLast() {
        guard seen.insert(value).inserted, let definition = definitions[value] else { continue }
        if isRepeatable(value, definitions, written) {
          head.append(definition)
          definition.forUses { missing.append($0) }
        } else if let home = home[value], home < number {
          let dtype = values[Int(value.index)].dtype
          if passed[value] == nil {
            let buffer = declare("scalar", TensorType(dtype, []))
            passed[value] = buffer
            pieces[home].statements.append(.store(buffer, AffineIndex(), value))
          }
          if let buffer = passed[value] { head.append(.load(value, buffer, AffineIndex())) }
        }
      }
      // In the order of their numbers in the kernel: operands first.
      let order = Dictionary(
        uniqueKeysWithValues: kernel.body.enumerated().compactMap { position, statement in
          statement.result.map { ($0, position) }
        })
      head.sort { (order[$0.result ?? .none] ?? 0) < (order[$1.result ?? .none] ?? 0) }
      pieces[number].statements = head + pieces[number].statements
    }
  }

  /// What statements use and do not define.
  private func missingValues(_ statements: [Statement]) -> [ValueID] {
    var defined: Set<ValueID> = []
    var missing: [ValueID] = []
    statements.forEachStatement { statement in
      statement.forUses { if !defined.contains($0) { missing.append($0) } }
      if let result = statement.result { defined.insert(result) }
    }
    return missing
  }

  private func isRepeatable(
    _ value: ValueID, _ definitions: [ValueID: Statement], _ written: Set<BufferID>, depth: Int = 0
  ) -> Bool {
    guard let definition = definitions[value], definition.isPure, depth < 16 else { return false }
    if let (buffer, _) = definition.buffer, written.contains(buffer) { return false }
    if case .compute(_, let op, _, _, _) = definition, StepCost.isCostly(op) { return false }
    var isRepeatable = true
    definition.forUses { operand in
      if isRepeatable { isRepeatable = self.isRepeatable(operand, definitions, written, depth: depth + 1) }
    }
    return isRepeatable
  }

  // MARK: Kernels

  private func finished() -> [Kernel] {
    pieces.compactMap { piece in
      let whole = Kernel(
        name: kernel.name + piece.suffix, origins: kernel.origins, axes: axes, values: values, body: piece.statements)
      let live = whole.removingDeadValues().removingUnusedAxes()
      return live.body.isEmpty ? nil : live
    }
  }
}
