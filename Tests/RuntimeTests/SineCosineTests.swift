import Testing

/// `tile_sincos` and `scalar_sincos`, which have the bits of sine and cosine alone.
@Suite struct SineCosineTests {
  @Test(arguments: Kernel.isas) func agreesWithSineAndCosine(isa: String) throws {
    for element in [Element.f32, .f64] {
      let pair = try #require(Kernel("tile_sincos_\(element)", isa))
      let scalar = try #require(Kernel("scalar_sincos_\(element)", isa))
      for (seed, count) in [1, 7, 8, 16, 33, 3000].enumerated() {
        let angles = Samples.edges(element) + Samples.random(element, count: count, seed: UInt64(seed))
        var expected: [[Value]] = []
        for name in ["sin", "cos"] {
          let kernel = try #require(Kernel("tile_\(name)_\(element)", isa))
          expected.append(try #require(kernel.run([.tile(angles)], count: angles.count)))
        }
        try check(pair, angles, expected, element)
        for (index, angle) in angles.enumerated() {
          let cosine = Memory(count: 1, element)
          let sine = try #require(scalar.evaluate([angle, cosine]))
          #expect(sine.distance(to: expected[0][index], exact: true) == 0, "sine of \(angle), \(isa)")
          #expect(cosine.values[0].distance(to: expected[1][index], exact: true) == 0, "cosine of \(angle), \(isa)")
        }
      }
    }
  }

  /// Either result may lie on the angles.
  private func check(_ kernel: Kernel, _ angles: [Value], _ expected: [[Value]], _ element: Element) throws {
    for place in 0..<3 {
      let input = Memory(angles, element)
      let sine = place == 1 ? input : Memory(count: angles.count, element)
      let cosine = place == 2 ? input : Memory(count: angles.count, element)
      kernel([sine, cosine, input, angles.count])
      #expect(sine.isIntact && cosine.isIntact, "\(kernel.name) \(kernel.isa) wrote out of bounds")
      for (found, expected) in [(sine, expected[0]), (cosine, expected[1])] {
        let wrong = zip(found.values, expected).first { $0.0.distance(to: $0.1, exact: true) != 0 }
        #expect(wrong == nil, "\(kernel.name) \(kernel.isa), n = \(angles.count)")
      }
    }
  }
}
