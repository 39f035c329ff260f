import GradC
import Testing

/// What careless or hostile users do with loops, branches and derivatives of closures.
@Suite struct ControlFlowEdgeTests {
  private func traced(_ x: [Double], _ body: (Tensor) throws -> Tensor) throws -> TracedFunction<Tensor, Tensor> {
    try trace("f", .input("x", .f64, [x.count])) { x in try body(x) }
  }

  private func values(_ x: [Double], _ body: (Tensor) throws -> Tensor) throws -> [Double] {
    try everyTier(try traced(x, body), Tensor(x, dtype: .f64)).doubles()
  }

  private func message(_ body: (Tensor) throws -> Tensor) -> String {
    do {
      _ = try traced([1, 2, 3], body)
      return "nothing was wrong"
    } catch {
      return "\(error)"
    }
  }

  @Test func eachInputOfACustomVJPHasItsOwnCotangent() throws {
    func scaled(_ a: Tensor, _ b: Tensor) -> Tensor {
      customDerivative([a, b], primal: { $0[0] * $0[1] }, vjp: { _, _, y in [y * 10, y * 30] })
    }
    #expect(try values([2]) { x in gradient(at: x) { scaled(x, $0).sum() } } == [30])
    #expect(try values([2]) { x in gradient(at: x) { scaled($0, x).sum() } } == [10])
  }

  @Test func numbersGivenToACustomDerivativeTakeTheDtypeOfTheOthers() throws {
    func added(_ c: Tensor, _ v: Tensor) -> Tensor {
      customDerivative(
        [c, v], primal: { (x: [Tensor]) -> Tensor in x[0] + x[1] },
        jvp: { (_: [Tensor], _: Tensor, dx: [Tensor]) -> Tensor in dx[0] + 3 * dx[1] })
    }
    let slopes = try values([1, 2]) { x in
      gradient(at: x) { x in scan(Tensor(0.0), over: x) { c, v in (added(c, v), c) }.carry }
    }
    #expect(slopes == [3, 3])
    #expect(try values([1, 2]) { x in checkpoint([Tensor(2.0), x]) { $0[0] * $0[1] } } == [2, 4])
  }

  @Test func branchesShareNothingWithWhatIsAround() throws {
    // √x at -3 has a derivative that is NaN, and belongs to the branch not taken however often it is written.
    let twice = try values([-3]) { x in
      let isPositive = x.sum() .> 0
      let a = cond(isPositive, then: { sqrt(x) }, else: { x * x })
      let b = cond(isPositive, then: { sqrt(x) * 2 }, else: { x })
      return gradient(of: (a + b).sum(), wrt: x)
    }
    #expect(twice == [-5])
    let before = try values([-3]) { x in
      let root = sqrt(x)
      let y = cond(x.sum() .> 0, then: { sqrt(x) }, else: { x * x })
      return gradient(of: y.sum(), wrt: x) + (root .> 0).cast(to: .f64)
    }
    #expect(before == [-6])
    // A value of a branch is a value, wherever it is used.
    let outside = try values([2]) { x in
      var square = x
      let a = cond(
        x.sum() .> 0,
        then: {
          square = x * x
          return square + 1
        }, else: { x })
      return a + square + x * x
    }
    #expect(outside == [13])
  }

  @Test func branchesThatComputeWithNumbersAlone() throws {
    // Newton's method from a number, in a branch, in a loop.
    let slopes = try values([4, 9]) { x in
      gradient(at: x) { x in
        scan(Tensor(0.0), over: x) { sum, a in
          (sum + cond(a .> 5, then: { root(Tensor(1.0)) { $0 * $0 - a } }, else: { a * a }), sum)
        }.carry
      }
    }
    #expect(isClose(slopes, [8, 1.0 / 6], 1e-9))
  }

  @Test func derivativesOfWhatHasNone() {
    #expect(message { x in jacobian(at: x) { $0 .> 2 } }.contains("bool[3] has no derivative"))
    #expect(message { x in jacobian(at: x) { $0.argMax() } }.contains("i64[] has no derivative"))
    #expect(message { x in hessian(at: x) { $0.sum() .> 2 } }.contains("bool[] has no derivative"))
    #expect(
      message { x in pushforward(at: x, along: x) { [$0, $0 .> 2] }.tangent[0] }.contains("bool[3] has no derivative"))
    let cotangents = message { x in pullback(at: x, cotangents: { [$0[0]] }) { [$0, $0 * 2] }.cotangent }
    #expect(cotangents.contains("cotangents are [f64[3]], but results [f64[3], f64[3]]"))
  }

  @Test func parametersOfBodiesDoNotLeakIntoBranches() {
    let text = message { x in
      cond(
        x.sum() .> 0,
        then: {
          var leaked = x[0]
          _ = scan(x, over: x) { c, row in
            leaked = row
            return (c, row)
          }
          return leaked
        }, else: { x[1] })
    }
    #expect(text.contains("is used outside of it"))
  }

  @Test func rangesOfAnyLength() throws {
    #expect(message { x in fori(Int.min..<Int.max, x) { _, c in c } }.contains("is too long"))
    #expect(try values([2]) { x in fori(7..<7, x) { _, c in c * 2 } } == [2])
    #expect(try values([2]) { x in fori(-3..<0, x) { i, c in c * 2 + i.cast(to: .f64) } } == [-1])
    // Indices are counted, not stored.
    let long = try traced([1]) { x in fori(0..<1_000_000_000, x) { i, c in c + i.cast(to: .f64) } }
    #expect(try long.compile().graph.arenaByteCount < 4096)
    let halved = try traced([1]) { x in
      let y = fori(0..<1 << 20, x, checkpoints: .logarithmic) { i, c in sin(c * i.cast(to: .f64)) }
      return gradient(of: y.sum(), wrt: x)
    }
    #expect(try halved.compile().graph.arenaByteCount < 1 << 16)
  }

  @Test func functionsNestSoDeepAndNoDeeper() throws {
    func nested(_ depth: Int, _ x: Tensor) -> Tensor {
      depth == 0 ? sin(x) : depth % 2 == 0 ? checkpoint(x) { nested(depth - 1, $0) } : nested(depth, over: x)
    }
    func nested(_ depth: Int, over x: Tensor) -> Tensor { fori(0..<1, x) { _, c in nested(depth - 1, c) } }
    // Time would double with every level if each derived what is within it twice.
    let deep = try traced([0.5]) { x in gradient(of: nested(60, x).sum(), wrt: x) }
    #expect(isClose(try deep.compile()(Tensor([0.5], dtype: .f64)).doubles(), [0.8775825618903728], 1e-15))
    #expect(message { x in nested(300, x) }.contains("nested more than 128 deep"))
  }
}
