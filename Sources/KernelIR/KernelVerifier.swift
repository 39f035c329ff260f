import Basics

/// Checks the invariants 5 to 17 of one kernel; the list is in `ProgramVerifier.swift`.
struct KernelVerifier {
  let kernel: Kernel
  let program: Program
  /// By buffer.
  let isWritable: [Bool]
  let scope: MovingScope
  private(set) var failures: [Diagnostic] = []

  static let greatestFailureCount = 20
  static let greatestDepth = 64

  /// By value, the scope that defines it, or -1.
  private var home: [Int32]
  /// By accumulator: 0 not fed, 1 outside of tiles, 2 inside.
  private var fed: [UInt8]
  private var combiner: [Combiner?]
  /// Whether the scope of a number is still open.
  private var isOpen: [Bool] = []
  private var openScope: Int32 = 0
  private var depth = 0
  private var isAxisOpen: [Bool]
  private var tileAxis: AxisID?
  /// The scope number of the open tile scope.
  private var tileScope: Int32 = .max
  /// Whether a loop stands between the tile scope and the statement.
  private var isInLoopOfTile = false
  /// Whether some open axis has extent 0, so that nothing is reached.
  private var emptyAxes = 0

  init(kernel: Kernel, program: Program, isWritable: [Bool], scope: MovingScope) {
    self.kernel = kernel
    self.program = program
    self.isWritable = isWritable
    self.scope = scope
    home = Array(repeating: -1, count: kernel.values.count)
    fed = Array(repeating: 0, count: kernel.values.count)
    combiner = Array(repeating: nil, count: kernel.values.count)
    isAxisOpen = Array(repeating: false, count: kernel.axes.count)
  }

  mutating func check() {
    for (number, axis) in kernel.axes.enumerated() where axis.extent < 0 {
      fail(5, "axis i\(number) has extent \(axis.extent)")
    }
    guard failures.isEmpty else { return }
    isOpen.append(true)
    check(kernel.body)
    if failures.count < Self.greatestFailureCount, let value = home.firstIndex(of: -1) {
      fail(7, "%\(value) is not defined")
    }
  }

  private mutating func fail(_ invariant: Int, _ message: @autoclosure () -> String) {
    guard failures.count < Self.greatestFailureCount else { return }
    failures.append(Diagnostic("kernel IR invariant \(invariant): in kernel \(quoted(kernel.name)), \(message())"))
  }

  private mutating func check(_ body: [Statement]) {
    for statement in body {
      if failures.count >= Self.greatestFailureCount { return }
      check(statement)
    }
  }

  // MARK: Scopes

  private mutating func enter(_ axis: AxisID, _ body: [Statement], isTile: Bool) {
    guard isAxisOpen.indices.contains(axis) else { return fail(5, "there is no axis i\(axis)") }
    if isAxisOpen[axis] { return fail(5, "a scope of i\(axis) stands in another") }
    if isTile && tileAxis != nil { return fail(6, "a tile scope stands in another") }
    if depth >= Self.greatestDepth { return fail(6, "more than \(Self.greatestDepth) scopes are nested") }
    let outside = (openScope, isInLoopOfTile, tileScope)
    openScope = Int32(isOpen.count)
    isOpen.append(true)
    depth += 1
    isAxisOpen[axis] = true
    if kernel.axes[axis].extent == 0 { emptyAxes += 1 }
    if isTile {
      tileAxis = axis
      tileScope = openScope
    } else if tileAxis != nil {
      isInLoopOfTile = true
    }
    check(body)
    if isTile { tileAxis = nil }
    if kernel.axes[axis].extent == 0 { emptyAxes -= 1 }
    isAxisOpen[axis] = false
    depth -= 1
    isOpen[Int(openScope)] = false
    (openScope, isInLoopOfTile, tileScope) = outside
  }

  // MARK: Values

  private mutating func define(_ value: ValueID) -> ValueInfo? {
    let index = Int(value.index)
    guard kernel.values.indices.contains(index) else {
      fail(7, "%\(index) has no entry")
      return nil
    }
    if home[index] >= 0 { fail(7, "%\(index) is defined twice") }
    home[index] = openScope
    let info = kernel.values[index]
    if info.kind == .tile && tileAxis == nil { fail(10, "the tile %\(index) is defined outside of tile scopes") }
    return info
  }

  /// A result that is not an accumulator.
  private mutating func result(_ value: ValueID) -> ValueInfo? {
    guard let info = define(value) else { return nil }
    if info.kind == .accumulator {
      fail(11, "the accumulator %\(value.index) is defined by another statement than “accumulator”")
      return nil
    }
    return info
  }

  private mutating func visible(_ value: ValueID) -> ValueInfo? {
    let index = Int(value.index)
    guard kernel.values.indices.contains(index), home[index] >= 0, isOpen[Int(home[index])] else {
      fail(8, "%\(index) is not defined here")
      return nil
    }
    return kernel.values[index]
  }

