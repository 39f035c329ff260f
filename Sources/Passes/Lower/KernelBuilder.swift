import Basics
import KernelIR

/// Writes one kernel: keeps the open scopes and puts every statement into the outermost one that has what it needs.
struct KernelBuilder {
  private struct Scope {
    var axis: AxisID?
    var isTile: Bool
    var statements: [Statement] = []
  }

  private var axes: [Axis] = []
  private var values: [ValueInfo] = []
  /// The scope each value is defined in.
  private var levels: [Int8] = []
  private var scopes: [Scope] = [Scope(axis: nil, isTile: false)]

  /// Makes room for about this many statements outside loops.
  mutating func reserve(_ count: Int) {
    values.reserveCapacity(count)
    levels.reserveCapacity(count)
    scopes[0].statements.reserveCapacity(count)
  }

  var depth: Int { scopes.count - 1 }
  private var tileLevel: Int? { scopes.firstIndex { $0.isTile } }

  mutating func addAxis(extent: Int) -> AxisID {
    axes.append(Axis(extent: extent))
    return axes.count - 1
  }

  // MARK: Scopes

  mutating func openLoop(_ axis: AxisID) { scopes.append(Scope(axis: axis, isTile: false)) }
  mutating func openTile(_ axis: AxisID) { scopes.append(Scope(axis: axis, isTile: true)) }

  mutating func close() {
    guard let scope = scopes.popLast(), let axis = scope.axis, !scope.statements.isEmpty else { return }
    scopes[scopes.count - 1].statements.append(
      scope.isTile ? .tile(axis, scope.statements) : .loop(axis, scope.statements))
  }

  func level(of value: ValueID) -> Int { Int(levels[Int(value.index)]) }
  func dtype(of value: ValueID) -> DType { values[Int(value.index)].dtype }
  func isTile(_ value: ValueID) -> Bool { values[Int(value.index)].kind == .tile }

  /// The innermost open scope whose axis occurs in an index.
  func level(of index: AffineIndex) -> Int {
    index.terms.isEmpty
      ? 0 : scopes.lastIndex { scope in scope.axis.map { index.coefficient(of: $0) != 0 } ?? false } ?? 0
  }

  private func hasTileAxis(_ index: AffineIndex) -> Bool {
    guard let tileLevel, let axis = scopes[tileLevel].axis else { return false }
    return index.coefficient(of: axis) != 0
  }

  private mutating func define(_ dtype: DType, isTile: Bool, level: Int) -> ValueID {
    values.append(ValueInfo(dtype, isTile ? .tile : .uniform))
    levels.append(Int8(level))
    return ValueID(values.count - 1)
  }

  private mutating func append(_ statement: Statement, at level: Int) {
    scopes[level].statements.append(statement)
  }

  // MARK: Statements

  mutating func compute(_ op: ScalarOp, _ operands: [ValueID]) -> ValueID {
    compute(
      op, operands[0], operands.count > 1 ? operands[1] : .none, operands.count > 2 ? operands[2] : .none)
  }

  mutating func compute(_ op: ScalarOp, _ a: ValueID, _ b: ValueID = .none, _ c: ValueID = .none) -> ValueID {
    var level = level(of: a)
    var tiled = isTile(a)
    if b != .none {
      level = max(level, self.level(of: b))
      tiled = tiled || isTile(b)
    }
    if c != .none {
      level = max(level, self.level(of: c))
      tiled = tiled || isTile(c)
    }
    let dtype = op.resultDType(dtype(of: op == .select ? b : a))
    // Two tensors can turn out to be one element here; C compilers warn of an integer compared with itself,
    // which is what `xor` of truth values looks like.
    if op.isComparison, a == b, !self.dtype(of: a).isFloating || op == .lt || op == .gt {
      return constant(Scalar(Int64(op == .eq || op == .le || op == .ge ? 1 : 0), as: .bool))
    }
    if op == .xor, a == b { return constant(Scalar(Int64(0), as: dtype)) }
    let result = define(dtype, isTile: tiled, level: level)
    append(.compute(result, op, a, b, c), at: level)
    return result
  }

  mutating func cast(_ a: ValueID, to dtype: DType) -> ValueID {
    if self.dtype(of: a) == dtype { return a }
    let level = level(of: a)
    let result = define(dtype, isTile: isTile(a), level: level)
    append(.cast(result, a), at: level)
    return result
  }

  mutating func constant(_ scalar: Scalar) -> ValueID {
    let result = define(scalar.dtype, isTile: false, level: 0)
    append(.constant(result, scalar), at: 0)
    return result
  }

  mutating func index(_ index: AffineIndex, as dtype: DType) -> ValueID {
    let level = level(of: index)
    let result = define(dtype, isTile: hasTileAxis(index), level: level)
    append(.index(result, index), at: level)
    return result
  }

  /// Loads stay in the scope of their index; `after` keeps them behind a store in an open scope.
  mutating func load(_ buffer: BufferID, _ index: AffineIndex, _ dtype: DType) -> ValueID {
    let level = level(of: index)
    let result = define(dtype, isTile: hasTileAxis(index), level: level)
    append(.load(result, buffer, index), at: level)
    return result
  }

  mutating func gather(
    _ buffer: BufferID, _ base: AffineIndex, _ selector: ValueID, stride: Int, limit: Int, _ dtype: DType
  ) -> ValueID {
    let level = max(level(of: base), level(of: selector))
    let result = define(dtype, isTile: hasTileAxis(base) || isTile(selector), level: level)
    append(.gather(result, buffer, base: base, selector: selector, stride: stride, limit: limit), at: level)
    return result
  }

  /// Stores stand in the innermost open scope.
  mutating func store(_ value: ValueID, _ buffer: BufferID, _ index: AffineIndex) {
    append(.store(buffer, index, value), at: depth)
  }

  mutating func scatter(_ statement: ScatterStatement) { append(.scatter(statement), at: depth) }

  mutating func accumulator(_ combiner: Combiner, _ dtype: DType) -> ValueID {
    values.append(ValueInfo(dtype, .accumulator))
    levels.append(Int8(depth))
    let result = ValueID(values.count - 1)
    append(.accumulator(result, combiner), at: depth)
    return result
  }

  mutating func accumulate(_ accumulator: ValueID, _ value: ValueID) {
    append(.accumulate(accumulator, value), at: depth)
  }

  mutating func finish(_ accumulator: ValueID) -> ValueID {
    let inTile = tileLevel.map { $0 <= depth } ?? false
    let result = define(dtype(of: accumulator), isTile: inTile, level: depth)
    append(.finish(result, accumulator), at: depth)
    return result
  }

  func finished(name: String, origins: [String]) -> Kernel {
    Kernel(name: name, origins: origins, axes: axes, values: values, body: scopes[0].statements)
  }
}
