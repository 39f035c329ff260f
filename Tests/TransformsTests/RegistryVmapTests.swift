import Basics
import TensorIR
import TensorOps
import TestSupport
import Testing
import Transforms

/// Every registered op over stacks of examples: `vmap(f)(x)[i] = f(x[i])`.
@Suite struct RegistryVmapTests {
  private func stack(_ rows: [ReferenceTensor], _ type: TensorType) -> ReferenceTensor {
    ReferenceTensor(scalars: rows.flatMap(\.scalars), type: type.with(type.shape.inserting(rows.count, at: 0)))
  }

  private func tolerance(_ dtype: DType) -> Double { dtype == .f32 ? 1e-5 : 1e-12 }

  private func check(_ example: OpExample, _ batched: [Bool], size: Int, _ random: inout SplitMix) throws {
    let function = try example.function()
    let rows = (0..<size).map { _ in example.sampleOperands(&random) }
    let fixed = example.sampleOperands(&random)
    let inputs = batched.indices.map { index in
      batched[index] ? stack(rows.map { $0[index] }, example.operands[index]) : fixed[index]
    }
    let loop = try rows.map { row in
      try Interpreter.evaluate(function, batched.indices.map { batched[$0] ? row[$0] : fixed[$0] })
    }
    let expected = function.resultTypes.enumerated().map { index, type in stack(loop.map { $0[index] }, type) }
    let transformed = try function.vmap(batched: batched, size: size)
    try transformed.verify()
    let found = try Interpreter.evaluate(transformed, inputs)
    if let difference = firstDifference(expected, found, tolerance: tolerance) {
      Issue.record("\(example.op.name) \(example.operands) \(batched) size \(size): \(difference)\n\(transformed)")
    }
  }

  @Test func everySubsetOfOperands() throws {
    var random = SplitMix(seed: 2)
    for example in OpRegistry.examples {
      for subset in 0..<(1 << example.operands.count) {
        let batched = example.operands.indices.map { subset >> $0 & 1 == 1 }
        do {
          for size in [0, 1, 3] { try check(example, batched, size: size, &random) }
        } catch {
          Issue.record("\(example.op.name) \(example.operands) \(batched): \(error)")
        }
      }
    }
  }

  /// Twice over all operands is once over stacks of stacks; over one operand and then over another is the outer loop.
  @Test func nested() throws {
    var random = SplitMix(seed: 3)
    for example in OpRegistry.examples where !example.operands.isEmpty {
      let count = example.operands.count
      for (inner, outer) in [
        ([Bool](repeating: true, count: count), [Bool](repeating: true, count: count)),
        ((0..<count).map { $0 == 0 }, (0..<count).map { $0 == count - 1 }),
      ] {
        do {
          let function = try example.function()
          let nested = try function.vmap(batched: inner, size: 2).vmap(batched: outer, size: 3)
          try nested.verify()
          let samples = (0..<3).map { _ in (0..<2).map { _ in example.sampleOperands(&random) } }
          let element = { (i: Int, j: Int, k: Int) in samples[outer[k] ? i : 0][inner[k] ? j : 0][k] }
          let inputs = (0..<count).map { k in
            let type = example.operands[k]
            let middle = inner[k] ? type.with(type.shape.inserting(2, at: 0)) : type
            let rows = (0..<3).map { i in inner[k] ? stack((0..<2).map { element(i, $0, k) }, type) : element(i, 0, k) }
            return outer[k] ? stack(rows, middle) : rows[0]
          }
          let found = try Interpreter.evaluate(nested, inputs)
          let expected = try function.resultTypes.indices.map { result in
            let type = function.resultTypes[result]
            let rows = try (0..<3).map { i in
              stack(
                try (0..<2).map { j in
                  try Interpreter.evaluate(function, (0..<count).map { element(i, j, $0) })[result]
                }, type)
            }
            return stack(rows, rows[0].type)
          }
          if let difference = firstDifference(expected, found, tolerance: tolerance) {
            Issue.record("\(example.op.name) \(example.operands) \(inner) \(outer): \(difference)\n\(nested)")
          }
        } catch {
          Issue.record("\(example.op.name) \(example.operands): \(error)")
        }
      }
    }
  }

  /// Both modes give one Jacobian, for every op that has one.
  @Test func jacobiansOfBothModes() throws {
    var random = SplitMix(seed: 4)
    for example in OpRegistry.examples {
      let function = try example.function()
      let wrt = example.operands.indices.filter { example.operands[$0].dtype.isFloating }
      guard !wrt.isEmpty, function.resultTypes[0].dtype.isFloating else { continue }
      do {
        let x = example.sampleOperands(&random)
        let forward = try Interpreter.evaluate(function.jacobianForward(wrt: wrt), x)
        let reverse = try Interpreter.evaluate(function.jacobianReverse(wrt: wrt), x)
        let shapes = function.resultTypes.filter(\.dtype.isFloating).flatMap { type in
          wrt.map { type.shape.appending(example.operands[$0].shape) }
        }
        #expect(forward.map(\.shape) == shapes)
        if let difference = firstDifference(forward, reverse, tolerance: tolerance) {
          Issue.record("\(example.op.name) \(example.operands): \(difference)")
        }
      } catch {
        Issue.record("\(example.op.name) \(example.operands): \(error)")
      }
    }
  }

  /// `∂²/∂xᵢ∂xⱼ Σ c · y` and its transpose are the same, for every smooth op.
  @Test func hessiansAreSymmetric() throws {
    var random = SplitMix(seed: 5)
    for example in OpRegistry.examples where example.isSmooth {
      let wrt = example.operands.indices.filter { example.operands[$0].dtype == .f64 }
      guard !wrt.isEmpty, try example.op.resultTypes(example.operands)[0].dtype == .f64 else { continue }
      do {
        let builder = FunctionBuilder()
        let x = example.operands.enumerated().map { builder.parameter("x\($0.offset)", $0.element) }
        let types = try example.op.resultTypes(example.operands)
        let floating = types.indices.filter { types[$0].dtype == .f64 }
        let c = floating.map { Term(builder, builder.parameter("c\($0)", types[$0])) }
        let y = builder.emit(example.op, x)
        let sum = zip(c, floating).reduce(builder.zeros(TensorType(.f64, .scalar))) { sum, pair in
          let product = pair.0 * Term(builder, y[pair.1])
          return sum + product.sum(axes: Array(product.shape.extents.indices))
        }
        let function = try builder.finish(name: example.op.name, results: [.init("s", sum.value)])
        let inputs =
          example.sampleOperands(&random) + floating.map { .sample(types[$0], from: .range(-1...1), &random) }
        let hessian = try Interpreter.evaluate(function.hessian(wrt: wrt), inputs)
        for (i, row) in wrt.enumerated() {
          for (j, column) in wrt.enumerated() {
            let (m, n) = (example.operands[row].elementCount, example.operands[column].elementCount)
            let (a, b) = (hessian[i * wrt.count + j].doubles, hessian[j * wrt.count + i].doubles)
            let isSymmetric = (0..<m).allSatisfy { p in
              (0..<n).allSatisfy { q in
                let (left, right) = (a[p * n + q], b[q * m + p])
                return abs(left - right) <= 1e-10 * max(1, abs(left))
              }
            }
            #expect(isSymmetric, "\(example.op.name) \(example.operands)")
          }
        }
      } catch {
        Issue.record("\(example.op.name) \(example.operands): \(error)")
      }
    }
  }
}
