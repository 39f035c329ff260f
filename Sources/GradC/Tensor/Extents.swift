internal import TensorIR

/// The extents of a tensor, outermost axis first. Axes count from 0, or with -1 from the last one backwards.
public struct Extents: Hashable, Sendable {
  let values: [Int]
  private let isPoisoned: Bool

  /// These extents.
  public init(_ extents: some Sequence<Int>) {
    values = Array(extents)
    isPoisoned = false
  }

  /// What a poisoned tensor answers: no axes, and extent 1 wherever asked.
  init(poisoned: Void) {
    values = []
    isPoisoned = true
  }

  /// Equality of extents.
  public static func == (a: Extents, b: Extents) -> Bool { a.values == b.values }
  /// Hashes the extents.
  public func hash(into hasher: inout Hasher) { hasher.combine(values) }

  /// The product of the extents.
  public var elementCount: Int { values.reduce(1, *) }

  /// What is wrong with a shape, or `nil`.
  static func problem(of shape: Shape) -> String? {
    if let axis = shape.extents.firstIndex(where: { $0 < 0 }) {
      return "extent \(axis) of shape \(shape) is negative"
    }
    guard let count = shape.checkedElementCount, !count.multipliedReportingOverflow(by: 8).overflow else {
      return "shape \(shape) has more elements than memory can hold"
    }
    return nil
  }
}

extension Extents: RandomAccessCollection {
  /// The first axis, 0.
  public var startIndex: Int { 0 }
  /// The number of axes.
  public var endIndex: Int { values.count }

  /// The extent of an axis; negative axes count from the end. An axis that is not there records a diagnostic and is 1.
  public subscript(axis: Int) -> Int {
    let position = axis < 0 ? axis + values.count : axis
    if values.indices.contains(position) { return values[position] }
    if !isPoisoned {
      Trace.reportFault("axis \(axis) of shape \(self) does not exist: it has \(values.count) axes")
    }
    return 1
  }
}

// Ranges are cut to the axes there are, as a poisoned tensor has none where the program expects some.
extension Extents {
  /// The extents of a range of axes.
  public subscript(axes: Range<Int>) -> Slice<Extents> { Slice(base: self, bounds: axes.clamped(to: 0..<count)) }

  /// The extents from an axis on; a negative one counts from the end.
  public subscript(axes: PartialRangeFrom<Int>) -> Extents {
    slice(from: axes.lowerBound, to: count)
  }

  /// The extents before an axis; a negative one counts from the end.
  public subscript(axes: PartialRangeUpTo<Int>) -> Extents { slice(from: 0, to: axes.upperBound) }

  private func slice(from start: Int, to end: Int) -> Extents {
    let first = Swift.max(start < 0 ? start + count : start, 0)
    let last = Swift.min(end < 0 ? end + count : end, count)
    return isPoisoned ? self : Extents(first < last ? Array(values[first..<last]) : [])
  }
}

extension Extents: ExpressibleByArrayLiteral {
  /// Extents written as `[2, 3]`.
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Extents: CustomStringConvertible {
  /// The extents in brackets: `[2,3]`.
  public var description: String { Shape(values).description }
}
