import Testing

/// `scalar_*` functions return the bits of the tile kernels.
@Suite struct ScalarTests {
  @Test(arguments: Kernel.isas) func agreesWithTiles(isa: String) throws {
    for name in symbols("scalar_") where !name.hasPrefix("scalar_sincos") {
      let scalar = try #require(Kernel(name, isa))
      let tileName = "tile_" + name.dropFirst("scalar_".count)
      let kinds = ["", "_vv", "_vvv"][scalar.parameters.count - 1]
      let tile = try #require(Kernel(tileName + kinds, isa), "\(tileName)")
      let elements = scalar.parameters.map(\.element)
      let edges = Samples.combinations(elements)
      var tiles = edges
      for column in tiles.indices {
        tiles[column] += Samples.random(elements[column], count: 3000, seed: UInt64(column + 1))
      }
      let count = tiles[0].count
      let expected = try #require(tile.run(tiles.map { .tile($0) }, count: count))
      for index in 0..<count {
        let arguments = tiles.map { $0[index] }
        let result = try #require(scalar.evaluate(arguments))
        if result.distance(to: expected[index], exact: true) != 0 {
          Issue.record("\(name) \(isa): \(arguments) gives \(result), the tile kernel \(expected[index])")
          break
        }
      }
    }
  }
}
