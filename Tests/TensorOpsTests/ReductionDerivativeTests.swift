import Basics
import TensorIR
import TensorOps
import Testing

@Suite struct ReductionDerivativeTests {
  private func slope(_ op: Reduce, _ x: ReferenceTensor, along direction: [Double]) throws -> [Double] {
    let tangent = ReferenceTensor(direction, x.shape)
    return try evaluate([x, tangent]) { builder, terms in
      [pushforward(op, builder, [terms[0]], [terms[1]]) ?? builder.apply(op, [terms[0]])[0].zeros]
    }[0].doubles
  }

  private func gradient(_ op: Reduce, _ x: [Double]) throws -> [Double] {
    try x.indices.map { index in
      try slope(op, ReferenceTensor(x, [x.count]), along: x.indices.map { $0 == index ? 1 : 0 })[0]
    }
  }

  @Test func productsWithZeros() throws {
    let product = Reduce(.mul, axes: [0])
    #expect(try gradient(product, [2, 0, 3, 4]) == [0, 24, 0, 0])
    #expect(try gradient(product, [2, 0, 0, 4]) == [0, 0, 0, 0])
    #expect(try gradient(product, [2, 3, 5, 7, 11]) == [1155, 770, 462, 330, 210])
    #expect(try gradient(product, [7]) == [1])
    #expect(try gradient(product, [0]) == [1])
    for count in 2...9 {
      #expect(
        try gradient(product, [Double](repeating: 2, count: count))
          == .init(repeating: Double(1 << (count - 1)), count: count))
    }
  }

  @Test func productsOverSeveralAxes() throws {
    let x = ReferenceTensor([1, 2, 3, 0, 5, 6, 7, 8], [2, 2, 2])
    // The middle axis stays: products are 1·2·5·6 and 3·0·7·8.
    let found = try slope(Reduce(.mul, axes: [0, 2]), x, along: [1, 0, 0, 1, 0, 0, 0, 0])
    #expect(found == [60, 168])
  }

  @Test func extremaShareTies() throws {
    #expect(try gradient(Reduce(.max, axes: [0]), [1, 3, 3, 0]) == [0, 0.5, 0.5, 0])
    #expect(try gradient(Reduce(.min, axes: [0]), [1, 1, 1, 4]) == [1 / 3.0, 1 / 3.0, 1 / 3.0, 0])
    #expect(try gradient(Reduce(.max, axes: [0]), [.infinity, 3]) == [1, 0])
  }

  @Test func extremaIgnoreTangentsOfOthers() throws {
    let x = ReferenceTensor([1, 3], [2])
    #expect(try slope(Reduce(.max, axes: [0]), x, along: [.nan, 2]) == [2])
  }
}
