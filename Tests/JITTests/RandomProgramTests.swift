import Basics
import KernelIR
import TestSupport
import Testing

/// Random kernels in the tile dialect give the bits of the kernel interpreter.
@Suite struct RandomProgramTests {
  @Test func tileCodeMatchesInterpreter() throws {
    for seed in fuzzSeeds(80) {
      let (program, inputs) = RandomProgram.make(seed: Int(seed), sumsInLanes: true)
      try program.verify()
      let expected = try program.interpret(inputs)
      let mismatch = bufferMismatch(expected, try Self.run(program, inputs))
      #expect(mismatch == nil, "seed \(seed)\n\(program)")
    }
  }

  @Test func controlFlowMatchesInterpreter() throws {
    for seed in fuzzSeeds(60) {
      let (program, inputs) = RandomControlFlow.make(seed: seed)
      try program.verify()
      #expect(try Program(parsing: program.description) == program)
      let expected = try program.interpret(inputs)
      let mismatch = bufferMismatch(expected, try Self.run(program, inputs))
      #expect(mismatch == nil, "seed \(seed): \(mismatch ?? "")\n\(program)")
    }
  }

  static func run(_ program: Program, _ inputs: [HostBuffer]) throws -> [HostBuffer] {
    let code = try ProgramCode(program)
    guard code.call(inputs) == 0 else { throw Diagnostic("no memory for tapes") }
    return code.results
  }
}
