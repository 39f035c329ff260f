import GradC
import Testing

/// Jacobians of linear and composed functions, products with them, and the sizes that occur on the way.
@Suite struct JacobianTests {
  /// `y = x Wᵀ`: `∂y_{sn}/∂x_{s'm} = δ_{ss'} W_{nm}`.
  @Test(arguments: [DType.f64, .f32]) func affineLayer(_ dtype: DType) throws {
    let (rows, m, n) = (3, 4, 2)
    let weights = (0..<n * m).map { Double($0 * $0 - 5) }
    let w = Tensor(weights, shape: [n, m], dtype: dtype)
    let f = try trace("layer", .input("x", dtype, [rows, m]), .input("w", dtype, [n, m])) {
      matmul($0, $1.transposed())
    }
    for mode in [JacobianMode.forward, .reverse] {
      let found = try everyTier(f.jacobian(mode: mode), sampled([rows, m], dtype), w)
      #expect(found.shape == [rows, n, rows, m])
      var expected: [Double] = []
      for s in 0..<rows {
        for i in 0..<n { for t in 0..<rows { for j in 0..<m { expected.append(s == t ? weights[i * m + j] : 0) } } }
      }
      #expect(try found.doubles() == expected)
    }
    let row = try trace("row", .input("x", dtype, [m]), .input("w", dtype, [n, m])) { matmul($0, $1.transposed()) }
    let jacobian = try everyTier(row.jacobian(), sampled([m], dtype), w)
    #expect(jacobian.shape == [n, m])
    #expect(try jacobian.doubles() == weights)
  }

  @Test func jacobianVectorProduct() throws {
    let j = Tensor([2, 1, 0, 0, 3, 1], shape: [2, 3], dtype: .f64)
    let f = try trace("f", .input("x", .f64, [3]), .input("J", .f64, [2, 3])) { matmul($1, $0) }
    let step = vector([0.1, 0.2, 0.3])
    let product = try f.jvp { x, _ in x }
    let pushed = try everyTier(product, sampled([3]), j, step).tangent
    #expect(isClose(try pushed.doubles(), [0.4, 0.9], 1e-15))
    let rows = try (0..<2).map { try j[$0].dot(step).item() }
    #expect(isClose(try pushed.doubles(), rows, 1e-16))
  }

  /// `g(f(x))` with `f: ℝ³ → ℝ²`: each partial is `Σ_k ∂g/∂f_k ∂f_k/∂x_i`, one term for every path.
  @Test func partialsAreSumsOverPaths() throws {
    func inner(_ x: Tensor) -> Tensor { stack([x[0] * x[1] + x[2], x[1] * x[2] * x[2]]) }
    func outer(_ f: Tensor) -> Tensor { f[0] * f[0] * f[1] }
    let x = vector([2, -1, 3])
    let whole = try everyTier(trace("gf", .input("x", .f64, [3])) { outer(inner($0)) }.grad(), x)
    let f = try everyTier(trace("f", .input("x", .f64, [3]), body: inner).jacobian(), x)
    let g = try everyTier(trace("g", .input("f", .f64, [2]), body: outer).grad(), inner(x))
    #expect(f.shape == [2, 3])
    #expect(try f.doubles() == [-1, 2, 1, 0, 9, -6])
    // f(x) = (1, -9): ∂g/∂f = (2 f₀ f₁, f₀²).
    #expect(try g.doubles() == [-18, 1])
    #expect(try whole.doubles() == (0..<3).map { try g[0].item() * f[0, $0].item() + g[1].item() * f[1, $0].item() })
  }

  /// `∂L/∂Θ_j = -(2/m) Σ_i (y_i - ŷ_i) x_ij` for m examples.
  @Test func meanSquaredErrorOfALinearModel() throws {
    let (m, n) = (6, 3)
    let loss = try trace("mse", .input("theta", .f64, [n]), .input("x", .f64, [m, n]), .input("y", .f64, [m])) {
      theta, x, y in square(y - matmul(x, theta)).mean()
    }
    let (theta, x, y) = (sampled([n], seed: 1), sampled([m, n], seed: 2), sampled([m], seed: 3))
    let found = try everyTier(loss.grad(), theta, x, y)
    let (t, a, b) = (try theta.doubles(), try x.doubles(), try y.doubles())
    let expected = (0..<n).map { j in
      -2 / Double(m)
        * (0..<m).reduce(0.0) { sum, i in
          sum + (b[i] - (0..<n).reduce(0) { $0 + a[i * n + $1] * t[$1] }) * a[i * n + j]
        }
    }
    #expect(isClose(try found.doubles(), expected, 1e-14))
  }

  static let shapes: [[Int]] = [[], [3], [2, 3], [2, 1, 3], [2, 1, 2, 2]]

  /// Tensors of rank 0 to 4 on both sides, against index-by-index central differences.
  @Test(arguments: shapes) func generalisedJacobians(_ input: [Int]) throws {
    let count = input.reduce(1, *)
    for output in Self.shapes {
      let mix = sampled([output.reduce(1, *), count], seed: output.count)
      let f = try trace("f", .input("x", .f64, input)) { x in
        sin(matmul(mix, x.flattened()) + x.sum()).reshaped(to: output)
      }
      let x = sampled(input, seed: 7)
      let forward = try everyTier(f.jacobian(mode: .forward), x)
      let reverse = try everyTier(f.jacobian(mode: .reverse), x)
      #expect(forward.shape == Extents(output + input) && reverse.shape == forward.shape)
      #expect(isClose(try forward.doubles(), try reverse.doubles(), 1e-13))
      let numbers = try x.doubles()
      let size = output.reduce(1, *)
      var expected = [Double](repeating: 0, count: size * count)
      let step = 6e-6  // ∛ε
      for i in 0..<count {
        func moved(_ by: Double) throws -> [Double] {
          var copy = numbers
          copy[i] += by
          return try f.evaluate(Tensor(copy, shape: input, dtype: .f64)).doubles()
        }
        let (above, below) = (try moved(step), try moved(-step))
        for j in 0..<size { expected[j * count + i] = (above[j] - below[j]) / (2 * step) }
      }
      #expect(isClose(try forward.doubles(), expected, 1e-9))
    }
  }

  /// The step that the dtype asks for, `∛ε`, makes central differences good to `ε^⅔`.
  @Test(arguments: [DType.f64, .f32]) func numericalDifferentiation(_ dtype: DType) throws {
    let f = try trace("f", .input("x", dtype)) { x in exp(sin(x)) * x }.compile()
    let gradient = try trace("f", .input("x", dtype)) { x in exp(sin(x)) * x }.grad()
    let epsilon = dtype == .f32 ? 0x1p-23 : 0x1p-52
    let step = dtype == .f32 ? 0x1p-8 : 0x1p-17
    let difference = try (f(scalar(1.25 + step, dtype)).item() - f(scalar(1.25 - step, dtype)).item()) / (2 * step)
    let exact = try everyTier(gradient, scalar(1.25, dtype)).item()
    let bound = 8 * (dtype == .f32 ? step * step : step * step)
    #expect(abs(difference - exact) < bound && bound > epsilon)
  }
}
