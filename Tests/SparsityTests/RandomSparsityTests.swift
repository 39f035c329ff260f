import Basics
import Sparsity
import TensorIR
import TensorOps
import TestSupport
import Testing
import Transforms

/// On random functions: everything that differs from zero is in the pattern, and entries are those of the dense Jacobian.
@Suite struct RandomSparsityTests {
  @Test(arguments: [SparseMode.automatic, .forward, .reverse]) func jacobians(_ mode: SparseMode) throws {
    for seed in fuzzSeeds(120) {
      let random = try RandomFunction(seed: seed, .init(.smooth, opCount: 1...8, maximumElementCount: 40))
      let (function, inputs) = (random.function, random.inputs)
      let wrt = floating(function.parameterTypes)
      let results = floating(function.resultTypes)
      if wrt.isEmpty || results.isEmpty { continue }
      let sparse = try function.sparseJacobian(wrt: wrt, results: results, given: [:], mode: mode)
      try sparse.values.verify()
      let dense = try blocks(
        try Interpreter.evaluate(try function.jacobian(wrt: wrt), inputs),
        rows: results.map { function.resultTypes[$0].elementCount },
        columns: wrt.map { function.parameterTypes[$0].elementCount })
      let values = try Interpreter.evaluate(sparse.values, inputs)[0].doubles
      compare(sparse.pattern, values, dense, "\(random)")
      #expect(try function.sparsity(wrt: wrt, results: results, given: [:]) == sparse.pattern)
    }
  }

  /// All results, and one once more, as one vector with zeros between them; of three examples at once.
  @Test func concats() throws {
    var found = 0
    for seed in fuzzSeeds(60) {
      let random = try RandomFunction(seed: seed, .init(.smooth, opCount: 1...7, maximumElementCount: 9))
      let one = random.function
      let wrt = floating(one.parameterTypes)
      let results = floating(one.resultTypes).filter { one.resultTypes[$0].dtype == .f64 }
      if wrt.isEmpty || results.isEmpty { continue }
      let all = try one.vmap(batched: one.parameters.map { _ in true }, size: 3)
      let joined = try all.composed { builder, parameters, _ throws(Diagnostics) in
        let values = builder.terms(builder.inline(all, parameters))
        let flat = (results + [results[0]]).map { values[$0].reshaped(to: [values[$0].shape.elementCount]) }
        let inner = builder.concat(flat, axis: 0).padded(low: [2], high: [1], interior: [0])
        return [.init("y", builder.concat([inner, flat[0]], axis: 0).value)]
      }
      let inputs = zip(random.inputs, all.parameterTypes).map { input, type in
        ReferenceTensor(scalars: (0..<3).flatMap { _ in input.scalars }, type: type)
      }
      let sparse = try joined.sparseJacobian(wrt: wrt, results: [0], given: [:])
      try sparse.values.verify()
      if sparse.methods.count > 1 { found += 1 }
      let dense = try blocks(
        try Interpreter.evaluate(try joined.jacobian(wrt: wrt), inputs), rows: [joined.resultTypes[0].elementCount],
        columns: wrt.map { joined.parameterTypes[$0].elementCount })
      compare(sparse.pattern, try Interpreter.evaluate(sparse.values, inputs)[0].doubles, dense, "\(random)")
      #expect(try joined.sparsity(wrt: wrt, results: [0], given: [:]) == sparse.pattern)
    }
    #expect(found > 10)
  }

  @Test func hessians() throws {
    for seed in fuzzSeeds(60) {
      let random = try RandomFunction(
        seed: seed, .init(.smooth, opCount: 1...5, maximumElementCount: 12, hasScalarResult: true))
      let (function, inputs) = (random.function, random.inputs)
      let wrt = floating(function.parameterTypes)
      if wrt.isEmpty || random.results[0].dtype.isFloating == false { continue }
      let sparse = try function.sparseHessian(wrt: wrt, given: [:])
      let counts = wrt.map { function.parameterTypes[$0].elementCount }
      let dense = try blocks(
        try Interpreter.evaluate(try function.hessian(wrt: wrt), inputs), rows: counts, columns: counts)
      compare(sparse.pattern, try Interpreter.evaluate(sparse.values, inputs)[0].doubles, dense, "\(random)")
    }
  }

  private func floating(_ types: [TensorType]) -> [Int] { types.indices.filter { types[$0].dtype.isFloating } }

  /// Blocks, row by row of blocks, as one matrix.
  private func blocks(_ all: [ReferenceTensor], rows: [Int], columns: [Int]) throws -> [[Double]] {
    var matrix: [[Double]] = []
    for (place, count) in rows.enumerated() {
      for row in 0..<count {
        matrix.append(
          columns.enumerated().flatMap { column, width in
            all[place * columns.count + column].doubles[row * width..<(row + 1) * width]
          })
      }
    }
    return matrix
  }

  private func compare(_ pattern: SparsityPattern, _ values: [Double], _ dense: [[Double]], _ text: String) {
    #expect(pattern.rowCount == dense.count && values.count == pattern.count, "\(text)")
    guard pattern.rowCount == dense.count, values.count == pattern.count else { return }
    for (row, elements) in dense.enumerated() {
      for (column, exact) in elements.enumerated() {
        guard let place = pattern.position(row: row, column: Int32(column)) else {
          #expect(exact == 0 || exact.isNaN, "\(row), \(column) is \(exact) but not in the pattern\n\(text)")
          continue
        }
        let isClose = abs(values[place] - exact) <= 1e-8 * max(1, abs(exact)) || exact.isNaN || values[place] == exact
        #expect(isClose, "\(row), \(column) is \(exact), found \(values[place])\n\(text)")
      }
    }
  }
}
