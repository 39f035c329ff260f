import Basics
package import TensorIR

extension FunctionBuilder {
  /// The sum of products that an Einstein formula such as `bij,bjk->bik` names: over all values of the indices that are
  /// not in the result. An index may occur in any number of operands, and twice in one, for its diagonal. Without `->`
  /// the result has the indices that occur once, in alphabetical order.
  ///
  /// Operands are multiplied two at a time, in the order of `EinsumOrder`.
  package func einsum(_ text: String, _ operands: [Term]) -> Term {
    func failing(_ diagnostic: Diagnostic) -> Term {
      record(diagnostic)
      return Term(self, .poison)
    }
    if operands.contains(where: \.isPoison) { return Term(self, .poison) }
    if let other = operands.first(where: { $0.dtype != operands[0].dtype || $0.dtype == .bool }) {
      return failing(
        Diagnostic("'einsum' needs operands of one numeric dtype, not \(operands[0].type) and \(other.type)"))
    }
    do throws(Diagnostic) {
      let formula = try EinsumFormula(text)
      let order = try formula.order(operands.map(\.shape))
      return product(operands, formula, order)
    } catch {
      return failing(error)
    }
  }

  private func product(_ operands: [Term], _ formula: EinsumFormula, _ order: EinsumOrder) -> Term {
    var factors = zip(operands, formula.operands).map { Factor(term: $0, indices: $1).takingDiagonals() }
    var uses: [Character: Int] = [:]
    for index in factors.flatMap(\.indices) + formula.result { uses[index, default: 0] += 1 }
    let shared = Set(uses.filter { $0.value > 1 }.keys)
    for place in factors.indices { factors[place] = factors[place].summing(keeping: shared) }
    for step in order.steps {
      factors.append(factors[step.left].times(factors[step.right], keeping: Set(step.indices)))
    }
    guard let last = factors.last else { return Term(self, .poison) }
    return last.term.isPoison ? last.term : last.term.transposed(formula.result.compactMap(last.indices.firstIndex))
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
