import Basics
package import KernelIR

/// Kernels of programs with loops of steps whose scopes all have a few elements, as of points in a plane, become statements on single
/// elements: a state of two numbers that a loop carries is two numbers then, and no call of the runtime on a tile of two.
extension Program {
  /// The program with such kernels written out.
  package func writingOutShortScopes() -> Program {
    guard steps.contains(where: { !$0.lists.isEmpty }) else { return self }
    var program = self
    program.steps = steps.mapLeaves { $0.writingOutShortScopes() }
    return program
  }
}

extension Step {
  fileprivate func writingOutShortScopes() -> Step {
    guard case .kernel(let kernel) = self, kernel.partition == nil, let count = kernel.writtenCount(kernel.body),
      kernel.body.contains(where: { $0.scope != nil }), count <= CostModel.greatestWrittenKernel
    else { return self }
    var writer = ScopeWriter(kernel)
    return .kernel(writer.run())
  }
}

extension Kernel {
  /// Statements that are left when all scopes are written out; `nil` if one is long, or reduces: lanes are put together in
  /// an order of their own.
  fileprivate func writtenCount(_ body: [Statement]) -> Int? {
    var count = 0
    for statement in body {
      if let (axis, inner) = statement.scope {
        guard 0...CostModel.greatestWrittenScope ~= axes[axis].extent, let inside = writtenCount(inner) else {
          return nil
        }
        count += axes[axis].extent * inside
        continue
      }
      switch statement {
      case .accumulator, .accumulate, .finish, .scatter: return nil
      default: count += 1
      }
    }
    return count
  }
}

private struct ScopeWriter {
  private var kernel: Kernel
  /// By value of the kernel, its number in what is written now.
  private var numbers: [ValueID: ValueID] = [:]
  /// By axis, where its scope is.
  private var place: [AxisID: Int] = [:]

  init(_ kernel: Kernel) { self.kernel = kernel }

  mutating func run() -> Kernel {
    kernel.body = written(kernel.body)
    return kernel.removingUnusedAxes().compacted()
  }

  private mutating func written(_ body: [Statement]) -> [Statement] {
    var result: [Statement] = []
    for statement in body {
      if let (axis, inner) = statement.scope {
        for position in 0..<kernel.axes[axis].extent {
          place[axis] = position
          result += written(inner)
        }
        place[axis] = nil
      } else {
        result.append(written(statement))
      }
    }
    return result
  }

  private mutating func written(_ statement: Statement) -> Statement {
    guard !place.isEmpty else { return statement }
    statement.forResults { value in
      let info = kernel.values[Int(value.index)]
      numbers[value] = ValueID(kernel.values.count)
      kernel.values.append(ValueInfo(info.dtype, .uniform))
    }
    let renamed = statement.mapValues { numbers[$0] ?? $0 }.mapIndex { index in
      AffineIndex(
        offset: index.terms.reduce(index.offset) { $0 + $1.coefficient * (place[$1.axis] ?? 0) },
        terms: index.terms.filter { place[$0.axis] == nil })
    }
    if case .index(let value, let index) = renamed, index.terms.isEmpty {
      return .constant(value, Scalar(Int64(index.offset), as: kernel.values[Int(value.index)].dtype))
    }
    return renamed
  }
}
