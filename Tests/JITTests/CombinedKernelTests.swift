import Basics
import CEmitter
import KernelIR
import Passes
import TestSupport
import Testing

/// Random expressions of few operations on tiles, of the kinds that the emitter combines into one call: tile C gives the
/// bits of the kernel interpreter, with products contracted or not.
@Suite struct CombinedKernelTests {
  @Test func randomExpressions() throws {
    var found: Set<String> = []
    for seed in fuzzSeeds(700) {
      let (program, inputs) = try make(seed: UInt64(seed))
      for candidate in [program, program.contracted()] {
        try candidate.verify()
        let mismatch = bufferMismatch(try candidate.interpret(inputs), try RandomProgramTests.run(candidate, inputs))
        #expect(mismatch == nil, "seed \(seed)\n\(candidate)")
        found.formUnion(TileEmitter.emit(candidate).runtimeSymbols)
      }
    }
    for family in [
      "tile_fms", "tile_fnma", "tile_select_lt", "tile_select_eq", "_fma_f", "_mac_f", "tile_fma_mul",
      "tile_fma_fma", "tile_fma_mac", "_square_f", "_square_mul", "_square_add", "tile_rsub_self", "_self_mul",
      "tile_chain", "tile_join",
    ] {
      let isThere = found.contains { $0.contains(family) }
      #expect(isThere, "no kernel has come to call \(family)")
    }
  }

  /// Polynomials up to degree 40, with coefficients 1 and of the buffer among those that are literals.
  @Test func polynomials() throws {
    for degree in [2, 3, 5, 31, 32, 33, 40] {
      var text = "%0: f32 = load s[0] %1: f32 = constant 0.5 tile i0 { %2: tile f32 = load x[i0] "
      text += degree.isMultiple(of: 2) ? "%3: tile f32 = add %0, %2" : "%3: tile f32 = fma %0, %2, %1"
      for step in 2...degree {
        text +=
          " %\(step + 2): tile f32 = fma \(step.isMultiple(of: 3) ? "%2, %\(step + 1)" : "%\(step + 1), %2"), %\(step % 2)"
      }
      let program = try Program(
        parsing: """
          program p arena 0 {
            buffer x: f32[200] = parameter 0
            buffer s: f32[1] = parameter 1
            buffer r: f32[200] = result 0
            kernel k { axis i0 = 200 \(text) store r[i0], %\(degree + 2) } }
          }
          """)
      try program.verify()
      let inputs = [
        HostBuffer(TensorType(.f32, [200]), (0..<200).map { Scalar(Double($0) / 80 - 1.2, as: .f32) }),
        HostBuffer(TensorType(.f32, [1]), [Scalar(-0.3, as: .f32)]),
      ]
      let mismatch = bufferMismatch(try program.interpret(inputs), try RandomProgramTests.run(program, inputs))
      #expect(mismatch == nil, "degree \(degree)")
      let calls = TileEmitter.emit(program).runtimeSymbols
      #expect(calls.contains("tile_horner_f32"))
    }
  }

  /// Up to nine operations on two tiles and two uniform values; every value that is not used is stored.
  private func make(seed: UInt64) throws -> (Program, [HostBuffer]) {
    var random = SplitMix(seed: seed)
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    let dtype: DType = below(2) == 0 ? .f32 : .f64
    let extent = [3, 40, 100, 300][below(4)]
    var statements = ["%2: tile \(dtype) = load x[i0]", "%3: tile \(dtype) = load y[i0]"]
    let uniforms = ["%0", "%1"]
    var tiles = ["%2", "%3"]
    var unused: [String] = []
    var next = 4
    func operand() -> String {
      let kind = below(6)
      if kind < 2 { return uniforms[below(2)] }
      if kind < 5, let last = unused.last {
        unused.removeLast()
        return last
      }
      return tiles[below(tiles.count)]
    }
    func define(_ type: String, _ text: String) -> String {
      statements.append("%\(next): \(type) = \(text)")
      next += 1
      return "%\(next - 1)"
    }
    for _ in 0..<(1 + below(9)) {
      var operands = [operand(), operand(), operand()]
      // The value before is as often an addend as a factor.
      if below(2) == 0 { operands.swapAt(0, 2) }
      let isUniform = operands.map(uniforms.contains)
      // Of an fma the factors alone may be uniform.
      if isUniform[0] && isUniform[1] && (isUniform[2] || below(2) == 0) { operands[below(2)] = tiles[below(2)] }
      let hasTile = !operands.prefix(2).allSatisfy(uniforms.contains)
      let text: String
      switch hasTile ? below(14) : 9 {
      case 0...2: text = "add \(operands[0]), \(operands[1])"
      case 3...4: text = "sub \(operands[0]), \(operands[1])"
      case 5...7: text = "mul \(operands[0]), \(operands[1])"
      case 8: text = "neg \(tiles[below(tiles.count)])"
      case 9: text = "fma \(operands[0]), \(operands[1]), \(operands[2])"
      case 10:
        let tile = tiles[tiles.count - 1]
        unused.removeAll { $0 == tile }
        text = "mul \(tile), \(tile)"
      case 11:
        let difference = define("tile \(dtype)", "\(["sub", "add"][below(2)]) \(uniforms[below(2)]), %2")
        text = "mul \(difference), %2"
      default:
        let comparison = ["lt", "le", "gt", "ge", "eq", "ne"][below(6)]
        let condition = define("tile bool", "\(comparison) \(operands[0]), \(operands[1])")
        text = "select \(condition), \(operands[2]), \(uniforms[below(2)])"
      }
      let result = define("tile \(dtype)", text)
      tiles.append(result)
      unused.append(result)
    }
    let stored = unused.isEmpty ? [tiles[tiles.count - 1]] : unused
    let results = stored.indices.map { "buffer r\($0): \(dtype)[\(extent)] = result \($0)\n" }.joined()
    let stores = stored.enumerated().map { "store r\($0)[i0], \($1)" }.joined(separator: "\n")
    let program = try Program(
      parsing: """
        program p arena 0 {
          buffer x: \(dtype)[\(extent)] = parameter 0
          buffer y: \(dtype)[\(extent)] = parameter 1
          buffer s: \(dtype)[1] = parameter 2
          \(results)
          kernel k { axis i0 = \(extent)
            %0: \(dtype) = load s[0]
            %1: \(dtype) = constant 0.75
            tile i0 {
              \(statements.joined(separator: "\n"))
              \(stores)
            }
          }
        }
        """)
    let specials = [0, -0.0, 1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 1e-42, -0.75, 1e300, 3e38]
    func values(_ count: Int) -> [Scalar] {
      (0..<count).map { _ in
        let value = below(5) == 0 ? specials[below(specials.count)] : Double(below(2000)) / 500 - 2
        return Scalar(value, as: dtype)
      }
    }
    let inputs = [extent, extent, 1].map { HostBuffer(TensorType(dtype, [$0]), values($0)) }
    return (program, inputs)
  }
}
