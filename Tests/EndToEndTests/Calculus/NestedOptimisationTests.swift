import GradC
import Testing

/// Optimisation around optimisation, each by gradient descent with loops without bound, in all pairs of modes: the
/// examples of Siskind and Pearlmutter, "Using Polyvariant Union-Free Flow Analysis to Compile a Higher-Order
/// Functional-Programming Language with a First-Class Derivative Operator to Efficient Fortran-like Code" (2008).
@Suite struct NestedOptimisationTests {
  enum Mode: String, CaseIterable, Sendable {
    case forward, reverse

    func gradient(at x: Tensor, of f: (Tensor) -> Tensor) -> Tensor {
      switch self {
      case .forward: jacobian(at: x, mode: .forward, of: f)
      case .reverse: GradC.gradient(at: x, of: f)
      }
    }
  }

  static let pairs = Mode.allCases.flatMap { outer in Mode.allCases.map { (outer, $0) } }

  /// The minimum near x: steps of a length that doubles after ten that went well, and halves where one does not.
  private func minimum(_ mode: Mode, near x: Tensor, of f: (Tensor) -> Tensor) -> Tensor {
    func norm(_ v: Tensor) -> Tensor { sqrt((v * v).sum()) }
    let first = [x, f(x), mode.gradient(at: x, of: f), Tensor(1e-5).cast(to: .f64), Tensor(0.0).cast(to: .f64)]
    // x, f(x), the gradient, the length, and how many steps went well; -1 when it is done.
    let last = whileLoop(first) { state in
      (state[4] .>= 0) .& (norm(state[2]) .> 1e-5)
    } do: { state in
      let (x, value, slope, rate, count) = (state[0], state[1], state[2], state[3], state[4])
      return cond(
        count .== 10, then: { [x, value, slope, rate * 2, zeros(like: count)] },
        else: {
          let next = x - rate * slope
          let moved = f(next)
          return cond(
            norm(x - next) .<= 1e-5, then: { [x, value, slope, rate, count * 0 - 1] },
            else: {
              cond(
                moved .< value, then: { [next, moved, mode.gradient(at: next, of: f), rate, count + 1] },
                else: { [x, value, slope, rate * 0.5, zeros(like: count)] })
            })
        })
    }
    return last[0]
  }

  /// `min over x of max over y of (x₁² + x₂²) - (y₁² + y₂²)`: the saddle at 0.
  @Test(arguments: pairs)
  func saddle(_ outer: Mode, _ inner: Mode) throws {
    let f = try trace("saddle", .input("start", .f64, [2])) { start in
      let f = { (x: Tensor, y: Tensor) in (x * x).sum() - (y * y).sum() }
      let x = minimum(outer, near: start) { x in
        f(x, minimum(inner, near: start) { y in -f(x, y) })
      }
      return [x, minimum(inner, near: start) { y in -f(x, y) }]
    }
    let found = try f.compile()(vector([1, 1]))
    // Within what its steps can tell; published to be 8.246e-6.
    #expect(isClose(try found[0].doubles(), [8.246324826140356e-6, 8.246324826140356e-6], 1e-9))
    #expect(isClose(try found[1].doubles(), [8.246324826140356e-6, 8.246324826140356e-6], 1e-9))
  }

  /// The potential that lets a particle, which Euler steps take between two charges, land at 0: a loop without bound
  /// within a minimisation, with a gradient within that loop.
  @Test(arguments: pairs)
  func particle(_ outer: Mode, _ inner: Mode) throws {
    let f = try trace("particle", .input("start", .f64, [1])) { start in
      minimum(outer, near: start) { w in
        let charges = [
          concat([Tensor([10.0], dtype: .f64), 10 - w]), Tensor([10.0, 0], dtype: .f64),
        ]
        func potential(_ x: Tensor) -> Tensor {
          charges.map { charge in 1 / sqrt(((x - charge) * (x - charge)).sum()) }.reduce(0, +)
        }
        let step = 0.1
        let start = [Tensor([0.0, 8], dtype: .f64), Tensor([0.75, 0], dtype: .f64)]
        let state = whileLoop(start) { state in
          (state[0] + step * state[1])[1] .> 0
        } do: { state in
          let force = -inner.gradient(at: state[0], of: potential)
          return [state[0] + step * state[1], state[1] + step * force]
        }
        let (x, v) = (state[0], state[1])
        let landing = x + (0 - x[1]) / v[1] * v
        return landing[0] * landing[0]
      }
    }
    #expect(isClose(try f.compile()(vector([0])).doubles(), [0.20719187464861194], 1e-9))
  }

  /// Naive minors, remembered: `O(2ⁿ n)` operations, and the determinant's gradient is its cofactors.
  @Test func determinantByMinors() throws {
    func graph(_ n: Int) throws -> TracedFunction<Tensor, Tensor> {
      try trace("minors", .input("a", .f64, [n, n])) { a in
        let determinant = memoised { (determinant: ([[Tensor]]) -> Tensor, rows: [[Tensor]]) in
          guard rows.count > 1 else { return rows[0][0] }
          return rows.indices.map { column in
            let minor = rows.dropFirst().map { row in row.indices.filter { $0 != column }.map { row[$0] } }
            return (column % 2 == 0 ? 1 : -1) * rows[0][column] * determinant(minor)
          }.reduce(0, +)
        }
        return determinant((0..<n).map { row in (0..<n).map { a[row, $0] } })
      }
    }
    for n in [4, 8, 12] { #expect(try graph(n).operationCount < 4 << n * n + 8 * n * n) }
    let a = sampled([5, 5])
    let f = try graph(5)
    let value = try everyTier(f, a).item()
    let direct = try everyTier(trace("det", a) { det($0) }, a).item()
    #expect(abs(value - direct) < 1e-12)
    let slopes = try everyTier(f.grad(), a).doubles()
    let due = try everyTier(trace("slopes", a) { x in det(x) * inverse(x).transposed() }, a).doubles()
    #expect(isClose(slopes, due, 1e-9))
  }
}
