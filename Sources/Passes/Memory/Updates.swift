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
    for (source, target) in copies {
      program.steps.append(.kernel(program.copyKernel(number: program.steps.count, from: source, to: target)))
    }
    return program.replacingBuffers(target)
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
      [step].forEachBuffer { buffer, isWritten in
        let root = root(of: buffer)
        if !isWritten {
          uses[root].lastRead = number
        } else if uses[root].firstWrite == nil {
          uses[root].firstWrite = number
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
