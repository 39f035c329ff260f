import GradC
import Testing

@Suite struct MisuseTests {
  /// A tensor of a trace that has ended.
  private func leaked() throws -> Tensor {
    var leaked: Tensor = 0
    _ = try trace("first", .input("x", .f32, [2])) { x in
      leaked = exp(x)
      return x
    }
    return leaked
  }

  @Test func tensorsOfEndedTraces() throws {
    let leaked = try leaked()
    let sum = leaked + 1
    #expect(sum.isPoisoned)
    #expect(sum.diagnostics.first?.message == "+: operand belongs to trace 'first', which has ended")
    #expect(sum.diagnostics.first?.location?.line == #line - 3)
    #expect(throws: Diagnostics.self) { try sum.array() }
    #expect(throws: Diagnostics.self) { try leaked.array() }

    let found = diagnostics { _ = try trace("second", .input("x", .f32, [2])) { x in x * leaked } }
    #expect(
      found.map(\.message) == [
        "*: operands belong to two traces, 'second' and 'first'; pass tensors of the outer trace to the inner one as"
          + " inputs"
      ])
    let result = diagnostics { _ = try trace("third", .input("x", .f32, [2])) { _ in leaked } }
    #expect(result.map(\.message) == ["result 'result' belongs to trace 'first', not to 'third'"])
  }

  @Test func poisonSurfacesInTheNextTrace() {
    let poison = Tensor([1, 2]) + Tensor([1, 2, 3])
    let line = #line - 1
    #expect(poison.isPoisoned)
    let found = diagnostics { _ = try trace("next", .input("x", .f32, [2])) { x in x + poison } }
    #expect(found.map { $0.location?.line } == [line])
    let parameter = diagnostics { _ = try trace("next", poison) { x in x } }
    #expect(parameter.map { $0.location?.line } == [line])
    #expect(poison.shape[3] == 1 && poison.rank == 0)
    #expect(poison.shape[1...] == [] && poison.shape[..<2] == [] && Array(poison.shape[0..<2]) == [])
    let shape = Tensor([1, 2], shape: [1, 2, 1]).shape
    #expect(shape[1...] == [2, 1] && shape[..<(-1)] == [1, 2] && shape[5...] == [] && shape.dropFirst().count == 2)
    #expect(shape[-1] == 1 && shape.last == 1 && shape.elementCount == 2)
  }

  @Test func nestedTraces() throws {
    let found = diagnostics {
      _ = try trace("outer", .input("x", .f32, [2])) { x in
        let inner = try trace("inner", .input("y", .f32, [2])) { y in x + y }
        return inner(x)
      }
    }
    #expect(found.count == 1)
    let outer = try trace("outer", .input("x", .f32, [2])) { x in
      let inner = try trace("inner", .input("y", .f32, [2])) { y in (y * y).sum() }
      return try inner.grad()(x) + ones([2])
    }
    #expect(try outer.evaluate(Tensor([1, 2])).doubles() == [3, 5])
  }

  @Test func placeholdersAreNoOperands() {
    let x = Tensor.input("x", .f32, [2])
    #expect(
      (x + 1).diagnostics.first?.message
        == "+: input 'x' has no value; pass it to trace(_:_:body:) and use the closure's parameter")
    #expect(throws: Diagnostics.self) { try x.array() }
    #expect(Tensor.input("x", .f32, [-1]).isPoisoned)
  }

  @Test func argumentsThatDoNotFit() throws {
    let model = Model(
      layers: [Layer(weight: .input("w", .f32, [2, 3]), bias: nil)], scales: ["a": .input("a", .f32)])
    let f = try trace("loss", model, .input("x", .f32, [2])) { m, x in
      matmul(x, m.layers[0].weight).sum() * (m.scales["a"] ?? 1)
    }
    #expect(f.parameters.map(\.name) == ["layers[0].weight", "scales.a", "x"])
    let bad = Model(layers: [Layer(weight: zeros([3, 2]), bias: nil)], scales: ["a": 1])
    let wrong = diagnostics { _ = try f.evaluate(bad, Tensor([1, 2], dtype: .f64)) }
    #expect(
      wrong.map(\.message) == [
        "argument 'layers[0].weight' of 'loss' must be f32[2,3], not f32[3,2]",
        "argument 'x' of 'loss' must be f32[2], not f64[2]",
      ])
    let more = Model(layers: bad.layers + bad.layers, scales: [:])
    #expect(diagnostics { _ = try f.evaluate(more, ones([2])) }.isEmpty == false)
    #expect(f(bad, ones([2])).isPoisoned)
    #expect(f(more, ones([2])).isPoisoned)
  }

  @Test func selectionsThatAreNotInputs() throws {
    let f = try trace("f", .input("x", .f32, [2]), .input("n", .i32)) { x, n in (x * n.cast(to: .f32)).sum() }
    #expect(diagnostics { _ = try f.grad(wrt: { x, _ in x + 1 }) }.count == 1)
    #expect(
      diagnostics { _ = try f.grad(wrt: 1) }.map(\.message) == [
        "grad: 'n' of type i32[] has no derivative; pick floating inputs"
      ])
    #expect(diagnostics { _ = try f.grad(wrt: 2) }.map(\.message) == ["grad: 'f' has no input 2, only 2"])
    #expect(diagnostics { _ = try f.vmap(batched: [true], size: 3) }.count == 1)
    let vector = try trace("v", .input("x", .f32, [2])) { x in x }
    let line = #line + 1
    let found = diagnostics { _ = try vector.grad() }
    #expect(found.count == 1 && found[0].location?.line == line)
  }

  @Test func lazyShapesMayLookAtTensors() throws {
    let f = try trace("f", .input("x", .f32, [2, 3])) { x in
      let turned = [1, 0].lazy.map { x.shape[$0] }
      return x.reshaped(to: turned) + zeros(turned) + x.sum().broadcast(to: turned)
    }
    #expect(f.results.map(\.type) == [TensorType(.f32, [3, 2])])
  }

  @Test func extremes() throws {
    let deep = try trace("deep", .input("x", .f32, [1, 2, 1, 2, 1, 2, 1, 2])) { x in
      x.transposed().sum(axes: [-8, 7, 3], keepingAxes: true) + x.flattened()[0]
    }
    #expect(deep.results[0].type.rank == 8)
    let empty = try trace("empty", .input("x", .f32, [0, 3])) { x in
      [x.sum(), x.max(), x.mean(), softmax(x), matmul(x.transposed(), x), concat([x, x]), x.sum(axes: [1])]
    }
    let results = try empty.evaluate(zeros([0, 3]))
    #expect(try results[0].item() == 0)
    #expect(try results[1].item() == -.infinity)
    #expect(try results[2].item().isNaN)
    #expect(try results[4].doubles() == [Double](repeating: 0, count: 9))
  }
}
