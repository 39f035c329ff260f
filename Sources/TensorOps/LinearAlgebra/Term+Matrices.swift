import Basics
package import TensorIR

// Matrices are the last two axes, the axes before them count a batch.
extension Term {
  /// The results of an op on `self`: as many as said, of poison, too.
  func factors(_ op: any Op, _ count: Int) -> [Term] {
    let results = builder.apply(op, [self])
    return results.count == count ? results : [Term](repeating: poison, count: count)
  }

  /// Whether there are two axes or more; if not, that is recorded.
  func isMatrix(for operation: String) -> Bool {
    if isPoison { return false }
    if shape.rank < 2 { builder.record(Diagnostic("'\(operation)' needs a matrix, not \(type)")) }
    return shape.rank >= 2
  }

  /// `y[…, i, j] = x[…, j, i]`.
  package var matrixTransposed: Term {
    guard isMatrix(for: "transpose") else { return poison }
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
    guard isMatrix(for: name) else { return poison }
    return isKept(index(along: shape.rank - 1), index(along: shape.rank - 2)).select(self, zeros)
  }

  /// `y[…, i] = x[…, i, i]`.
  package func diagonal() -> Term {
    guard isMatrix(for: "diagonal") else { return poison }
    let (rows, columns) = (type.rowCount, type.columnCount)
    let count = Swift.min(rows, columns)
    // Every (columns + 1)-th element.
    let batch = type.batchExtents
    return reshaped(to: Shape(batch + [rows * columns])).sliced(
      starts: batch.map { _ in 0 } + [0], limits: batch + [count == 0 ? 0 : (count - 1) * (columns + 1) + 1],
      strides: batch.map { _ in 1 } + [columns + 1])
  }

  /// `y[…, i, j] = x[…, i]` where i = j, and 0 elsewhere.
  package func diagonalMatrix() -> Term {
    if isPoison { return self }
    guard shape.rank >= 1 else { return failing("'diagonal_matrix' needs a vector, not \(type)") }
    let rank = shape.rank
    let wide = broadcast(to: shape.inserting(shape[rank - 1], at: rank), axes: Array(0..<rank))
    return wide.isPoison ? wide : wide.onDiagonal(wide)
  }

  /// The identity matrix for every matrix of the batch.
  package var identityMatrix: Term { isMatrix(for: "identity") ? onDiagonal(ones) : poison }

  /// The elements of a term of this shape on the diagonal, and 0 elsewhere.
  private func onDiagonal(_ elements: Term) -> Term {
    let rank = shape.rank
    return index(along: rank - 1).applying(.eq, index(along: rank - 2)).select(elements, zeros)
  }

  /// The sum of the diagonal.
  package func trace() -> Term {
    let diagonal = diagonal()
    return diagonal.isPoison ? diagonal : diagonal.sum(axes: [diagonal.shape.rank - 1])
  }

  /// Some rows of every matrix.
  func rows(_ range: Range<Int>) -> Term { sliced(axis: shape.rank - 2, range) }

  /// Some columns of every matrix.
  func columns(_ range: Range<Int>) -> Term { sliced(axis: shape.rank - 1, range) }

  /// The place of every element along an axis, as i64.
  func index(along axis: Int) -> Term { Term(builder, builder.emit(Iota(type.with(.i64), axis: axis), [])[0]) }
}

// Rows in another order: the batch and the rows become one axis.
extension Term {
  /// `y[…, i, j] = x[…, places[…, i], j]`.
  package func takingRows(_ places: Term) -> Term {
    if isPoison || places.isPoison { return poison }
    if type.batchExtents.isEmpty { return take(places, axis: 0) }
    let count = places.shape[places.shape.rank - 1]
    return flatRows.take(places.flatPlaces(rows: type.rowCount), axis: 0)
      .reshaped(to: Shape(type.batchExtents + [count, type.columnCount]))
  }

  /// `y[…, places[…, i], j] = x[…, i, j]` for places that are a permutation.
  package func puttingRows(at places: Term) -> Term {
    if isPoison || places.isPoison { return poison }
    if type.batchExtents.isEmpty { return zeros.applying(Scatter(.add, axis: 0), places, self) }
    let flat = flatRows
    return flat.zeros.applying(Scatter(.add, axis: 0), places.flatPlaces(rows: type.rowCount), flat).reshaped(to: shape)
  }

  private var flatRows: Term {
    reshaped(to: Shape([type.batchExtents.reduce(1, *) * type.rowCount, type.columnCount]))
  }

  /// Places in rows of each matrix as places in all rows of a batch.
  private func flatPlaces(rows: Int) -> Term {
    let count = shape[shape.rank - 1]
    let batch = shape.extents.dropLast().reduce(1, *)
    return reshaped(to: [batch, count]).offsetByBatch(rows).reshaped(to: [batch * count])
  }
}
