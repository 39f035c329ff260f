internal import TensorOps

/// In which order ``einsum(_:_:file:line:)`` multiplies its operands, two at a time.
///
/// Of all orders it is the one with the fewest multiplications, and among those the one whose largest intermediate product
/// has the fewest elements: found by dynamic programming over all subsets for up to ten operands. Of more, those with the
/// smallest product come first until ten are left. It never costs more than the order from left to right.
///
/// ```swift
/// print(try EinsumPath("ij,jk,kl->il", [10, 100], [100, 5], [5, 50]))
/// // 3 = 0 · 1  ij,jk->ik  [10,5]  5000
/// // 4 = 3 · 2  ik,kl->il  [10,50]  2500
/// // 7500 multiplications, 7500 from left to right; largest intermediate product 50 elements
/// ```
public struct EinsumPath: Sendable, Hashable {
  /// One product of two factors, summed over what nothing else needs.
  public struct Step: Sendable, Hashable {
    /// The numbers of the factors: first the operands from 0 on, then the products in order.
    public let left: Int
    /// The other factor.
    public let right: Int
    /// What is computed, such as `jk,kl->jl`.
    public let formula: String
    /// The shape of the product.
    public let shape: Shape
    /// The product of the extents of all indices of both factors.
    public let multiplications: Double
  }

  /// The products, in order.
  public let steps: [Step]
  /// All multiplications; exact up to 2⁵³.
  public let multiplications: Double
  /// The elements of the largest product, the last one not counted.
  public let largestIntermediate: Double
  /// The multiplications of the order from left to right.
  public let leftToRightMultiplications: Double

  /// The order for operands of these shapes.
  ///
  /// - Parameters:
  ///   - formula: Such as `bij,bjk->bik`; see ``einsum(_:_:file:line:)``.
  ///   - shapes: One for every operand.
  /// - Throws: `Diagnostics` if the formula is none, or the shapes do not fit it.
  public init(_ formula: String, _ shapes: Shape...) throws(Diagnostics) { try self.init(formula, shapes: shapes) }

  /// The same with the shapes as an array.
  ///
  /// - Throws: `Diagnostics` if the formula is none, or the shapes do not fit it.
  public init(_ formula: String, shapes: [Shape]) throws(Diagnostics) {
    do throws(Diagnostic) {
      let formula = try EinsumFormula(formula)
      let extents = try formula.extents(shapes)
      let order = try formula.order(shapes)
      // Of operands what is left after what only they have is summed.
      var factors = formula.operands.enumerated().map { place, indices in
        let others = formula.operands.enumerated().filter { $0.offset != place }.flatMap(\.element) + formula.result
        return indices.reduce(into: [Character]()) { kept, index in
          if others.contains(index), !kept.contains(index) { kept.append(index) }
        }
      }
      steps = order.steps.enumerated().map { number, step in
        let indices = number == order.steps.count - 1 ? formula.result : step.indices
        factors.append(indices)
        return Step(
          left: step.left, right: step.right,
          formula: "\(String(factors[step.left])),\(String(factors[step.right]))->\(String(indices))",
          shape: Shape(indices.map { extents[$0] ?? 1 }), multiplications: step.multiplications)
      }
      multiplications = order.cost.multiplications
      largestIntermediate = order.cost.largestIntermediate
      leftToRightMultiplications = order.leftToRight.multiplications
    } catch {
      throw Diagnostics([error])
    }
  }
}

extension EinsumPath: CustomStringConvertible {
  /// The products, one a line, and what they cost.
  public var description: String {
    let lines = steps.enumerated().map { number, step in
      let target = multiplicands.count + number
      return "\(target) = \(step.left) · \(step.right)  \(step.formula)  \(step.shape)  \(text(step.multiplications))"
    }
    let total =
      "\(text(multiplications)) multiplications, \(text(leftToRightMultiplications)) from left to right; largest"
      + " intermediate product \(text(largestIntermediate)) elements"
    return (lines + [total]).joined(separator: "\n")
  }

  /// The numbers of the operands: every product is made of two factors and makes one.
  private var multiplicands: Range<Int> { 0..<steps.count + 1 }

  private func text(_ number: Double) -> String {
    number < 1e15 ? "\(Int(number))" : "\(number)"
  }
}
