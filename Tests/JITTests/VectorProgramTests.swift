import Basics
import CEmitter
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
        for place in expected[result].bytes.indices where place / size % 2 == 1 || place / size == expected[result].bytes.count / size - 1 {
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
