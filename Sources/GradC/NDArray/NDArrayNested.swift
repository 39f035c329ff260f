public import Basics

/// A number, or an array of such: what nested Swift arrays of any depth, `[[1, 2], [3, 4]]`, have in common.
public protocol NDArrayNested {
  /// The type of the innermost elements.
  associatedtype NestedElement: NDArrayElement
  /// The number of array levels.
  static var nestingDepth: Int { get }
  /// The extents along the first elements; 0 below an empty array.
  var nestedExtents: [Int] { get }
  /// Appends the elements in row-major order; `false` if some array does not have the extents.
  func appendElements(to elements: inout [NestedElement], extents: ArraySlice<Int>) -> Bool
}

extension NDArrayElement {
  /// 0
  public static var nestingDepth: Int { 0 }
  /// None.
  public var nestedExtents: [Int] { [] }
  /// Appends this number.
  public func appendElements(to elements: inout [Self], extents: ArraySlice<Int>) -> Bool {
    elements.append(self)
    return extents.isEmpty
  }
}

extension Array: NDArrayNested where Element: NDArrayNested {
  /// One more than the items'.
  public static var nestingDepth: Int { 1 + Element.nestingDepth }

  /// The count, then the first item's extents.
  public var nestedExtents: [Int] {
    [count] + (first?.nestedExtents ?? [Int](repeating: 0, count: Element.nestingDepth))
  }

  /// Appends the items' elements; `false` if counts differ.
  public func appendElements(to elements: inout [Element.NestedElement], extents: ArraySlice<Int>) -> Bool {
    guard extents.first == count else { return false }
    for item in self where !item.appendElements(to: &elements, extents: extents.dropFirst()) { return false }
    return true
  }
}

extension NDArray {
  /// The array that nested Swift arrays spell, `try NDArray([[1.0, 2.0], [3.0, 4.0]])`; its dtype is the elements'.
  ///
  /// - Throws: `Diagnostic` if arrays of one level differ in count.
  public init<Nested: NDArrayNested>(_ nested: Nested) throws(Diagnostic) {
    let extents = nested.nestedExtents
    var elements: [Nested.NestedElement] = []
    guard nested.appendElements(to: &elements, extents: extents[...]) else {
      throw Diagnostic("nested arrays of one level differ in count; the first ones give the shape \(Shape(extents))")
    }
    try self.init(elements, shape: Shape(extents))
  }

  /// The array that nested Swift arrays spell, converted: `try NDArray([[1, 2], [3, 4]], dtype: .f32)`.
  ///
  /// - Throws: `Diagnostic` if arrays of one level differ in count.
  public init<Nested: NDArrayNested>(_ nested: Nested, dtype: DType) throws(Diagnostic) {
    self = try NDArray(nested).cast(to: dtype)
  }
}
