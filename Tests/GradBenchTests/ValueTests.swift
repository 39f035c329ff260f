import Foundation
import Testing

/// Answers against closed forms, or the formulas written again in plain Swift.
@Suite struct ValueTests {
  private func expectClose(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-9) {
    #expect(a.count == b.count)
    for (x, y) in zip(a, b) { #expect(abs(x - y) <= tolerance * max(1, abs(y)), "\(x), not \(y)") }
  }

  @Test func hello() throws {
    #expect(try SmallInput.hello.numbers("square") == [2.25])
    #expect(try SmallInput.hello.numbers("double") == [3])
  }

  @Test func leastSquares() throws {
    let (x, n) = (SmallInput.leastSquares.list("x"), SmallInput.leastSquares.integer("n"))
    let sum = (0..<n).reduce(0.0) { sum, i in
      let t = -1 + 2 * Double(i) / Double(n - 1)
      let polynomial = x.enumerated().reduce(0) { $0 + $1.element * pow(t, Double($1.offset)) }
      return sum + pow((t > 0 ? 1 : t < 0 ? -1 : 0) - polynomial, 2)
    }
    expectClose(try SmallInput.leastSquares.numbers("primal"), [sum / 2])
  }

  @Test func logSumExp() throws {
    let x = SmallInput.logSumExp.list("x")
    expectClose(try SmallInput.logSumExp.numbers("primal"), [log(x.map { exp($0) }.reduce(0, +))])
    let large = SmallInput.logSumExp.with("x", [1000.0, 1000.0])
    expectClose(try large.numbers("primal"), [1000 + log(2)])
    expectClose(try large.numbers("gradient"), [0.5, 0.5])
  }

  @Test func odeIsExactWhereItsSolutionIsOfFourthDegree() throws {
    // yᵢ(t) = x₀ … xᵢ tⁱ⁺¹ / (i + 1)!
    let y = try SmallInput.ode.with("x", [0.5, 2.0, -1.0, 3.0]).numbers("primal")
    expectClose(y, [0.5 * 2, 1.0 * 4 / 2, -1.0 * 8 / 6, -3.0 * 16 / 24])
    let gradient = try SmallInput.ode.with("x", [0.5, 2.0, -1.0, 3.0]).numbers("gradient")
    expectClose(gradient, [0.5, 2.0, -1.0, 3.0].map { -3.0 * 16 / 24 / $0 })
  }

  @Test func determinant() throws {
    let matrix = [2.0, 1, 0, 1, 3, 1, 0, 1, 4]
    let input = SmallInput.determinant.with("A", matrix).with("ell", 3)
    expectClose(try input.numbers("primal"), [18])
    // The cofactors.
    expectClose(try input.numbers("gradient"), [11, -4, 1, -4, 8, -2, 1, -2, 5])
  }

  @Test func mixture() throws {
    let input = SmallInput.mixture
    let (alpha, mu, q, l) = (input.list("alpha"), input.rows("mu"), input.rows("q"), input.rows("l"))
    let (d, gamma) = (3, 1.5)
    var (sum, prior) = (0.0, 0.0)
    let places = [(1, 0), (2, 0), (2, 1)]
    for x in input.rows("x") {
      let densities = alpha.indices.map { k in
        let centred = zip(x, mu[k]).map { $0 - $1 }
        var scaled = zip(centred, q[k]).map { $0 * exp($1) }
        for (place, element) in zip(places, l[k]) { scaled[place.0] += element * centred[place.1] }
        return exp(alpha[k] + q[k].reduce(0, +) - 0.5 * scaled.reduce(0) { $0 + $1 * $1 })
      }
      let weights: Double = alpha.reduce(0) { $0 + exp($1) }
      sum += log(densities.reduce(0, +)) - log(weights) - 0.5 * Double(d) * log(2 * Double.pi)
    }
    let degrees = Double(d + 1 + 1)
    var gammas: Double = 0.25 * Double(d * (d - 1)) * log(Double.pi)
    for j in 0..<d { gammas += lgamma((degrees - Double(j)) / 2) }
    for k in alpha.indices {
      let diagonal: Double = q[k].reduce(0) { $0 + exp(2 * $1) }
      let below: Double = l[k].reduce(0) { $0 + $1 * $1 }
      prior += degrees * Double(d) * log(gamma / sqrt(2.0)) - gammas
      prior += q[k].reduce(0, +) - 0.5 * gamma * gamma * (diagonal + below)
    }
    expectClose(try input.numbers("objective"), [sum + prior])
  }

  @Test func bundle() throws {
    let input = SmallInput.bundle
    let (c, x, w, seen) = (input.list("cam"), input.list("x"), 0.4, input.list("feat"))
    let angle = sqrt(c[0] * c[0] + c[1] * c[1] + c[2] * c[2])
    let axis = c[..<3].map { $0 / angle }
    let v = (0..<3).map { x[$0] - c[3 + $0] }
    let along = zip(axis, v).reduce(0) { $0 + $1.0 * $1.1 }
    let turned = (0..<3).map { i -> Double in
      let (j, k) = ((i + 1) % 3, (i + 2) % 3)
      let cross: Double = axis[j] * v[k] - axis[k] * v[j]
      let rest: Double = axis[i] * along * (1 - cos(angle))
      return v[i] * cos(angle) + cross * sin(angle) + rest
    }
    let p = [turned[0] / turned[2], turned[1] / turned[2]]
    let square = p[0] * p[0] + p[1] * p[1]
    let scale = 40 * (1 + 0.09 * square + 0.003 * square * square)
    let answer = try #require(try input.answer("objective") as? [String: [String: Any]])
    let elements = flatNumbers(try #require(answer["reproj_error"]?["elements"]))
    expectClose(elements, [w * (scale * p[0] + 5 - seen[0]), w * (scale * p[1] - 8 - seen[1])])
    #expect(answer["reproj_error"]?["repeated"] as? Int == 20 && answer["w_err"]?["repeated"] as? Int == 20)
    expectClose(flatNumbers(try #require(answer["w_err"]?["element"])), [1 - w * w])
  }

  @Test func meansAreWhatNewtonsStepLeadsTo() throws {
    let (points, centroids) = (SmallInput.means.rows("points"), SmallInput.means.rows("centroids"))
    func distance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + pow($1.0 - $1.1, 2) } }
    let nearest = try points.map { point in
      try #require(centroids.indices.min { distance(point, centroids[$0]) < distance(point, centroids[$1]) })
    }
    expectClose(
      try SmallInput.means.numbers("cost"),
      [zip(points, nearest).reduce(0) { $0 + distance($1.0, centroids[$1.1]) }])
    let directions = centroids.indices.flatMap { index in
      let cluster = zip(points, nearest).filter { $0.1 == index }.map(\.0)
      return (0..<3).map { i in centroids[index][i] - cluster.reduce(0) { $0 + $1[i] } / Double(cluster.count) }
    }
    expectClose(try SmallInput.means.numbers("dir"), directions)
  }

  @Test func lstm() throws {
    let input = SmallInput.lstm
    let (main, extra, sequence) = (input.rows("main_params"), input.rows("extra_params"), input.rows("sequence"))
    var state = input.rows("state")
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    var total = 0.0
    for (row, following) in zip(sequence, sequence.dropFirst()) {
      var output = zip(row, extra[0]).map { $0 * $1 }
      for layer in 0..<2 {
        let (weight, bias) = (main[2 * layer], main[2 * layer + 1])
        for i in 0..<3 {
          let (hidden, cell) = (state[2 * layer][i], state[2 * layer + 1][i])
          func gate(_ x: Double, _ number: Int) -> Double { x * weight[3 * number + i] + bias[3 * number + i] }
          let kept = cell * sigmoid(gate(output[i], 0))
          let next = kept + sigmoid(gate(hidden, 1)) * tanh(gate(hidden, 3))
          state[2 * layer + 1][i] = next
          state[2 * layer][i] = sigmoid(gate(output[i], 2)) * tanh(next)
        }
        output = state[2 * layer]
      }
      let predicted = (0..<3).map { output[$0] * extra[1][$0] + extra[2][$0] }
      let normaliser = log(predicted.reduce(2) { $0 + exp($1) })
      total += zip(following, predicted).reduce(0) { $0 + $1.0 * ($1.1 - normaliser) }
    }
    expectClose(try input.numbers("objective"), [-total / 12])
  }

  /// Without angles and with one bone that carries the skin, vertices are where that bone's matrices put them.
  @Test func hand() throws {
    let input = SmallInput.hand
    var data = try #require(input["data"] as? [String: Any])
    var model = try #require(data["model"] as? [String: Any])
    model["weights"] = [[Double]](repeating: [1] + [Double](repeating: 0, count: 21), count: 6)
    data["model"] = model
    let theta = [Double](repeating: 0, count: 3) + [0.5, -1, 2] + [Double](repeating: 0, count: 20)
    let numbers = try input.with("data", data).with("theta", theta).numbers("objective")
    func matrix(_ name: String) throws -> [[Double]] { try #require((model[name] as? [[[Double]]])?.first) }
    func apply(_ m: [[Double]], _ v: [Double]) -> [Double] { m.map { zip($0, v).reduce(0) { $0 + $1.0 * $1.1 } } }
    let (relative, inverse) = (try matrix("base_relatives"), try matrix("inverse_base_absolutes"))
    let (points, positions) = (
      try #require(data["points"] as? [[Double]]), try #require(model["base_positions"] as? [[Double]])
    )
    var expected: [Double] = []
    for (point, vertex) in zip(points, [2, 0, 1, 2]) {
      let skin = apply(relative, apply(inverse, positions[vertex]))
      // The model is mirrored.
      expected += [point[0] + skin[0] - theta[3], point[1] - skin[1] - theta[4], point[2] - skin[2] - theta[5]]
    }
    expectClose(numbers, expected)
  }

  @Test(arguments: ["ff", "fr", "rf", "rr"])
  func saddleIsTheOrigin(_ modes: String) throws {
    let numbers = try SmallInput.saddle.numbers(modes)
    #expect(numbers.count == 4 && numbers.allSatisfy { abs($0) < 1e-5 }, "\(numbers)")
  }

  @Test(arguments: ["ff", "fr", "rf", "rr"])
  func particleFallsOnTheOrigin(_ modes: String) throws {
    let w = try #require(try SmallInput.particle.numbers(modes).first)
    // The same steps with the force written out.
    var (x, v) = ([0.0, 8.0], [0.75, 0.0])
    func force(_ charge: [Double]) -> [Double] {
      let d = [x[0] - charge[0], x[1] - charge[1]]
      let cube = pow(d[0] * d[0] + d[1] * d[1], 1.5)
      return [d[0] / cube, d[1] / cube]
    }
    while x[1] + 0.1 * v[1] > 0 {
      let forces = [force([10, 10 - w]), force([10, 0])]
      x = (0..<2).map { x[$0] + 0.1 * v[$0] }
      // Forces are those where the step began.
      v = (0..<2).map { v[$0] + 0.1 * (forces[0][$0] + forces[1][$0]) }
    }
    let last = [x[0] + 0.1 * v[0], x[1] + 0.1 * v[1]]
    #expect(abs(last[0] - last[1] / v[1] * v[0]) < 1e-3, "\(w)")
  }
}
