package import Basics

/// The indices of an Einstein summation such as `ij,jk->ik`, one letter each.
package struct EinsumFormula {
  /// The formula as it was written.
  let text: String
  /// One list of indices for every operand.
  package let operands: [[Character]]
  package let result: [Character]

  /// Reads a formula; spaces do not count. Without `->` the result has the indices that occur once, in alphabetical
  /// order.
  package init(_ text: String) throws(Diagnostic) {
    let sides = EinsumFormula.split(text.filter { $0 != " " }, at: "->")
    guard sides.count <= 2 else { throw Diagnostic("'einsum' formula \"\(text)\" has more than one '->'") }
    let operands = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    let letters = operands.flatMap { $0 }
    if let other = (letters + (sides.count == 2 ? Array(sides[1]) : [])).first(where: { !EinsumFormula.isIndex($0) }) {
      throw Diagnostic("'einsum' formula \"\(text)\" has '\(other)' where a letter is due")
    }
    var counts: [Character: Int] = [:]
    for letter in letters { counts[letter, default: 0] += 1 }
    let result = sides.count == 2 ? Array(sides[1]) : counts.filter { $0.value == 1 }.keys.sorted()
    if let strange = result.first(where: { counts[$0] == nil }) {
      throw Diagnostic("'einsum' formula \"\(text)\" has '\(strange)' in the result but in no operand")
    }
    guard Set(result).count == result.count else {
      throw Diagnostic("'einsum' formula \"\(text)\" has an index twice in the result")
    }
    self.text = text
    self.operands = operands
    self.result = result
  }

  /// The extents of all indices, for operands of these shapes.
  package func extents(_ shapes: [Shape]) throws(Diagnostic) -> [Character: Int] {
    guard operands.count == shapes.count else {
      throw Diagnostic("'einsum' formula \"\(text)\" is of \(operands.count) operand(s), not \(shapes.count)")
    }
    var extents: [Character: Int] = [:]
    for (shape, indices) in zip(shapes, operands) {
      guard shape.rank == indices.count else {
        throw Diagnostic("'einsum' formula \"\(text)\" has \(indices.count) indices for an operand of shape \(shape)")
      }
      for (index, extent) in zip(indices, shape.extents) {
        guard extents[index] == nil || extents[index] == extent else {
          throw Diagnostic(
            "'einsum' formula \"\(text)\" has '\(index)' of extents \(extents[index] ?? 0) and \(extent)")
        }
        extents[index] = extent
      }
    }
    return extents
  }

  /// The order in which operands of these shapes are multiplied.
  package func order(_ shapes: [Shape]) throws(Diagnostic) -> EinsumOrder {
    EinsumOrder(operands.map(\.distinct), result: result, extents: try extents(shapes))
  }

  private static func isIndex(_ character: Character) -> Bool { character.isASCII && character.isLetter }

  private static func split(_ text: String, at separator: String) -> [String] {
    var parts = [""]
    var rest = text[...]
    while let next = rest.first {
      if rest.hasPrefix(separator) {
        parts.append("")
        rest = rest.dropFirst(separator.count)
      } else {
        parts[parts.count - 1].append(next)
        rest = rest.dropFirst()
      }
    }
    return parts
  }
}

extension [Character] {
  /// Each once.
  fileprivate var distinct: [Character] {
    reduce(into: []) { letters, letter in if !letters.contains(letter) { letters.append(letter) } }
  }
}
