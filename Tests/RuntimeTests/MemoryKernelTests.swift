import Testing

/// Fill, copy, iota, strided and indexed access.
@Suite struct MemoryKernelTests {
  private static let lengths = [0, 1, 3, 31, 32, 33, 255, 256, 257]

  private func same(_ x: [Value], _ y: [Value]) -> Bool {
    x.count == y.count && zip(x, y).allSatisfy { $0.distance(to: $1, exact: true) == 0 }
  }

  @Test(arguments: Kernel.isas) func fillCopyIota(isa: String) throws {
    for element in Element.allCases {
      let fill = try #require(Kernel("tile_fill_\(element)", isa))
      let copy = try #require(Kernel("tile_copy_\(element)", isa))
      for count in Self.lengths {
        let value = Samples.edges(element)[1]
        let memory = Memory(count: count, element)
        fill([memory, value, count])
        #expect(memory.isIntact && same(memory.values, Array(repeating: value, count: count)))
        let source = Samples.random(element, count: count, seed: 8)
        copy([memory, Memory(source, element), count])
        #expect(memory.isIntact && same(memory.values, source))
        guard element != .bool else { continue }
        let iota = try #require(Kernel("tile_iota_\(element)", isa))
        let start = Value(-3.3, element)
        let step = Value(2.7, element)
        iota([memory, start, step, count])
        let expected = try (0..<count).map { index in
          let scaled = try #require(Reference.evaluate("mul", [step, Value(Double(index), element)]))
          return try #require(Reference.evaluate("add", [start, scaled]))
        }
        #expect(memory.isIntact && same(memory.values, expected), "iota \(element) \(isa) n = \(count)")
      }
    }
  }

  @Test(arguments: Kernel.isas) func copiesPastTheCaches(isa: String) throws {
    for element in [Element.f32, .f64] {
      let stream = try #require(Kernel("tile_stream_\(element)", isa))
      for count in Self.lengths {
        let memory = Memory(count: count, element)
        let source = Samples.random(element, count: count, seed: 9)
        stream([memory, Memory(source, element), count])
        #expect(memory.isIntact && same(memory.values, source))
      }
    }
  }

  @Test(arguments: Kernel.isas) func strided(isa: String) throws {
    for element in Element.allCases {
      let load = try #require(Kernel("tile_load_\(element)", isa))
      let store = try #require(Kernel("tile_store_\(element)", isa))
      for count in Self.lengths {
        for stride in [1, 0, 2, 5, -1, -3] {
          let reach = count == 0 ? 0 : (count - 1) * abs(stride) + 1
          let values = Samples.random(element, count: reach, seed: 4)
          let memory = Memory(values, element)
          let first = stride < 0 && reach > 0 ? reach - 1 : 0
          let tile = Memory(count: count, element)
          let address = Int(bitPattern: memory.base + first * element.size)
          load([tile, address, stride, count])
          #expect(tile.isIntact && same(tile.values, (0..<count).map { values[first + $0 * stride] }))
          let replacement = Samples.random(element, count: count, seed: 12)
          store([address, stride, Memory(replacement, element), count])
          var expected = values
          for (k, value) in replacement.enumerated() { expected[first + k * stride] = value }
          #expect(memory.isIntact && same(memory.values, expected), "store \(element) \(isa) stride \(stride)")
        }
      }
    }
  }

  @Test(arguments: Kernel.isas) func indexed(isa: String) throws {
    for element in Element.allCases {
      for index in [Element.i32, .i64] {
        let gather = try #require(Kernel("tile_gather_\(element)_\(index)", isa))
        for count in Self.lengths {
          let (limit, stride) = (20, 3)
          let values = Samples.random(element, count: limit * stride, seed: 31)
          let positions = (0..<count).map { $0 * 7 % 26 - 3 }
          let indices = Memory(positions.map { Value(Double($0), index) }, index)
          let tile = Memory(count: count, element)
          gather([tile, Memory(values, element), indices, stride, limit, count])
          #expect(tile.isIntact && same(tile.values, positions.map { values[min(max($0, 0), limit - 1) * stride] }))
          for combiner in element == .bool ? ["set"] : ["add", "mul", "max", "min", "set"] {
            let scatter = try #require(Kernel("tile_scatter_\(combiner)_\(element)_\(index)", isa))
            let updates = Samples.random(element, count: count, seed: 32)
            let memory = Memory(values, element)
            scatter([memory, indices, stride, limit, Memory(updates, element), count])
            var expected = values
            for (position, update) in zip(positions, updates) where position >= 0 && position < limit {
              let there = expected[position * stride]
              expected[position * stride] =
                try combiner == "set" ? update : #require(Reference.evaluate(combiner, [there, update]))
            }
            #expect(memory.isIntact && same(memory.values, expected), "scatter \(combiner) \(element) \(isa)")
          }
        }
      }
    }
  }

  @Test(arguments: Kernel.isas) func indicesFarOutside(isa: String) throws {
    let gather = try #require(Kernel("tile_gather_f32_i64", isa))
    let scatter = try #require(Kernel("tile_scatter_add_f32_i64", isa))
    let values = [Float](arrayLiteral: 1, 2, 3).map { Value.f32($0) }
    let indices = Memory([.i64(.min), .i64(.max), .i64(1 << 32), .i64(1)], .i64)
    let tile = Memory(count: 4, .f32)
    gather([tile, Memory(values, .f32), indices, 1, 3, 4])
    #expect(same(tile.values, [values[0], values[2], values[2], values[1]]))
    gather([tile, Memory([], .f32), indices, 1, 0, 4])
    #expect(same(tile.values, Array(repeating: .f32(0), count: 4)))
    let memory = Memory(values, .f32)
    scatter([memory, indices, 1, 3, Memory([.f32(1), .f32(1), .f32(1), .f32(1)], .f32), 4])
    #expect(same(memory.values, [.f32(1), .f32(3), .f32(3)]))
  }
}
