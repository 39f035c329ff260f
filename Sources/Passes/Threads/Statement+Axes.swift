import KernelIR

extension Kernel {
  /// The kernel without axes that have no scope.
  func removingUnusedAxes() -> Kernel {
    var isUsed = [Bool](repeating: false, count: axes.count)
    func visit(_ body: [Statement]) {
      for statement in body {
        guard let (axis, inner) = statement.scope else { continue }
        isUsed[axis] = true
        visit(inner)
      }
    }
    visit(body)
    var numbers = [AxisID](repeating: 0, count: axes.count)
    var kept: [Axis] = []
    for axis in axes.indices where isUsed[axis] {
      numbers[axis] = kept.count
      kept.append(axes[axis])
    }
    var result = self
    result.axes = kept
    result.body = body.map { $0.renumbering(numbers) }
    return result
  }
}

extension Statement {
  var isTile: Bool { if case .tile = self { true } else { false } }

  /// Whether it does nothing but define a value that is no accumulator.
  var isPure: Bool {
    switch self {
    case .compute, .cast, .constant, .index, .load, .gather: true
    case .loop, .tile, .store, .scatter, .accumulator, .accumulate, .finish: false
    }
  }

  /// With another axis's scope in place of an axis's, and indices changed to fit: `place` adds what the axis's coefficient
  /// stands for.
  func replacing(
    _ axis: AxisID, by other: AxisID, place: (inout AffineIndex, _ coefficient: Int) -> Void
  ) -> Statement {
    switch self {
    case .loop(let scope, let body):
      return .loop(scope == axis ? other : scope, body.map { $0.replacing(axis, by: other, place: place) })
    case .tile(let scope, let body):
      return .tile(scope == axis ? other : scope, body.map { $0.replacing(axis, by: other, place: place) })
    default:
      return mapIndex { index in
        let coefficient = index.coefficient(of: axis)
        if coefficient == 0 { return index }
        var index = index
        index.terms.removeAll { $0.axis == axis }
        place(&index, coefficient)
        return index
      }
    }
  }

  func renumbering(_ numbers: [AxisID]) -> Statement {
    switch self {
    case .loop(let axis, let body): return .loop(numbers[axis], body.map { $0.renumbering(numbers) })
    case .tile(let axis, let body): return .tile(numbers[axis], body.map { $0.renumbering(numbers) })
    default:
      return mapIndex { index in
        AffineIndex(
          offset: index.offset,
          terms: index.terms.map { .init(axis: numbers[$0.axis], coefficient: $0.coefficient) })
      }
    }
  }
}
