import Basics
package import KernelIR

// Kernels that follow each other element by element in a loop, as the stages of a Runge–Kutta step do: each reads what others
// wrote at the same place or before it. They run on blocks of elements that stay in the first-level cache, one block after
// the other. Of what lives between them alone a block is kept, and its last elements are there for the next.

extension Program {
  /// The planned program with runs of such kernels in blocks, where that saves more memory traffic than it costs.
  package func blockingElements(_ model: CostModel) -> Program {
    guard steps.contains(where: { !$0.lists.isEmpty }) else { return self }
    var blocking = ElementBlocking(self, model)
    let steps = steps.map { step in step.lists.isEmpty ? step : step.mapLists { blocking.visit($0) } }
    guard blocking.isChanged else { return self }
    var program = blocking.program
    program.steps = steps
    return program.removingUnusedBuffers()
  }
}

/// A kernel of one tile scope.
private struct ElementKernel {
  struct Access: Hashable {
    var buffer: BufferID
    /// What the index has besides the axis.
    var offset: Int
    var isWritten: Bool
  }

  let kernel: Kernel
  /// The steps that it is made of.
  private(set) var steps: [Step]
  let axis: AxisID
  private(set) var accesses: Set<Access> = []
  /// Stores of single elements before the tiles.
  private(set) var heads: Set<Access> = []
  /// Buffers of which every tile reads the same elements.
  private(set) var uniform: Set<BufferID> = []

  var extent: Int { kernel.axes[axis].extent }

  init?(_ step: Step) {
    guard case .kernel(let kernel) = step, kernel.partition == nil, case .tile(let axis, let inner)? = kernel.body.last
    else { return nil }
    self.kernel = kernel
    self.axis = axis
    steps = [step]
    for statement in kernel.body.dropLast() {
      switch statement {
      case .store(let buffer, let index, _) where index.terms.isEmpty:
        heads.insert(Access(buffer: buffer, offset: index.offset, isWritten: true))
      case .load(_, let buffer, let index) where index.terms.isEmpty: uniform.insert(buffer)
      case .compute, .sineCosine, .cast, .constant: break
      default: return nil
      }
    }
    for statement in inner {
      switch statement {
      case .load(_, let buffer, let index) where index.terms.isEmpty: uniform.insert(buffer)
      case .load(_, let buffer, let index) where index.terms == [.init(axis: axis, coefficient: 1)]:
        accesses.insert(Access(buffer: buffer, offset: index.offset, isWritten: false))
      case .store(let buffer, let index, _) where index.terms == [.init(axis: axis, coefficient: 1)]:
        accesses.insert(Access(buffer: buffer, offset: index.offset, isWritten: true))
      case .compute, .sineCosine, .cast, .constant: break
      default: return nil
      }
    }
    if accesses.union(heads).contains(where: { $0.isWritten && uniform.contains($0.buffer) }) { return nil }
    if accesses.contains(where: { $0.offset < 0 }) { return nil }
  }

  /// A kernel and one of single elements directly before it, which it begins with.
  init?(_ before: Kernel, _ step: Step) {
    guard case .kernel(var kernel) = step else { return nil }
    // Whatever else it does is not looked at.
    guard before.body.allSatisfy({ $0.scope == nil }) else { return nil }
    kernel.body = before.body.map { $0.shiftingValues(by: kernel.values.count) } + kernel.body
    kernel.values += before.values
    self.init(.kernel(kernel))
    steps = [.kernel(before), step]
  }

  /// What is done before the first block.
  var head: Kernel? {
    if heads.isEmpty { return nil }
    var head = kernel
    head.body.removeLast()
    return head.removingDeadValues().removingUnusedAxes()
  }
}

private struct ElementBlocking {
  var program: Program
  let model: CostModel
  private(set) var isChanged = false
  private var nextLoop: LoopID
  private let spans: [MemorySpan]
  /// By buffer, how many statements touch it.
  private var touches: [Int]

  private static let leastExtent = 1024
  private static let greatestHalo = 8
  private static let greatestRun = 32

  init(_ program: Program, _ model: CostModel) {
    self.program = program
    self.model = model
    let loops = LoopTable(program)
    nextLoop = (loops.entries.keys.max() ?? -1) + 1
    spans = program.buffers.indices.map { MemorySpan(of: $0, in: program, loops) }
    var touches = [Int](repeating: 0, count: program.buffers.count)
    program.steps.forEachBuffer { buffer, _ in touches[buffer] += 1 }
    self.touches = touches
  }

