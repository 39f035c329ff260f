import Basics
import KernelIR

/// What a step does to a buffer.
struct BufferAccess: Equatable {
  var buffer: BufferID
  /// Reads something that was there before.
  var reads = false
  var writes = false
  /// Overwrites all of it, and reads nothing that was there before.
  var kills = false
}

extension Step {
  /// What a kernel or call does to the buffers that it names, each once, in order of first use.
  func footprint(_ buffers: [Buffer]) -> [BufferAccess] {
    switch self {
    case .kernel(let kernel):
      var footprint = KernelFootprint(kernel.axes, buffers)
      footprint.visit(kernel.body)
      return footprint.accesses
    case .gemm(let gemm): return gemm.footprint(buffers)
    case .call(let call): return call.footprint(buffers)
    case .loop, .whileLoop, .branch: return []
    }
  }
}

extension Gemm {
  fileprivate func footprint(_ buffers: [Buffer]) -> [BufferAccess] {
    let count = buffers[c.buffer].type.elementCount
    let isDense =
      c.offset == 0 && (c.leadingDimension == n || m == 1) && (batchCount == 1 || c.batchStride == m * n)
      && m * n * batchCount == count
    let readsC = accumulates || a.buffer == c.buffer || b.buffer == c.buffer
    var accesses = [BufferAccess(buffer: c.buffer, reads: readsC, writes: true, kills: isDense && !readsC)]
    for operand in [a.buffer, b.buffer] where !accesses.contains(where: { $0.buffer == operand }) {
      accesses.append(BufferAccess(buffer: operand, reads: true))
    }
    return accesses
  }
}

extension LibraryCall {
  fileprivate func footprint(_ buffers: [Buffer]) -> [BufferAccess] {
    var accesses: [BufferAccess] = []
    let types = routine.outputs(dtype).map(\.type)
    for (output, type) in zip(outputs, types) {
      let isDense =
        output.offset == 0 && (batchCount == 1 || output.batchStride == type.elementCount)
        && type.elementCount * batchCount == buffers[output.buffer].type.elementCount
      let isShared = inputs.contains { $0.buffer == output.buffer } || outputs.count { $0.buffer == output.buffer } > 1
      if accesses.contains(where: { $0.buffer == output.buffer }) { continue }
      accesses.append(
        BufferAccess(buffer: output.buffer, reads: isShared, writes: true, kills: isDense && !isShared))
    }
    if let workspace, !accesses.contains(where: { $0.buffer == workspace }) {
      accesses.append(BufferAccess(buffer: workspace, writes: true, kills: true))
    }
    for input in inputs where !accesses.contains(where: { $0.buffer == input.buffer }) {
      accesses.append(BufferAccess(buffer: input.buffer, reads: true))
    }
    return accesses
  }
}

/// What a kernel does to buffers, in the time of one walk through its text.
private struct KernelFootprint {
  private struct Entry {
    var access: BufferAccess
    /// A store that reaches every element: its statement in the kernel's body, its list, its index.
    var store: (top: Int, list: Int, index: AffineIndex)?
    /// Runs of elements that other stores reach.
    var runs: [Range<Int>] = []
    var isRead = false
  }

  private let kernelAxes: [Axis]
  private let buffers: [Buffer]
  private var entries: [Entry] = []
  private var entryOf: [BufferID: Int] = [:]
  private var axes: [AxisID] = []
  private var top = 0
  private var list = 0
  private var listCount = 1

  init(_ axes: [Axis], _ buffers: [Buffer]) {
    kernelAxes = axes
    self.buffers = buffers
  }

  var accesses: [BufferAccess] {
    entries.map { entry in
      var access = entry.access
      let count = buffers[access.buffer].type.elementCount
      let isCovered = entry.store != nil || (!entry.isRead && coversAll(entry.runs, count))
      access.kills = access.writes && !access.reads && isCovered
      return access
    }
  }

  mutating func visit(_ body: [Statement]) {
    for statement in body {
      if axes.isEmpty { top += 1 }
      if let (axis, inner) = statement.scope {
        let outside = list
        list = listCount
        listCount += 1
        axes.append(axis)
        visit(inner)
        axes.removeLast()
        list = outside
        continue
      }
      switch statement {
      case .load(_, let buffer, let index): read(buffer, index)
      case .gather(_, let buffer, _, _, _, _): read(buffer, nil)
      case .scatter(let scatter):
        read(scatter.buffer, nil)
        entries[entry(scatter.buffer)].access.writes = true
      case .store(let buffer, let index, _): store(buffer, index)
      case .loop, .tile, .compute, .cast, .constant, .index, .accumulator, .accumulate, .finish: break
      }
    }
  }

