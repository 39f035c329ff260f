/// The extents of a tensor, outermost axis first; memory order is row-major. The empty shape is a scalar's.
public struct Shape: Hashable, Sendable {
  /// The extent of every axis, each ≥ 0.
  public let extents: [Int]

  /// A shape with these extents.
  public init(_ extents: [Int]) {
    self.extents = extents
  }

  /// The shape of a scalar, `[]`.
  public static let scalar = Shape([])
}

extension Shape {
  /// The number of axes.
  public var rank: Int { extents.count }

  /// The product of the extents; 1 for a scalar.
  public var elementCount: Int { extents.reduce(1, *) }

  /// `true` if some extent is 0.
  public var isEmpty: Bool { extents.contains(0) }

  /// The extent of one axis.
  public subscript(axis: Int) -> Int { extents[axis] }

  /// Elements between neighbours along each axis in row-major order.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * extents[axis + 1]
    }
    return strides
  }

  /// The shape without the given axes.
  public func removing(_ axes: [Int]) -> Shape {
    Shape(extents.indices.filter { !axes.contains($0) }.map { extents[$0] })
  }

  /// The shape with the given axes set to extent 1.
  public func collapsing(_ axes: [Int]) -> Shape {
    Shape(extents.indices.map { axes.contains($0) ? 1 : extents[$0] })
  }

  /// The shape with `extent` put in before `axis`.
  public func inserting(_ extent: Int, at axis: Int) -> Shape {
    var copy = extents
    copy.insert(extent, at: axis)
    return Shape(copy)
  }

  /// The shape whose axis `i` is this one's axis `permutation[i]`.
  public func permuted(_ permutation: [Int]) -> Shape {
    Shape(permutation.map { extents[$0] })
  }

  /// `self ++ other`.
  public func appending(_ other: Shape) -> Shape { Shape(extents + other.extents) }

  /// The number of elements, or `nil` when it does not fit an `Int` or an extent is negative.
  public var checkedElementCount: Int? {
    var count = 1
    for extent in extents {
      guard extent >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
      if overflow { return nil }
      count = product
    }
    return isEmpty ? 0 : count
  }

  /// The row-major multi-index of the element at a linear position.
  public func index(at position: Int) -> [Int] {
    var rest = position
    var index = [Int](repeating: 0, count: rank)
    for axis in extents.indices.reversed() {
      index[axis] = rest % extents[axis]
      rest /= extents[axis]
    }
    return index
  }
}

extension Shape: ExpressibleByArrayLiteral {
  /// A shape written as `[2, 3]`.
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
  /// The extents, as in IR text: `[2,3]`.
  public var description: String { "[" + extents.map(String.init).joined(separator: ",") + "]" }
}
