package import Basics
package import KernelIR

/// How an op is differentiated.
///
/// Forward mode applies the rule to primals and tangents; reverse mode transposes the linear instructions that
/// forward mode wrote. A `nil` term is a symbolic zero.
package enum DerivativeRule: Sendable {
  /// The result does not vary with the operands, or is not of a floating dtype.
  case zero
  /// `dy = Σ_i partial_i(x, y) · dx_i`, element by element; all operands have the result's type.
  case elementwise([@Sendable (_ x: [Term], _ y: Term) -> Term])
  /// `dy = Σ_i ±dx_i`, element by element, with these signs.
  case signedSum([FloatingPointSign])
  /// Linear in the named operands taken together, the others fixed: `dy = op(dx)`.
  case linear(LinearOperands, transpose: @Sendable (TransposeArguments) -> [Term?])
  /// Linear in each of two operands: `dy = op(da, b) + op(a, db)`; the rules map the cotangent of the result and the
  /// other operand to the cotangent of one.
  case bilinear(
    left: @Sendable (_ cotangent: Term, _ right: Term, _ leftType: TensorType) -> Term,
    right: @Sendable (_ cotangent: Term, _ left: Term, _ rightType: TensorType) -> Term)
  /// Rules of its own. `transpose` is needed only by ops that can stand in a linear function.
  case custom(
    jvp: @Sendable (JVPArguments) -> [Term?],
    transpose: (@Sendable (TransposeArguments) -> [Term?])?)
  /// The functions within are differentiated.
  case controlFlow(ControlFlow)
}

/// The operands in which an op is linear.
package enum LinearOperands: Hashable, Sendable {
  case all
  case only([Int])

  package func contains(_ index: Int) -> Bool {
    switch self {
    case .all: true
    case .only(let indices): indices.contains(index)
    }
  }
}

/// What a transpose rule gets to see.
package struct TransposeArguments {
  package let builder: FunctionBuilder
  /// One for every result; `nil` is zero.
  package let cotangents: [Term?]
  /// The operands that are fixed; `nil` for those to find a cotangent for.
  package let operands: [Term?]
  package let operandTypes: [TensorType]

  package init(builder: FunctionBuilder, cotangents: [Term?], operands: [Term?], operandTypes: [TensorType]) {
    self.builder = builder
    self.cotangents = cotangents
    self.operands = operands
    self.operandTypes = operandTypes
  }
}

/// What a forward rule gets to see.
package struct JVPArguments {
  package let builder: FunctionBuilder
  package let operands: [Term]
  package let results: [Term]
  /// One for every operand; `nil` is zero.
  package let tangents: [Term?]

  package init(builder: FunctionBuilder, operands: [Term], results: [Term], tangents: [Term?]) {
    self.builder = builder
    self.operands = operands
    self.results = results
    self.tangents = tangents
  }
}

/// How an op is applied to operands some of which are stacked along a new axis 0.
package enum BatchingRule: Sendable {
  /// The op itself applies to stacked operands, once all are stacked.
  case elementwise
  /// Results are stacked along axis 0.
  case custom(@Sendable (BatchingArguments) -> [Term])
  /// The functions within are applied to stacked operands.
  case controlFlow(ControlFlow)
}

/// What a batching rule gets to see.
package struct BatchingArguments {
  package let builder: FunctionBuilder
  /// Stacked along axis 0 where `isBatched` says so.
  package let operands: [Term]
  package let isBatched: [Bool]
  package let batchSize: Int

  package init(builder: FunctionBuilder, operands: [Term], isBatched: [Bool], batchSize: Int) {
    self.builder = builder
    self.operands = operands
    self.isBatched = isBatched
    self.batchSize = batchSize
  }
}

/// How an op becomes loops. Fusion and lowering look at this alone, never at an op's name.
package enum LoweringRule: Sendable {
  /// One scalar operation per element.
  case scalar(ScalarOp)
  /// Conversion to the result's dtype, element by element.
  case cast
  /// A constant.
  case constant(ReferenceTensor)
  /// The index along an axis.
  case iota(axis: Int)
  /// The element at `r` is the operand's at an affine function of `r`, axis by axis.
  case view([ViewAxis])
  /// The same elements in the same row-major order under another shape.
  case reshape
  /// The result is put together from boxes of operands; elsewhere it is `fill`.
  case place([Placement], fill: Fill?)
  /// Reduction of operand 0 over axes, which leave the shape.
  case reduce(Combiner, axes: [Int])
  /// Sums of products of two operands.
  case dot(DotAxes)
  /// Elements of operand 0 picked along an axis by operand 1, clamped into range; the axes of the picks replace it.
  case take(axis: Int)
  /// Operand 0 with operand 2 combined in at places along an axis that operand 1 picks, clamped into range or dropped.
  case scatter(ScatterCombiner, axis: Int, drops: Bool)
  /// The box of these extents of operand 0 that starts where the other operands say, one for each axis, clamped so that
  /// the box fits.
  case dynamicSlice([Int])
  /// Operand 0 with the box that operand 1 is at the place that the other operands say, likewise.
  case dynamicUpdate
  /// Elements along an axis, each made of the one before it.
  case cumulate(Recurrence)
  /// The windows that a geometry sees added up where they overlap.
  case foldWindows(WindowGeometry)
  /// A routine of the runtime, for every slice of a batch.
  case library(LibraryRule)
  /// One result made of other ops, which the pass `expand` puts in its place before anything is lowered.
  case composed(@Sendable (_ operands: [Term]) -> Term)
  /// Loops and branches over what the functions within become.
  case controlFlow(ControlFlow)
}

