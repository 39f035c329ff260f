import Basics
import KernelIR

/// Small kernels and products, and the choice of what they read and write.
extension RandomControlFlow {
  func readable(_ scope: Scope) -> [BufferID] {
    (scope.vectors + scope.readOnly).filter { buffers[$0].type.rank == 1 && scope.written.contains($0) }
  }

  /// A kernel or two that read what has been written.
  mutating func arithmetic(_ scope: inout Scope, reading wanted: BufferID? = nil) -> [Step] {
    guard let a = wanted ?? pick(readable(scope)), let b = pick(readable(scope)), let target = pick(scope.vectors)
    else {
      return []
    }
    let scalars = scope.scalars.filter { scope.written.contains($0) }
    switch Int.random(in: 0..<(wanted == nil ? 10 : 3), using: &random) {
    case 0, 1:
      scope.written.insert(target)
      return [kernel(combination([a, b], to: target, reversed: chance(4)))]
    case 2, 3:
      scope.written.insert(target)
      return [kernel(copy(a, to: target))]
    case 4:
      guard let scalar = pick(scope.scalars) else { return [] }
      scope.written.insert(scalar)
      return [kernel(chance(2) ? largest(of: a, to: scalar) : element(of: a, to: scalar))]
    case 5:
      guard let x = pick(scalars), let y = pick(scalars), let scalar = pick(scope.scalars) else { return [] }
      scope.written.insert(scalar)
      return [kernel(sum(x, y, to: scalar))]
    case 6:
      // Of a vector that has been written, a part.
      guard let part = pick(scope.vectors.filter { scope.written.contains($0) }) else { return [] }
      return [kernel(copy(a, to: part, count: max(1, length / 2)))]
    case 7:
      guard let scalar = pick(scalars) else { return [] }
      return product(scalar, a, target, &scope)
    case 8:
      guard let integer = pick(scope.integers) else { return [] }
      scope.written.insert(integer)
      return [kernel(truncated(a, to: integer))]
    default:
      guard let other = pick(scope.vectors) else { return [] }
      scope.written.formUnion([target, other])
      return [kernel(both(a, b, to: target, and: other))]
    }
  }

  private func root(_ buffer: BufferID) -> BufferID {
    if case .slice(let base, _, _, _) = buffers[buffer].role { return root(base) }
    return buffer
  }

  /// `target = scalar · vector`, or added to it.
  private mutating func product(
    _ scalar: BufferID, _ vector: BufferID, _ target: BufferID, _ scope: inout Scope
  ) -> [Step] {
    if root(target) == root(vector) || root(target) == root(scalar) { return [] }
    let accumulates = scope.written.contains(target) && chance(2)
    scope.written.insert(target)
    func matrix(_ buffer: BufferID, _ count: Int) -> Gemm.Matrix {
      Gemm.Matrix(buffer: buffer, offset: 0, leadingDimension: count, transposed: false, batchStride: 0)
    }
    return [
      .gemm(
        Gemm(
          dtype: .f32, m: 1, n: length, k: 1, batchCount: 1, a: matrix(scalar, 1), b: matrix(vector, length),
          c: matrix(target, length), accumulates: accumulates, origins: ["dot"])),
      // The product may be large.
      kernel(combination([target, target], to: target, reversed: false, clamps: true)),
    ]
  }

  // MARK: Kernels

  private var point: AffineIndex { AffineIndex(terms: [.init(axis: 0, coefficient: 1)]) }

  private func tile(_ values: [ValueInfo], _ body: [Statement], count: Int? = nil) -> Kernel {
    Kernel(
      name: "", origins: ["vector"], axes: [Axis(extent: count ?? length)], values: values, body: [.tile(0, body)])
  }

  private func uniform(_ values: [ValueInfo], _ body: [Statement]) -> Kernel {
    Kernel(name: "", origins: [], axes: [], values: values, body: body)
  }

  func copy(_ source: BufferID, to target: BufferID, count: Int? = nil) -> Kernel {
    tile(
      [ValueInfo(.f32, .tile)], [.load(ValueID(0), source, point), .store(target, point, ValueID(0))], count: count)
  }

  /// Copies consecutive elements.
  func copyRun(_ source: BufferID, _ from: Int, to target: BufferID, _ place: Int, _ count: Int) -> Kernel {
    func index(_ offset: Int) -> AffineIndex { AffineIndex(offset: offset, terms: point.terms) }
    return tile(
      [ValueInfo(.f32, .tile)],
      [.load(ValueID(0), source, index(from)), .store(target, index(place), ValueID(0))], count: count)
  }

  func fill(_ target: BufferID, _ number: Double) -> Kernel {
    let type = buffers[target].type
    if type.rank == 0 {
      return uniform(
        [ValueInfo(type.dtype, .uniform)],
        [
          .constant(ValueID(0), Scalar(number, as: type.dtype)), .store(target, AffineIndex(), ValueID(0)),
        ])
    }
    return tile(
      [ValueInfo(type.dtype, .tile)],
      [
        .constant(ValueID(0), Scalar(number, as: type.dtype)), .store(target, point, ValueID(0)),
      ], count: type.elementCount)
  }

