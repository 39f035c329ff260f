import GradC
import Testing

@Suite struct DerivativeTests {
  private let cubic: TracedFunction<Tensor, Tensor>

  init() throws { cubic = try trace("cubic", .input("x", .f64)) { x in x * x * x } }

  @Test func gradientsNest() throws {
    #expect(try cubic.grad().evaluate(2).item() == 12)
    #expect(try cubic.grad().grad().evaluate(2).item() == 12)
    #expect(try cubic.grad().grad().grad().evaluate(2).item() == 6)
    #expect(try cubic.grad().grad().grad().grad().evaluate(2).item() == 0)
  }

  @Test func valuesComeWithGradients() throws {
    let both = try cubic.valueAndGrad().evaluate(3)
    #expect(try both.value.item() == 27)
    #expect(try both.gradient.item() == 27)
  }

  @Test func forwardAndReverse() throws {
    let f = try trace("f", .input("a", .f64, [2]), .input("x", .f64, [2])) { a, x in [a * x, (x * x).sum()] }
    let (a, x) = (Tensor([2, 3], dtype: .f64), Tensor([5, 7], dtype: .f64))
    let pushed = try f.jvp { _, x in x }
    let forward = try pushed.evaluate(a, x, Tensor([1, 10], dtype: .f64))
    #expect(try forward.value.map { try $0.doubles() } == [[10, 21], [74]])
    #expect(try forward.tangent.map { try $0.doubles() } == [[2, 30], [150]])
    let pulled = try f.vjp { a, x in [x, a] }
    let reverse = try pulled.evaluate(a, x, [Tensor([1, 10], dtype: .f64), 1])
    #expect(try reverse.cotangent.map { try $0.doubles() } == [[12, 44], [5, 70]])
  }

  @Test func jacobiansAndHessians() throws {
    let f = try trace("f", .input("x", .f64, [2])) { x in stack([x[0] + x[1], x[0] * x[1]]) }
    let x = Tensor([3, 4], dtype: .f64)
    for mode in [JacobianMode.automatic, .forward, .reverse] {
      #expect(try f.jacobian(mode: mode).evaluate(x).doubles() == [1, 1, 4, 3])
    }
    let g = try trace("g", .input("x", .f64, [2])) { x in x[0] * x[0] * x[1] }
    #expect(try g.hessian().evaluate(x).doubles() == [8, 6, 6, 0])
    let hvp = try g.hvp { x in x }
    let product = try hvp.evaluate(x, Tensor([1, 2], dtype: .f64))
    #expect(try product.value.doubles() == [24, 9])
    #expect(try product.tangent.doubles() == [20, 6])
  }

