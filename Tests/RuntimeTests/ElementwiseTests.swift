import Testing

/// Every `tile_*` kernel that maps elements to elements, on every instruction set, against the reference.
@Suite struct ElementwiseTests {
  /// What a kernel computes, read from its name: one op, or a cast, or two or three ops chained or joined.
  private struct Meaning {
    var ops: [String]
    var joins = false
    var element: Element
    var to: Element?
    /// Whether the op is within 3.5 ulp.
    var isRelaxed = false

    init?(_ name: String) {
      let parts = name.split(separator: "_").dropFirst().map(String.init)
      guard let index = parts.firstIndex(where: { Element(rawValue: $0) != nil }),
        let element = Element(rawValue: parts[index])
      else { return nil }
      ops = Array(parts[..<index])
      self.element = element
      if ops.last == "u35" { isRelaxed = ops.removeLast() == "u35" }
      if ops[0] == "chain" || ops[0] == "join" { joins = ops.removeFirst() == "join" }
      if ops == ["cast"] { to = Element(rawValue: parts[index + 1]) }
    }

    func evaluate(_ x: [Value]) -> Value? {
      if let to { return Reference.cast(x[0], to: to) }
      guard ops.count > 1 else { return Reference.evaluate(ops[0], x) }
      if ops[0] == "select" {
        return Reference.evaluate(ops[1], x).flatMap { Reference.evaluate("select", [$0, x[2], x[3]]) }
      }
      if ops.count > 1, ops[1] == "self" {
        let inner = Reference.evaluate(ops[0], ops[0].hasSuffix("a") ? [x[0], x[0], x[1]] : [x[0], x[1]])
        let result = ops[0].hasSuffix("a") ? inner : inner.flatMap { Reference.evaluate("mul", [$0, x[0]]) }
        return result.flatMap { evaluate(ops.dropFirst(2), of: $0, Array(x.dropFirst(2))) }
      }
      let taken = ops[0] == "fma" ? 3 : 2
      guard let first = Reference.evaluate(ops[0], Array(x.prefix(taken))) else { return nil }
      if joins {
        return Reference.evaluate(ops[1], [x[2], x[3]]).flatMap { Reference.evaluate(ops[2], [first, $0]) }
      }
      return evaluate(ops.dropFirst(), of: first, Array(x.dropFirst(taken)))
    }

    /// The value after the ops that follow, each with the operands that it adds.
    private func evaluate(_ ops: ArraySlice<String>, of value: Value, _ x: [Value]) -> Value? {
      guard let op = ops.first else { return value }
      let rest = ops.dropFirst()
      if op == "square", let next = rest.first, next == "add" {
        return Reference.evaluate("fma", [value, value, x[0]])
      }
      let arity = ["square": 0, "fma": 2, "mac": 2][op] ?? 1
      let operands = Array(x.prefix(arity))
      let result =
        switch op {
        case "square": Reference.evaluate("mul", [value, value])
        case "fma": Reference.evaluate("fma", [value] + operands)
        case "mac": Reference.evaluate("fma", operands + [value])
        default: Reference.evaluate(op, [value] + operands)
        }
      return result.flatMap { evaluate(rest, of: $0, Array(x.dropFirst(arity))) }
    }
  }

  static let families: [String] = {
    let others = [
      "tile_reduce", "tile_horner", "tile_load", "tile_store", "tile_gather", "tile_scatter", "tile_fill", "tile_copy",
      "tile_stream", "tile_iota", "tile_sincos",
    ]
    return symbols("tile_").filter { name in !others.contains { name.hasPrefix($0) } }
  }()

  @Test(arguments: Kernel.isas) func matchesReference(isa: String) throws {
    for name in Self.families {
      let kernel = try #require(Kernel(name, isa))
      let meaning = try #require(Meaning(name), "\(name)")
      let elements = kernel.parameters.dropFirst().dropLast().map(\.element)
      // The kernels of four operands are many and alike.
      let isLong = elements.count > 3
      let edges = Samples.combinations(elements, limit: [1500, 1500, 400, 50, 50][elements.count - 1])
      check(kernel, meaning, edges, count: edges[0].count)
      let counts: [Int] = isLong ? [0, 33] : [0, 1, 3, 31, 32, 33, 255, 256, 257]
      for (round, count) in counts.enumerated() {
        let tiles = elements.enumerated().map { Samples.random($1, count: count, seed: UInt64(round * 10 + $0)) }
        check(kernel, meaning, tiles, count: count)
      }
    }
  }

  private func check(_ kernel: Kernel, _ meaning: Meaning, _ tiles: [[Value]], count: Int) {
    let kinds = kernel.parameters.dropFirst().dropLast().map(\.isPointer)
    // A uniform operand takes the value of a different row each time.
    let row = count == 0 ? 0 : count * 7 / 11
    let operands = zip(kinds, tiles).map { isTile, values in
      isTile ? Operand.tile(values) : .scalar(values.isEmpty ? Samples.edges(meaning.element)[1] : values[row])
    }
    guard let result = kernel.run(operands, count: count) else {
      Issue.record("\(kernel.name) \(kernel.isa) wrote out of bounds, n = \(count)")
      return
    }
    let loose = meaning.to == nil && meaning.ops.contains { Reference.transcendental.contains($0) }
    for index in 0..<count {
      let arguments = operands.map { $0.value(at: index) }
      let expected = meaning.evaluate(arguments)
      let op = loose ? meaning.ops[0] : nil
      if let expected, Reference.accepts(result[index], for: expected, op, isRelaxed: meaning.isRelaxed) { continue }
      Issue.record(
        "\(kernel.name) \(kernel.isa): \(arguments) gives \(result[index]), expected \(expected.map(String.init(describing:)) ?? "?")"
      )
      return
    }
    guard count < 256 else { return }
    for (index, operand) in operands.enumerated() {
      guard case .tile = operand, kernel.parameters[index + 1].element == kernel.parameters[0].element else { continue }
      guard let aliased = kernel.run(operands, count: count, aliasing: index) else {
        Issue.record("\(kernel.name) \(kernel.isa) wrote out of bounds in place, n = \(count)")
        return
      }
      for k in 0..<count where aliased[k].distance(to: result[k], exact: true) != 0 {
        Issue.record("\(kernel.name) \(kernel.isa) in place: \(aliased[k]) instead of \(result[k])")
        return
      }
    }
  }
}
