internal import TensorIR
internal import TensorOps

extension Tensor {
  /// The elements `from`, `from + by`, … before `to` along an axis; the others stay whole.
  ///
  /// Positions may be negative, which counts from the end; positions outside are a fault. `nil` is the beginning or the
  /// end. The step must be positive.
  public func slice(
    axis: Int, from: Int? = nil, to: Int? = nil, by step: Int = 1, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("slice", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let axis = try recorder.axis(axis, of: terms[0])
      return try recorder.slices(terms[0], [axis: SliceBounds(from: from, to: to, by: step)])
    }
  }

  /// One element along an axis; the axis leaves the shape. A negative position counts from the end.
  public func element(_ position: Int, axis: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.record("element", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let axis = try recorder.axis(axis, of: terms[0])
      return try recorder.pick(terms[0], position, axis: axis)
    }
  }

  /// The tensors that lie along an axis one behind the other, each of `extents[i]` elements; these add up to the axis.
  public func split(_ extents: [Int], axis: Int = 0, file: String = #fileID, line: Int = #line) -> [Tensor] {
    let parts = Tensor.recordAll("split", [self], literals: .promote, at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let axis = try recorder.axis(axis, of: terms[0])
      guard extents.allSatisfy({ $0 >= 0 && $0 <= terms[0].shape[axis] }),
        extents.reduce(0, { $0 &+ $1 }) == terms[0].shape[axis], !extents.isEmpty
      else {
        throw recorder.fault("extents \(extents) do not add up to axis \(axis) of \(terms[0].type)")
      }
      var start = 0
      return extents.map { extent in
        defer { start += extent }
        return terms[0].sliced(axis: axis, start..<start + extent)
      }
    }
    // One poison stands for all parts.
    return parts.count == extents.count ? parts : extents.map { _ in parts[0] }
  }

  /// The tensors that lie along an axis one behind the other, `count` of the same extent.
  public func split(into count: Int, axis: Int = 0, file: String = #fileID, line: Int = #line) -> [Tensor] {
    guard count > 0, count <= 1 << 24 else {
      return [.faulty("split: into \(count) parts", at: SourceLocation(file: file, line: line))]
    }
    let position = axis < 0 ? axis + rank : axis
    let extent = (0..<rank).contains(position) ? shape[position] : 0
    return split([Int](repeating: extent / count, count: count), axis: axis, file: file, line: line)
  }
}

/// What picks elements along one axis in a subscript of a tensor: an integer, which takes the axis away, a range of
/// integers, ``TensorIndex/all``, ``TensorIndex/newAxis``, ``TensorIndex/step(_:from:to:)``, or a tensor of integers.
public protocol TensorIndex: Sendable {
  /// What is picked, in GradC's own terms.
  var bounds: TensorIndexBounds { get }
}

/// What a ``TensorIndex`` picks.
public struct TensorIndexBounds: TensorIndex {
  enum Kind: Sendable {
    case element(Int)
    case slice(SliceBounds)
    case newAxis
    case tensor(Tensor)
  }

  let kind: Kind

  /// Itself.
  public var bounds: TensorIndexBounds { self }
}

struct SliceBounds: Sendable {
  var from: Int?
  var to: Int?
  var by = 1
}

extension TensorIndex where Self == TensorIndexBounds {
  /// The whole axis.
  public static var all: TensorIndexBounds { TensorIndexBounds(kind: .slice(SliceBounds())) }

  /// A new axis of extent 1.
  public static var newAxis: TensorIndexBounds { TensorIndexBounds(kind: .newAxis) }

  /// Every `step`-th element between two positions; `nil` is the beginning or the end.
  public static func step(_ step: Int, from: Int? = nil, to: Int? = nil) -> TensorIndexBounds {
    TensorIndexBounds(kind: .slice(SliceBounds(from: from, to: to, by: step)))
  }
}

extension Int: TensorIndex {
  /// One element, from the end if negative.
  public var bounds: TensorIndexBounds { TensorIndexBounds(kind: .element(self)) }
}

extension Range<Int>: TensorIndex {
  /// The elements of the range.
  public var bounds: TensorIndexBounds {
    TensorIndexBounds(kind: .slice(SliceBounds(from: lowerBound, to: upperBound)))
  }
}

extension ClosedRange<Int>: TensorIndex {
  /// The elements of the range.
  public var bounds: TensorIndexBounds {
    let end = upperBound == -1 || upperBound == .max ? nil : upperBound + 1
    return TensorIndexBounds(kind: .slice(SliceBounds(from: lowerBound, to: end)))
  }
}

extension PartialRangeFrom<Int>: TensorIndex {
  /// The elements from a position on.
  public var bounds: TensorIndexBounds { TensorIndexBounds(kind: .slice(SliceBounds(from: lowerBound))) }
}

extension PartialRangeUpTo<Int>: TensorIndex {
  /// The elements before a position.
  public var bounds: TensorIndexBounds { TensorIndexBounds(kind: .slice(SliceBounds(to: upperBound))) }
}