  @Test func vectorised() throws {
    let f = try trace("f", .input("w", .f64, [2]), .input("x", .f64, [2])) { w, x in (w * x).sum() }
    let batch = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2], dtype: .f64)
    let w = Tensor([1, 10], dtype: .f64)
    #expect(try f.vmap(batched: [false, true], size: 3).evaluate(w, batch).doubles() == [21, 43, 65])
    let perExample = try f.grad().vmap(batched: [false, true], size: 3)
    #expect(try perExample.evaluate(w, batch).doubles() == [1, 2, 3, 4, 5, 6])
  }

  @Test func gradientsInsideATrace() throws {
    let step = try trace("step", .input("w", .f64, [2]), .input("x", .f64, [2])) { w, x in
      let loss = square((w * x).sum() - 1)
      return w - 0.1 * gradient(of: loss, wrt: w)
    }
    let w = try step.evaluate(Tensor([1, 1], dtype: .f64), Tensor([1, 2], dtype: .f64))
    #expect(try w.doubles().map { ($0 * 1e9).rounded() / 1e9 } == [0.6, 0.2])

    // The gradient of a gradient's norm, by an inner tensor too.
    let nested = try trace("nested", .input("x", .f64)) { x in
      let y = sin(x)
      let inner = gradient(of: y * y, wrt: y)
      let outer = gradient(of: inner * inner, wrt: x)
      return [inner, outer, gradient(of: y, wrt: [x])[0], gradient(of: inner, wrt: y)]
    }
    let (s, c) = (0.479425538604203, 0.8775825618903728)
    let results = try nested.evaluate(0.5).map { try $0.item() }
    for (result, expected) in zip(results, [2 * s, 8 * s * c, c, 2]) { #expect(abs(result - expected) < 1e-12) }
  }

  @Test func modesInsideATrace() throws {
    let f = try trace("f", .input("x", .f64, [2])) { x in
      let y = x * x
      return [jvp(of: y, wrt: x, tangents: ones(like: x)), vjp(of: y, wrt: x, cotangents: 3 * ones(like: x))]
    }
    #expect(try f.evaluate(Tensor([1, 2], dtype: .f64)).map { try $0.doubles() } == [[2, 4], [6, 12]])
  }

  @Test func closuresInsideATrace() throws {
    let f = try trace("f", .input("x", .f64)) { x in valueAndGradient(wrt: x) { x in x * x * x } }
    let result = try f.evaluate(2)
    #expect(try result.value.item() == 8)
    #expect(try result.gradient.item() == 12)
  }

  @Test func independentTensorsHaveZeroGradients() throws {
    let f = try trace("f", .input("x", .f64, [2]), .input("y", .f64, [3])) { x, y in
      gradient(of: x.sum(), wrt: ["x": x, "y": y])
    }
    let result = try f.evaluate(ones([2], .f64), ones([3], .f64))
    #expect(try result["y"]?.doubles() == [0, 0, 0])
    #expect(try result["x"]?.doubles() == [1, 1])
  }

  @Test func stoppedGradients() throws {
    let f = try trace("f", .input("x", .f64)) { x in x * stopGradient(x) }
    #expect(try f.grad().evaluate(3).item() == 3)
  }

  @Test(arguments: [("relu", 0.0, 0.0), ("softplus", 0.0, 0.5), ("silu", 0.0, 0.5), ("gelu", 0.0, 0.5)])
  func activationsAtZero(_ name: String, _ x: Double, _ expected: Double) throws {
    let functions: [String: @Sendable (Tensor) -> Tensor] = [
      "relu": { relu($0) }, "softplus": { softplus($0) }, "silu": { silu($0) }, "gelu": { gelu($0) },
    ]
    let function = try #require(functions[name])
    let f = try trace(name, .input("x", .f64)) { x in function(x) }
    #expect(abs(try f.grad().evaluate(Tensor(x)).item() - expected) < 1e-12)
  }

  @Test func hessianOfAStructure() throws {
    let form = Layer(weight: .input("w", .f64, [2, 3]), bias: .input("b", .f64, [3]))
    let f = try trace("f", form, .input("x", .f64, [4, 2])) { layer, x in
      tanh(matmul(x, layer.weight) + (layer.bias ?? 0)).sum()
    }
    let hessian = try f.hessian { layer, _ in layer }
    let shapes = hessian.results.map { $0.type.shape.extents }
    #expect(shapes == [[2, 3, 2, 3], [2, 3, 3], [3, 2, 3], [3, 3]])
    #expect(hessian.results.map(\.name)[1] == "d_weight_gradient_d_bias")
    let layer = Layer(
      weight: Tensor([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], shape: [2, 3], dtype: .f64),
      bias: Tensor([0.5, 0.25, -1], dtype: .f64))
    let x = Tensor((0..<8).map { Double($0) / 10 }, shape: [4, 2], dtype: .f64)
    let blocks = try hessian.compile()(layer, x)
    // Blocks across the diagonal are each other's transposes, and the bias' block is the Hessian of the bias alone.
    let lower = try #require(blocks[0].bias).transposed([2, 0, 1])
    let upper = blocks[1].weight
    #expect(zip(try lower.doubles(), try upper.doubles()).allSatisfy { Swift.abs($0 - $1) < 1e-12 })
    let single = try f.hessian { layer, _ in layer.bias }.evaluate(layer, x)
    let (alone, corner) = (try #require(single[0]), try #require(blocks[1].bias))
    #expect(zip(try alone.doubles(), try corner.doubles()).allSatisfy { Swift.abs($0 - $1) < 1e-12 })
  }
}
