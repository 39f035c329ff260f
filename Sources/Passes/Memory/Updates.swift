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
  /// Steps before the first one that writes the result may read the parameter as they like, later ones not at all. For the
  /// step itself see `Kernel.canWrite`. Loops and branches are one step here; the copies that remain around them go, where
  /// they can, when memory is planned.
  private func isWritable(_ parameter: BufferID, as result: BufferID, _ uses: [BufferUse]) -> Bool {
    guard let first = uses[result].firstWrite, let last = uses[parameter].lastRead, last >= first else { return true }
    guard last == first, case .kernel(let kernel) = steps[first] else { return false }
    return kernel.canWrite(result, over: parameter, elementCount: buffers[result].type.elementCount)
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
