import KernelIR

// Fusion by domains leaves kernels apart whose points are almost the same: a sum over the differences of neighbours has one
// point less than its gradient. Two kernels that read the same array at such points become one, so that the array comes from
// memory once, and what both compute of it is computed once.

extension Program {
  /// The program with kernels that read the same arrays made one, where that saves more memory traffic than it costs.
  ///
  /// - Parameter note: Told the name of the new kernel, those of the two, and the buffers that both read.
  func mergingKernels(
    _ model: CostModel, note: (_ name: String, _ parts: [String], _ shared: [String]) -> Void = { _, _, _ in }
  ) -> Program {
    var merging = KernelMerging(program: self, model: model)
    let merged = merging.visit(steps)
    guard !merging.merged.isEmpty else { return self }
    for (name, parts, shared) in merging.merged { note(name, parts, shared.map { buffers[$0].name }) }
    var program = self
    program.steps = merged
    return program
  }
}

private struct KernelMerging {
  let program: Program
  let model: CostModel
  private(set) var merged: [(name: String, parts: [String], shared: [BufferID])] = []

  /// What a kernel is asked for again and again.
  private struct Candidate {
    var kernel: Kernel
    /// By buffer, the bytes that it reads at places that move with its loops.
    var bytesRead: [BufferID: Int]
  }

  init(program: Program, model: CostModel) {
    self.program = program
    self.model = model
  }

  mutating func visit(_ steps: [Step]) -> [Step] {
    var steps = steps.map { step in step.lists.isEmpty ? step : step.mapLists { visit($0) } }
    var candidates = steps.map { candidate($0) }
    guard candidates.count(where: { $0 != nil }) > 1 else { return steps }
    var touched = steps.map { touches($0) }
    var index = 1
    while index < steps.count {
      guard let (partner, kernel, isEarly, name) = partner(of: index, candidates, touched) else {
        index += 1
        continue
      }
      let (kept, gone) = isEarly ? (partner, index) : (index, partner)
      merged.append(name)
      steps[kept] = .kernel(kernel)
      candidates[kept] = candidate(steps[kept])
      touched[kept] = touches(steps[kept])
      steps.remove(at: gone)
      candidates.remove(at: gone)
      touched.remove(at: gone)
      index = max(partner, 1)
    }
    return steps
  }

  /// A kernel that reads enough.
  private func candidate(_ step: Step) -> Candidate? {
    guard case .kernel(let kernel) = step, kernel.values.count <= CostModel.greatestMergedKernel,
      kernel.body.contains(where: { $0.scope != nil })
    else { return nil }
    var bytes: [BufferID: Int] = [:]
    var isPossible = true
    kernel.body.forEachStatement { statement in
      switch statement {
      case .load(_, let buffer, let index):
        let count = index.terms.reduce(1) { $0 * kernel.axes[$1.axis].extent }
        bytes[buffer] = max(bytes[buffer] ?? 0, count * byteCount(buffer))
      case .scatter: isPossible = false
      default: break
      }
    }
    // Iterations that read what others write have to stay in order.
    guard isPossible, !readsWhatItWrites(kernel) else { return nil }
    bytes = bytes.filter { $0.value >= model.leastMergedBytes }
    return bytes.isEmpty ? nil : Candidate(kernel: kernel, bytesRead: bytes)
  }

  private func readsWhatItWrites(_ kernel: Kernel) -> Bool {
    var (read, written): (Set<Int>, Set<Int>) = ([], [])
    kernel.body.forEachBuffer { buffer, isWritten in
      if isWritten { written.insert(memory(of: buffer)) } else { read.insert(memory(of: buffer)) }
    }
    return !read.isDisjoint(with: written)
  }

  /// A number that buffers with memory in common share: that of the one they are part of, or a negative one of their tape.
  private func memory(of buffer: BufferID) -> Int {
    let root = program.root(of: buffer)
    if case .row(let tape, _, _) = program.buffers[root].role { return -1 - tape }
    return root
  }

  private func byteCount(_ buffer: BufferID) -> Int { program.buffers[buffer].type.dtype.byteCount }

  /// By memory that a step touches, whether it writes it.
  private func touches(_ step: Step) -> [Int: Bool] {
    var touched: [Int: Bool] = [:]
    [step].forEachBuffer { buffer, isWritten in
      touched[memory(of: buffer), default: false] = touched[memory(of: buffer)] ?? false || isWritten
    }
    return touched
  }

  private func conflict(_ one: [Int: Bool], _ other: [Int: Bool]) -> Bool {
    let (few, many) = one.count < other.count ? (one, other) : (other, one)
    return few.contains { memory, isWritten in many[memory].map { $0 || isWritten } ?? false }
  }

  /// The nearest kernel before one that can take it in and gains by it, and whether the two are done in its place.
  private func partner(
    of index: Int, _ candidates: [Candidate?], _ touched: [[Int: Bool]]
  ) -> (Int, Kernel, isEarly: Bool, name: (String, [String], [BufferID]))? {
    guard let second = candidates[index] else { return nil }
    var (movesUp, bytesBetween) = (true, 0)
    for place in (max(index - CostModel.mergingWindow, 0)..<index).reversed() {
      if let first = candidates[place], !conflict(touched[place], touched[index]) {
        let shared = second.bytesRead.filter { first.bytesRead[$0.key] != nil }
        let movesDown = !touched[(place + 1)..<index].contains { conflict($0, touched[place]) }
        if !shared.isEmpty, movesUp || movesDown,
          let kernel = merge(first, second, shared.keys.sorted(), bytesBetween + reach(touched[place]) / 2)
        {
          let name = (kernel.name, [first.kernel.name, second.kernel.name], shared.keys.sorted())
          return (place, kernel, !movesDown, name)
        }
      }
      if conflict(touched[place], touched[index]) { movesUp = false }
      bytesBetween += reach(touched[place])
    }
    return nil
  }

  private func reach(_ touched: [Int: Bool]) -> Int {
    touched.keys.reduce(0) { $0 + ($1 < 0 ? 0 : program.buffers[$1].type.byteCount) }
  }

  /// The two as one, if what is saved is worth what is done at the edges.
  private func merge(_ first: Candidate, _ second: Candidate, _ shared: [BufferID], _ distance: Int) -> Kernel? {
    var saved = 0.0
    for buffer in shared {
      let bytes = min(first.bytesRead[buffer] ?? 0, second.bytesRead[buffer] ?? 0)
      saved += Double(bytes) * model.byte(far: distance)
    }
    guard let pair = KernelPair(first.kernel, second.kernel), let (kernel, restCount) = pair.merged(sharing: shared)
    else { return nil }
    return saved > Double(restCount) * model.launch * model.caution ? kernel : nil
  }
}
