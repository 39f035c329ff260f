import Basics
import TensorIR
import TensorOps
import Testing

/// The batching rule gives what a loop over the batch gives, whichever operands are stacked.
@Suite struct BatchingTests {
  private static let examples = OpRegistry.examples.filter { example in
    if case .controlFlow = example.op.batching { return false }
    return !example.operands.isEmpty
  }

  @Test(arguments: examples)
  func ruleEqualsLoop(_ example: OpExample) throws {
    var generator = SplitMix(seed: 3)
    let resultType = try example.op.resultTypes(example.operands)[0]
    for size in [3, 1, 0] {
      let samples = (0..<Swift.max(size, 1)).map { _ in generator.operands(example) }
      for mask in 1..<(1 << example.operands.count) {
        let isBatched = example.operands.indices.map { mask >> $0 & 1 == 1 }
        let inputs = example.operands.indices.map { index in
          isBatched[index]
            ? ReferenceTensor(stacking: samples.prefix(size).map { $0[index] }, of: example.operands[index])
            : samples[0][index]
        }
        let batched = try evaluate(inputs) { builder, terms in
          batch(example.op, builder, terms, isBatched, size)
        }[0]
        let looped = try samples.prefix(size).map { sample in
          try example.op.reference(sample.indices.map { isBatched[$0] ? sample[$0] : samples[0][$0] })[0]
        }
        let expected = ReferenceTensor(stacking: looped, of: resultType)
        #expect(agree(batched, expected, tolerance: resultType.dtype.tolerance), "batched: \(isBatched), size \(size)")
      }
    }
  }

  private func batch(
    _ op: any Op, _ builder: FunctionBuilder, _ terms: [Term], _ isBatched: [Bool], _ size: Int
  ) -> [Term] {
    switch op.batching {
    case .elementwise:
      return builder.apply(op, zip(terms, isBatched).map { $1 ? $0 : $0.stacked(size) })
    case .custom(let rule):
      return rule(BatchingArguments(builder: builder, operands: terms, isBatched: isBatched, batchSize: size))
    case .controlFlow: return []
    }
  }
}
