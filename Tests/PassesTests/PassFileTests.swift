import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

/// `Passes/NAME.gir`: functions that the pass of that name rewrites, and what becomes of them.
@Suite struct PassFileTests {
  @Test func everyPassDoesWhatItsFileSays() throws {
    let files = try textFiles(in: "Passes")
    for pass in Passes.all where !files.contains(where: { $0.name == pass.name }) {
      Issue.record("Passes/\(pass.name).gir is missing")
    }
    for file in files {
      guard let pass = Passes.named(file.name) else {
        Issue.record("Passes/\(file.name).gir is named after no pass")
        continue
      }
      let failures = checkRewrite(file.text) { try pass.run($0) ?? $0 }
      #expect(failures.isEmpty, "Passes/\(file.name).gir: \(failures.joined(separator: "\n"))")
    }
  }

  /// What a pass has rewritten it leaves alone, and says so.
  @Test func aSecondRunOfAPassChangesNothing() throws {
    for file in try textFiles(in: "Passes") {
      guard let pass = Passes.named(file.name) else { continue }
      for function in try Module(parsing: file.text, ops: OpRegistry.make).functions {
        let once = try pass.run(function) ?? function
        if let twice = try pass.run(once) {
          Issue.record("\(file.name) of '\(function.name)': \(once) and then\n\(twice)")
        }
      }
    }
  }
}
