import Foundation
import Testing

/// Reductions add up in one order, whatever the instruction set.
@Suite struct ReduceTests {
  private static let lengths = [0, 1, 31, 32, 33, 64, 255, 256, 257, 1000]

  private static let cases: [(op: String, element: Element)] =
    ["add", "mul", "max", "min"].flatMap { op in [Element.f32, .f64, .i32, .i64].map { (op, $0) } }
    + [("and", .bool), ("or", .bool)]

  private func same(_ x: [Value], _ y: [Value]) -> Bool {
    x.count == y.count && zip(x, y).allSatisfy { $0.distance(to: $1, exact: true) == 0 }
  }

  @Test(arguments: Kernel.isas) func tilesIntoLanes(isa: String) throws {
    for (op, element) in Self.cases {
      let kernel = try #require(Kernel("tile_reduce_\(op)_\(element)", isa))
      for count in Self.lengths {
        for withEdges in [false, true] {
          var values = Samples.random(element, count: count, seed: UInt64(count + 3))
          let edges = Samples.edges(element)
          if withEdges { for k in 0..<count { values[k] = edges[k * 5 % edges.count] } }
          var lanes = Samples.random(element, count: 32, seed: 99)
          let accumulator = Memory(lanes, element)
          kernel([accumulator, Memory(values, element), count])
          for (k, value) in values.enumerated() {
            lanes[k % 32] = try #require(Reference.evaluate(op, [lanes[k % 32], value]))
          }
          #expect(same(accumulator.values, lanes), "\(op) \(element) \(isa) n = \(count)")
          #expect(accumulator.isIntact)
        }
      }
    }
  }

  @Test(arguments: Kernel.isas) func lanesByHalves(isa: String) throws {
    for (op, element) in Self.cases {
      let kernel = try #require(Kernel("lanes_\(op)_\(element)", isa))
      for seed in 1...20 {
        var lanes = Samples.random(element, count: 32, seed: UInt64(seed))
        let memory = Memory(lanes, element)
        let value = try #require(withExtendedLifetime(memory) { kernel.evaluate([memory]) })
        for half in [16, 8, 4, 2, 1] {
          for k in 0..<half { lanes[k] = try #require(Reference.evaluate(op, [lanes[k], lanes[k + half]])) }
        }
        #expect(same([value], [lanes[0]]), "\(op) \(element) \(isa)")
      }
    }
  }

  @Test(arguments: Kernel.isas) func dotRoundsTwice(isa: String) throws {
    for element in [Element.f32, .f64] {
      let kernel = try #require(Kernel("tile_reduce_mul_add_\(element)_vv", isa))
      for count in Self.lengths {
        let a = Samples.random(element, count: count, seed: 5)
        let b = Samples.random(element, count: count, seed: 6)
        var lanes = Samples.random(element, count: 32, seed: 7)
        let accumulator = Memory(lanes, element)
        kernel([accumulator, Memory(a, element), Memory(b, element), count])
        for k in 0..<count {
          let product = try #require(Reference.evaluate("mul", [a[k], b[k]]))
          lanes[k % 32] = try #require(Reference.evaluate("add", [lanes[k % 32], product]))
        }
        #expect(same(accumulator.values, lanes), "\(element) \(isa) n = \(count)")
      }
    }
  }

  @Test(arguments: Kernel.isas) func fillsLanes(isa: String) throws {
    for element in Element.allCases {
      let kernel = try #require(Kernel("lanes_fill_\(element)", isa))
      let value = Samples.edges(element)[1]
      let accumulator = Memory(count: 32, element)
      kernel([accumulator, value])
      #expect(accumulator.isIntact && same(accumulator.values, Array(repeating: value, count: 32)))
    }
  }
}
