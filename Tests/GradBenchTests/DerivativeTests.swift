import GradBenchModels
import GradC
import GradCBenchmarks
import Testing

/// Answers against the reference interpreter, and derivatives against differences of the function itself.
@Suite struct DerivativeTests {
  @Test(arguments: SmallInput.brief)
  func agreesWithTheInterpreter(_ input: SmallInput) throws {
    for function in try #require(Eval.named(input.eval)).functions {
      let problem = try input.problem(function.name)
      let results = try problem.graph.compile()(problem.inputs)
      let expected = try problem.graph.evaluate(problem.inputs)
      for (result, reference) in zip(results, expected) {
        #expect(result.isClose(to: reference, relative: 1e-9, absolute: 1e-9), "\(input.eval) \(function.name)")
      }
    }
  }

  /// `(f(x + ε v) - f(x - ε v)) / 2ε` of all elements of f, moving the parameters at `places`.
  private func differences(
    _ problem: Problem, along directions: [Int: [Double]], size: Double = 1e-6
  ) throws -> [Double] {
    func values(_ step: Double) throws -> [Double] {
      var moved = problem.inputs
      for (place, direction) in directions {
        let elements = zip(try moved[place].array(of: Double.self), direction).map { $0 + step * $1 }
        moved[place] = try NDArray(elements, shape: moved[place].shape)
      }
      return try problem.graph.evaluate(moved).flatMap { try $0.array(of: Double.self) }
    }
    return zip(try values(size), try values(-size)).map { ($0 - $1) / (2 * size) }
  }

  private func direction(_ problem: Problem, _ place: Int) -> [Double] {
    var random = RandomNumbers(seed: 7)
    return (0..<problem.inputs[place].count).map { _ in random.normal() }
  }

  private func dot(_ a: some Sequence<Double>, _ b: some Sequence<Double>) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func expectClose(_ a: [Double], _ b: [Double], _ name: String) {
    #expect(a.count == b.count, "\(name)")
    let scale = b.reduce(1) { max($0, abs($1)) }
    for (x, y) in zip(a, b) { #expect(abs(x - y) <= 2e-6 * scale, "\(name): \(x), not \(y)") }
  }

  @Test(arguments: [
    (SmallInput.hello, "square", "double"), (.leastSquares, "primal", "gradient"), (.logSumExp, "primal", "gradient"),
    (.determinant, "primal", "gradient"),
  ])
  func gradients(_ input: SmallInput, _ function: String, _ derivative: String) throws {
    let primal = try input.problem(function)
    let v = direction(primal, 0)
    expectClose([dot(try input.numbers(derivative), v)], try differences(primal, along: [0: v]), input.eval)
  }

  @Test func gradientOfTheLastOfOde() throws {
    let primal = try SmallInput.ode.problem("primal")
    let v = direction(primal, 0)
    let last = try #require(try differences(primal, along: [0: v]).last)
    expectClose([dot(try SmallInput.ode.numbers("gradient"), v)], [last], "ode")
  }

  @Test(arguments: [("alpha", 0), ("mu", 1), ("q", 2), ("l", 3)])
  func mixture(_ name: String, _ place: Int) throws {
    let primal = try SmallInput.mixture.problem("objective")
    let v = direction(primal, place)
    let answer = try #require(try SmallInput.mixture.answer("jacobian") as? [String: Any])
    let gradient = flatNumbers(try #require(answer[name]))
    #expect(gradient.count == v.count)
    expectClose([dot(gradient, v)], try differences(primal, along: [place: v]), name)
  }

  @Test func lstm() throws {
    let primal = try SmallInput.lstm.problem("objective")
    let (main, extra) = (direction(primal, 0), direction(primal, 1))
    expectClose(
      [dot(try SmallInput.lstm.numbers("jacobian"), main + extra)],
      try differences(primal, along: [0: main, 1: extra]), "lstm")
  }

  @Test(arguments: [SmallInput.hand, .handWithCoordinates])
  func hand(_ input: SmallInput) throws {
    let primal = try input.problem("objective")
    let rows = try #require(try input.answer("jacobian") as? [[Double]])
    // The two coordinates of the row's own point come first.
    let coordinates = primal.inputs[1].count == 0 ? 0 : 2
    let (theta, us) = (direction(primal, 0), direction(primal, 1))
    let products = rows.enumerated().map { row, entries in
      dot(entries.prefix(coordinates), us.dropFirst(row / 3 * coordinates)) + dot(entries.dropFirst(coordinates), theta)
    }
    expectClose(products, try differences(primal, along: [0: theta, 1: us]), "ht")
  }

  @Test func bundle() throws {
    let input = SmallInput.bundle
    let primal = try input.problem("objective")
    let answer = try #require(try input.answer("jacobian") as? [String: Any])
    let (rows, columns) = (flatNumbers(try #require(answer["rows"])), flatNumbers(try #require(answer["cols"])))
    let values = flatNumbers(try #require(answer["vals"]))
    #expect(Array(rows.prefix(3)) == [0, 15, 30] && rows.suffix(2) == [435, 620])
    let columnCount = 3 * 11 + 7 * 3 + 20
    let firstBlock: [Int] = Array(0..<11) + Array(33..<36) + [54]
    #expect(Array(columns.prefix(15)) == firstBlock.map { Double($0) })
    #expect(columns.last == Double(columnCount - 1))
    // Both rows of the first block by each column, and the last of all.
    let sizes = [33, 21, 20]
    func column(_ number: Int) throws -> [Double] {
      let (place, first) = number < 33 ? (0, 0) : number < 54 ? (1, 33) : (2, 54)
      var unit = [Double](repeating: 0, count: sizes[place])
      unit[number - first] = 1
      return try differences(primal, along: [place: unit])
    }
    for entry in 0..<15 {
      let difference = try column(Int(columns[entry]))
      expectClose([values[entry], values[15 + entry]], Array(difference.prefix(2)), "ba, \(entry)")
    }
    expectClose([values[30]], [try #require(try column(columnCount - 1).last)], "ba")
  }
}
