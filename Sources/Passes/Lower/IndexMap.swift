package import Basics
package import KernelIR
package import TensorIR

/// Where in a tensor a kernel looks: for every axis of the tensor an affine function of the kernel's axes.
package struct IndexMap: Hashable, Sendable {
  package var axes: [AffineIndex]

  package init(_ axes: [AffineIndex]) { self.axes = axes }

  /// Axis i of the tensor is axis `kernelAxes[i]` of the kernel.
  package init(axes kernelAxes: [AxisID]) {
    axes = kernelAxes.map { AffineIndex(offset: 0, terms: [.init(axis: $0, coefficient: 1)]) }
  }

  /// The row-major position in a dense buffer of this shape.
  package func linear(in shape: Shape) -> AffineIndex {
    var position = AffineIndex()
    for (index, stride) in zip(axes, shape.strides) { position.add(index, times: stride) }
    return position
  }

  /// The operand's map under a view.
  package func through(_ view: [ViewAxis]) -> IndexMap {
    IndexMap(
      view.map { axis in
        var index = AffineIndex(offset: axis.offset)
        for term in axis.terms { index.add(axes[term.axis], times: term.coefficient) }
        return index
      })
  }

  /// The operand's map under a reshape from `source` to `target`, or `nil` if it is not affine.
  ///
  /// Runs of axes with equal products correspond; a run of one target axis to several source axes (other than of
  /// extent 1) would need division, unless the map is constant there.
  package func through(reshapeFrom source: Shape, to target: Shape) -> IndexMap? {
    if source.isEmpty || target.isEmpty { return IndexMap(source.extents.map { _ in AffineIndex() }) }
    var operand: [AffineIndex] = []
    for run in ReshapeRun.runs(from: source, to: target) {
      var position = AffineIndex()
      var stride = 1
      for axis in run.target.reversed() {
        position.add(axes[axis], times: stride)
        stride *= target[axis]
      }
      let wide = run.source.filter { source[$0] != 1 }
      guard wide.count <= 1 || position.terms.isEmpty else { return nil }
      var rest = position.offset
      var places = [AffineIndex](repeating: AffineIndex(), count: run.source.count)
      if wide.count == 1 {
        places[wide[0] - run.source.lowerBound] = position
      } else {
        for (place, axis) in run.source.enumerated().reversed() {
          places[place] = AffineIndex(offset: rest % source[axis])
          rest /= source[axis]
        }
      }
      operand += places
    }
    return IndexMap(operand)
  }
}

extension AffineIndex {
  package mutating func add(_ other: AffineIndex, times factor: Int) {
    offset += other.offset * factor
    for term in other.terms { add(term.axis, times: term.coefficient * factor) }
  }
}

/// Consecutive axes of two shapes that hold the same elements.
struct ReshapeRun {
  var source: Range<Int>
  var target: Range<Int>

  /// The shortest runs that correspond, in order; both shapes have as many elements, more than 0.
  static func runs(from source: Shape, to target: Shape) -> [ReshapeRun] {
    var runs: [ReshapeRun] = []
    var (i, j) = (0, 0)
    while i < source.rank || j < target.rank {
      let (start, other) = (i, j)
      var (left, right) = (1, 1)
      repeat {
        if left <= right, i < source.rank {
          left *= source[i]
          i += 1
        } else if j < target.rank {
          right *= target[j]
          j += 1
        } else {
          left *= source[i]
          i += 1
        }
      } while left != right
      // Axes of extent 1 that follow belong to this run, so that every axis is in one.
      while i < source.rank, source[i] == 1 { i += 1 }
      while j < target.rank, target[j] == 1 { j += 1 }
      runs.append(ReshapeRun(source: start..<i, target: other..<j))
    }
    return runs
  }

  /// Whether a map of the target gives an affine map of the source, whatever the map is.
  static func isAffine(from source: Shape, to target: Shape) -> Bool {
    source.isEmpty || runs(from: source, to: target).allSatisfy { run in run.source.count { source[$0] != 1 } <= 1 }
  }
}
