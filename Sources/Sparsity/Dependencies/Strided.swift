import Basics
import TensorIR

// Elements of arrays of any kind, rearranged.

/// The positions `offset + Σ strides · r` for all multi-indices r of a shape, in row-major order.
func forEachPosition(_ extents: [Int], _ strides: [Int], _ offset: Int, _ body: (Int) -> Void) {
  if extents.contains(0) { return }
  guard let inner = extents.last, let step = strides.last else {
    body(offset)
    return
  }
  var index = [Int](repeating: 0, count: extents.count - 1)
  var position = offset
  while true {
    var place = position
    for _ in 0..<inner {
      body(place)
      place += step
    }
    var axis = extents.count - 2
    while axis >= 0 {
      index[axis] += 1
      position += strides[axis]
      if index[axis] < extents[axis] { break }
      position -= strides[axis] * extents[axis]
      index[axis] = 0
      axis -= 1
    }
    if axis < 0 { return }
  }
}

extension [ViewAxis] {
  /// Where a view of rank `rank` looks in an array of a shape: at `offset + Σ strides · r`.
  func positions(in shape: Shape, rank: Int) -> (strides: [Int], offset: Int) {
    var strides = [Int](repeating: 0, count: rank)
    var offset = 0
    for (axis, stride) in zip(self, shape.strides) {
      offset += axis.offset * stride
      for term in axis.terms { strides[term.axis] += term.coefficient * stride }
    }
    return (strides, offset)
  }
}

extension Array {
  /// The elements at positions `offset + Σ strides · r`, in row-major order of a shape.
  func strided(_ extents: [Int], _ strides: [Int], _ offset: Int = 0) -> [Element] {
    [Element](unsafeUninitializedCapacity: extents.reduce(1, *)) { buffer, count in
      withUnsafeBufferPointer { source in
        forEachPosition(extents, strides, offset) { position in
          // A position outside would be a fault of a view's axes, which are verified.
          guard source.indices.contains(position) else { return }
          buffer.initializeElement(at: count, to: source[position])
          count += 1
        }
      }
    }
  }

  /// What a view shows of an array of a shape.
  func viewed(_ axes: [ViewAxis], of shape: Shape, as result: Shape) -> [Element] {
    let (strides, offset) = axes.positions(in: shape, rank: result.rank)
    return strided(result.extents, strides, offset)
  }

  /// Puts elements of a box into an array of a shape, the box's element i at `offsets + steps · i`.
  mutating func place(_ box: [Element], _ extents: [Int], at offsets: [Int], steps: [Int], in shape: Shape) {
    let memory = shape.strides
    let offset = zip(offsets, memory).reduce(0) { $0 + $1.0 * $1.1 }
    var source = 0
    forEachPosition(extents, zip(steps, memory).map { $0 * $1 }, offset) { position in
      if indices.contains(position) { self[position] = box[source] }
      source += 1
    }
  }
}
