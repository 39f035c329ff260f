import Foundation
import GradC
import GradCModels
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

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
    #expect(try ToolRunner.succeed("dump", "scalar", "--stage", "c", "--dialect", "tile").contains("scalar_sincos_f64"))
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

  /// Pictures, of the phases in order and of passes below them.
  @Test func explainShowsWhereTimeWent() throws {
    let path = try TemporaryFolder().file("flame.svg").path
    let text = try ToolRunner.succeed("explain", "digits", "--flame", path)
    let svg = try String(contentsOfFile: path, encoding: .utf8)
    for chart in [text, svg] {
      let places = try ["trace", "transform", "optimise", "lower", "emit"].map { phase in
        try #require(chart.range(of: svg == chart ? "<title>\(phase) " : "\n  \(phase) "), "\(phase): \(chart)")
          .lowerBound
      }
      #expect(places == places.sorted())
    }
    #expect(text.contains("█") && svg.contains("<title>kernels "))
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse(), "\(svg)")
    try ToolRunner.fail(["explain", "scalar", "--flame", "/dev/null/flame.svg"], "/dev/null")
  }

  @Test func explainTellsHowSparseDerivativesAre() throws {
    let residuals = try ToolRunner.succeed("explain", "bundle-adjustment")
    #expect(residuals.contains("sparsity\n  Jacobian 480 × 426 with 6720 entries, density 3.286 %\n"))
    #expect(residuals.contains("480 rows by reverse mode, 2 colours: 240 blocks 2 × 15"))
    let hessian = try ToolRunner.succeed("explain", "rosenbrock")
    #expect(hessian.contains("Hessian 1000 × 1000 with 2998 entries, density 0.3 %\n"))
    #expect(hessian.contains("1000 rows by Hessian–vector products, 3 colours"))
    #expect(try ToolRunner.succeed("explain", "digits").contains("not looked at; see --transform sparse-hessian"))
    let entries = try ToolRunner.succeed("explain", "rosenbrock", "--transform", "sparse-hessian")
    #expect(entries.hasPrefix("rosenbrock_sparse_hessian: ") && entries.contains("f64[2998]"))
  }

  @Test func sparseTransformsAreDumped() throws {
    let text = try ToolRunner.succeed("dump", "rosenbrock", "--transform", "sparse-hessian")
    #expect(try Graph(parsing: text).results.map(\.type.shape) == [[2998]])
    let byWeights = try ToolRunner.succeed(
      "dump", "bundle-adjustment", "--transform", "sparse-jacobian", "--wrt", "weights")
    #expect(try Graph(parsing: byWeights).results.map(\.type.shape) == [[480]])
  }

  @Test func einsumShowsTheOrder() throws {
    let text = try ToolRunner.succeed("einsum", "ij,jk,kl->il", "100,10", "10,100", "100,5")
    #expect(text.contains("3 = 1 · 2  jk,kl->jl  [10,5]  5000") && text.contains("10000 multiplications, 150000 from"))
    try ToolRunner.fail(["einsum", "ij,jk", "2,3"], "2 operand(s), not 1")
    try ToolRunner.fail(["einsum", "ij,jk->ik", "2,x", "3,4"], status: 64, "'2,x' is no shape")
    try ToolRunner.fail(["einsum", "ij,jk->ik", "2,3", "4,5"], "'j' of extents 3 and 4")
  }

  @Test(arguments: Model.all.map(\.name))
  func checkPasses(model: String) throws {
    let text = try ToolRunner.succeed("check", model)
    #expect(text.contains("derivatives and differences agree") && !text.contains("no complex step"), "\(text)")
  }

  @Test func checkEndsWithAnErrorBeyondTheTolerance() throws {
    let outcome = try ToolRunner.run(["check", "scalar", "--dtype", "f32", "--tolerance", "1e-30"])
    #expect(outcome.hasExited && outcome.status == 1)
    #expect(outcome.output.contains("DISAGREE"))
  }

  @Test func wrongUseIsExplained() throws {
    try ToolRunner.fail(["dump", "nothing"], "there is no model 'nothing'", "scalar")
    try ToolRunner.fail(["dump", "robot-arm", "--transform", "grad"], "scalar", "f64[2]")
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
