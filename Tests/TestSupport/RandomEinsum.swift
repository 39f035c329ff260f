package import Basics
package import TensorIR

/// A random Einstein sum, and what it is as it is written: a sum over all values of all indices.
package struct RandomEinsum: CustomStringConvertible {
  package let operands: [[Character]]
  package let result: [Character]
  package let extents: [Character: Int]

  /// - Parameter repeats: Whether an operand may have an index twice.
  package init(seed: UInt64, operandCount: ClosedRange<Int>, letterCount: Int = 5, repeats: Bool = true) {
    var random = SplitMix(seed: seed)
    let letters = Array("abcdefghijklmnop".prefix(max(letterCount, 1)))
    var extents: [Character: Int] = [:]
    for letter in letters { extents[letter] = 1 + random.below(3) }
    operands = (0..<operandCount.lowerBound + random.below(operandCount.count)).map { _ in
      var indices: [Character] = []
      for _ in 0..<random.below(4) {
        let letter = random.pick(letters)
        if repeats || !indices.contains(letter) { indices.append(letter) }
      }
      return indices
    }
    let used = Set(operands.flatMap { $0 })
    self.extents = extents.filter { used.contains($0.key) }
    var result = letters.filter { used.contains($0) && random.chance(0.35) }
    result.shuffle(using: &random)
    self.result = result
  }

  package var formula: String { operands.map { String($0) }.joined(separator: ",") + "->" + String(result) }
  package var shapes: [Shape] { operands.map(shape) }
  package var resultShape: Shape { shape(result) }
  package var description: String { "\(formula) of \(shapes)" }

  private func shape(_ indices: [Character]) -> Shape { Shape(indices.map { extents[$0] ?? 1 }) }

  /// For every value of all indices, the positions in the operands and in the result.
  private func forEachTerm(_ body: (_ operands: [Int], _ result: Int) -> Void) {
    let letters = extents.keys.sorted()
    let space = shape(letters)
    for place in 0..<space.elementCount {
      let values = Dictionary(uniqueKeysWithValues: zip(letters, space.index(at: place)))
      func position(_ indices: [Character]) -> Int {
        zip(indices, shape(indices).strides).reduce(0) { $0 + (values[$1.0] ?? 0) * $1.1 }
      }
      body(operands.map(position), position(result))
    }
  }

  /// The sum.
  package func value(_ x: [ReferenceTensor]) -> [Double] {
    var sums = [Double](repeating: 0, count: resultShape.elementCount)
    forEachTerm { positions, target in
      sums[target] += zip(x, positions).reduce(1) { $0 * $1.0.doubles[$1.1] }
    }
    return sums
  }

  /// `∂⟨c, y⟩/∂x` by one operand.
  package func gradient(_ x: [ReferenceTensor], _ cotangent: ReferenceTensor, by operand: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: shapes[operand].elementCount)
    forEachTerm { positions, target in
      var product = cotangent.doubles[target]
      for (place, position) in positions.enumerated() where place != operand { product *= x[place].doubles[position] }
      sums[positions[operand]] += product
    }
    return sums
  }
}