  private mutating func operand(_ value: ValueID) -> ValueInfo? {
    guard let info = visible(value) else { return nil }
    if info.kind == .accumulator {
      fail(11, "the accumulator %\(value.index) is an operand")
      return nil
    }
    return info
  }

  /// Checks that a uniform result has no tile among its operands.
  private mutating func checkKind(_ result: ValueID, _ info: ValueInfo, isTile: Bool) {
    if isTile && info.kind == .uniform { fail(10, "%\(result.index) is uniform, but what it is made of is a tile") }
  }

  private mutating func expect(_ dtype: DType, _ expected: DType, _ what: @autoclosure () -> String) {
    if dtype != expected { fail(9, "\(what()) is \(dtype), but must be \(expected)") }
  }

  // MARK: Indices

  /// Checks an index; `true` if it has the tile axis.
  private mutating func check(_ index: AffineIndex) -> Bool {
    var previous = -1
    var hasTileAxis = false
    for term in index.terms {
      guard term.axis > previous, term.coefficient != 0 else {
        fail(13, "the terms of an index are out of order, repeated or 0")
        return false
      }
      guard isAxisOpen.indices.contains(term.axis), isAxisOpen[term.axis] else {
        fail(13, "an index has i\(term.axis) outside of its scope")
        return false
      }
      previous = term.axis
      if term.axis == tileAxis { hasTileAxis = true }
    }
    return hasTileAxis
  }

  /// Checks an access and returns the dtype of the buffer and whether the index has the tile axis.
  private mutating func access(
    _ buffer: BufferID, _ index: AffineIndex, stride: Int = 0, limit: Int = 1
  ) -> (dtype: DType, hasTileAxis: Bool)? {
    guard program.buffers.indices.contains(buffer) else {
      fail(14, "there is no buffer #\(buffer)")
      return nil
    }
    if !scope.allows(program.buffers[buffer].role) { fail(25, "#\(buffer) is used outside of its loop") }
    let count = failures.count
    let hasTileAxis = check(index)
    guard failures.count == count else { return nil }
    if limit < 1 {
      fail(14, "a limit is \(limit)")
      return nil
    }
    if emptyAxes == 0 {
      var bounds = IndexBounds(index.offset)
      for term in index.terms { bounds.add(term.coefficient, upTo: kernel.axes[term.axis].extent - 1) }
      bounds.add(stride, upTo: limit - 1)
      let type = program.buffers[buffer].type
      if !bounds.areInside(type.elementCount) {
        fail(14, "an index reaches from \(bounds.low) to \(bounds.high) in #\(buffer), which is \(type)")
      }
    }
    return (program.buffers[buffer].type.dtype, hasTileAxis)
  }

  private mutating func checkWritable(_ buffer: BufferID) {
    if isWritable[buffer] { return }
    switch program.buffers[buffer].role {
    case .slice, .row: fail(26, "#\(buffer) is written")
    default: fail(15, "#\(buffer) is written")
    }
  }

  // MARK: Statements

  private mutating func check(_ statement: Statement) {
    switch statement {
    case .loop(let axis, let body): enter(axis, body, isTile: false)
    case .tile(let axis, let body): enter(axis, body, isTile: true)
    case .compute(let value, let op, let a, let b, let c): checkCompute(value, op, a, b, c)
    case .sineCosine(let sine, let cosine, let a):
      let source = operand(a)
      for value in [sine, cosine] {
        guard let info = result(value), let source else { continue }
        if !source.dtype.isFloating { fail(9, "%\(value.index) is sincos of \(source.dtype)") }
        expect(info.dtype, source.dtype, "%\(value.index)")
        checkKind(value, info, isTile: source.kind == .tile)
      }
      if kernel.values.indices.contains(Int(sine.index)), kernel.values.indices.contains(Int(cosine.index)),
        kernel.values[Int(sine.index)].kind != kernel.values[Int(cosine.index)].kind
      {
        fail(10, "of %\(sine.index) and %\(cosine.index), results of one statement, one is a tile")
      }
    case .cast(let value, let a):
      let source = operand(a)
      guard let info = result(value), let source else { return }
      checkKind(value, info, isTile: source.kind == .tile)
    case .constant(let value, let scalar):
      guard let info = result(value) else { return }
      if !scalar.isCanonical(info.dtype) { fail(9, "%\(value.index) is \(info.dtype), the constant \(scalar.dtype)") }
    case .index(let value, let index):
      let hasTileAxis = check(index)
      guard let info = result(value) else { return }
      checkKind(value, info, isTile: hasTileAxis)
    case .load(let value, let buffer, let index):
      let element = access(buffer, index)
      guard let info = result(value), let (dtype, hasTileAxis) = element else { return }
      expect(info.dtype, dtype, "%\(value.index)")
      checkKind(value, info, isTile: hasTileAxis)
    case .gather(let value, let buffer, let base, let selector, let stride, let limit):
      let selectorInfo = checkSelector(selector)
      let element = access(buffer, base, stride: stride, limit: limit)
      guard let info = result(value), let selectorInfo, let (dtype, hasTileAxis) = element else { return }
      expect(info.dtype, dtype, "%\(value.index)")
      checkKind(value, info, isTile: hasTileAxis || selectorInfo.kind == .tile)
    case .store(let buffer, let index, let value):
      guard let info = operand(value), let (dtype, hasTileAxis) = access(buffer, index) else { return }
      expect(info.dtype, dtype, "%\(value.index)")
      checkWritable(buffer)
      if info.kind == .tile && !hasTileAxis { fail(16, "the tile %\(value.index) is stored to one element") }
    case .scatter(let scatter):
      guard checkSelector(scatter.selector) != nil, let info = operand(scatter.value),
        let (dtype, _) = access(scatter.buffer, scatter.base, stride: scatter.stride, limit: scatter.limit)
      else { return }
      expect(info.dtype, dtype, "%\(scatter.value.index)")
      checkWritable(scatter.buffer)
      if !scatter.combiner.accepts(dtype) { fail(17, "a scatter combines \(dtype) by \(scatter.combiner.name)") }
      if scatter.combiner.isOrdered(dtype) && isInLoopOfTile { fail(17, "a scatter stands in a loop inside a tile") }
    case .accumulator(let value, let combiner): checkAccumulator(value, combiner)
    case .accumulate(let accumulator, let value): checkAccumulate(accumulator, value)
    case .finish(let value, let accumulator): checkFinish(value, accumulator)
    }
  }

