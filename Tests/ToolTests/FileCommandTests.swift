import Foundation
import GradC
import TestSupport
import Testing

private let text = """
  func @scaled(%x: f32[3], %s: f32[]) -> (y: f32[3], total: f32[]) {
    %2 = broadcast %s {shape = [3], axes = []} : f32[3]
    %3 = mul %x, %2 : f32[3]
    %4 = mul %x, %2 : f32[3]
    %5 = neg %4 : f32[3]
    %6 = reduce_sum %3 {axes = [0]} : f32[]
    return %3, %6
  }

  """

@Suite struct FileCommandTests {
  private let folder: TemporaryFolder
  private let program: String

  init() throws {
    folder = try TemporaryFolder()
    program = try folder.write(text, "scaled.gir")
  }

  private func array(_ numbers: [Float], shape: Shape, _ name: String) throws -> String {
    try NDArray(numbers, shape: shape).write(toNPYFile: folder.file(name).path)
    return folder.file(name).path
  }

  @Test(arguments: [true, false])
  func runWritesEveryResult(interpreted: Bool) throws {
    let x = try array([1, 2, 3.5], shape: [3], "x.npy")
    let s = try array([2], shape: [], "s.npy")
    let results = folder.file("results")
    _ = try ToolRunner.run(
      ["run", program, "--input", "x=\(x)", "--input", "s=\(s)", "--output-dir", results.path]
        + (interpreted ? ["--interpret"] : []))
    let y = try NDArray(contentsOfNPYFile: results.appendingPathComponent("y.npy").path)
    let total = try NDArray(contentsOfNPYFile: results.appendingPathComponent("total.npy").path)
    #expect(try y.array(of: Float.self) == [2, 4, 7])
    #expect(try total.item(as: Float.self) == 13)
  }

  /// Rows are gathered by a parameter: which ones is told, or not.
  @Test func explainTakesFilesAndIndices() throws {
    let path = try folder.write(
      """
      func @picked(%x: f64[5,2], %i: i32[3]) -> (y: f64[3,2]) {
        %2 = take %x, %i {axis = 0} : f64[3,2]
        %3 = mul %2, %2 : f64[3,2]
        return %3
      }
      """, "picked.gir")
    #expect(try ToolRunner.succeed("explain", path).contains("Jacobian 6 × 10 with 30 entries"))
    let indices = folder.file("i.npy").path
    try NDArray([4, 0, 4] as [Int32]).write(toNPYFile: indices)
    let text = try ToolRunner.succeed("explain", path, "--indices", "i=\(indices)")
    #expect(text.contains("Jacobian 6 × 10 with 6 entries") && text.contains("1 colour"), "\(text)")
    try ToolRunner.fail(["explain", path, "--indices", "j=\(indices)"], "no parameter 'j'")
    try ToolRunner.fail(["explain", path, "--indices", "i"], status: 64, "name=file.npy")
    try ToolRunner.fail(["explain", path, "--transform", "jvp", "--wrt", "z"], "no parameter 'z'")
    try ToolRunner.fail(["explain", path, "--transform", "sparse-hessian"], "floating scalar")
  }

  @Test func checkTakesFilesAndNamesWrongRules() throws {
    func written(_ factor: Double) throws -> String {
      let f = try trace("f", .input("x", .f64, [2])) { x in
        customDerivative(x) {
          $0 * $0
        } jvp: { x, _, tangent in
          factor * x * tangent
        }
      }
      return try folder.write(f.description, "rule.gir")
    }
    let text = try ToolRunner.succeed("check", try written(2))
    #expect(text.contains("complex step") && text.contains("f, f64: derivatives and differences agree"), "\(text)")
    let x = folder.file("x.npy").path
    try NDArray([0.5, 3.0]).write(toNPYFile: x)
    try ToolRunner.fail(
      ["check", try written(3), "--input", "x=\(x)"], "the jvp of 'customDerivative' is not the derivative",
      "by operand 0[0] it is 1.5 in forward mode", "by a complex step 1.0")
    let factored = try trace("f", .input("x", .f64, [2])) { x in cholesky(x.outer(x) + eye(2, .f64)).sum() }
    let path = try folder.write(factored.description, "cholesky.gir")
    let other = try ToolRunner.succeed("check", path, "--all", "--wrt", "x", "--input", "x=\(x)")
    #expect(other.contains("no complex step: 'cholesky' is not analytic") && other.contains("difference"), "\(other)")
    try ToolRunner.fail(["check", path, "--input", "y=\(x)"], "no parameter 'y'")
  }