/// How operands become arguments of a routine: their first axes count the slices of a batch, the same for all operands
/// and results, and the others together are what the routine takes. It computes in the dtype of operand 0.
package struct LibraryRule: Sendable {
  package let routine: @Sendable (_ operands: [TensorType]) -> LibraryRoutine
  /// The number of axes of the batch.
  package let batchRank: @Sendable (_ operands: [TensorType]) -> Int

  package init(
    batchRank: @escaping @Sendable (_ operands: [TensorType]) -> Int,
    routine: @escaping @Sendable (_ operands: [TensorType]) -> LibraryRoutine
  ) {
    self.batchRank = batchRank
    self.routine = routine
  }
}

/// How an element along an axis comes of the one before it.
package struct Recurrence: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// `y[i] = combine(y[i - 1], x[i])`, the first being `x[0]`.
    case combine(Combiner)
    /// `y[i] = combine(y[i - 1], x[i - 1])`, the first being the combiner's identity.
    case combineBefore(Combiner)
    /// `y[i] = a[i] y[i - 1] + b[i]` of operands a and b, the first being `b[0]`.
    case linear
    /// `y[i] = a[i - 1] y[i - 1] + b[i]`, likewise.
    case laggedLinear
  }

  package var kind: Kind
  package var axis: Int
  /// Whether the last element comes first.
  package var isReversed: Bool

  package init(_ kind: Kind, axis: Int, isReversed: Bool) {
    self.kind = kind
    self.axis = axis
    self.isReversed = isReversed
  }
}

/// The index of the operand along one of its axes: `offset + Σ coefficient · r[axis]`.
package struct ViewAxis: Hashable, Sendable {
  package struct Term: Hashable, Sendable {
    /// Of the result.
    package var axis: Int
    package var coefficient: Int

    package init(axis: Int, coefficient: Int) {
      self.axis = axis
      self.coefficient = coefficient
    }
  }

  package var offset: Int
  /// None: the index is `offset` throughout.
  package var terms: [Term]

  package init(offset: Int = 0, terms: [Term]) {
    self.offset = offset
    self.terms = terms
  }

  package init(resultAxis: Int?, offset: Int = 0, coefficient: Int = 1) {
    self.init(offset: offset, terms: resultAxis.map { [Term(axis: $0, coefficient: coefficient)] } ?? [])
  }

  /// The index at a point of the result.
  package func index(at point: [Int]) -> Int { terms.reduce(offset) { $0 + $1.coefficient * point[$1.axis] } }
}

/// Windows along some axes of a tensor: which elements are in them, and where the next one starts.
package struct WindowGeometry: Hashable, Sendable {
  /// The number of axes of the tensor.
  package var rank: Int
  /// Increasing.
  package var axes: [Int]
  /// Elements of a window along each of the axes.
  package var sizes: [Int]
  /// Elements from the start of a window to that of the next.
  package var strides: [Int]
  /// Elements from one in a window to the next in it.
  package var dilations: [Int]

  package init(rank: Int, axes: [Int], sizes: [Int], strides: [Int]? = nil, dilations: [Int]? = nil) {
    self.rank = rank
    self.axes = axes
    self.sizes = sizes
    self.strides = strides ?? axes.map { _ in 1 }
    self.dilations = dilations ?? axes.map { _ in 1 }
  }

  /// The tensor's index as a function of that of its windows: of the axes that count places in a window, and then of its
  /// own.
  package var view: [ViewAxis] {
    (0..<rank).map { axis in
      guard let place = axes.firstIndex(of: axis) else { return ViewAxis(resultAxis: axes.count + axis) }
      return ViewAxis(terms: [
        .init(axis: axes.count + axis, coefficient: strides[place]), .init(axis: place, coefficient: dilations[place]),
      ])
    }
  }
}

/// Operand `operand`'s element at `i` is the result's at `offsets + strides · i`. Boxes do not overlap.
package struct Placement: Hashable, Sendable {
  package var operand: Int
  package var offsets: [Int]
  package var strides: [Int]

  package init(operand: Int, offsets: [Int], strides: [Int]) {
    self.operand = operand
    self.offsets = offsets
    self.strides = strides
  }
}

/// What stands where no operand is placed.
package enum Fill: Hashable, Sendable {
  case scalar(Scalar)
  case operand(Int)
}

/// Which axes of two operands are multiplied and summed. Result axes: batch, free left, free right.
package struct DotAxes: Hashable, Sendable {
  package var leftContracting: [Int]
  package var rightContracting: [Int]
  package var leftBatch: [Int]
  package var rightBatch: [Int]

  package init(
    leftContracting: [Int], rightContracting: [Int], leftBatch: [Int] = [], rightBatch: [Int] = []
  ) {
    self.leftContracting = leftContracting
    self.rightContracting = rightContracting
    self.leftBatch = leftBatch
    self.rightBatch = rightBatch
  }
}
