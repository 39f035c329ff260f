import Basics
import CEmitter
import Foundation
import GradCRuntime
import JIT
import KernelIR
import TestSupport
import Testing

/// Kernels in the vector dialect give the bits of the kernel interpreter, or of the tile dialect.
@Suite struct VectorProgramTests {
  @Test(arguments: ["gcc", "clang"]) func kernels(_ compiler: String) throws {
    var made: [(Program, [HostBuffer])] = []
    for seed in fuzzSeeds(150) { made.append(RandomProgram.make(seed: Int(seed), sumsInLanes: true)) }
    try compare(made, compiler)
  }

  @Test(arguments: ["gcc", "clang"]) func controlFlow(_ compiler: String) throws {
    var made: [(Program, [HostBuffer])] = []
    for seed in fuzzSeeds(100) { made.append(RandomControlFlow.make(seed: seed)) }
    try compare(made, compiler)
  }

  private func compare(_ made: [(Program, [HostBuffer])], _ compiler: String) throws {
    let code = try VectorPrograms(made.map(\.0), compiler: compiler)
    for (index, (program, inputs)) in made.enumerated() {
      let mismatch = bufferMismatch(try program.interpret(inputs), try code.run(index, inputs))
      #expect(mismatch == nil, "\(mismatch ?? "")\n\(program)")
    }
  }

  /// Every length around those of vectors and turns, with every way to read, write and reduce.
  @Test(arguments: ["gcc", "clang"]) func lengths(_ compiler: String) throws {
    var made: [(Program, [HostBuffer])] = []
    var random = SplitMix(seed: 5)
    for dtype in ["f32", "f64", "i32", "i64"] {
      for length in Array(0...70) + [127, 128, 129, 200, 1000] {
        let program = try Program(
          parsing: """
            program lengths arena 0 {
              buffer x: \(dtype)[\(3 * length + 1)] = parameter 0
              buffer y: \(dtype)[\(2 * length + 1)] = result 0
              buffer sum: \(dtype)[] = result 1
              buffer most: \(dtype)[] = result 2
              buffer flags: bool[\(length)] = result 3
              kernel k {
                axis i0 = \(length)
                %0: accumulator \(dtype) = add
                %1: accumulator \(dtype) = max
                tile i0 {
                  %2: tile \(dtype) = load x[i0]
                  %3: tile \(dtype) = load x[3*i0]
                  %4: tile \(dtype) = load x[-1*i0 + \(length)]
                  %5: tile \(dtype) = sub %2, %3
                  %6: tile \(dtype) = mul %5, %4
                  %7: tile bool = lt %2, %4
                  %8: tile \(dtype) = select %7, %6, %3
                  store y[2*i0], %8
                  store flags[i0], %7
                  accumulate %0, %6
                  accumulate %1, %8
                }
                %9: \(dtype) = finish %0
                %10: \(dtype) = finish %1
                store sum[0], %9
                store most[0], %10
              }
            }
            """)
        let type = program.buffers[0].type
        let input = HostBuffer(
          type, (0..<type.elementCount).map { _ in Scalar(Int64(random.next() % 200) - 100, as: type.dtype) })
        made.append((program, [input]))
      }
    }
    let code = try VectorPrograms(made.map(\.0), compiler: compiler)
    for (index, (program, inputs)) in made.enumerated() {
      var expected = try program.interpret(inputs)
      var found = try code.run(index, inputs)
      // What nothing writes is not compared.
      for result in [0] {
        let size = expected[result].type.dtype.byteCount
        let last = expected[result].bytes.count / size - 1
        for place in expected[result].bytes.indices where place / size % 2 == 1 || place / size == last {
          expected[result].bytes[place] = 0
          found[result].bytes[place] = 0
        }
      }
      let mismatch = bufferMismatch(expected, found)
      #expect(mismatch == nil, "\(mismatch ?? "")\n\(program)")
    }
  }

