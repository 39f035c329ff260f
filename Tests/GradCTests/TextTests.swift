import GradC
import Testing

@Suite struct TextTests {
  @Test func functionsAreReadBack() throws {
    let f = try trace("f", .input("x", .f64, [2]), .input("y", .f64, [2])) { x, y in ["a": x * y, "b": x.sum()] }
    let read = try Graph(parsing: f.description)
    #expect(read == f.graph && read.description == f.description)
    #expect(read.parameters.map(\.name) == ["x", "y"] && read.results.map(\.name) == ["a", "b"])
    let arrays = try [[1.0, 2], [3, 4]].map { try NDArray($0, shape: [2]) }
    for results in [try read.evaluate(arrays), try read.compile()(arrays)] {
      #expect(try results.map { try $0.array(of: Double.self) } == [[3, 8], [3]])
    }
    #expect(f.dot.hasPrefix("digraph"))
  }

  @Test func aGraphIsCalledInATrace() throws {
    let read = try Graph(parsing: "func @f(%x: f64[2]) -> (y: f64[2]) {\n  %1 = sin %x : f64[2]\n  return %1\n}")
    let f = try trace("g", .input("x", .f64, [2])) { x in read([x * 2])[0].sum() }
    #expect(try Swift.abs(f.grad().evaluate(Tensor([0, 0], dtype: .f64)).doubles()[0] - 2) < 1e-15)
    #expect(diagnostics { _ = try trace("g", .input("x", .f32)) { x in read([x])[0] } }.count == 1)
    #expect(diagnostics { _ = try trace("g", .input("x", .f64, [2])) { x in read([x, x])[0] } }.count == 1)
  }

  @Test func textThatIsWrong() {
    let found = diagnostics {
      _ = try Graph(
        parsing: "func @f(%x: f32[2]) -> (y: f32[2]) {\n  %1 = nonsense %x : f32[2]\n  return %1\n}", file: "f.tir")
    }
    #expect(found.first?.location == SourceLocation(file: "f.tir", line: 2))
    #expect(diagnostics { _ = try Graph(parsing: "") }.isEmpty == false)
  }

  @Test func passesByName() throws {
    let f = try trace("f", .input("x", .f64)) { x in
      let unused = exp(x)
      _ = unused + 1
      return x * 1 + 0 * sin(x)
    }.graph
    let three = NDArray(3.0)
    #expect(try f.running(passes: ["dce"])[0].graph.operationCount < f.operationCount)
    for report in try f.running(passes: Graph.passes.map(\.name)) {
      #expect(try report.graph.evaluate([three]) == [three])
    }
    #expect(try f.optimised().evaluate([three]) == [three])
    #expect(diagnostics { _ = try f.running(passes: ["magic"]) }.count == 1)
  }

  @Test func constantsAreTakenInOnce() throws {
    let table = Tensor((0..<1000).map { Double($0) })
    let f = try trace("f", .input("x", .f32, [1000])) { x in x * table + table * x + table }
    #expect(f.operationCount == 5)
  }
}