  private mutating func entry(_ buffer: BufferID) -> Int {
    if let known = entryOf[buffer] { return known }
    entries.append(Entry(access: BufferAccess(buffer: buffer)))
    entryOf[buffer] = entries.count - 1
    return entries.count - 1
  }

  private mutating func read(_ buffer: BufferID, _ index: AffineIndex?) {
    let number = entry(buffer)
    entries[number].isRead = true
    if entries[number].access.reads { return }
    // What this kernel has just stored is not what was there before.
    if let store = entries[number].store, top > store.top || (list == store.list && index == store.index) { return }
    entries[number].access.reads = true
  }

  private mutating func store(_ buffer: BufferID, _ index: AffineIndex) {
    let number = entry(buffer)
    entries[number].access.writes = true
    guard entries[number].store == nil, !entries[number].access.reads, let run = kernelAxes.run(of: index, in: axes)
    else { return }
    if run == 0..<buffers[buffer].type.elementCount {
      entries[number].store = (top, list, index)
    } else {
      entries[number].runs.append(run)
    }
  }

  private func coversAll(_ runs: [Range<Int>], _ count: Int) -> Bool {
    var end = 0
    for run in runs.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if run.lowerBound > end { return false }
      end = max(end, run.upperBound)
    }
    return end >= count
  }
}

extension [Axis] {
  /// The elements that an index reaches inside scopes of some of the axes, if they are consecutive.
  func run(of index: AffineIndex, in scopes: [AxisID]) -> Range<Int>? {
    if scopes.contains(where: { self[$0].extent == 0 }) { return nil }
    var (low, length) = (index.offset, 1)
    for term in index.terms.sorted(by: { $0.coefficient.magnitude < $1.coefficient.magnitude }) {
      let last = self[term.axis].extent - 1
      if last == 0 { continue }
      guard term.coefficient.magnitude <= length else { return nil }
      length += Int(term.coefficient.magnitude) * last
      if term.coefficient < 0 { low += term.coefficient * last }
    }
    return low..<low + length
  }
}

/// Where in a kernel memory is touched.
struct PlacedAccess {
  /// The position of the statement in every list around it, outermost first.
  var path: [Int]
  /// The axes of the scopes around it.
  var axes: [AxisID]
  /// The place of a load or store; `nil` if it depends on a selector.
  var index: AffineIndex?
}

extension Kernel {
  /// All loads and stores of a buffer, in order of the text.
  func accesses(to buffer: BufferID) -> [PlacedAccess] {
    var found: [PlacedAccess] = []
    func visit(_ statements: [Statement], _ path: [Int], _ axes: [AxisID]) {
      for (position, statement) in statements.enumerated() {
        if let (axis, body) = statement.scope {
          visit(body, path + [position], axes + [axis])
        } else if statement.buffer?.0 == buffer {
          var index: AffineIndex?
          switch statement {
          case .load(_, _, let place), .store(_, let place, _): index = place
          default: break
          }
          found.append(PlacedAccess(path: path + [position], axes: axes, index: index))
        }
      }
    }
    visit(body, [], [])
    return found
  }

  /// Whether what is written to `target` may be written where `source` is, every read of which is then still right: it is
  /// read in statements that have ended when the one store of the target is reached, or, in a nest that visits every
  /// element once, just before the store at the very place that is stored to.
  func canWrite(_ target: BufferID, over source: BufferID, elementCount: Int) -> Bool {
    let writes = accesses(to: target)
    guard let store = writes.first, writes.count == 1 else { return false }
    let iterations = store.axes.reduce(1) { $0 * axes[$1].extent }
    let visitsOnce = store.index != nil && iterations == elementCount
    return accesses(to: source).allSatisfy { read in
      if read.path[0] < store.path[0] { return true }
      return visitsOnce && read.index == store.index && read.path.dropLast() == store.path.dropLast()
        && (read.path.last ?? 0) < (store.path.last ?? 0)
    }
  }

  /// What it copies in full, if it does nothing else.
  func copiedBuffers(_ buffers: [Buffer]) -> (source: BufferID, target: BufferID)? {
    guard values.count == 1 else { return nil }
    var list = body
    var found: [Statement] = []
    while !list.isEmpty {
      guard list.count == 1, let (_, inner) = list[0].scope else {
        found = list
        break
      }
      list = inner
    }
    guard found.count == 2, case .load(let value, let source, let index) = found[0],
      case .store(let target, index, value) = found[1]
    else { return nil }
    let (from, to) = (buffers[source].type, buffers[target].type)
    guard from.dtype == to.dtype, from.elementCount == to.elementCount else { return nil }
    if source == target { return (source, target) }
    let accesses = Step.kernel(self).footprint(buffers)
    return accesses.contains { $0.buffer == target && $0.kills } ? (source, target) : nil
  }
}