extension PartialRangeThrough<Int>: TensorIndex {
  /// The elements up to a position.
  public var bounds: TensorIndexBounds {
    let end = upperBound == -1 || upperBound == .max ? nil : upperBound + 1
    return TensorIndexBounds(kind: .slice(SliceBounds(to: end)))
  }
}

extension Tensor: TensorIndex {
  /// The elements at computed places, see ``Tensor/gather(_:axes:outside:file:line:)``.
  public var bounds: TensorIndexBounds { TensorIndexBounds(kind: .tensor(self)) }
}

extension Tensor {
  /// The elements picked by one index for every axis from the first on; axes without an index stay whole.
  ///
  /// `x[0]` is the first row, `x[.all, 1...]` all columns but the first, `x[-1, .newAxis]` the last row as a matrix.
  /// Tensors of `i32` or `i64` pick elements at computed places, clamped into range: `x[rows, columns]`. They are
  /// broadcast; their axes replace the picked ones if these are next to each other in the rest, and come first otherwise.
  public subscript<each Index: TensorIndex>(
    _ index: repeat each Index, file file: String = #fileID, line line: Int = #line
  ) -> Tensor {
    var indices: [TensorIndexBounds.Kind] = []
    for part in repeat each index { indices.append(part.bounds.kind) }
    let tensors = indices.compactMap { index -> Tensor? in if case .tensor(let tensor) = index { tensor } else { nil } }
    return Tensor.record(
      "subscript", [self] + tensors, literals: .each([nil] + tensors.map { _ in .i32 }),
      at: SourceLocation(file: file, line: line)
    ) { (recorder, terms) throws(Diagnostic) in
      let (sliced, axes) = try recorder.subscripted(terms[0], indices)
      if axes.isEmpty { return sliced }
      let picks = try recorder.pickedAxes(axes, of: sliced, by: Array(terms.dropFirst()))
      return sliced.gather(picks.indices, axes: picks.axes)
    }
  }
}

extension Recorder {
  /// What indices that are no tensors pick, and the axes that tensors have to pick from.
  func subscripted(
    _ term: Term, _ indices: [TensorIndexBounds.Kind]
  ) throws(Diagnostic) -> (sliced: Term, axes: [Int]) {
    var axis = 0
    var slices: [Int: SliceBounds] = [:]
    for index in indices {
      if case .newAxis = index { continue }
      guard axis < term.type.rank else {
        throw fault("more indices than \(term.type) has axes")
      }
      switch index {
      case .element(let position):
        let start = try self.position(position, in: term, axis: axis)
        slices[axis] = SliceBounds(from: start, to: start + 1)
      case .slice(let bounds):
        slices[axis] = bounds
      case .newAxis, .tensor: break
      }
      axis += 1
    }
    let sliced = try self.slices(term, slices)
    // Extents of sliced axes are known only now.
    var kept: [Int] = []
    var picked: [Int] = []
    axis = 0
    for index in indices {
      switch index {
      case .element: axis += 1
      case .newAxis: kept.append(1)
      case .slice, .tensor:
        if case .tensor = index { picked.append(kept.count) }
        kept.append(sliced.shape[axis])
        axis += 1
      }
    }
    return (sliced.reshaped(to: Shape(kept + sliced.shape.extents[axis...])), picked)
  }

  func position(_ position: Int, in term: Term, axis: Int) throws(Diagnostic) -> Int {
    let extent = term.shape[axis]
    guard -extent <= position && position < extent else {
      throw fault("position \(position) is outside axis \(axis) of \(term.type)")
    }
    return position < 0 ? position + extent : position
  }

  func pick(_ term: Term, _ position: Int, axis: Int) throws(Diagnostic) -> Term {
    let start = try self.position(position, in: term, axis: axis)
    return term.sliced(axis: axis, start..<start + 1).reshaped(to: term.shape.removing([axis]))
  }

  func slices(_ term: Term, _ slices: [Int: SliceBounds]) throws(Diagnostic) -> Term {
    var starts = term.shape.extents.map { _ in 0 }
    var limits = term.shape.extents
    var strides = starts.map { _ in 1 }
    for axis in slices.keys.sorted() {
      guard let bounds = slices[axis] else { continue }
      let extent = term.shape[axis]
      var ends: [Int] = []
      for end in [bounds.from ?? 0, bounds.to ?? extent] {
        guard -extent <= end && end <= extent else {
          throw fault("position \(end) is outside axis \(axis) of \(term.type)")
        }
        ends.append(end < 0 ? end + extent : end)
      }
      guard bounds.by > 0 else { throw fault("step \(bounds.by) is not positive; turn the axis with reversed(axes:)") }
      guard ends[0] <= ends[1] else {
        throw fault("axis \(axis) of \(term.type) is cut from \(ends[0]) to \(ends[1]), which is before it")
      }
      (starts[axis], limits[axis], strides[axis]) = (ends[0], ends[1], bounds.by)
    }
    return term.sliced(starts: starts, limits: limits, strides: strides)
  }
}
