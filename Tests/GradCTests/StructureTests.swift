import GradC
import Testing

@Suite struct StructureTests {
  private let model = Model(
    layers: [Layer(weight: 1, bias: 2), Layer(weight: 3, bias: nil), Layer(weight: 4, bias: 5)],
    scales: ["z": 6, "a": 7])

  @Test func leavesComeInOrderWithPaths() throws {
    #expect(
      model.tensorNames == [
        "layers[0].weight", "layers[0].bias", "layers[1].weight", "layers[2].weight", "layers[2].bias", "scales.a",
        "scales.z",
      ])
    #expect(try model.tensors.map { try $0.item() } == [1, 2, 3, 4, 5, 7, 6])
  }

  @Test func leavesAreReplaced() throws {
    let doubled = model.mapTensors { $0 * 2 }
    #expect(try doubled.tensors.map { try $0.item() } == [2, 4, 6, 8, 10, 14, 12])
    #expect(doubled.layers[1].bias == nil)
    #expect(try doubled.scales["a"]?.item() == 14)
    let sums = model.mapTensors(with: doubled) { $0 + $1 }
    #expect(try sums.tensors.map { try $0.item() } == [3, 6, 9, 12, 15, 21, 18])
  }

  @Test func formsThatDifferPoison() {
    let other = Model(layers: [], scales: [:])
    let sums = model.mapTensors(with: other) { $0 + $1 }
    #expect(sums.tensors.map(\.isPoisoned) == [Bool](repeating: true, count: 7))
    #expect(model.replacingTensors([9]).tensors.count == 7)
    let optional: Layer? = nil
    #expect(optional.tensors.isEmpty)
    #expect([[Tensor]]().tensorNames.isEmpty)
    #expect([[Tensor(1)], [2, 3]].tensorNames == ["[0][0]", "[1][0]", "[1][1]"])
  }

  @Test func gradientsHaveTheFormOfTheParameters() throws {
    let parameters = Model(
      layers: [Layer(weight: .input("", .f64, [2]), bias: .input("", .f64))], scales: ["a": .input("", .f64)])
    let f = try trace("loss", parameters, .input("x", .f64, [2])) { m, x in
      ((x * m.layers[0].weight).sum() + (m.layers[0].bias ?? 0)) * (m.scales["a"] ?? 1)
    }
    let g = try f.valueAndGrad { m, _ in m }
    #expect(g.results.count == 4)
    let point = Model(
      layers: [Layer(weight: Tensor([1, 2], dtype: .f64), bias: 3)], scales: ["a": 10])
    let result = try g.evaluate(point, Tensor([4, 5], dtype: .f64))
    #expect(try result.value.item() == 170)
    #expect(try result.gradient.layers[0].weight.doubles() == [40, 50])
    #expect(try result.gradient.layers[0].bias?.item() == 10)
    #expect(try result.gradient.scales["a"]?.item() == 17)
    let part = try f.grad { m, _ in [m.layers[0].weight] }
    #expect(try part.evaluate(point, Tensor([4, 5], dtype: .f64))[0].doubles() == [40, 50])
  }
}
