import KernelIR
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

/// `Fusion/*.gir`: functions, and the kernels and library calls they become. `Memory/*.gir`: where their temporaries lie.
@Suite struct FusionFileTests {
  @Test(arguments: ["Fusion", "Memory"])
  func functionsBecomeWhatTheirFilesSay(_ folder: String) throws {
    let files = try textFiles(in: folder)
    #expect(!files.isEmpty)
    for file in files {
      var programs: [String] = []
      for function in try Module(parsing: file.text, ops: OpRegistry.make).functions {
        try function.verify()
        let program = try Pipelines.standard.run(function, verify: true).lowered()
        try program.verify()
        programs.append(program.description)
      }
      let failures = fileCheck(programs.joined(separator: "\n"), against: file.text)
      #expect(failures.isEmpty, "\(folder)/\(file.name).gir: \(failures.joined(separator: "\n"))")
    }
  }
}
