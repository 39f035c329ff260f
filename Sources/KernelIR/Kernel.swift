package import Basics

/// A nest of loops over a straight line of operations; its innermost vectorised axis is cut into tiles.
///
/// Values are defined once, before use, in an enclosing or the same scope. A value is *uniform* (one element) or a
/// *tile* (one element for every position of the enclosing tile axis). On every path from the root there is at most
/// one `tile` scope; loops may stand outside and inside it.
package struct Kernel: Hashable, Sendable {
  package var name: String
  /// The tensor ops this kernel came from, in order, for comments.
  package var origins: [String]
  package var axes: [Axis]
  package var values: [ValueInfo]
  package var body: [Statement]
  /// The chunks that threads may share; `nil` if one thread does it all.
  package var partition: KernelPartition?

  package init(
    name: String, origins: [String], axes: [Axis], values: [ValueInfo], body: [Statement],
    partition: KernelPartition? = nil
  ) {
    self.name = name
    self.origins = origins
    self.axes = axes
    self.values = values
    self.body = body
    self.partition = partition
  }
}

extension Kernel {
  /// The name with the number of its place in a program before it, instead of one that it starts with: `k3_exp_add`.
  package func numberedName(_ number: Int) -> String {
    var rest = name[...]
    if rest.first == "k" {
      let digits = rest.dropFirst().prefix { ("0"..."9").contains($0) }
      let tail = rest.dropFirst(1 + digits.count)
      if !digits.isEmpty, tail.first == "_" { rest = tail.dropFirst() }
    }
    return "k\(number)_\(rest.isEmpty ? "kernel" : rest)"
  }
}

/// An iteration variable running from 0 to `extent` - 1. It may be used by several scopes that are not nested.
package struct Axis: Hashable, Sendable {
  package var extent: Int
  package init(extent: Int) { self.extent = extent }
}

/// The number of an axis in its kernel.
package typealias AxisID = Int

/// The number of a value or an accumulator in its kernel.
package struct ValueID: Hashable, Sendable {
  package var index: Int32
  package init(_ index: Int) { self.index = Int32(truncatingIfNeeded: index) }
  /// Fills the operand places that an operation does not use.
  package static let none = ValueID(-1)
}

/// What is known of a value before its statement is looked at.
package struct ValueInfo: Hashable, Sendable {
  package enum Kind: UInt8, Hashable, Sendable {
    case uniform
    case tile
    /// A running reduction, read by `finish` alone.
    case accumulator
  }
  package var dtype: DType
  package var kind: Kind
  package init(_ dtype: DType, _ kind: Kind) {
    self.dtype = dtype
    self.kind = kind
  }
}

/// `offset + Σ coefficient · axis`, in elements. Terms are in increasing order of axis, coefficients are not 0.
package struct AffineIndex: Hashable, Sendable {
  package struct Term: Hashable, Sendable {
    package var axis: AxisID
    package var coefficient: Int
    package init(axis: AxisID, coefficient: Int) {
      self.axis = axis
      self.coefficient = coefficient
    }
  }
  package var offset: Int
  package var terms: [Term]

  package init(offset: Int = 0, terms: [Term] = []) {
    self.offset = offset
    self.terms = terms
  }

  /// The coefficient of an axis, 0 if it does not occur.
  package func coefficient(of axis: AxisID) -> Int {
    terms.first { $0.axis == axis }?.coefficient ?? 0
  }

  package mutating func add(_ axis: AxisID, times coefficient: Int) {
    if let place = terms.firstIndex(where: { $0.axis >= axis }) {
      if terms[place].axis != axis {
        if coefficient != 0 { terms.insert(Term(axis: axis, coefficient: coefficient), at: place) }
      } else if terms[place].coefficient + coefficient == 0 {
        terms.remove(at: place)
      } else {
        terms[place].coefficient += coefficient
      }
    } else if coefficient != 0 {
      terms.append(Term(axis: axis, coefficient: coefficient))
    }
  }
}

/// How a reduction puts two elements together.
package enum Combiner: UInt8, Hashable, Sendable, CaseIterable {
  case add, mul, max, min
  /// On bool.
  case and, or
}

extension Combiner {
  package var scalarOp: ScalarOp {
    switch self {
    case .add: .add
    case .mul: .mul
    case .max: .max
    case .min: .min
    case .and: .and
    case .or: .or
    }
  }

  package var name: String { scalarOp.name }

