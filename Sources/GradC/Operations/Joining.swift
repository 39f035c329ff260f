internal import TensorIR
internal import TensorOps

/// The tensors one behind the other along an axis; they agree in dtype and in all other extents.
///
/// Literals are scalars and can't be concatenated; stack them.
///
/// - Returns: A tensor whose extent along the axis is the sum of theirs; poison if there is no tensor or one does not fit.
public func concat(_ tensors: [Tensor], axis: Int = 0, file: String = #fileID, line: Int = #line) -> Tensor {
  let location = SourceLocation(file: file, line: line)
  guard !tensors.isEmpty else { return .faulty("concat: no tensors", at: location) }
  return Tensor.record("concat", tensors, at: location) { (recorder, terms) throws(Diagnostic) in
    try recorder.requireOneDType(terms)
    let axis = try recorder.axis(axis, of: terms[0])
    var extent = 0
    for term in terms {
      guard term.type.rank == terms[0].type.rank,
        term.shape.collapsing([axis]) == terms[0].shape.collapsing([axis])
      else {
        throw recorder.fault("\(terms[0].type) and \(term.type) differ in more than axis \(axis)")
      }
      extent += term.shape[axis]
    }
    return terms.count == 1 ? terms[0] : recorder.builder.concat(terms, axis: axis)
  }
}

/// The tensors, all of one type, along a new axis.
public func stack(_ tensors: [Tensor], axis: Int = 0, file: String = #fileID, line: Int = #line) -> Tensor {
  let location = SourceLocation(file: file, line: line)
  guard !tensors.isEmpty else { return .faulty("stack: no tensors", at: location) }
  return Tensor.record("stack", tensors, at: location) { (recorder, terms) throws(Diagnostic) in
    try recorder.requireOneDType(terms)
    let axis = try recorder.axis(axis, rank: terms[0].type.rank + 1, "the result")
    let rows = try terms.map { (term) throws(Diagnostic) in
      guard term.shape == terms[0].shape else {
        throw recorder.fault("\(terms[0].type) and \(term.type) have different shapes")
      }
      return term.reshaped(to: term.shape.inserting(1, at: axis))
    }
    return rows.count == 1 ? rows[0] : recorder.builder.concat(rows, axis: axis)
  }
}