  mutating func visit(_ steps: [Step]) -> [Step] {
    var result: [Step] = []
    var run: [ElementKernel] = []
    var index = 0
    while index < steps.count {
      let step = steps[index]
      var kernel = ElementKernel(step)
      index += 1
      if kernel == nil, case .kernel(let before) = step, before.partition == nil, index < steps.count {
        kernel = ElementKernel(before, steps[index])
        if kernel != nil { index += 1 }
      }
      if let kernel {
        if joins(kernel, run) {
          run.append(kernel)
          continue
        }
        result += blocks(run)
        run = [kernel]
        continue
      }
      result += blocks(run)
      run = []
      result.append(step.lists.isEmpty ? step : step.mapLists { visit($0) })
    }
    return result + blocks(run)
  }

  /// Whether a kernel may do a block as soon as those before it have done theirs.
  private func joins(_ kernel: ElementKernel, _ run: [ElementKernel]) -> Bool {
    guard let first = run.first else { return kernel.extent >= Self.leastExtent }
    guard run.count < Self.greatestRun, abs(kernel.extent - first.extent) <= Self.greatestHalo else { return false }
    return run.allSatisfy { mayFollow(kernel, $0) }
  }

  private func mayFollow(_ kernel: ElementKernel, _ other: ElementKernel) -> Bool {
    let (own, others) = (kernel.accesses.union(kernel.heads), other.accesses.union(other.heads))
    for (one, uniform) in [(own, other.uniform), (others, kernel.uniform)] {
      for access in one where access.isWritten {
        if uniform.contains(where: { spans[$0].overlaps(spans[access.buffer]) }) { return false }
      }
    }
    for access in others {
      for mine in own where (mine.isWritten || access.isWritten) && mine.buffer != access.buffer {
        if spans[mine.buffer].overlaps(spans[access.buffer]) { return false }
      }
    }
    for access in other.accesses {
      for mine in kernel.accesses where mine.buffer == access.buffer && (mine.isWritten || access.isWritten) {
        if mine.offset > access.offset { return false }
      }
      // It comes before all tiles.
      for mine in kernel.heads where mine.buffer == access.buffer && mine.offset >= access.offset { return false }
    }
    return true
  }

  /// A run in blocks, or as it was.
  private mutating func blocks(_ run: [ElementKernel]) -> [Step] {
    let kept = run.flatMap(\.steps)
    guard run.count > 1 else { return kept }
    let buffers = Set(run.flatMap { $0.accesses.map(\.buffer) }).sorted()
    let extent = run.map(\.extent).min() ?? 0
    let rowBytes = buffers.reduce(0) { $0 + byteCount($1) }
    let size = max(model.nearestBytes / max(rowBytes, 1) / 64 * 64, 128)
    let count = extent / size
    guard count > 1 else { return kept }
    let touched = run.reduce(0) { total, kernel in
      total + Set(kernel.accesses.map(\.buffer)).reduce(0) { $0 + byteCount($1) }
    }
    let gain = Double((touched - rowBytes) * extent) * (model.byte(far: rowBytes * extent) - model.nearestByte)
    let cost = Double(count * run.count) * (model.launch * 4) + Double(count) * model.iteration
    guard gain > cost * model.caution else { return kept }
    isChanged = true
    let id = nextLoop
    nextLoop += 1
    var blocks: [BufferID: BufferID] = [:]
    var privates: [BufferID: BufferID] = [:]
    var carried: [Statement] = []
    var values: [ValueInfo] = []
    let longest = max(size, (run.map(\.extent).max() ?? 0) - count * size)
    for buffer in buffers {
      let offsets = run.flatMap { $0.accesses.filter { $0.buffer == buffer }.map(\.offset) }
      let most = offsets.max() ?? 0
      let (name, type) = (program.buffers[buffer].name, program.buffers[buffer].type)
      if let halo = halo(of: buffer, run), case .temporary = program.buffers[buffer].role {
        let block = declare("\(name)_block", type.with(Shape([longest + most])), program.buffers[buffer].role)
        privates[buffer] = block
        for element in halo {
          let value = ValueID(values.count)
          values.append(ValueInfo(type.dtype, .uniform))
          carried.append(.load(value, block, AffineIndex(offset: element + size)))
          carried.append(.store(block, AffineIndex(offset: element), value))
        }
      } else {
        blocks[buffer] = declare(
          "\(name)_part", type.with(Shape([size + most])), .slice(of: buffer, loop: id, offset: 0, step: size))
      }
    }
    var result: [Step] = []
    for kernel in run {
      if let head = kernel.head { result.append(.kernel(moved(head, privates, [:], by: 0))) }
    }
    var body = run.map { kernel -> Step in
      var part = moved(kernel.withoutHead, privates, blocks, by: 0)
      part.axes[kernel.axis].extent = size
      return .kernel(part)
    }
    if !carried.isEmpty {
      body.append(
        .kernel(Kernel(name: "carry", origins: ["carry of a block"], axes: [], values: values, body: carried)))
    }
    result.append(
      .loop(StepLoop(id: id, count: .fixed(count), body: body, origins: ["\(count) blocks of \(size) elements"])))
    for kernel in run where kernel.extent > count * size {
      var rest = moved(kernel.withoutHead, privates, [:], by: count * size)
      rest.axes[kernel.axis].extent -= count * size
      result.append(.kernel(rest))
    }
    return result
  }

