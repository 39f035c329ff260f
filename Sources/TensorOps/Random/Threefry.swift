package import Basics
import KernelIR
package import TensorIR

/// Random bits: the block cipher Threefry-2x32 with 20 rounds of Salmon, Moraes, Dror and Shaw ("Parallel random numbers:
/// as easy as 1, 2, 3", 2011), elementwise: operands are the two words of a key and the two of a counter, of dtype i32. A
/// bijection of counters for every key, whose values look independent.
///
/// The two words of a value come in one i64, the first above, or in one i32, combined by exclusive or.  `dy = 0`.
package struct Threefry: Op {
  /// Whether the words are combined.
  package let isFolded: Bool

  package init(folded: Bool) { isFolded = folded }

  package var name: String { "threefry" }
  package var attributes: [Attribute] { [Attribute("words", .string(isFolded ? "folded" : "both"))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 4)
    for operand in operands where operand != operands[0] || operand.dtype != .i32 {
      throw Diagnostic("'threefry' needs operands of one shape and dtype i32, not \(operand)")
    }
    return [operands[0].with(isFolded ? .i32 : .i64)]
  }

  package var derivative: DerivativeRule { .zero }
  package var batching: BatchingRule { .elementwise }

  package var lowering: LoweringRule {
    .composed { operands in
      var cipher = ThreefryCipher(operands[0], operands[1]) { $0.applying(.xor, $1).applying(.xor, $0.integer($2)) }
      cipher.x = (operands[2] + operands[0], operands[3] + operands[1])
      for round in 0..<20 {
        let (x, y) = (cipher.x.0 + cipher.x.1, cipher.x.1)
        let amount = ThreefryCipher<Term>.rotation(round)
        let rotated = y.applying(.shl, y.integer(amount)).applying(.or, y.applying(.lshr, y.integer(32 - amount)))
        cipher.x = (x, rotated.applying(.xor, x))
        if let (first, second, count) = cipher.injection(after: round) {
          cipher.x = (cipher.x.0 + first, cipher.x.1 + (second + second.integer(count)))
        }
      }
      if isFolded { return cipher.x.0.applying(.xor, cipher.x.1) }
      let (high, low) = (cipher.x.0.cast(to: .i64), cipher.x.1.cast(to: .i64))
      return high.applying(.shl, high.integer(32)).applying(.or, low.applying(.and, low.integer(0xffff_ffff)))
    }
  }

  /// The two words at a counter.
  package static func block(key: (UInt32, UInt32), counter: (UInt32, UInt32)) -> (UInt32, UInt32) {
    var cipher = ThreefryCipher(key.0, key.1) { $0 ^ $1 ^ UInt32($2) }
    cipher.x = (counter.0 &+ key.0, counter.1 &+ key.1)
    for round in 0..<20 {
      let amount = UInt32(ThreefryCipher<UInt32>.rotation(round))
      let (x, y) = (cipher.x.0 &+ cipher.x.1, cipher.x.1)
      cipher.x = (x, (y << amount | y >> (32 - amount)) ^ x)
      if let (first, second, count) = cipher.injection(after: round) {
        cipher.x = (cipher.x.0 &+ first, cipher.x.1 &+ second &+ UInt32(count))
      }
    }
    return cipher.x
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let words = operands.map { $0.integers.map { UInt32(truncatingIfNeeded: $0) } }
    let elements = words[0].indices.map { place -> Int64 in
      let (x, y) = Self.block(key: (words[0][place], words[1][place]), counter: (words[2][place], words[3][place]))
      return isFolded ? Int64(x ^ y) : Int64(bitPattern: UInt64(x) << 32 | UInt64(y))
    }
    return [ReferenceTensor(integer: elements, type: operands[0].type.with(isFolded ? .i32 : .i64))]
  }

  package static let family = OpFamily(
    names: ["threefry"],
    make: { (_, attributes) throws(Diagnostic) in
      Threefry(folded: try attributes.choice("words", "both", "folded"))
    },
    examples: {
      let words = OpExample.Domain.values([0, -1, 608_135_816, -2_052_912_941, 1, 2_147_483_647, 320_440_878])
      return [(true, [2, 3] as Shape), (false, [37]), (false, []), (true, [0])].map { isFolded, shape in
        OpExample(
          Threefry(folded: isFolded), [TensorType](repeating: TensorType(.i32, shape), count: 4),
          [words, .range(-1000...1000), .range(0...100), words])
      }
    })
}

/// The schedule of the cipher, for whatever words are.
private struct ThreefryCipher<Word> {
  let keys: [Word]
  var x: (Word, Word)

  /// `combine` gives the exclusive or of two words and a number.
  init(_ first: Word, _ second: Word, _ combine: (Word, Word, Int) -> Word) {
    keys = [first, second, combine(first, second, 0x1bd1_1bda)]
    x = (first, second)
  }

  static func rotation(_ round: Int) -> Int { [13, 15, 26, 6, 17, 29, 16, 24][round % 8] }

  /// After every fourth round, what is added to the words; the number goes to the second as well.
  func injection(after round: Int) -> (Word, Word, count: Int)? {
    guard round % 4 == 3 else { return nil }
    let count = round / 4 + 1
    return (keys[count % 3], keys[(count + 1) % 3], count)
  }
}

extension Term {
  /// An integer throughout, of this term's type.
  fileprivate func integer(_ value: Int) -> Term { builder.splat(Scalar(Int64(value), as: dtype), shape) }
}