  /// Shorter vectors than the processor has: for others, and those of its functions that take whole registers only.
  @Test(arguments: [16, 32]) func shorterVectors(_ byteCount: Int) throws {
    var target = VectorTarget.runtime
    guard target.byteCount > byteCount else { return }
    (target.byteCount, target.registerFunctions) = (byteCount, [])
    var made: [(Program, [HostBuffer])] = []
    for seed in fuzzSeeds(60) { made.append(RandomProgram.make(seed: Int(seed), sumsInLanes: true)) }
    let code = try VectorPrograms(made.map(\.0), compiler: "gcc", target: target)
    for (index, (program, inputs)) in made.enumerated() {
      let mismatch = bufferMismatch(try program.interpret(inputs), try code.run(index, inputs))
      #expect(mismatch == nil, "\(mismatch ?? "")\n\(program)")
    }
  }

  @Test func theSameTextForTheSameProgram() throws {
    let (program, _) = RandomProgram.make(seed: 3, sumsInLanes: true)
    #expect(VectorEmitter.emit(program, for: .runtime) == VectorEmitter.emit(program, for: .runtime))
  }
}

/// Ops on numbers of every size in the vector dialect, as tiles and as single elements, give the bits of the runtime's
/// kernels.
@Suite struct VectorOpTests {
  private static let ops = ScalarOp.allCases.filter { $0.accepts(.f64) && $0.arity <= 2 && !$0.isComparison }

  private func program(
    _ op: ScalarOp, _ dtype: DType, _ accuracy: FunctionAccuracy, _ count: Int
  ) throws -> Program {
    let operands = op.arity == 1 ? ["x"] : ["x", "y"]
    let loads = operands.enumerated().map { "%\($0): tile \(dtype) = load \($1)[i0]" }.joined(separator: "\n")
    let names = operands.indices.map { "%\($0)" }.joined(separator: ", ")
    return try Program(
      parsing: """
        program ops arena 0 accuracy \(accuracy) {
          buffer x: \(dtype)[\(count)] = parameter 0
          buffer y: \(dtype)[\(count)] = parameter 1
          buffer z: \(dtype)[\(count)] = result 0
          buffer s: \(dtype)[\(count)] = result 1
          kernel k {
            axis i0 = \(count)
            tile i0 { \(loads) %\(op.arity): tile \(dtype) = \(op.name) \(names) store z[i0], %\(op.arity) }
          }
          kernel l {
            axis i0 = \(count)
            loop i0 {
              \(loads.replacingOccurrences(of: "tile ", with: "")) %\(op.arity): \(dtype) = \(op.name) \(names) store s[i0], %\(op.arity)
            }
          }
        }
        """)
  }

  private func inputs(_ dtype: DType) -> [HostBuffer] {
    var random = SplitMix(seed: 9)
    var numbers: [Double] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, 0x1p-1074, 0x1p-149, 0x1p-130, 1e308, 3e38, -1e30,
    ]
    for exponent in stride(from: -40.0, through: 40.0, by: 0.5) {
      for _ in 0..<4 {
        let fraction = Double(random.next() >> 11) * 0x1p-53 + 0.5
        numbers.append((random.next() % 2 == 0 ? 1 : -1) * fraction * exp2(exponent))
      }
    }
    let others = numbers.indices.map { numbers[($0 * 7 + 3) % numbers.count] }
    return [numbers, others].map { list in
      HostBuffer(TensorType(dtype, Shape([list.count])), list.map { Scalar($0, as: dtype) })
    }
  }

  @Test(arguments: ["gcc", "clang"]) func allOps(_ compiler: String) throws {
    let cases = Self.ops.flatMap { op in
      [DType.f32, .f64].flatMap { dtype in
        (op.hasLowAccuracy(dtype) ? [FunctionAccuracy.high, .low] : [.high]).map { (op, dtype, $0) }
      }
    }
    let programs = try cases.map { try program($0, $1, $2, inputs($1)[0].type.elementCount) }
    let code = try VectorPrograms(programs, compiler: compiler, options: [])
    for (index, (op, dtype, accuracy)) in cases.enumerated() {
      let inputs = inputs(dtype)
      let expected = try RandomProgramTests.run(programs[index], inputs)
      let mismatch = bufferMismatch(expected, try code.run(index, inputs))
      #expect(mismatch == nil, "\(op) of \(dtype), accuracy \(accuracy): \(mismatch ?? "")")
    }
  }
}
