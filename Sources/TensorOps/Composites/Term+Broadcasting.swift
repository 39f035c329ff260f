package import Basics
package import TensorIR

extension Shape {
  /// The shape to which both broadcast: aligned at the last axis, extents equal or one of them 1; `nil` if there is none.
  package func broadcast(with other: Shape) -> Shape? {
    let count = Swift.max(rank, other.rank)
    var extents: [Int] = []
    for place in 0..<count {
      let a = place < count - rank ? 1 : self[place - (count - rank)]
      let b = place < count - other.rank ? 1 : other[place - (count - other.rank)]
      guard a == b || a == 1 || b == 1 else { return nil }
      extents.append(a == 1 ? b : a)
    }
    return Shape(extents)
  }
}

extension Term {
  /// `self` repeated to a shape: aligned at the last axis, where axes are missing or of extent 1.
  package func broadcast(to target: Shape) -> Term {
    if isPoison || shape == target { return self }
    guard shape.rank <= target.rank, shape.broadcast(with: target) == target else {
      return failing("can't broadcast \(type) to \(target)")
    }
    let shift = target.rank - shape.rank
    // `Broadcast` repeats along new axes only; those of extent 1 that are to grow go first.
    let kept = shape.extents.indices.filter { shape[$0] == target[$0 + shift] }
    return reshaped(to: Shape(kept.map { shape[$0] })).broadcast(to: target, axes: kept.map { $0 + shift })
  }

  /// Both operands repeated to their common shape.
  package static func broadcastTogether(_ a: Term, _ b: Term) -> (Term, Term) {
    if a.isPoison || b.isPoison { return (a.poison, a.poison) }
    guard let shape = a.shape.broadcast(with: b.shape) else {
      let failure = a.failing("can't broadcast \(a.type) and \(b.type) to a common shape")
      return (failure, failure)
    }
    return (a.broadcast(to: shape), b.broadcast(to: shape))
  }

  /// A new axis of extent 1 before `axis`.
  package func expandingAxis(_ axis: Int) -> Term {
    if isPoison { return self }
    guard 0 <= axis, axis <= shape.rank else {
      return failing("'expand_axis' of \(type) needs an axis up to \(shape.rank), not \(axis)")
    }
    return reshaped(to: shape.inserting(1, at: axis))
  }

  /// The shape without some axes of extent 1.
  package func squeezing(axes: [Int]) -> Term {
    guard let axes = checkedAxes(axes, for: "squeeze") else { return poison }
    if let axis = axes.first(where: { shape[$0] != 1 }) {
      return failing("'squeeze' can't remove axis \(axis) of \(type), whose extent is \(shape[axis])")
    }
    return reshaped(to: shape.removing(axes))
  }
}
