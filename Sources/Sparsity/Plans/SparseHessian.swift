package import Basics
package import TensorIR
import TensorOps
import Transforms

extension Function {
  /// The Hessian of the first result, a floating scalar, by parameters, and a function that computes its entries.
  ///
  /// Rows and columns are the elements of the parameters, in order. Entries are found in products of the Hessian with a
  /// vector for every colour of a star coloring; blocks that are alike, in one for every column of a block.
  package func sparseHessian(wrt: [Int], given: [Int: [Int]]) throws(Diagnostics) -> SparsePlan {
    let gradient = try grad(wrt: wrt)
    let results = Array(gradient.results.indices)
    let tangents = try Tangents(of: gradient, wrt: wrt, results: results, given: given)
    let hasLanes = tangents.function.results.allSatisfy { tangents.search.lanes(of: $0.value) != nil }
    if hasLanes {
      let jacobian = try gradient.sparseJacobian(wrt: wrt, results: results, given: given)
      return SparsePlan(
        pattern: jacobian.pattern, values: jacobian.values.named("\(name)_sparse_hessian"), methods: jacobian.methods)
    }
    let found = try tangents.patterns(of: Array(tangents.function.results.indices))
    // Whatever differs from zero has a mirror image that does.
    let pattern = SparsityPattern(
      stacking: found.map { ($0.rowOffsets, $0.columns) }, columnCount: tangents.columnCount
    ).symmetricPart
    let coloring = pattern.starColoring()
    let method = SparsePlan.Method(
      direction: .symmetric, colorCount: coloring.count, rowCount: pattern.rowCount, lanes: nil)
    let builder = FunctionBuilder()
    for parameter in parameters { _ = builder.parameter(parameter.name, parameter.type) }
    let dtype = tangents.function.resultTypes.contains { $0.dtype == .f64 } ? DType.f64 : .f32
    var values = builder.zeros(TensorType(dtype, [0]))
    if pattern.count > 0 {
      try tangents.requireRoom(coloring.count, pattern.rowCount)
      let part = try LinearPart(tangents, inputs: tangents.linear.map { Value($0) }, in: builder) { copier in
        tangents.function.results.map { copier.term($0.value) }
      }
      let products = try part.forward(tangents.columnSeeds(coloring, builder), count: coloring.count)
      values = tangents.flattened(products, coloring.count, builder, dtype)
        .take(builder.integers(pattern.symmetricPlaces(coloring)), axis: 0)
    }
    return SparsePlan(
      pattern: pattern,
      values: try builder.finish(name: "\(name)_sparse_hessian", results: [.init("values", values.value)]).pruned(),
      methods: [method])
  }
}

extension SparsityPattern {
  /// For every entry of a symmetric pattern, where among products `[colour, row]` it stands alone: in its own row, or
  /// that of its mirror image.
  func symmetricPlaces(_ coloring: Coloring) -> [Int32] {
    let colors = coloring.colors
    // By colour: how many entries of the row have it.
    var counts = [Int32](repeating: 0, count: coloring.count)
    var isAlone = [Bool](repeating: false, count: count)
    for row in 0..<rowCount {
      for column in self.row(row) { counts[Int(colors[Int(column)])] += 1 }
      for position in rowOffsets[row]..<rowOffsets[row + 1] {
        isAlone[position] = counts[Int(colors[Int(columns[position])])] == 1
      }
      for column in self.row(row) { counts[Int(colors[Int(column)])] = 0 }
    }
    var places: [Int32] = []
    places.reserveCapacity(count)
    for row in 0..<rowCount {
      for position in rowOffsets[row]..<rowOffsets[row + 1] {
        let column = columns[position]
        places.append(
          isAlone[position]
            ? colors[Int(column)] * Int32(rowCount) + Int32(row) : colors[row] * Int32(rowCount) + column)
      }
    }
    return places
  }
}
