package import Basics
package import TensorIR
import TensorOps

extension Function {
  /// `∂y/∂x` for every floating result y and every parameter x in `wrt`, by forward mode: one vectorised pass with as
  /// many tangents as x has elements. `shape(∂y/∂x) = shape(y) ++ shape(x)`, with
  /// the dtype of y.
  ///
  /// Results are ordered by y, then by x.
  package func jacobianForward(wrt: [Int]) throws(Diagnostics) -> Function {
    try checkDifferentiable(wrt)
    var columns: [(function: Function, size: Int)] = []
    for index in wrt {
      try requireBasis(of: parameters[index].type)
      let pushed = try jvp(wrt: [index]).keepingResults(from: results.count)
      let size = parameters[index].type.elementCount
      columns.append((try pushed.applied(toBasis: size), size))
    }
    return try composed(name: "\(name)_jacobian") { (builder, own, _) in
      // byParameter[i][k] is ∂y_k/∂x_i.
      let byParameter = zip(wrt, columns).map { index, column in
        let type = self.parameters[index].type
        let basis = builder.identity(column.size, type)
        return builder.inline(column.function, own + [basis.value]).map { value in
          let stacked = Term(builder, value)
          if column.size == 1 { return stacked.reshaped(to: stacked.shape.appending(type.shape)).value }
          let rank = stacked.shape.rank
          let shape = Shape(Array(stacked.shape.extents.dropFirst())).appending(type.shape)
          return stacked.transposed(Array(1..<rank) + [0]).reshaped(to: shape).value
        }
      }
      return self.jacobianResults(wrt) { byParameter[$1][$0] }
    }
  }

  /// The same as `jacobianForward` by reverse mode: one vectorised pass for every y with as many cotangents as y has
  /// elements.
  package func jacobianReverse(wrt: [Int]) throws(Diagnostics) -> Function {
    var rows: [(function: Function, type: TensorType)] = []
    for (index, result) in results.enumerated() {
      let type = self.type(of: result.value)
      guard type.dtype.isFloating else { continue }
      try requireBasis(of: type)
      let pulled = try vjp(wrt: wrt, seeded: [index]).keepingResults(from: results.count)
      rows.append((try pulled.applied(toBasis: type.elementCount), type))
    }
    return try composed(name: "\(name)_jacobian") { (builder, own, _) in
      let byResult = rows.map { row in
        let basis = builder.identity(row.type.elementCount, row.type)
        return zip(wrt, builder.inline(row.function, own + [basis.value])).map { index, value in
          // A cotangent has x's dtype, the Jacobian y's.
          let stacked = Term(builder, value).reshaped(to: row.type.shape.appending(self.parameters[index].type.shape))
          return (stacked.dtype == row.type.dtype ? stacked : stacked.applying(Cast(to: row.type.dtype))).value
        }
      }
      return self.jacobianResults(wrt) { byResult[$0][$1] }
    }
  }

  /// `jacobianForward` or `jacobianReverse`, whichever needs fewer vectors.
  package func jacobian(wrt: [Int]) throws(Diagnostics) -> Function {
    try checkDifferentiable(wrt)
    let columns = wrt.reduce(0) { $0 + parameters[$1].type.elementCount }
    let rows = resultTypes.filter(\.dtype.isFloating).reduce(0) { $0 + $1.elementCount }
    return try columns <= rows ? jacobianForward(wrt: wrt) : jacobianReverse(wrt: wrt)
  }

  /// `∂²y/∂xᵢ∂xⱼ` of the first result, a floating scalar, for every pair of parameters in `wrt`, forward over reverse.
  package func hessian(wrt: [Int]) throws(Diagnostics) -> Function {
    try grad(wrt: wrt).jacobianForward(wrt: wrt).named("\(name)_hessian")
  }

  /// `(x…, v…) ↦ (∂y/∂x…, ∂²y/∂x² · v…)`: gradient and Hessian–vector product, the Hessian is not formed.
  package func hvp(wrt: [Int]) throws(Diagnostics) -> Function {
    try grad(wrt: wrt).jvp(wrt: wrt).named("\(name)_hvp")
  }

  /// Throws if the basis vectors of a type have more elements than there may be.
  private func requireBasis(of type: TensorType) throws(Diagnostics) {
    let size = type.elementCount
    let (count, overflow) = size.multipliedReportingOverflow(by: size)
    if overflow || count > 1 << 56 {
      throw Diagnostics([Diagnostic("the Jacobian of '\(name)' needs \(size) vectors of \(type), which are too many")])
    }
  }

  private func jacobianResults(_ wrt: [Int], _ value: (_ result: Int, _ parameter: Int) -> Value) -> [Result] {
    let floating = results.filter { type(of: $0.value).dtype.isFloating }
    return floating.enumerated().flatMap { row, result in
      wrt.enumerated().map { column, index in
        Result("d_\(result.name)_d_\(parameters[index].name)", value(row, column))
      }
    }
  }
}

extension Function {
  /// The function of all basis vectors for the last parameter, stacked along axis 0; of the only one as it is.
  fileprivate func applied(toBasis size: Int) throws(Diagnostics) -> Function {
    if size == 1 { return self }
    let last = parameters.count - 1
    return try vmap(batched: parameters.indices.map { $0 == last }, size: size)
      .withoutProducts(withBasis: last).withoutSums(ofBasis: last)
  }
}

extension FunctionBuilder {
  /// The `size` basis vectors of a tensor type, stacked along axis 0; the only one as it is.
  func identity(_ size: Int, _ type: TensorType) -> Term {
    if size == 1 { return splat(1, type) }
    let index = TensorType(.i64, [size, size])
    let rows = Term(self, emit(Iota(index, axis: 0), [])[0])
    let columns = Term(self, emit(Iota(index, axis: 1), [])[0])
    return rows.applying(ElementwiseOp.eq, columns).applying(Cast(to: type.dtype))
      .reshaped(to: type.shape.inserting(size, at: 0))
  }
}
