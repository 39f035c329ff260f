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
