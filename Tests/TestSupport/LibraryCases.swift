package import Basics
package import KernelIR
import TensorIR

/// A call of a routine on a batch of matrices.
package struct LibraryCase {
  package let routine: LibraryRoutine
  /// By slice, the elements of every input.
  package let slices: [[[Double]]]
}

extension LibraryCase {
  /// Every routine on the parameters it names as examples: matrices that suit it, matrices that don't, and such as tempt
  /// iterations to go on for ever.
  package static func all(_ dtype: DType) -> [LibraryCase] {
    var random = SplitMix(seed: 11)
    return LibraryFunction.allCases.filter { $0.definition.dtypes.contains(dtype) }.flatMap { function in
      function.definition.examples.map { parameters in
        let routine = LibraryRoutine(function, parameters)
        let shapes = routine.inputs(dtype).map(\.type.shape)
        let kinds = Kind.allCases.filter { $0 == .wellConditioned || function != .triangularSolve }
        return LibraryCase(
          routine: routine,
          slices: kinds.map { kind in
            shapes.enumerated().map { position, shape in
              (position == 0 ? kind : .uniform).elements(shape, dtype, &random).map { rounded($0, dtype) }
            }
          })
      }
    }
  }

  private static func rounded(_ number: Double, _ dtype: DType) -> Double {
    dtype == .f32 ? Double(Float(number)) : number
  }

  /// What a matrix is like.
  private enum Kind: CaseIterable {
    case wellConditioned, uniform, zero, ones, identity, repeated, exchange, lowRank, large, small, graded, nan,
      infinite

    func elements(_ shape: Shape, _ dtype: DType, _ random: inout SplitMix) -> [Double] {
      let count = shape.elementCount
      let columns = shape.rank == 2 ? shape[1] : 1
      let limit: Double = dtype == .f32 ? 1e15 : 1e150
      switch self {
      case .wellConditioned: return OpExample.wellConditionedMatrices(shape) { random.double(in: $0) }
      case .uniform: return (0..<count).map { _ in random.double(in: -1...1) }
      case .zero: return [Double](repeating: 0, count: count)
      case .ones: return [Double](repeating: 1, count: count)
      case .identity: return (0..<count).map { $0 / columns == $0 % columns ? 1 : 0 }
      case .repeated: return (0..<count).map { $0 / columns == $0 % columns ? 3 : 1 }
      case .exchange: return (0..<count).map { $0 / columns + $0 % columns == columns - 1 ? 1 : 0 }
      case .lowRank: return (0..<count).map { Double(1 + $0 / columns) * Double(2 - $0 % columns) }
      case .large: return (0..<count).map { _ in random.double(in: -1...1) * limit }
      case .small: return (0..<count).map { _ in random.double(in: -1...1) / limit }
      case .graded:
        return (0..<count).map { random.double(in: 0.5...1) * (dtype == .f32 ? 0x1p-2 : 0x1p-4) ** ($0 / columns) }
      case .nan: return (0..<count).map { $0 == count / 2 ? .nan : 1 }
      case .infinite: return (0..<count).map { $0 == count / 2 ? .infinity : 1 }
      }
    }
  }

  /// One program with all calls, and its inputs.
  package static func program(_ cases: [LibraryCase], _ dtype: DType) -> (program: Program, inputs: [HostBuffer]) {
    var program = Program(name: "routines", buffers: [], steps: [], arenaByteCount: 0)
    var inputs: [HostBuffer] = []
    var resultCount = 0
    for test in cases {
      let batch = test.slices.count
      func declare(_ argument: LibraryArgument, _ role: Buffer.Role) -> LibraryCall.Argument {
        let type = argument.type.with(argument.type.shape.inserting(batch, at: 0))
        program.buffers.append(Buffer(name: argument.name, type: type, role: role))
        return .init(buffer: program.buffers.count - 1, batchStride: argument.type.elementCount)
      }
      var arguments: [LibraryCall.Argument] = []
      for (position, argument) in test.routine.inputs(dtype).enumerated() {
        arguments.append(declare(argument, .parameter(inputs.count)))
        let type = argument.type.with(argument.type.shape.inserting(batch, at: 0))
        inputs.append(HostBuffer(type, test.slices.flatMap { $0[position] }))
      }
      var outputs: [LibraryCall.Argument] = []
      for argument in test.routine.outputs(dtype) {
        outputs.append(declare(argument, .result(resultCount)))
        resultCount += 1
      }
      var workspace: BufferID?
      if test.routine.definition.workspaceByteCount != nil {
        let bytes = test.routine.workspaceByteCount(dtype)
        workspace = program.buffers.count
        program.buffers.append(Buffer(name: "w", type: TensorType(.bool, [bytes]), role: .temporary(offset: 0)))
        program.arenaByteCount = max(program.arenaByteCount, (bytes + 63) / 64 * 64)
      }
      program.steps.append(
        .call(
          LibraryCall(
            routine: test.routine, dtype: dtype, batchCount: batch, inputs: arguments, outputs: outputs,
            workspace: workspace, origins: [])))
    }
    return (program, inputs)
  }

  /// What is wrong with the results of that program; empty if all is well.
  package static func defects(_ cases: [LibraryCase], _ dtype: DType, _ results: [HostBuffer]) -> [String] {
    var rest = results[...]
    return cases.flatMap { test in
      let outputs = rest.prefix(test.routine.outputs(dtype).count).map { $0.elements.map(\.doubleValue) }
      rest = rest.dropFirst(outputs.count)
      return test.slices.enumerated().compactMap { slice, inputs in
        let own = outputs.map { values in
          let size = values.count / test.slices.count
          return Array(values[slice * size..<(slice + 1) * size])
        }
        let check = FactorisationCheck(routine: test.routine, dtype: dtype, inputs: inputs, outputs: own)
        return check.defect.map {
          "\(test.routine.definition.name) \(test.routine.parameters) slice \(slice): \($0)"
            + (inputs[0].count < 30 ? "\n\(inputs)\n\(own)" : "")
        }
      }
    }
  }
}

infix operator ** : MultiplicationPrecedence
private func ** (base: Double, exponent: Int) -> Double { (0..<exponent).reduce(1) { power, _ in power * base } }
