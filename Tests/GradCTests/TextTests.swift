import GradC
import Testing

@Suite struct TextTests {
  @Test func functionsAreReadBack() throws {
    let f = try trace("f", .input("x", .f64, [2]), .input("y", .f64, [2])) { x, y in ["a": x * y, "b": x.sum()] }
    let read = try parseFunction(f.tensorIR)
    #expect(read.tensorIR == f.tensorIR)
    #expect(read.parameterNames == ["x", "y"])
    let arguments = [Tensor([1, 2], dtype: .f64), Tensor([3, 4], dtype: .f64)]
    #expect(try read.evaluate(arguments).map { try $0.doubles() } == [[3, 8], [3]])
    #expect(try f.erased.compile()(arguments).map { try $0.doubles() } == [[3, 8], [3]])
    #expect(f.dot.hasPrefix("digraph"))
  }

  @Test func textThatIsWrong() {
    let found = diagnostics {
      _ = try parseFunction(
        "func @f(%x: f32[2]) -> (y: f32[2]) {\n  %1 = nonsense %x : f32[2]\n  return %1\n}", file: "f.tir")
    }
    #expect(found.first?.location == SourceLocation(file: "f.tir", line: 2))
    #expect(diagnostics { _ = try parseFunction("") }.isEmpty == false)
  }

  @Test func passesByName() throws {
    let f = try trace("f", .input("x", .f64)) { x in
      let unused = exp(x)
      _ = unused + 1
      return x * 1 + 0 * sin(x)
    }
    #expect(try f.applying(passes: ["dce"]).operationCount < f.operationCount)
    #expect(try f.applying(passes: passNames().map(\.name)).evaluate(3).item() == 3)
    #expect(try f.simplified().evaluate(3).item() == 3)
    #expect(diagnostics { _ = try f.applying(passes: ["magic"]) }.count == 1)
  }

  @Test func constantsAreTakenInOnce() throws {
    let table = Tensor((0..<1000).map { Double($0) })
    let f = try trace("f", .input("x", .f32, [1000])) { x in x * table + table * x + table }
    #expect(f.operationCount == 5)
  }
}