  private func byteCount(_ buffer: BufferID) -> Int { program.buffers[buffer].type.dtype.byteCount }

  private mutating func declare(_ name: String, _ type: TensorType, _ role: Buffer.Role) -> BufferID {
    program.buffers.append(Buffer(name: name, type: type, role: role))
    return program.buffers.count - 1
  }

  /// The elements at the start of a block that the block before has written, if nothing but the run touches a buffer, and
  /// that only after it is written; `nil` otherwise.
  private func halo(of buffer: BufferID, _ run: [ElementKernel]) -> Range<Int>? {
    var count = 0
    run.flatMap(\.steps).forEachBuffer { touched, _ in if touched == buffer { count += 1 } }
    guard count == touches[buffer] else { return nil }
    var written: (offset: Int, end: Int)?
    var heads: Set<Int> = []
    var least = Int.max
    for kernel in run {
      for access in kernel.accesses where access.buffer == buffer && !access.isWritten {
        guard let written, access.offset <= written.offset, access.offset + kernel.extent <= written.end else {
          return nil
        }
        least = min(least, access.offset)
      }
      for access in kernel.heads where access.buffer == buffer { heads.insert(access.offset) }
      for access in kernel.accesses where access.buffer == buffer && access.isWritten {
        guard written == nil else { return nil }
        written = (access.offset, access.offset + kernel.extent)
      }
    }
    guard let written, least <= written.offset else { return nil }
    let halo = least..<written.offset
    guard halo.count <= Self.greatestHalo, halo.allSatisfy({ heads.contains($0) }),
      heads.allSatisfy({ halo.contains($0) })
    else { return nil }
    return halo
  }

  /// A kernel on other buffers: blocks, parts that move with the loop, or the same from an element on.
  private func moved(
    _ kernel: Kernel, _ privates: [BufferID: BufferID], _ parts: [BufferID: BufferID], by start: Int
  ) -> Kernel {
    func place(_ buffer: BufferID, _ index: AffineIndex) -> (BufferID, AffineIndex) {
      if let block = privates[buffer] { return (block, index) }
      if index.terms.isEmpty { return (buffer, index) }
      if let part = parts[buffer] { return (part, index) }
      var index = index
      index.offset += start
      return (buffer, index)
    }
    func moved(_ statement: Statement) -> Statement {
      switch statement {
      case .tile(let axis, let body): return .tile(axis, body.map(moved))
      case .load(let result, let buffer, let index):
        let (buffer, index) = place(buffer, index)
        return .load(result, buffer, index)
      case .store(let buffer, let index, let value):
        let (buffer, index) = place(buffer, index)
        return .store(buffer, index, value)
      default: return statement
      }
    }
    var result = kernel
    result.body = kernel.body.map(moved)
    return result
  }
}

extension ElementKernel {
  /// The kernel without the stores before its tiles.
  fileprivate var withoutHead: Kernel {
    var result = kernel
    result.body.removeAll { if case .store = $0 { true } else { false } }
    return result.removingDeadValues()
  }
}
