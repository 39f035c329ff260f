import Basics
package import KernelIR
package import TensorIR

/// A call of a routine whose operands have been found in buffers.
package struct CallPlan: Sendable {
  /// An operand: slices inside a value that is in memory, in elements.
  package struct Operand: Sendable {
    package var base: Value
    package var offset: Int
    package var batchStride: Int
  }

  package var routine: LibraryRoutine
  package var batchCount: Int
  package var operands: [Operand]
}

extension Recurrence {
  /// The routine for rows that are dense in memory, each element of which waits for the one before it: `nil` for others,
  /// which loops do with many side by side.
  func libraryRule(for type: TensorType) -> LibraryRule? {
    let extent = type.shape[axis]
    guard type.dtype.isFloating, extent >= CostModel.leastRoutineRow,
      type.shape.extents[(axis + 1)...].allSatisfy({ $0 == 1 })
    else { return nil }
    let routine: LibraryRoutine? =
      switch kind {
      case .combine(let combiner): .cumulate(combiner, extent, reversed: isReversed, exclusive: false)
      case .combineBefore(let combiner): .cumulate(combiner, extent, reversed: isReversed, exclusive: true)
      case .linear: .linearRecurrence(extent, reversed: isReversed, lagged: false)
      case .laggedLinear: .linearRecurrence(extent, reversed: isReversed, lagged: true)
      }
    return routine.map { routine in LibraryRule(batchRank: { [axis] _ in axis }, routine: { _ in routine }) }
  }
}

extension CallPlan {
  /// The plan of an instruction. Operands whose slices are not dense where they are have to be copied: they are their own
  /// base then.
  static func make(_ instruction: Function.Instruction, _ rule: LibraryRule, _ view: LoweringView) -> CallPlan {
    let function = view.function
    let types = function.operandTypes(of: instruction)
    let batch = rule.batchRank(types)
    let operands = function.operands(of: instruction).map { value in
      operand(value, function.type(of: value).shape, batch, view)
    }
    return CallPlan(
      routine: rule.routine(types),
      batchCount: (types.first?.shape.extents.prefix(batch) ?? []).reduce(1, *), operands: operands)
  }

  private static func operand(_ value: Value, _ shape: Shape, _ batch: Int, _ view: LoweringView) -> Operand {
    let strided = StridedView.resolve(value, view)
    let inner = Array(batch..<shape.rank)
    if let stride = strided.collapsed(inner, shape), stride == 1 || inner.allSatisfy({ shape[$0] == 1 }),
      let batchStride = strided.collapsed(Array(0..<batch), shape)
    {
      return Operand(base: strided.base, offset: strided.offset, batchStride: batchStride)
    }
    let count = inner.reduce(1) { $0 * shape[$1] }
    return Operand(base: value, offset: 0, batchStride: count)
  }
}
