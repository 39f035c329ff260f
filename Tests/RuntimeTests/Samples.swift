import Foundation
import TestSupport

enum Samples {
  /// The values where an op is most likely to go wrong.
  static func edges(_ element: Element) -> [Value] {
    switch element {
    case .f32:
      let positive: [Float] = [
        0, .leastNonzeroMagnitude, .leastNormalMagnitude, .leastNormalMagnitude / 8, 1e-20, 0.5, 1, 1.5, 2.5, 3, 7.25,
        88.7, 89.3, 103.9, 8_388_609,
        2_147_483_648, 9.3e18, 1e30, .greatestFiniteMagnitude, .infinity,
      ]
      return (positive + positive.map { -$0 } + [.nan]).map { .f32($0) }
    case .f64:
      let positive: [Double] = [
        0, .leastNonzeroMagnitude, .leastNormalMagnitude, .leastNormalMagnitude / 8, 1e-160, 0.5, 1, 1.5, 2.5, 3, 7.25,
        709.7, 710.3, 745.2,
        2_147_483_648, 4_503_599_627_370_497, 9.3e18, 1e155, .greatestFiniteMagnitude, .infinity,
      ]
      return (positive + positive.map { -$0 } + [.nan]).map { .f64($0) }
    case .i32: return [0, 1, -1, 2, -2, 3, 7, -100, 65_537, .max, .max - 1, .min, .min + 1].map { .i32($0) }
    case .i64:
      return [0, 1, -1, 2, -2, 3, 7, -100, 4_294_967_297, 1 << 53 + 1, .max, .max - 1, .min, .min + 1].map { .i64($0) }
    case .bool: return [.bool(0), .bool(1)]
    }
  }

  /// A value near 1, or of any bits.
  static func random(_ element: Element, _ generator: inout SplitMix) -> Value {
    let bits = generator.next()
    let wild = bits & 3 == 0
    let near = Double(Int64(bitPattern: generator.next())) / 0x1p63 * (bits & 4 == 0 ? 4 : 40)
    switch element {
    case .f32: return .f32(wild ? Float(bitPattern: UInt32(bits >> 32)) : Float(near))
    case .f64: return .f64(wild ? Double(bitPattern: generator.next()) : near)
    case .i32: return .i32(wild ? Int32(truncatingIfNeeded: bits >> 32) : Int32(near))
    case .i64: return .i64(wild ? Int64(bitPattern: generator.next()) : Int64(near))
    case .bool: return .bool(UInt8(bits >> 60 & 1))
    }
  }

  static func random(_ element: Element, count: Int, seed: UInt64) -> [Value] {
    var generator = SplitMix(seed: seed)
    return (0..<count).map { _ in random(element, &generator) }
  }

  /// Tiles whose rows hold all combinations of edges, at most `limit` rows, evenly taken.
  static func combinations(_ elements: [Element], limit: Int = 1500) -> [[Value]] {
    let all = elements.map(edges)
    let total = all.reduce(1) { $0 * $1.count }
    let step = max(1, total / limit) | 1
    var tiles = elements.map { _ in [Value]() }
    for row in stride(from: 0, to: total, by: step) {
      var rest = row
      for (column, choices) in all.enumerated() {
        tiles[column].append(choices[rest % choices.count])
        rest /= choices.count
      }
    }
    return tiles
  }
}
