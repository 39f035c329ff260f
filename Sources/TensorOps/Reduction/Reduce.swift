package import Basics
package import KernelIR
package import TensorIR

/// `y[r] = combine over the elements of x along axes`, which leave the shape: sum, product, maximum, minimum, all, any.
///
/// Sum: `dy = sum(dx)`, transpose: broadcast. Product: `dy = Σ (Π others) dx`. Maximum and minimum:
/// `dy = Σ w dx` with `w = [x = y] / (number of such elements)`. Over no elements the result is the identity.
package struct Reduce: Op {
  package let combiner: Combiner
  /// Increasing.
  package let axes: [Int]

  package init(_ combiner: Combiner, axes: [Int]) {
    self.combiner = combiner
    self.axes = axes
  }

  package var name: String {
    switch combiner {
    case .add: "reduce_sum"
    case .mul: "reduce_prod"
    case .max: "reduce_max"
    case .min: "reduce_min"
    case .and: "reduce_all"
    case .or: "reduce_any"
    }
  }
  package var attributes: [Attribute] { [Attribute("axes", .integers(axes))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    guard operands.count == 1 else { throw Diagnostic("'\(name)' takes 1 operand, not \(operands.count)") }
    let operand = operands[0]
    guard zip(axes, axes.dropFirst()).allSatisfy({ $0 < $1 }), axes.allSatisfy({ 0 <= $0 && $0 < operand.rank })
    else { throw Diagnostic("'\(name)' of \(operand) needs increasing axes below \(operand.rank), not \(axes)") }
    guard combiner.scalarOp.accepts(operand.dtype), (combiner == .and || combiner == .or) == (operand.dtype == .bool)
    else { throw Diagnostic("'\(name)' is not defined on \(operand.dtype) (operand of type \(operand))") }
    return [operand.with(operand.shape.removing(axes))]
  }
}