  private mutating func checkSelector(_ selector: ValueID) -> ValueInfo? {
    guard let info = operand(selector) else { return nil }
    if !info.dtype.isInteger { fail(9, "the selector %\(selector.index) is \(info.dtype)") }
    return info
  }

  private mutating func checkCompute(_ value: ValueID, _ op: ScalarOp, _ a: ValueID, _ b: ValueID, _ c: ValueID) {
    let arity = op.arity
    if (arity < 2 && b != .none) || (arity < 3 && c != .none) {
      fail(8, "%\(value.index) has more operands than \(op.name)")
    }
    let first = operand(a)
    let second = arity > 1 ? operand(b) : first
    let third = arity > 2 ? operand(c) : second
    guard let info = result(value), let first, let second, let third else { return }
    let dtype = op == .select ? second.dtype : first.dtype
    if op == .select { expect(first.dtype, .bool, "the condition %\(a.index)") }
    if arity > 1 { expect(second.dtype, dtype, "%\(b.index)") }
    if arity > 2 { expect(third.dtype, dtype, "%\(c.index)") }
    if !op.accepts(dtype) { fail(9, "%\(value.index) is \(op.name) of \(dtype)") }
    expect(info.dtype, op.resultDType(dtype), "%\(value.index)")
    checkKind(value, info, isTile: first.kind == .tile || second.kind == .tile || third.kind == .tile)
  }

  private mutating func checkAccumulator(_ value: ValueID, _ combiner: Combiner) {
    guard let info = define(value) else { return }
    if info.kind != .accumulator { return fail(11, "%\(value.index) is not of the kind accumulator") }
    let isLogic = combiner == .and || combiner == .or
    if isLogic != (info.dtype == .bool) { fail(11, "%\(value.index) combines \(info.dtype) by \(combiner.name)") }
    self.combiner[Int(value.index)] = combiner
  }

  /// Whether an accumulator belongs to the open tile scope.
  private func isOfTile(_ accumulator: ValueID) -> Bool { tileAxis != nil && home[Int(accumulator.index)] >= tileScope }

  private mutating func checkAccumulate(_ accumulator: ValueID, _ value: ValueID) {
    guard let info = visible(accumulator), let source = operand(value) else { return }
    guard info.kind == .accumulator else { return fail(11, "%\(accumulator.index) is fed but is no accumulator") }
    expect(source.dtype, info.dtype, "%\(value.index)")
    if isOfTile(accumulator) { return }
    let place: UInt8 = tileAxis == nil ? 1 : 2
    let index = Int(accumulator.index)
    if fed[index] != 0 && fed[index] != place { fail(12, "%\(index) is fed inside and outside of tiles") }
    fed[index] = place
    if isInLoopOfTile { fail(12, "%\(index) has lanes, but is fed by a loop inside a tile") }
  }

  private mutating func checkFinish(_ value: ValueID, _ accumulator: ValueID) {
    let source = visible(accumulator)
    guard let info = result(value), let source else { return }
    guard source.kind == .accumulator else {
      return fail(11, "%\(accumulator.index) is finished but is no accumulator")
    }
    expect(info.dtype, source.dtype, "%\(value.index)")
    if isOfTile(accumulator) {
      if info.kind != .tile { fail(12, "%\(value.index) is uniform, but its accumulator is a tile") }
    } else if tileAxis != nil {
      fail(12, "%\(accumulator.index) is finished inside a tile, but declared outside")
    } else if info.kind != .uniform {
      fail(12, "%\(value.index) is not uniform")
    }
  }
}
