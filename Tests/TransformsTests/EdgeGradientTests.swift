import Basics
import TensorIR
import TensorOps
import Testing
import Transforms

/// Gradients where a formula carelessly written gives NaN, in reverse mode, first and second order.
@Suite struct EdgeGradientTests {
  private func function(_ count: Int, _ body: (Term) -> Term) throws -> Function {
    let builder = FunctionBuilder()
    let x = Term(builder, builder.parameter("x", TensorType(.f64, [count])))
    let y = body(x)
    return try builder.finish(name: "f", results: [.init("y", y.sum(axes: Array(y.shape.extents.indices)).value)])
  }

  private func gradient(_ x: [Double], _ body: (Term) -> Term) throws -> [Double] {
    let f = try function(x.count, body).grad(wrt: [0])
    return try Interpreter.evaluate(f, [ReferenceTensor(floating: x, type: TensorType(.f64, [x.count]))])[0].doubles
  }

  private func hessian(_ x: [Double], _ body: (Term) -> Term) throws -> [Double] {
    let f = try function(x.count, body).grad(wrt: [0]).jacobianReverse(wrt: [0])
    return try Interpreter.evaluate(f, [ReferenceTensor(floating: x, type: TensorType(.f64, [x.count]))])[0].doubles
  }

  @Test func logSumExp() throws {
    #expect(try gradient([-.infinity, -.infinity]) { $0.logSumExp(axes: [0]) } == [0, 0])
    #expect(try gradient([-.infinity, 3]) { $0.logSumExp(axes: [0]) } == [0, 1])
    #expect(try gradient([1000, 1000]) { $0.logSumExp(axes: [0]) } == [0.5, 0.5])
    #expect(try hessian([2, 2]) { $0.logSumExp(axes: [0]) } == [0.25, -0.25, -0.25, 0.25])
  }

  @Test func logSoftmaxWithMaskedElements() throws {
    let found = try gradient([-.infinity, 3, 3]) { $0.logSoftmax(axes: [0]).sliced(axis: 0, 1..<2) }
    #expect(found == [0, 0.5, -0.5])
  }

  @Test func relu() throws {
    #expect(try gradient([-1, 0, 2]) { $0.relu() } == [0, 0, 1])
  }

  @Test func powersAtZero() throws {
    for (exponent, slope, curvature) in [(0.0, 0.0, 0.0), (1, 1, 0), (2, 0, 2), (3, 0, 0)] {
      #expect(try gradient([0]) { $0.applying(.pow, $0.splat(exponent)) } == [slope])
      #expect(try hessian([0]) { $0.applying(.pow, $0.splat(exponent)) } == [curvature])
    }
    // 0ˣ for x > 0.
    #expect(try gradient([2]) { $0.zeros.applying(.pow, $0) } == [0])
    #expect(try hessian([2]) { $0.zeros.applying(.pow, $0) } == [0])
  }

  @Test func theBranchNotTakenIsSilent() throws {
    let found = try gradient([0, 4]) { x in
      let isZero = x.applying(.eq, x.zeros)
      return isZero.select(x.zeros, isZero.select(x.ones, x).applying(.sqrt))
    }
    #expect(found == [0, 0.25])
  }

  /// Not even where its derivative is infinite or NaN: `0 · ∞` would be NaN.
  @Test func theBranchNotTakenIsSilentWhereItsDerivativeIsInfinite() throws {
    for order in [gradient, diagonal] {
      let root = try order([0, 4, -1]) { $0.applying(.gt, $0.zeros).select($0.applying(.sqrt), $0.zeros) }
      #expect(root[0] == 0 && root[1] != 0 && root[2] == 0)
      let sinc = try order([0, 1]) { $0.applying(.eq, $0.zeros).select($0.ones, $0.applying(.sin) / $0) }
      #expect(sinc[0] == 0 && sinc[1] < 0)
      // Through a sum, a difference, a negation and a division, and with one select in another.
      let chain = try order([0, 4]) { x in
        let isPositive = x.applying(.gt, x.zeros)
        let inner = x.applying(.ge, x.zeros).select(1 / (1 - x.applying(.sqrt)) - x.applying(.log), x.ones)
        return isPositive.select(inner + (-x).applying(.abs).applying(.sqrt), x)
      }
      let other = try order([0]) { $0 }
      #expect(chain[0] == other[0] && chain[1].isFinite && chain[1] != 0)
    }
  }

  private func diagonal(_ x: [Double], _ body: (Term) -> Term) throws -> [Double] {
    let curvature = try hessian(x, body)
    return x.indices.map { curvature[$0 * (x.count + 1)] }
  }

  @Test func productsWithZeros() throws {
    #expect(try hessian([0, 0, 5]) { $0.reduce(.mul, axes: [0]) } == [0, 5, 0, 5, 0, 0, 0, 0, 0])
  }

  @Test func norms() throws {
    let x = [3.0, 4]
    let norm: (Term) -> Term = { $0.sliced(axis: 0, 0..<1).applying(.hypot, $0.sliced(axis: 0, 1..<2)) }
    #expect(try gradient(x, norm) == [0.6, 0.8])
    let curvature = try hessian(x, norm)
    let expected = [16 / 125.0, -12 / 125.0, -12 / 125.0, 9 / 125.0]
    #expect(zip(curvature, expected).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(try gradient([0, 0], norm) == [0, 0])
  }

  @Test func matrixProducts() throws {
    // y = (Σ_k x_k)², through matmul of a row and a column.
    let found = try hessian([1, 2]) { x in
      let ones = x.ones.reshaped(to: [2, 1])
      let sum = x.reshaped(to: [1, 2]).matmul(ones)
      return sum.matmul(sum)
    }
    #expect(found == [2, 2, 2, 2])
  }
}
