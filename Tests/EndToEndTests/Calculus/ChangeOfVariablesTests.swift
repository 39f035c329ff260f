import GradC
import Testing

/// The density that a small normalising flow gives, `p(x) = N(f(x)) |det ∂f/∂x|`, integrates to 1.
@Suite struct ChangeOfVariablesTests {
  /// Two coupling layers of ℝ²: each scales and shifts one coordinate by functions of the other.
  private func flow(_ x: Tensor) -> Tensor {
    let first = x[0]
    let second = x[1] * exp(0.5 * sin(first)) + first * first * 0.25
    let turned = first * exp(0.3 * tanh(second)) + sin(second)
    return stack([turned, second])
  }

  @Test func densityIntegratesToOne() throws {
    let f = try trace("flow", .input("x", .f64, [2])) { flow($0) }
    let jacobian = try f.jacobian()
    let density = try trace("density", .input("x", .f64, [2])) { x in
      let (z, j) = (f(x), jacobian(x))
      let logDeterminant = log(abs(j[0, 0] * j[1, 1] - j[0, 1] * j[1, 0]))
      return exp(logDeterminant - 0.5 * square(z).sum()) * (0.5 / Double.pi)
    }
    // Triangular steps: ln |det| is the sum of the scales.
    let x = vector([0.7, -0.4])
    let second = try flow(x)[1].item()
    let expected = try 0.5 * sin(x[0]).item() + 0.3 * tanh(scalar(second)).item()
    let j = try everyTier(jacobian, x).doubles()
    #expect(abs(try log(abs(scalar(j[0] * j[3] - j[1] * j[2]))).item() - expected) < 1e-14)

    // The second coordinate is shifted down by x₀² / 4.
    let count = 240
    let (width, height) = (16 / Double(count), 28 / Double(count))
    var points: [Double] = []
    for i in 0..<count {
      for k in 0..<count { points += [(Double(i) + 0.5) * width - 8, (Double(k) + 0.5) * height - 18] }
    }
    let grid = Tensor(points, shape: [count * count, 2], dtype: .f64)
    let values = try density.vmap(size: count * count).compile()(grid)
    let integral = try values.sum().item() * width * height
    #expect(abs(integral - 1) < 1e-3, "\(integral)")
  }
}
