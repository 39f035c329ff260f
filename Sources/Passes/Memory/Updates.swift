import Basics
import KernelIR

extension Program {
  /// The program with results written in place of parameters.
  ///
  /// A result goes straight into the parameter's memory where every element of the parameter has been read for the last
  /// time before it is written; see `isWritable`. Otherwise it is computed in the arena and copied when all is done.
  ///
  /// - Parameter updates: By position of a parameter that of the result it becomes.
  func updating(_ updates: [Int: Int]) -> Program {
    if updates.isEmpty { return self }
    let uses = bufferUses()
    var program = self
    var target = Array(buffers.indices)
    var copies: [(source: BufferID, target: BufferID)] = []
    for (position, resultPosition) in updates.sorted(by: { $0.key < $1.key }) {
      guard let parameter = buffers.firstIndex(where: { $0.role == .parameter(position) }),
        let result = buffers.firstIndex(where: { $0.role == .result(resultPosition) })
      else { continue }
      program.buffers[parameter].role = .updated(parameter: position, result: resultPosition)
      if isWritable(parameter, as: result, uses) {
        target[result] = parameter
      } else {
        program.buffers[result].role = .temporary(offset: 0)
        copies.append((result, parameter))
      }
    }
    for index in program.steps.indices { program.steps[index].replaceBuffers { target[$0] } }
    for (source, target) in copies {
      program.steps.append(.kernel(program.copyKernel(number: program.steps.count, from: source, to: target)))
    }
    return program.withoutBuffers { target[$0] != $0 }
  }

  /// Whether the result may be written where the parameter is, all reads of which are then still right.
  ///
  /// Steps before the first one that writes the result may read the parameter as they like, later ones not at all. The
  /// step itself may read it in statements that have ended when the store is reached, or, in a nest that visits
  /// every element once, just before the store at the very place that is stored to.
  private func isWritable(_ parameter: BufferID, as result: BufferID, _ uses: [BufferUse]) -> Bool {
    guard let first = uses[result].firstWrite, let last = uses[parameter].lastRead, last >= first else { return true }
    guard last == first, case .kernel(let kernel) = steps[first] else { return false }
    let writes = kernel.accesses(to: result)
    guard let store = writes.first, writes.count == 1 else { return false }
    let iterations = store.axes.reduce(1) { $0 * kernel.axes[$1].extent }
    let visitsOnce = store.index != nil && iterations == buffers[result].type.elementCount
    return kernel.accesses(to: parameter).allSatisfy { read in
      if read.path[0] < store.path[0] { return true }
      return visitsOnce && read.index == store.index && read.path.dropLast() == store.path.dropLast()
        && (read.path.last ?? 0) < (store.path.last ?? 0)
    }
  }

  /// By buffer, the steps that use it.
  private func bufferUses() -> [BufferUse] {
    var uses = [BufferUse](repeating: BufferUse(), count: buffers.count)
    for (number, step) in steps.enumerated() {
      switch step {
      case .gemm(let gemm):
        uses[gemm.a.buffer].lastRead = number
        uses[gemm.b.buffer].lastRead = number
        uses[gemm.c.buffer].firstWrite = uses[gemm.c.buffer].firstWrite ?? number
      case .kernel(let kernel):
        kernel.body.forEachBuffer { buffer, isWritten in
          if !isWritten {
            uses[buffer].lastRead = number
          } else if uses[buffer].firstWrite == nil {
            uses[buffer].firstWrite = number
          }
        }
      }
    }
    return uses
  }

  private func copyKernel(number: Int, from source: BufferID, to target: BufferID) -> Kernel {
    let type = buffers[target].type
    let (index, value) = (AffineIndex(terms: [.init(axis: 0, coefficient: 1)]), ValueID(0))
    return Kernel(
      name: "k\(number)_update", origins: ["update of a parameter"], axes: [Axis(extent: type.elementCount)],
      values: [ValueInfo(type.dtype, .tile)],
      body: [.tile(0, [.load(value, source, index), .store(target, index, value)])])
  }

  /// The program without buffers that no step touches.
  private func withoutBuffers(_ isDropped: (BufferID) -> Bool) -> Program {
    var program = self
    program.buffers = []
    var number = Array(buffers.indices)
    for (buffer, value) in buffers.enumerated() where !isDropped(buffer) {
      number[buffer] = program.buffers.count
      program.buffers.append(value)
    }
    for index in program.steps.indices { program.steps[index].replaceBuffers { number[$0] } }
    return program
  }
}

extension Step {
  fileprivate mutating func replaceBuffers(_ replacement: (BufferID) -> BufferID) {
    switch self {
    case .gemm(var gemm):
      gemm.a.buffer = replacement(gemm.a.buffer)
      gemm.b.buffer = replacement(gemm.b.buffer)
      gemm.c.buffer = replacement(gemm.c.buffer)
      self = .gemm(gemm)
    case .kernel(var kernel):
      kernel.body = kernel.body.map { $0.replacingBuffers(replacement) }
      self = .kernel(kernel)
    }
  }
}

extension Statement {
  fileprivate func replacingBuffers(_ replacement: (BufferID) -> BufferID) -> Statement {
    switch self {
    case .loop(let axis, let body): .loop(axis, body.map { $0.replacingBuffers(replacement) })
    case .tile(let axis, let body): .tile(axis, body.map { $0.replacingBuffers(replacement) })
    case .load(let value, let buffer, let index): .load(value, replacement(buffer), index)
    case .gather(let value, let buffer, let base, let selector, let stride, let limit):
      .gather(value, replacement(buffer), base: base, selector: selector, stride: stride, limit: limit)
    case .store(let buffer, let index, let value): .store(replacement(buffer), index, value)
    case .scatterAdd(let buffer, let base, let selector, let stride, let limit, let value):
      .scatterAdd(
        replacement(buffer), base: base, selector: selector, stride: stride, limit: limit, value: value)
    case .compute, .cast, .constant, .index, .accumulator, .accumulate, .finish: self
    }
  }
}

/// The steps that use a buffer.
private struct BufferUse {
  var firstWrite: Int?
  var lastRead: Int?
}

/// Where in a kernel memory is touched.
private struct Access {
  /// The position of the statement in every list around it, outermost first.
  var path: [Int]
  /// The axes of the scopes around it.
  var axes: [AxisID]
  /// The place of a load or store; `nil` if it depends on a selector.
  var index: AffineIndex?
}

extension Kernel {
  fileprivate func accesses(to buffer: BufferID) -> [Access] {
    var found: [Access] = []
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
          found.append(Access(path: path + [position], axes: axes, index: index))
        }
      }
    }
    visit(body, [], [])
    return found
  }
}