  /// `e` with `combine(e, x) == x`: 0, 1, -∞ or the least integer, ∞ or the greatest integer, true, false.
  package func identity(_ dtype: DType) -> Scalar {
    switch self {
    case .add, .or: Scalar(Int64(0), as: dtype)
    case .mul, .and: Scalar(Int64(1), as: dtype)
    case .max:
      dtype.isFloating
        ? Scalar(-Double.infinity, as: dtype) : Scalar(dtype == .i32 ? Int64(Int32.min) : .min, as: dtype)
    case .min:
      dtype.isFloating ? Scalar(Double.infinity, as: dtype) : Scalar(dtype == .i32 ? Int64(Int32.max) : .max, as: dtype)
    }
  }
}

/// How a scatter puts a value together with the element that is there.
package enum ScatterCombiner: UInt8, Hashable, Sendable, CaseIterable {
  case add, mul, max, min
  /// The value takes the element's place.
  case set
}

extension ScatterCombiner {
  /// The op of the element that is there and the value; `nil` for `set`.
  package var scalarOp: ScalarOp? {
    switch self {
    case .add: .add
    case .mul: .mul
    case .max: .max
    case .min: .min
    case .set: nil
    }
  }

  package var name: String { scalarOp?.name ?? "set" }

  /// Whether elements of this dtype can be combined.
  package func accepts(_ dtype: DType) -> Bool { scalarOp?.accepts(dtype) ?? true }

  /// Whether the result depends on the order in which values of this dtype come.
  package func isOrdered(_ dtype: DType) -> Bool { dtype.isFloating || self == .set }
}

/// `element = combine(element, value)` with `element = buffer[base + stride · selector]`, in order of the axes; the
/// selector is clamped to `0..<limit`, or, where it `drops`, nothing happens for a selector outside.
package struct ScatterStatement: Hashable, Sendable {
  package var combiner: ScatterCombiner
  package var buffer: BufferID
  package var base: AffineIndex
  package var selector: ValueID
  package var stride: Int
  package var limit: Int
  package var drops: Bool
  package var value: ValueID

  package init(
    _ combiner: ScatterCombiner, _ buffer: BufferID, base: AffineIndex, selector: ValueID, stride: Int, limit: Int,
    drops: Bool = false, value: ValueID
  ) {
    self.combiner = combiner
    self.buffer = buffer
    self.base = base
    self.selector = selector
    self.stride = stride
    self.limit = limit
    self.drops = drops
    self.value = value
  }
}

/// Positions inside a tile that a lane reduction keeps apart: element i goes to lane i mod 32.
package let laneCount = 32

/// One line of a kernel.
package enum Statement: Hashable, Sendable {
  /// Runs the body for every value of the axis, in order.
  indirect case loop(AxisID, [Statement])
  /// Runs the body once for every tile of the axis, in order. Tiles start at multiples of 32, their width is the
  /// emitter's choice and does not change any result.
  indirect case tile(AxisID, [Statement])

  /// `result = op(a, b, c)`, elementwise; uniform operands stand for a tile of equal elements.
  case compute(ValueID, ScalarOp, ValueID, ValueID, ValueID)
  /// `result = a` converted to the result's dtype.
  case cast(ValueID, ValueID)
  case constant(ValueID, Scalar)
  /// `result = index`, converted to the result's dtype.
  case index(ValueID, AffineIndex)
  /// `result = buffer[index]`; a tile if the index has the tile axis or the result says so.
  case load(ValueID, BufferID, AffineIndex)
  /// `result = buffer[base + stride · clamp(selector, 0, limit - 1)]`; the selector is an integer value.
  indirect case gather(ValueID, BufferID, base: AffineIndex, selector: ValueID, stride: Int, limit: Int)
  /// `buffer[index] = value`.
  case store(BufferID, AffineIndex, ValueID)
  indirect case scatter(ScatterStatement)

  /// Declares a running reduction at the combiner's identity, anew each time it is reached.
  ///
  /// Declared outside the tile scope and fed with tiles, it has 32 lanes, see `laneCount`; declared inside, it is a
  /// tile and combines position by position; fed with uniforms outside any tile, it is one element.
  case accumulator(ValueID, Combiner)
  /// `accumulator = combine(accumulator, value)`.
  case accumulate(ValueID, ValueID)
  /// `result =` the accumulator's value. Lanes are combined by halves: k with k + 16, then + 8, + 4, + 2, + 1.
  case finish(ValueID, ValueID)
}
