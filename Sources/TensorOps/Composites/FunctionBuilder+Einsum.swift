import Basics
package import TensorIR

extension FunctionBuilder {
  /// The sum of products that an Einstein formula such as `bij,bjk->bik` names: over all values of the indices that are
  /// not in the result. An index may occur in any number of operands, and twice in one, for its diagonal. Without `->`
  /// the result has the indices that occur once, in alphabetical order.
  ///
  /// Operands are multiplied two at a time, each time the two with the smallest product.
  package func einsum(_ text: String, _ operands: [Term]) -> Term {
    func failing(_ diagnostic: Diagnostic) -> Term {
      record(diagnostic)
      return Term(self, .poison)
    }
    if operands.contains(where: \.isPoison) { return Term(self, .poison) }
    let formula: EinsumFormula
    do { formula = try EinsumFormula(text) } catch { return failing(error) }
    guard formula.operands.count == operands.count else {
      return failing(
        Diagnostic("'einsum' formula \"\(text)\" is of \(formula.operands.count) operand(s), not \(operands.count)"))
    }
    var extents: [Character: Int] = [:]
    for (operand, indices) in zip(operands, formula.operands) {
      guard operand.shape.rank == indices.count else {
        return failing(Diagnostic("'einsum' formula \"\(text)\" has \(indices.count) indices for \(operand.type)"))
      }
      guard operand.dtype == operands[0].dtype, operand.dtype != .bool else {
        return failing(
          Diagnostic("'einsum' needs operands of one numeric dtype, not \(operands[0].type) and \(operand.type)"))
      }
      for (index, extent) in zip(indices, operand.shape.extents) {
        guard extents[index] == nil || extents[index] == extent else {
          return failing(
            Diagnostic("'einsum' formula \"\(text)\" has '\(index)' of extents \(extents[index] ?? 0) and \(extent)"))
        }
        extents[index] = extent
      }
    }
    var factors = zip(operands, formula.operands).map { Factor(term: $0, indices: $1).takingDiagonals() }
    for place in factors.indices {
      factors[place] = factors[place].summing(keeping: needed(factors, without: [place], formula.result))
    }
    while factors.count > 1 {
      let (a, b) = cheapestPair(factors, extents, formula.result)
      let product = factors[a].times(factors[b], keeping: needed(factors, without: [a, b], formula.result))
      factors.remove(at: b)
      factors[a] = product
    }
    let last = factors[0]
    return last.term.isPoison ? last.term : last.term.transposed(formula.result.compactMap(last.indices.firstIndex))
  }

  /// The indices that the result or other factors need.
  private func needed(_ factors: [Factor], without places: [Int], _ result: [Character]) -> Set<Character> {
    var needed = Set(result)
    for (place, factor) in factors.enumerated() where !places.contains(place) { needed.formUnion(factor.indices) }
    return needed
  }

  /// The two factors whose product has the fewest elements, of the first so many: looking at all pairs of a thousand at
  /// every step would take longer than any order saves.
  private func cheapestPair(_ factors: [Factor], _ extents: [Character: Int], _ result: [Character]) -> (Int, Int) {
    var uses: [Character: Int] = [:]
    for index in result + factors.flatMap(\.indices) { uses[index, default: 0] += 1 }
    let candidates = factors.prefix(32)
    var best = (0, 1)
    var least = Double.infinity
    for (a, left) in candidates.enumerated() {
      for (b, right) in candidates.enumerated().dropFirst(a + 1) {
        var size = 1.0
        func count(_ index: Character, _ ownUses: Int) {
          if uses[index, default: 0] > ownUses { size *= Double(extents[index] ?? 1) }
        }
        for index in left.indices { count(index, right.indices.contains(index) ? 2 : 1) }
        for index in right.indices where !left.indices.contains(index) { count(index, 1) }
        if size < least { (best, least) = ((a, b), size) }
      }
    }
    return best
  }
}

/// A term and the names of its axes.
private struct Factor {
  let term: Term
  let indices: [Character]

  /// Every index once: of an index that occurs twice, the elements where both are equal.
  func takingDiagonals() -> Factor {
    for (first, index) in indices.enumerated() {
      guard let second = indices.indices.dropFirst(first + 1).first(where: { indices[$0] == index }) else { continue }
      // With both axes last and merged, the diagonal is every (n + 1)-th element.
      let others = indices.indices.filter { $0 != first && $0 != second }
      let extent = term.shape[first]
      let moved = term.transposed(others + [first, second])
      let leading = others.map { term.shape[$0] }
      let merged = moved.reshaped(to: Shape(leading + [extent * extent]))
      let diagonal = merged.sliced(
        starts: leading.map { _ in 0 } + [0], limits: leading + [extent * extent],
        strides: leading.map { _ in 1 } + [extent + 1])
      return Factor(term: diagonal, indices: others.map { indices[$0] } + [index]).takingDiagonals()
    }
    return self
  }

  /// Summed over all other indices.
  func summing(keeping kept: Set<Character>) -> Factor {
    let axes = indices.indices.filter { !kept.contains(indices[$0]) }
    return Factor(term: term.sum(axes: axes), indices: indices.filter { kept.contains($0) })
  }

  /// The product, summed over common indices that are not kept.
  func times(_ other: Factor, keeping kept: Set<Character>) -> Factor {
    let common = indices.filter { other.indices.contains($0) }
    let batch = common.filter { kept.contains($0) }
    let summed = common.filter { !kept.contains($0) }
    let dot = DotGeneral(
      DotAxes(
        leftContracting: summed.compactMap(indices.firstIndex),
        rightContracting: summed.compactMap(other.indices.firstIndex),
        leftBatch: batch.compactMap(indices.firstIndex), rightBatch: batch.compactMap(other.indices.firstIndex)))
    return Factor(
      term: term.applying(dot, other.term),
      indices: batch + indices.filter { !common.contains($0) } + other.indices.filter { !common.contains($0) })
  }
}
