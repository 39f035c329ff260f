import Basics
import KernelIR
import TestSupport
import Testing

/// The routines of the library in portable C do what they promise, under the sanitizers.
@Suite struct PortableRoutineTests {
  @Test(arguments: compilers) func routines(_ compiler: String) throws {
    for dtype in [DType.f64, .f32] {
      let cases = LibraryCase.all(dtype)
      let (program, inputs) = LibraryCase.program(cases, dtype)
      let results = try runPortable(program, inputs, compiler: compiler)
      for defect in LibraryCase.defects(cases, dtype, results) { Issue.record("\(defect)") }
    }
  }
}
