import Basics
import KernelIR
import TestSupport
import Testing

/// The routines of the runtime do what they promise, with whatever matrices they are given.
@Suite struct LibraryRoutineTests {
  @Test(arguments: [DType.f64, .f32])
  func machineCode(_ dtype: DType) throws {
    let cases = LibraryCase.all(dtype)
    let (program, inputs) = LibraryCase.program(cases, dtype)
    try program.verify()
    for defect in LibraryCase.defects(cases, dtype, try RandomProgramTests.run(program, inputs)) {
      Issue.record("\(defect)")
    }
  }

  @Test func kernelInterpreter() throws {
    let cases = LibraryCase.all(.f64)
    let (program, inputs) = LibraryCase.program(cases, .f64)
    for defect in LibraryCase.defects(cases, .f64, try program.interpret(inputs)) { Issue.record("\(defect)") }
  }
}
