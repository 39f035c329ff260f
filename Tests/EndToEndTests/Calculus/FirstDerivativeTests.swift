import GradC
import Testing

/// Derivatives of scalars and vectors by each other, with their exact values.
@Suite struct FirstDerivativeTests {
  static let floating: [DType] = [.f64, .f32]

  @Test(arguments: floating) func scalarByScalar(_ dtype: DType) throws {
    let square = try trace("square", .input("x", dtype)) { $0 * $0 }
    for x in [-3.0, 0, 0.5, 7] { #expect(try everyTier(square.grad(), scalar(x, dtype)).item() == 2 * x) }
    let product = try trace("product", .input("x", dtype)) { x in (x * x) * (3 * x + 1) }
    // 2x (3x + 1) + 3x²
    for x in [-2.0, 0, 1, 4] {
      #expect(try everyTier(product.grad(), scalar(x, dtype)).item() == 2 * x * (3 * x + 1) + 3 * x * x)
    }
  }

  @Test func chainRule() throws {
    let f = try trace("f", .input("x", .f64)) { x in log(sin(x)) }
    let x = 0.7
    let found = try everyTier(f.grad(), scalar(x)).item()
    let exact = try cos(scalar(x)).item() / sin(scalar(x)).item()
    #expect(abs(found - exact) < 1e-15)
  }

  /// The Jacobians of h₃, h₂ and h₁ multiply to that of h₃ ∘ h₂ ∘ h₁; shapes 4 → 3 → (2, 2) → 5.
  @Test func chainOfLayers() throws {
    let (w1, w2, w3) = (sampled([4, 3], seed: 1), sampled([3, 4], seed: 2), sampled([2, 2, 5], seed: 3))
    func h1(_ x: Tensor) -> Tensor { tanh(matmul(x, w1)) }
    func h2(_ x: Tensor) -> Tensor { sin(matmul(x, w2).reshaped(to: [2, 2])) }
    func h3(_ x: Tensor) -> Tensor { exp(x.contracted(with: w3, over: [(0, 0), (1, 1)])) }
    let a = sampled([4], seed: 4)
    let b = try everyTier(trace("h1", .input("x", .f64, [4]), body: h1), a)
    let c = try everyTier(trace("h2", .input("x", .f64, [3]), body: h2), b)
    let whole = try everyTier(trace("f", .input("x", .f64, [4])) { h3(h2(h1($0))) }.jacobian(), a)
    let j1 = try everyTier(trace("h1", .input("x", .f64, [4]), body: h1).jacobian(), a)
    let j2 = try everyTier(trace("h2", .input("x", .f64, [3]), body: h2).jacobian(), b)
    let j3 = try everyTier(trace("h3", .input("x", .f64, [2, 2]), body: h3).jacobian(), c)
    #expect(j1.shape == [3, 4] && j2.shape == [2, 2, 3] && j3.shape == [5, 2, 2] && whole.shape == [5, 4])
    let product = j3.contracted(with: j2, over: [(1, 0), (2, 1)]).contracted(with: j1, over: [(1, 0)])
    #expect(isClose(try product.doubles(), try whole.doubles(), 1e-14))
  }

  @Test(arguments: floating) func linearForm(_ dtype: DType) throws {
    let f = try trace("f", .input("x", dtype, [3])) { x in x.dot(vector([1, 2, 3], dtype)) }
    let found = try everyTier(f.valueAndGrad(), vector([5, 8, -1], dtype))
    #expect(try found.value.item() == 18)
    #expect(try found.gradient.doubles() == [1, 2, 3])
  }

  @Test(arguments: floating) func determinantOfTwoByTwo(_ dtype: DType) throws {
    let det = try trace("det", .input("X", dtype, [2, 2])) { x in x[0, 0] * x[1, 1] - x[0, 1] * x[1, 0] }
    let found = try everyTier(det.valueAndGrad(), Tensor([3, 2, 6, -4], shape: [2, 2], dtype: dtype))
    #expect(try found.value.item() == -24)
    #expect(found.gradient.shape == [2, 2])
    #expect(try found.gradient.doubles() == [-4, -6, -2, 3])
  }

  /// `∂det(X)/∂X = det(X) X⁻ᵀ` and `∂ln|det X|/∂X = X⁻ᵀ`, so that `X Gᵀ` is `det(X) I` and `I`.
  @Test func determinantOfThreeByThree() throws {
    func det(_ x: Tensor) -> Tensor {
      let cross = stack([
        x[1, 1] * x[2, 2] - x[1, 2] * x[2, 1], x[1, 2] * x[2, 0] - x[1, 0] * x[2, 2],
        x[1, 0] * x[2, 1] - x[1, 1] * x[2, 0],
      ])
      return x[0].dot(cross)
    }
    let x = Tensor([2, -1, 3, 0, 4, 1, -2, 5, 1], shape: [3, 3], dtype: .f64)
    let found = try everyTier(trace("det", .input("X", .f64, [3, 3]), body: det).valueAndGrad(), x)
    #expect(try found.value.item() == 24)
    #expect(try matmul(x, found.gradient.transposed()).doubles() == [24, 0, 0, 0, 24, 0, 0, 0, 24])
    let inverse = try everyTier(trace("f", .input("X", .f64, [3, 3])) { log(abs(det($0))) }.grad(), x)
    #expect(isClose(try matmul(x, inverse.transposed()).doubles(), try eye(3, .f64).doubles(), 1e-15))
  }

  @Test func elementwiseFunctionHasADiagonalJacobian() throws {
    let x = [0.3, -1.2, 2.5]
    let f = try trace("f", .input("x", .f64, [3])) { sin($0) }
    for mode in [JacobianMode.forward, .reverse, .automatic] {
      let found = try everyTier(f.jacobian(mode: mode), vector(x))
      #expect(found.shape == [3, 3])
      let cosines = try cos(vector(x)).doubles()
      let diagonal = (0..<9).map { $0 % 4 == 0 ? cosines[$0 / 4] : 0 }
      #expect(isClose(try found.doubles(), diagonal, 1e-15))
    }
  }

  /// `y = (x⁰, x¹, x²)`: `∂y/∂x = (0, 1, 2x)`, at 0 as well.
  @Test(arguments: floating) func vectorByScalar(_ dtype: DType) throws {
    let f = try trace("powers", .input("x", dtype)) { x in pow(x, vector([0, 1, 2], dtype)) }
    for mode in [JacobianMode.forward, .reverse] {
      for x in [0.0, 3, -2] {
        let found = try everyTier(f.jacobian(mode: mode), scalar(x, dtype))
        #expect(found.shape == [3])
        #expect(try found.doubles() == [0, 1, 2 * x])
      }
    }
  }

  @Test(arguments: floating) func vectorByVector(_ dtype: DType) throws {
    let f = try trace("f", .input("x", dtype, [2])) { x in stack([x[0] + x[1], x[0] * x[1]]) }
    for mode in [JacobianMode.forward, .reverse] {
      let found = try everyTier(f.jacobian(mode: mode), vector([5, -3], dtype))
      #expect(found.shape == [2, 2])
      #expect(try found.doubles() == [1, 1, -3, 5])
    }
  }
}
