import Basics
import Sparsity
import TensorIR
import TestSupport
import Testing
import Transforms

/// Vectorised random functions have one block for every example, all alike.
@Suite struct LaneTests {
  @Test(arguments: [SparseMode.automatic, .forward, .reverse]) func vectorised(_ mode: SparseMode) throws {
    var lanes = 0
    let seeds = fuzzSeeds(80)
    for seed in seeds {
      let random = try RandomFunction(seed: seed, .init(.smooth, opCount: 1...7, maximumElementCount: 9))
      let one = random.function
      let wrt = floating(one.parameterTypes)
      let results = floating(one.resultTypes).filter { one.resultTypes[$0].elementCount > 0 }
      if wrt.isEmpty || results.isEmpty { continue }
      let size = 3
      let all = try one.vmap(batched: one.parameters.map { _ in true }, size: size)
      var inputs: [[ReferenceTensor]] = []
      var other = SplitMix(seed: seed)
      for example in 0..<size {
        inputs.append(
          random.inputs.map { input in
            guard input.dtype.isFloating else { return input }
            let moved = input.doubles.map { $0 + Double(example) * 0.01 * other.double(in: -1...1) }
            return ReferenceTensor(floating: moved, type: input.type)
          })
      }
      let stacked = one.parameters.indices.map { index -> ReferenceTensor in
        let scalars = inputs.flatMap { $0[index].scalars }
        return ReferenceTensor(
          scalars: scalars, type: one.parameterTypes[index].with(one.parameterTypes[index].shape.inserting(size, at: 0))
        )
      }
      let sparse = try all.sparseJacobian(wrt: wrt, results: results, given: [:], mode: mode)
      if sparse.methods.contains(where: { $0.lanes?.count == size }) { lanes += 1 }
      let values = try Interpreter.evaluate(sparse.values, stacked)[0].doubles
      try compare(
        sparse.pattern, values, one, inputs, wrt: wrt, results: results, "\(random)")
    }
    #expect(lanes > seeds.count / 3)
  }

  private func floating(_ types: [TensorType]) -> [Int] { types.indices.filter { types[$0].dtype.isFloating } }

  /// Against the Jacobians of the examples.
  private func compare(
    _ pattern: SparsityPattern, _ values: [Double], _ one: Function, _ inputs: [[ReferenceTensor]], wrt: [Int],
    results: [Int], _ text: String
  ) throws {
    let jacobian = try one.jacobian(wrt: wrt)
    let all = try inputs.map { try Interpreter.evaluate(jacobian, $0) }
    let floating = floating(one.resultTypes)
    var rowStart = 0
    for result in results {
      let rows = one.resultTypes[result].elementCount
      var columnStart = 0
      for (place, parameter) in wrt.enumerated() {
        let columns = one.parameterTypes[parameter].elementCount
        let block = (floating.firstIndex(of: result) ?? 0) * wrt.count + place
        for (a, example) in all.enumerated() {
          for b in inputs.indices {
            for row in 0..<rows {
              for column in 0..<columns {
                let exact = a == b ? example[block].doubles[row * columns + column] : 0
                let place = pattern.position(
                  row: rowStart + a * rows + row, column: Int32(columnStart + b * columns + column))
                let found = place.map { values[$0] } ?? 0
                let isClose = abs(found - exact) <= 1e-8 * max(1, abs(exact)) || exact.isNaN || found == exact
                #expect(isClose, "\(found), not \(exact)\n\(text)")
              }
            }
          }
        }
        columnStart += columns * inputs.count
      }
      rowStart += rows * inputs.count
    }
  }
}
