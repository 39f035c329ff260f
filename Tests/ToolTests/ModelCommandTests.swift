import Foundation
import GradC
import GradCModels
import TestSupport
import Testing

@Suite struct ModelCommandTests {
  @Test func modelsListsEveryModel() throws {
    let lines = try ToolRunner.succeed("models").split(separator: "\n")
    #expect(lines.map { $0.prefix { $0 != " " } } == Model.all.map { Substring($0.name) })
  }

  @Test func dumpShowsEveryStage() throws {
    #expect(try ToolRunner.succeed("dump", "scalar").hasPrefix("func @formula_value_and_grad("))
    #expect(try ToolRunner.succeed("dump", "scalar", "--transform", "none").hasPrefix("func @formula("))
    #expect(try ToolRunner.succeed("dump", "scalar", "--stage", "kernel").hasPrefix("program formula_value_and_grad"))
    let portable = try ToolRunner.succeed("dump", "scalar", "--stage", "c")
    #expect(portable.contains("#include <math.h>") && portable.contains("void formula_value_and_grad("))
    #expect(try ToolRunner.succeed("dump", "scalar", "--stage", "c", "--dialect", "tile").contains("scalar_sin_f64"))
  }

  @Test(arguments: Graph.Transform.allCases)
  func dumpOfEveryTransformIsReadAgain(transform: Graph.Transform) throws {
    let text = try ToolRunner.succeed("dump", "log-sum-exp", "--transform", transform.rawValue)
    #expect(try Graph(parsing: text).description + "\n" == text || Graph(parsing: text).description == text)
  }

  @Test func dumpIsTheSameEveryTimeAndGoesToAFile() throws {
    let folder = try TemporaryFolder()
    for stage in ["tensor", "kernel", "c"] {
      let path = folder.file(stage).path
      _ = try ToolRunner.succeed("dump", "digits", "--stage", stage, "--output", path)
      #expect(
        try ToolRunner.succeed("dump", "digits", "--stage", stage) == String(contentsOfFile: path, encoding: .utf8))
    }
  }

  @Test func exportedCCompilesWithoutWarnings() throws {
    let folder = try TemporaryFolder()
    _ = try ToolRunner.succeed("export", "mlp", "--output-dir", folder.url.path)
    let flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    let outcome = try Subprocess.run("cc", flags + ["-c", "model.c"], in: folder.url)
    #expect(outcome.hasSucceeded, "\(outcome.errors)")
  }

  @Test func explainTellsKernelsAndMemory() throws {
    let text = try ToolRunner.succeed("explain", "logistic-regression")
    #expect(!text.contains(" \n"))
    for part in ["gemm [128,16] · [16,1] f32", "fuses", "w_gradient", "arena", "peak", "code"] {
      #expect(text.contains(part), "\(text)")
    }
  }

  @Test(arguments: Model.all.map(\.name))
  func checkPasses(model: String) throws {
    #expect(try ToolRunner.succeed("check", model).contains("derivatives and differences agree"))
  }

  @Test func checkEndsWithAnErrorBeyondTheTolerance() throws {
    let outcome = try ToolRunner.run(["check", "scalar", "--dtype", "f32", "--tolerance", "1e-30"])
    #expect(outcome.hasExited && outcome.status == 1)
    #expect(outcome.output.contains("DISAGREE"))
  }

  @Test func wrongUseIsExplained() throws {
    try ToolRunner.fail(["dump", "nothing"], "there is no model 'nothing'", "scalar")
    try ToolRunner.fail(["dump", "robot-arm"], "scalar", "f64[2]")
    try ToolRunner.fail(["dump", "scalar", "--transform", "integral"], status: 64, "integral")
    try ToolRunner.fail(["dump", "scalar", "--output", "/proc/none/x"], "/proc/none")
    try ToolRunner.fail(["check", "nothing"], "there is no model")
    try ToolRunner.fail(["explain", "nothing"], "there is no model")
    try ToolRunner.fail(["export", "nothing", "--output-dir", "x"], "there is no model")
    try ToolRunner.fail(["integrate"], status: 64, "integrate")
    try ToolRunner.fail(["check", "scalar", "--tolerance", "nan"], status: 64, "--tolerance")
    try ToolRunner.fail(["bench", "kernels", "--sizes", ","], status: 64, "no number of elements")
    try ToolRunner.fail(["dump", "scalar", "--output", ""], "needs a name")
    try ToolRunner.fail(["dump", "scalar", "--output", "/"], "/: the file can't be written: Is a directory")
    // The C could not include the header.
    for name in ["", "a/b", "a\"b", "a\nb"] {
      try ToolRunner.fail(["export", "scalar", "--output-dir", "x", "--file-name", name], status: 64, "--file-name")
    }
  }

  @Test func streamsThatCanNotBeWritten() throws {
    func shell(_ redirected: String) throws -> Subprocess {
      try Subprocess.run("sh", ["-c", "'\(ToolRunner.path.path)' \(redirected)"])
    }
    for streams in ["2>&-", "2>/dev/full"] {
      let outcome = try shell("dump nothing \(streams)")
      #expect(outcome.hasExited && outcome.status == 1, "\(streams): \(outcome)")
    }
    for (command, streams) in [("models", ">&-"), ("models", ">/dev/full"), ("dump digits", ">/dev/full")] {
      let outcome = try shell("\(command) \(streams)")
      #expect(outcome.hasExited && outcome.status == 1, "\(streams): \(outcome)")
      #expect(outcome.errors.contains("standard output can't be written"), "\(outcome.errors)")
    }
    // Whoever reads may stop.
    let outcome = try shell("dump digits --stage c | head -n 1")
    #expect(outcome.hasSucceeded && outcome.output == "/*\n" && outcome.errors.isEmpty, "\(outcome)")
  }
}
