import GradC
import Testing

/// Loops, branches and functions with derivatives of their own, as a user writes them: by the interpreter and compiled.
@Suite struct ControlFlowTests {
  private let root2 = 2.0.squareRoot()

  private func close(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-9) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($0), abs($1)) }
  }

  /// What a function of a vector gives, interpreted and compiled, which must be the same.
  private func values(
    _ x: [Double], _ shape: [Int]? = nil, _ body: (Tensor) throws -> Tensor
  ) throws -> [Double] {
    let f = try trace("f", .input("x", .f64, shape ?? [x.count])) { x in try body(x) }
    return try everyTier(f, Tensor(x, shape: shape ?? [x.count], dtype: .f64)).doubles()
  }

  @Test func runningSumAndItsGradient() throws {
    let found = try values([1, 2, 3, 4]) { x in
      let loop = scan(Tensor(0.0), over: x) { sum, row in (sum + row * row, sum) }
      return concat([loop.outputs, loop.carry.reshaped(to: [1])], axis: 0)
    }
    #expect(found == [0, 1, 5, 14, 30])
    let slopes = try values([1, 2, 3, 4]) { x in
      gradient(of: scan(Tensor(0.0), over: x) { sum, row in (sum * row + row, row) }.carry, wrt: x)
    }
    // ((x₀ · 0 + x₀) x₁ + x₁) x₂ + x₂ …: the carry is x₀ at first.
    #expect(slopes == [24, 24, 20, 16])
  }

  @Test func reversedScan() throws {
    let found = try values([1, 2, 3]) { x in
      scan(Tensor(0.0), over: x, reversed: true) { sum, row in (sum + row, sum + row) }.outputs
    }
    #expect(found == [6, 5, 3])
  }

  @Test(arguments: [
    Checkpoints.everyStep, .every(3), .every(7), .every(100), .binomial(checkpoints: 1), .binomial(checkpoints: 2),
    .binomial(checkpoints: 4), .binomial(checkpoints: 1000), .logarithmic,
  ])
  func checkpointsChangeNoGradient(_ checkpoints: Checkpoints) throws {
    for reversed in [false, true] {
      let found = try values([0.3, -0.2, 0.5, 0.9, -0.7, 0.1, 0.4, 0.8, -0.3, 0.6, 0.2]) { x in
        let loop = scan(Tensor(0.1), over: x, reversed: reversed, checkpoints: checkpoints) { c, row in
          (tanh(c * 1.5 + row), c * row)
        }
        return gradient(of: loop.carry + loop.outputs.sum(), wrt: x)
      }
      let plain = try values([0.3, -0.2, 0.5, 0.9, -0.7, 0.1, 0.4, 0.8, -0.3, 0.6, 0.2]) { x in
        let loop = scan(Tensor(0.1), over: x, reversed: reversed) { c, row in (tanh(c * 1.5 + row), c * row) }
        return gradient(of: loop.carry + loop.outputs.sum(), wrt: x)
      }
      #expect(close(found, plain, 1e-12), "\(checkpoints)")
    }
  }

  @Test func powersByFori() throws {
    #expect(try values([3]) { x in fori(0..<5, ones(like: x)) { _, c in c * x } } == [243])
    let second = try values([2]) { x in
      let first = gradient(of: fori(0..<5, Tensor(1.0)) { _, c in c * x.sum() }, wrt: x)
      return gradient(of: first.sum(), wrt: x)
    }
    #expect(close(second, [160]))
    #expect(try values([1]) { x in x * fori(3..<6, Tensor(0)) { i, c in c + i.cast(to: .i32) }.cast(to: .f64) } == [12])
  }

  @Test func newtonInAWhileLoop() throws {
    // √x by Heron's rule; both modes through the loop.
    func root(_ x: Tensor) -> Tensor {
      whileLoop(x, while: { abs($0 * $0 - x).sum() .> 1e-13 }, do: { 0.5 * ($0 + x / $0) })
    }
    #expect(close(try values([2]) { root($0) }, [root2]))
    #expect(close(try values([2]) { x in gradient(of: root(x).sum(), wrt: x) }, [0.5 / root2]))
    #expect(
      close(
        try values([2]) { x in jvp(of: root(x), wrt: x, tangents: ones(like: x)) }, [0.5 / root2]))
    let second = try values([2]) { x in
      gradient(of: gradient(of: root(x).sum(), wrt: x).sum(), wrt: x)
    }
    #expect(close(second, [-0.25 / (2 * root2)], 1e-7))
  }

  @Test func branchesTakeOneSide() throws {
    func f(_ x: Tensor) -> Tensor {
      cond(x.sum() .> 0, then: { sqrt(x) }, else: { x * x })
    }
    #expect(try values([4]) { f($0) } == [2])
    #expect(try values([-3]) { f($0) } == [9])
    // The derivative of √x at a negative x is NaN, and does not get here.
    #expect(try values([-3]) { x in gradient(of: f(x).sum(), wrt: x) } == [-6])
    #expect(try values([4]) { x in gradient(of: f(x).sum(), wrt: x) } == [0.25])
    let chosen = try values([2]) { x in
      concat(
        [-1, 0, 1, 5].map { (index: Int) -> Tensor in
          choose(Tensor(index), among: 3) { number in number == 0 ? x : number == 1 ? x * x : x * x * x }
        }, axis: 0)
    }
    #expect(chosen == [2, 2, 4, 8])
    // For every example on its own.
    let mapped = try values([-3, 4, -1]) { x in vmap(x) { f($0.reshaped(to: [1])).sum() } }
    #expect(mapped == [9, 2, 1])
    let gradients = try values([-3, 4, -1]) { x in
      vmap(x) { row in gradient(of: f(row.reshaped(to: [1])).sum(), wrt: row) }
    }
    #expect(gradients == [-6, 0.25, -2])
  }

  @Test func examplesEndTheirLoopsOnTheirOwn() throws {
    // Collatz-like: halve until below 1; the number of halvings differs by example.
    func steps(_ x: Tensor) -> Tensor {
      whileLoop([x, Tensor(0.0)], while: { $0[0] .> 1 }, do: { [$0[0] * 0.5, $0[1] + x] })[1]
    }
    #expect(try values([3, 8, 0.5, 100]) { x in vmap(x) { steps($0) } } == [6, 24, 0, 700])
    #expect(
      try values([3, 8, 0.5, 100]) { x in vmap(x) { row in gradient(of: steps(row), wrt: row) } } == [2, 3, 0, 7])
  }

  @Test func nestedVmapAndAxes() throws {
    let found = try values([1, 2, 3, 4, 5, 6], [2, 3]) { x in
      vmap(x, axis: 1) { column in vmap(column) { $0 * $0 } + column.sum() }
    }
    #expect(found == [6, 21, 11, 32, 18, 45])
    let outer = try values([1, 2, 3, 4, 5, 6], [2, 3]) { x in vmap(x, axis: -1, outAxis: 1) { $0 * 2 } }
    #expect(outer == [2, 4, 6, 8, 10, 12])
  }

  @Test func noConfusionOfPerturbations() throws {
    // d/dx (x · d/dy (x + y)) = 1.
    let classic = try values([5]) { x in
      gradient(at: x) { x in
        let inner = gradient(at: x) { y in (x + y).sum() }
        return (x * inner).sum()
      }
    }
    #expect(classic == [1])
    // d/dx (x · d/dy (x y) at y = 2) = 2x, and with the modes the other way round.
    let product = try values([3]) { x in
      pushforward(at: x, along: ones(like: x)) { x in
        x * gradient(at: Tensor(2.0)) { y in (x * y).sum() }
      }.tangent
    }
    #expect(product == [6])
    let forward = try values([3]) { x in
      gradient(at: x) { x in
        (x * pushforward(at: x, along: ones(like: x)) { y in x * y }.tangent).sum()
      }
    }
    #expect(forward == [6])
  }

  @Test func derivativesOfClosures() throws {
    #expect(try values([1, 2]) { x in jacobian(at: x) { y in y * y * x.sum() } } == [6, 0, 0, 12])
    #expect(try values([1, 2]) { x in hessian(at: x) { y in (y * y * y).sum() } } == [6, 0, 0, 12])
    #expect(
      try values([1, 2]) { x in hessianVectorProduct(at: x, ones(like: x)) { y in (y * y * y).sum() } } == [6, 12])
    let pulled = try values([1, 2]) { x in
      pullback(at: x, cotangents: { $0 * 10 }) { y in y * y }.cotangent
    }
    #expect(pulled == [20, 160])
  }

  @Test func derivativesOfOnesOwn() throws {
    // The derivative given is twice the true one, so that it can be told.
    func twice(_ x: Tensor) -> Tensor {
      customDerivative(x, primal: { exp($0) }, jvp: { _, y, tangent in 2 * y * tangent })
    }
    #expect(close(try values([0.5]) { x in gradient(of: twice(x).sum(), wrt: x) }, [2 * 1.6487212707001282]))
    func clipped(_ x: Tensor) -> Tensor {
      customDerivative(x, primal: { $0 * 100 }, vjp: { _, _, cotangent in maximum(minimum(cotangent * 100, 1), -1) })
    }
    #expect(try values([0.5]) { x in gradient(of: clipped(x).sum(), wrt: x) } == [1])
    #expect(throws: Diagnostics.self) {
      try values([0.5]) { x in jvp(of: clipped(x), wrt: x, tangents: ones(like: x)) }
    }
    // What the closures capture is constant.
    let captured = try values([2]) { x in
      let y = customDerivative(x * 3, primal: { $0 * x }, vjp: { _, _, cotangent in cotangent * 10 })
      return gradient(of: y.sum(), wrt: x)
    }
    #expect(captured == [30])
    // A rule of several inputs, of which some are constant.
    func product(_ pair: [Tensor]) -> Tensor {
      customDerivative(pair) {
        $0[0] * $0[1]
      } vjp: { x, _, cotangent in
        [10 * cotangent * x[1], 100 * cotangent * x[0]]
      }
    }
    #expect(try values([2]) { x in gradient(of: product([x, 0 * x + 5]).sum(), wrt: x) } == [50])
    #expect(try values([2]) { x in gradient(of: product([stopGradient(x) + 3, x]).sum(), wrt: x) } == [500])
  }

  @Test func implicitFunctions() throws {
    // x³ + x = a: dx/da = 1 / (3x² + 1).
    func solution(_ a: Tensor) -> Tensor { root(Tensor(1.0)) { x in x * x * x + x - a.sum() } }
    #expect(close(try values([10]) { solution($0).reshaped(to: [1]) }, [2]))
    #expect(close(try values([10]) { a in gradient(of: solution(a), wrt: a) }, [1.0 / 13]))
    #expect(
      close(
        try values([10]) { a in jvp(of: solution(a), wrt: a, tangents: ones(like: a)).reshaped(to: [1]) }, [1.0 / 13]))
    // d²x/da² = -6x / (3x² + 1)³.
    let second = try values([10]) { a in gradient(of: gradient(of: solution(a), wrt: a).sum(), wrt: a) }
    #expect(close(second, [-12.0 / (13 * 13 * 13)]))
    // cos x = x.
    #expect(close(try values([1]) { a in fixedPoint(a) { x in cos(x) } }, [0.7390851332151607]))
    // The least squares of (x - a)² + b x² is a / (1 + b).
    let least = try values([3, 2]) { p in
      let x = minimise(Tensor(0.0)) { x in
        let d = x - p[0]
        return d * d + p[1] * x * x
      }
      return gradient(of: x, wrt: p)
    }
    #expect(close(least, [1.0 / 3, -1.0 / 3]))
  }

  @Test func tensorsInMemory() throws {
    let x = vector([1, 2, 3])
    let sum = scan(Tensor(0.0), over: x) { c, row in (c + row, c) }
    #expect(try sum.carry.doubles() == [6])
    #expect(try vmap(x) { $0 * 2 }.doubles() == [2, 4, 6])
  }

  @Test func mistakes() throws {
    func message(_ body: (Tensor) -> Tensor) -> String {
      do {
        _ = try trace("f", .input("x", .f32, [3])) { x in body(x) }
        return "nothing was wrong"
      } catch {
        return "\(error)"
      }
    }
    #expect(message { x in scan(x, over: x) { c, _ in (c.sum(), c) }.carry }.contains("the body gives f32[] as carry"))
    #expect(message { x in scan(x, over: x.sum()) { c, _ in (c, c) }.carry }.contains("is a scalar"))
    #expect(
      message { x in scan(x, over: [x, x[0..<2]]) { c, _ in (c, c) }.carry }.contains("have 3 and 2 rows"))
    #expect(message { x in cond(x, then: { x }, else: { x }) }.contains("must be a scalar of dtype bool"))
    #expect(
      message { x in cond(x.sum() .> 0, then: { x }, else: { x.sum() }) }.contains("different types"))
    #expect(message { x in whileLoop(x, while: { $0.sum() }, do: { $0 }) }.contains("must be a scalar of dtype bool"))
    #expect(message { x in vmap(x, axis: 2) { $0 } }.contains("axis 2"))
    #expect(message { x in root(x) { _ in x.sum() } }.contains("as many equations"))
    var leaked: Tensor?
    let text = message { x in
      _ = scan(x, over: x) { c, row in
        leaked = c + row
        return (c, row)
      }
      return leaked ?? x
    }
    #expect(text.contains("is used outside of it"))
  }
}
