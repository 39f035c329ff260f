import Basics
import KernelIR
import TensorIR

// What shape rules, batching and references of ops on matrices share. Matrices are the last two axes, the axes before
// them count a batch.
extension Op {
  /// Throws unless the operand is a floating matrix, or a batch of some.
  func checkMatrix(_ operand: TensorType) throws(Diagnostic) {
    guard operand.dtype.isFloating, operand.rank >= 2 else {
      throw Diagnostic("'\(name)' needs a matrix, or a batch of matrices, of a floating dtype, not \(operand)")
    }
  }

  /// Throws unless the operand is a square floating matrix, or a batch of some.
  func checkSquareMatrix(_ operand: TensorType) throws(Diagnostic) {
    try checkMatrix(operand)
    guard operand.rowCount == operand.columnCount else {
      throw Diagnostic("'\(name)' needs square matrices, not \(operand)")
    }
  }

  /// The op itself takes a batch, once all operands have it.
  var batchingInFront: BatchingRule {
    .custom { arguments in
      let operands = zip(arguments.operands, arguments.isBatched).map { $1 ? $0 : $0.stacked(arguments.batchSize) }
      return arguments.builder.apply(self, operands)
    }
  }

  /// The meaning of a routine for every slice of a batch.
  func reference(_ operands: [ReferenceTensor], _ rule: LibraryRule) throws -> [ReferenceTensor] {
    let types = operands.map(\.type)
    let routine = rule.routine(types)
    return try reference(operands, batchRank: rule.batchRank(types)) { routine.evaluate($0, types[0].dtype) }
  }

  /// What `compute` gives for the slices of operands, for every slice of a batch.
  func reference(
    _ operands: [ReferenceTensor], batchRank: Int, _ compute: ([LibraryArray]) -> [LibraryArray]
  ) throws -> [ReferenceTensor] {
    let results = try resultTypes(operands.map(\.type))
    let batchCount = operands[0].shape.extents.prefix(batchRank).reduce(1, *)
    var outputs = results.map { _ in (doubles: [Double](), integers: [Int64]()) }
    for slice in 0..<batchCount {
      let inputs = operands.map { operand in
        let size = operand.count / batchCount
        switch operand.elements {
        case .floating(let values): return LibraryArray.floating(Array(values[slice * size..<(slice + 1) * size]))
        case .integer(let values): return LibraryArray.integer(Array(values[slice * size..<(slice + 1) * size]))
        }
      }
      for (index, output) in compute(inputs).enumerated() {
        switch output {
        case .floating(let values): outputs[index].doubles += values
        case .integer(let values): outputs[index].integers += values
        }
      }
    }
    return zip(results, outputs).map { type, output in
      type.dtype.isFloating
        ? ReferenceTensor(floating: output.doubles, type: type) : ReferenceTensor(integer: output.integers, type: type)
    }
  }
}

extension LibraryRule {
  /// A routine on matrices.
  init(onMatrices routine: @escaping @Sendable (_ operands: [TensorType]) -> LibraryRoutine) {
    self.init(batchRank: { $0[0].rank - 2 }, routine: routine)
  }
}

extension TensorType {
  var batchExtents: [Int] { Array(shape.extents.dropLast(2)) }
  var rowCount: Int { shape[rank - 2] }
  var columnCount: Int { shape[rank - 1] }

  /// The same dtype and batch with other last axes.
  func replacingMatrix(_ extents: Int...) -> TensorType { with(Shape(batchExtents + extents)) }
}

extension AttributeReader {
  /// An integer that is 0 or 1.
  func flag(_ name: String) throws(Diagnostic) -> Bool {
    let value = try integer(name)
    guard value == 0 || value == 1 else {
      throw Diagnostic("attribute '\(name)' of '\(opName)' must be 0 or 1, not \(value)")
    }
    return value == 1
  }
}