  @Test func runExplainsWhatIsWrong() throws {
    let x = try array([1, 2], shape: [2], "x.npy")
    let bad = try folder.write("no array", "bad.npy")
    try ToolRunner.fail(["run", "absent.gir"], "absent.gir")
    try ToolRunner.fail(["run", folder.url.path], "can't be read")
    try ToolRunner.fail(["run", program], "parameter 'x'", "parameter 's'")
    try ToolRunner.fail(["run", program, "--input", "x"], status: 64, "name=file.npy")
    try ToolRunner.fail(["run", program, "--input", "z=\(x)"], "no parameter 'z'")
    try ToolRunner.fail(["run", program, "--input", "x=\(x)", "--input", "s=\(bad)"], "f32[3]", "f32[2]", "bad.npy")
    try ToolRunner.fail(["run", program, "--input", "x=absent.npy"], "absent.npy")
    try ToolRunner.fail(["run", program, "--function", "other"], "no function 'other'")
    let broken = try folder.write(
      "func @f(%x: f32[2]) -> (y: f32[2]) {\n  %1 = what %x : f32[2]\n  return %1\n}\n", "b.gir")
    try ToolRunner.fail(["run", broken], "b.gir:2")
    try ToolRunner.fail(["run", try folder.write("", "empty.gir")], "empty.gir")
  }

  @Test func namesOfAnyCharacters() throws {
    let program = try folder.write(
      """
      func @"f \\"*/ ü"(%"a b": f32[2], %"c=d": f32[2]) -> ("r/1 */ ü": f32[2], "..": f32[2]) {
        %2 = add %"a b", %"c=d"
        return %2, %2
      }
      """, "any.gir")
    let x = try array([1, 2], shape: [2], "x=1.npy")
    let results = folder.file("a 'b' ü").path
    _ = try ToolRunner.succeed(
      "run", program, "--input", "a b=\(x)", "--input", "c=d=\(x)", "--output-dir", results)
    let names = try FileManager.default.contentsOfDirectory(atPath: results).sorted()
    #expect(names == ["...npy", "r_1 *_ ü.npy"])
    for name in names {
      #expect(try NDArray(contentsOfNPYFile: results + "/" + name).array(of: Float.self) == [2, 4])
    }
  }

  @Test func optRunsEachPass() throws {
    for pass in Graph.passes.map(\.name) {
      #expect(try ToolRunner.succeed("opt", program, "--passes", pass).hasPrefix("func @scaled("))
    }
    let timed = try ToolRunner.run(["opt", program, "--passes", "cse,dce", "--dump-after", "all", "--time"])
    #expect(timed.errors.contains("// after cse\nfunc @scaled(") && timed.errors.contains("// after dce\n"))
    #expect(timed.errors.contains("operations"))
    let dumped = try ToolRunner.run(["opt", program, "--passes", "cse,dce", "--dump-after", "cse"])
    #expect(dumped.errors.hasPrefix("// after cse\n") && !dumped.errors.contains("after dce"))
    #expect(dumped.output == timed.output && dumped.output.hasPrefix("func @scaled("))
    try ToolRunner.fail(["opt", program, "--passes", "cse", "--dump-after", "dce"], status: 64, "'dce' is none of")
    let last = try ToolRunner.succeed("opt", program)
    #expect(!last.contains("neg") && last.components(separatedBy: "mul").count == 2, "\(last)")
    try ToolRunner.fail(["opt", program, "--passes", "polish"], "no pass 'polish'", "dce")
  }
}
