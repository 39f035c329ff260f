import GradC
import Testing

/// Derivatives inside derivatives: each differentiates by its own variable and takes the others as they are.
@Suite struct NestedDerivativeTests {
  /// `d/dx (x · d/dy (x + y)) = 1` at any x, y.
  @Test func perturbationsAreNotConfused() throws {
    let f = try trace("f", .input("x", .f64)) { x in
      let y = 0 * x + 1.0
      return gradient(of: x * gradient(of: x + y, wrt: y), wrt: x)
    }
    #expect(try everyTier(f, scalar(3)).item() == 1)
    let forward = try trace("f", .input("x", .f64), .input("y", .f64)) { x, y in
      let one = zeros(like: x) + 1
      let inner = jvp(of: x + y, wrt: y, tangents: one)
      return jvp(of: x * inner, wrt: x, tangents: one)
    }
    #expect(try everyTier(forward, scalar(3), scalar(4)).item() == 1)
    let mixed = try trace("f", .input("x", .f64), .input("y", .f64)) { x, y in
      jvp(of: x * gradient(of: x + y, wrt: y), wrt: x, tangents: ones(like: x))
    }
    #expect(try everyTier(mixed, scalar(3), scalar(4)).item() == 1)
  }

  /// `d/dx (x · d/dy (x y))` is `2x`, for y computed from x as well.
  @Test func anInnerVariableMayDependOnTheOuter() throws {
    let f = try trace("f", .input("x", .f64)) { x in
      let y = sin(x)
      return gradient(of: x * gradient(of: x * y, wrt: y), wrt: x)
    }
    #expect(try everyTier(f, scalar(3)).item() == 6)
    // d/dy of y² x with y = x²: 2 y x = 2 x³, its derivative 6 x².
    let g = try trace("g", .input("x", .f64)) { x in
      let y = x * x
      return gradient(of: gradient(of: y * y * x, wrt: y), wrt: x)
    }
    #expect(try everyTier(g, scalar(2)).item() == 24)
  }

  @Test func thirdOrder() throws {
    let f = try trace("f", .input("x", .f64)) { x in
      let y = x * x * x * x * x
      let first = gradient(of: y, wrt: x)
      let second = gradient(of: first, wrt: x)
      return [first, second, gradient(of: second, wrt: x), gradient(of: first * second, wrt: x)]
    }
    // 5x⁴, 20x³, 60x², d(100 x⁷) = 700 x⁶
    #expect(try everyTier(f, scalar(2)).map { try $0.item() } == [80, 160, 240, 44800])
  }

  /// A gradient penalty: `∂/∂w (‖∂L/∂x‖²)`.
  @Test func gradientOfAGradientNorm() throws {
    let f = try trace("f", .input("w", .f64, [2]), .input("x", .f64, [2])) { w, x in
      let inner = gradient(of: (w * x * x).sum(), wrt: x)
      return gradient(of: square(inner).sum(), wrt: w)
    }
    // inner = 2 w x, so 8 w x².
    #expect(try everyTier(f, vector([3, -1]), vector([2, 5])).doubles() == [96, -200])
  }

  @Test func forwardOfReverseIsReverseOfForward() throws {
    let f = try trace("f", .input("x", .f64, [3])) { x in exp(x[0] * x[1]) * sin(x[2]) + x.product() }
    let (x, v) = (vector([0.3, -0.7, 1.1]), vector([1, 2, -3]))
    let forward = try everyTier(f.grad().jvp { $0 }, x, v).tangent
    let reverse = try trace("r", .input("x", .f64, [3]), .input("v", .f64, [3])) { x, v in
      gradient(of: jvp(of: f(x), wrt: x, tangents: v), wrt: x)
    }
    #expect(isClose(try forward.doubles(), try everyTier(reverse, x, v).doubles(), 1e-14))
    #expect(isClose(try forward.doubles(), try everyTier(f.hvp { $0 }, x, v).tangent.doubles(), 1e-14))
  }

  @Test func stoppedGradientsAreConstants() throws {
    let f = try trace("f", .input("x", .f64)) { x in gradient(of: x * stopGradient(x * x), wrt: x) }
    #expect(try everyTier(f, scalar(3)).item() == 9)
  }

  @Test func derivativesOfACallOfATracedFunction() throws {
    let inner = try trace("inner", .input("x", .f64), .input("y", .f64)) { x, y in x * x * y }
    let f = try trace("f", .input("x", .f64)) { x in try inner.grad()(x, x) + inner(x, x) }
    // 2x² + x³
    #expect(try everyTier(f.grad(), scalar(2)).item() == 20)
  }
}
