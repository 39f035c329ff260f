import Testing

/// Instruction sets with FMA give the same bits; without it, all but the transcendental ops do.
@Suite struct IdentityTests {
  @Test func elementwise() throws {
    for name in ElementwiseTests.families {
      let op = name.split(separator: "_")[1]
      let isas = Kernel.isas.filter { $0 != "baseline" || !Reference.transcendental.contains(String(op)) }
      let kernels = isas.compactMap { Kernel(name, $0) }
      guard let first = kernels.first else { continue }
      let elements = first.parameters.dropFirst().dropLast().map(\.element)
      let kinds = first.parameters.dropFirst().dropLast().map(\.isPointer)
      var tiles = Samples.combinations(elements, limit: elements.count == 4 ? 50 : 300)
      for column in tiles.indices {
        tiles[column] += Samples.random(
          elements[column], count: elements.count == 4 ? 101 : 1001, seed: UInt64(column + 17))
      }
      let count = tiles[0].count
      let operands = zip(kinds, tiles).map { $0 ? Operand.tile($1) : .scalar($1[count / 3]) }
      let expected = try #require(first.run(operands, count: count))
      for kernel in kernels.dropFirst() {
        let result = try #require(kernel.run(operands, count: count))
        if let index = (0..<count).first(where: { result[$0].distance(to: expected[$0], exact: true) != 0 }) {
          let arguments = operands.map { $0.value(at: index) }
          let both = "\(expected[index]) on \(first.isa), \(result[index]) on \(kernel.isa)"
          Issue.record("\(name): \(arguments) gives \(both)")
        }
      }
    }
  }
}
