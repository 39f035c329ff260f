import Testing

/// `tile_horner`, against fmas one after the other.
@Suite struct HornerTests {
  @Test(arguments: Kernel.isas) func matchesReference(isa: String) throws {
    for element in [Element.f32, .f64] {
      let kernel = try #require(Kernel("tile_horner_\(element)", isa))
      let edges = Samples.edges(element)
      try check(kernel, edges, [edges[7], edges[3], edges[9]])
      // Infinite, NaN, negative zero and huge coefficients.
      for special in [edges[19], edges[40], edges[20], edges[18]] {
        try check(kernel, edges, [special, edges[6], special])
      }
      for (round, count) in [0, 1, 3, 15, 16, 17, 127, 128, 129, 300].enumerated() {
        let x = Samples.random(element, count: count, seed: UInt64(round))
        for degree in [0, 1, 2, 6, 11] {
          try check(kernel, x, Samples.random(element, count: degree + 1, seed: UInt64(100 + degree)))
        }
      }
    }
  }

  private func check(_ kernel: Kernel, _ x: [Value], _ coefficients: [Value]) throws {
    let element = kernel.parameters[0].element
    let expected = x.map { x in
      coefficients.dropFirst().reduce(coefficients[0]) { Reference.evaluate("fma", [$0, x, $1]) ?? $0 }
    }
    let factors = Memory(coefficients, element)
    for isInPlace in [false, true] {
      let input = Memory(x, element)
      let output = isInPlace ? input : Memory(count: x.count, element)
      kernel([output, input, factors, coefficients.count, x.count])
      #expect(output.isIntact && factors.isIntact, "\(kernel.name) \(kernel.isa) wrote out of bounds")
      let wrong = zip(output.values, expected).first { $0.0.distance(to: $0.1, exact: true) != 0 }
      #expect(wrong == nil, "\(kernel.name) \(kernel.isa), degree \(coefficients.count - 1), n = \(x.count)")
    }
  }
}
