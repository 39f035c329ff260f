import Basics
package import TensorIR

// Matrices are the last two axes, the axes before them count a batch.
extension Term {
  /// `y[…, i, j] = x[…, j, i]`.
  package var matrixTransposed: Term {
    if isPoison { return self }
    guard shape.rank >= 2 else { return failing("'transpose' needs a matrix, not \(type)") }
    let axes = Array(0..<shape.rank)
    return transposed(axes.dropLast(2) + [axes.count - 1, axes.count - 2])
  }

  /// The elements on and below the diagonal `offset` places above the main one; zeros elsewhere.
  package func lowerTriangle(offset: Int = 0) -> Term {
    triangle("lower_triangle") { $0.applying(.le, $1 + Double(offset)) }
  }

  /// The elements on and above the diagonal `offset` places above the main one; zeros elsewhere.
  package func upperTriangle(offset: Int = 0) -> Term {
    triangle("upper_triangle") { $0.applying(.ge, $1 + Double(offset)) }
  }

  /// The elements where a relation of column and row holds; zeros elsewhere.
  private func triangle(_ name: String, _ isKept: (_ column: Term, _ row: Term) -> Term) -> Term {
    if isPoison { return self }
    guard shape.rank >= 2 else { return failing("'\(name)' needs a matrix, not \(type)") }
    return isKept(index(along: shape.rank - 1), index(along: shape.rank - 2)).select(self, zeros)
  }

  /// The place of every element along an axis, as i64.
  func index(along axis: Int) -> Term { Term(builder, builder.emit(Iota(type.with(.i64), axis: axis), [])[0]) }
}
