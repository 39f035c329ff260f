import KernelIR
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

/// `Fusion/*.gir`: functions, and the kernels and library calls they become.
@Suite struct FusionFileTests {
  @Test func functionsBecomeTheKernelsTheirFilesSay() throws {
    for file in try textFiles(in: "Fusion") {
      var programs: [String] = []
      for function in try Module(parsing: file.text, ops: OpRegistry.make).functions {
        try function.verify()
        let program = try Pipelines.standard.run(function, verify: true).lowered()
        try program.verify()
        programs.append(program.description)
      }
      let failures = fileCheck(programs.joined(separator: "\n"), against: file.text)
      #expect(failures.isEmpty, "Fusion/\(file.name).gir: \(failures.joined(separator: "\n"))")
    }
  }
}