  /// `target = (a - b) / 2`, or a mean, a maximum, a minimum; of b perhaps from the end.
  func combination(_ operands: [BufferID], to target: BufferID, reversed: Bool, clamps: Bool = false) -> Kernel {
    // A kernel must not read at other places what it writes.
    let isSafe = root(operands[1]) != root(target)
    let other = reversed && isSafe ? AffineIndex(offset: length - 1, terms: [.init(axis: 0, coefficient: -1)]) : point
    let half = Scalar(clamps ? 100.0 : 0.5, as: .f32)
    let low = Scalar(-100.0, as: .f32)
    let tiles = [ValueInfo](repeating: ValueInfo(.f32, .tile), count: 4)
    if clamps {
      return tile(
        tiles + [ValueInfo(.f32, .uniform), ValueInfo(.f32, .uniform)],
        [
          .load(ValueID(0), operands[0], point), .constant(ValueID(4), half), .constant(ValueID(5), low),
          .compute(ValueID(1), .min, ValueID(0), ValueID(4), .none),
          .compute(ValueID(2), .max, ValueID(1), ValueID(5), .none),
          .compute(ValueID(3), .floor, ValueID(2), .none, .none), .store(target, point, ValueID(3)),
        ])
    }
    return tile(
      tiles + [ValueInfo(.f32, .uniform)],
      [
        .load(ValueID(0), operands[0], point), .load(ValueID(1), operands[1], other),
        .compute(ValueID(2), .sub, ValueID(0), ValueID(1), .none), .constant(ValueID(4), half),
        .compute(ValueID(3), .mul, ValueID(2), ValueID(4), .none), .store(target, point, ValueID(3)),
      ])
  }

  /// Two results of one kernel.
  fileprivate func both(_ a: BufferID, _ b: BufferID, to target: BufferID, and other: BufferID) -> Kernel {
    tile(
      [ValueInfo](repeating: ValueInfo(.f32, .tile), count: 4),
      [
        .load(ValueID(0), a, point), .load(ValueID(1), b, point),
        .compute(ValueID(2), .max, ValueID(0), ValueID(1), .none), .store(target, point, ValueID(2)),
        .compute(ValueID(3), .min, ValueID(2), ValueID(0), .none), .store(other, point, ValueID(3)),
      ])
  }

  fileprivate func largest(of vector: BufferID, to scalar: BufferID) -> Kernel {
    Kernel(
      name: "", origins: ["max"], axes: [Axis(extent: length)],
      values: [ValueInfo(.f32, .accumulator), ValueInfo(.f32, .tile), ValueInfo(.f32, .uniform)],
      body: [
        .accumulator(ValueID(0), .max),
        .tile(0, [.load(ValueID(1), vector, point), .accumulate(ValueID(0), ValueID(1))]),
        .finish(ValueID(2), ValueID(0)), .store(scalar, AffineIndex(), ValueID(2)),
      ])
  }

  fileprivate func element(of vector: BufferID, to scalar: BufferID) -> Kernel {
    uniform(
      [ValueInfo(.f32, .uniform)],
      [
        .load(ValueID(0), vector, AffineIndex(offset: length - 1)), .store(scalar, AffineIndex(), ValueID(0)),
      ])
  }

  /// `(x + y) / 2`.
  func sum(_ x: BufferID, _ y: BufferID, to scalar: BufferID) -> Kernel {
    uniform(
      [ValueInfo](repeating: ValueInfo(.f32, .uniform), count: 5),
      [
        .load(ValueID(0), x, AffineIndex()), .load(ValueID(1), y, AffineIndex()),
        .compute(ValueID(2), .add, ValueID(0), ValueID(1), .none), .constant(ValueID(3), Scalar(0.5, as: .f32)),
        .compute(ValueID(4), .mul, ValueID(2), ValueID(3), .none), .store(scalar, AffineIndex(), ValueID(4)),
      ])
  }

  fileprivate func truncated(_ vector: BufferID, to integer: BufferID) -> Kernel {
    uniform(
      [ValueInfo(.f32, .uniform), ValueInfo(.i64, .uniform)],
      [
        .load(ValueID(0), vector, AffineIndex()), .cast(ValueID(1), ValueID(0)),
        .store(integer, AffineIndex(), ValueID(1)),
      ])
  }

  /// `predicate = index < limit`, and less than another number.
  func lessThan(_ index: BufferID, _ number: BufferID?, _ limit: Int, _ predicate: BufferID) -> Kernel {
    var values = [ValueInfo(.i64, .uniform), ValueInfo(.i64, .uniform), ValueInfo(.bool, .uniform)]
    var body: [Statement] = [
      .load(ValueID(0), index, AffineIndex()), .constant(ValueID(1), Scalar(Int64(limit), as: .i64)),
      .compute(ValueID(2), .lt, ValueID(0), ValueID(1), .none),
    ]
    var result = ValueID(2)
    if let number {
      values += [ValueInfo(.i64, .uniform), ValueInfo(.bool, .uniform), ValueInfo(.bool, .uniform)]
      body += [
        .load(ValueID(3), number, AffineIndex()), .compute(ValueID(4), .lt, ValueID(0), ValueID(3), .none),
        .compute(ValueID(5), .and, ValueID(2), ValueID(4), .none),
      ]
      result = ValueID(5)
    }
    return uniform(values, body + [.store(predicate, AffineIndex(), result)])
  }
}
