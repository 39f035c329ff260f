import Basics
import KernelIR

/// A kernel's statements as one array of small fixed-size instructions, so that every pass of an emitter is a loop over it.
struct FlatKernel {
  struct Instruction {
    enum Kind: UInt8 {
      case loop, tile, end
      case compute, cast, constant, index, load, gather
      case store, scatter
      case accumulator, accumulate, finish
    }
    var kind: Kind
    var op: ScalarOp = .add
    var combiner: Combiner = .add
    /// Whether it is a sine, and the next instruction the cosine of the same angle, which are to be computed as one.
    var isPairedWithNext = false
    /// The list of statements it stands in; for `loop`, `tile` and `end` the list they enclose.
    var scope: Int32
    /// What it defines, or -1.
    var result: Int32 = -1
    /// Operands, or -1. `store`: a is the value. `gather`, `scatter`: a is the selector, b the value.
    /// `accumulate`: a is the value, b the accumulator. `finish`: a is the accumulator.
    var a: Int32 = -1
    var b: Int32 = -1
    var c: Int32 = -1
    var buffer: Int32 = -1
    /// In `affines`, `scalars` or, for `loop` and `tile`, the number of the axis.
    var index: Int32 = -1
    /// In `selections`.
    var selection: Int32 = -1
  }

  struct Selection {
    var stride: Int
    var limit: Int
    /// Of a scatter.
    var combiner = ScatterCombiner.set
    var drops = false
  }

  struct Scope {
    var parent: Int32
    var depth: Int32
    /// Positions of its `loop` or `tile` and of its `end`.
    var start: Int32
    var end: Int32
    /// The axis of the tile scope that it is or is in, or -1.
    var tileAxis: Int32
    var isTile: Bool
  }

  var code: [Instruction] = []
  var scopes: [Scope] = []
  var affines: [AffineIndex] = []
  var scalars: [Scalar] = []
  var selections: [Selection] = []
  let values: [ValueInfo]
  let axes: [Axis]

  init(_ kernel: Kernel) {
    values = kernel.values
    axes = kernel.axes
    code.reserveCapacity(kernel.body.count)
    scopes.append(Scope(parent: -1, depth: 0, start: -1, end: .max, tileAxis: -1, isTile: false))
    append(kernel.body, scope: 0)
  }

  private mutating func append(_ body: [Statement], scope: Int32) {
    for statement in body {
      switch statement {
      case .loop(let axis, let body): nest(axis, body, in: scope, isTile: false)
      case .tile(let axis, let body): nest(axis, body, in: scope, isTile: true)
      case .compute(let result, let op, let a, let b, let c):
        code.append(
          Instruction(
            kind: .compute, op: op, scope: scope, result: result.index, a: a.index, b: b.index, c: c.index))
      case .sineCosine(let sine, let cosine, let angle):
        for (result, op) in [(sine, ScalarOp.sin), (cosine, .cos)] {
          code.append(
            Instruction(
              kind: .compute, op: op, isPairedWithNext: op == .sin, scope: scope, result: result.index, a: angle.index))
        }
      case .cast(let result, let value):
        code.append(Instruction(kind: .cast, scope: scope, result: result.index, a: value.index))
      case .constant(let result, let scalar):
        scalars.append(scalar)
        code.append(
          Instruction(kind: .constant, scope: scope, result: result.index, index: Int32(scalars.count - 1)))
      case .index(let result, let index):
        code.append(Instruction(kind: .index, scope: scope, result: result.index, index: add(index)))
      case .load(let result, let buffer, let index):
        code.append(
          Instruction(kind: .load, scope: scope, result: result.index, buffer: Int32(buffer), index: add(index)))
      case .gather(let result, let buffer, let base, let selector, let stride, let limit):
        selections.append(Selection(stride: stride, limit: limit))
        code.append(
          Instruction(
            kind: .gather, scope: scope, result: result.index, a: selector.index, buffer: Int32(buffer),
            index: add(base), selection: Int32(selections.count - 1)))
      case .store(let buffer, let index, let value):
        code.append(
          Instruction(kind: .store, scope: scope, a: value.index, buffer: Int32(buffer), index: add(index)))
      case .scatter(let scatter):
        selections.append(
          Selection(
            stride: scatter.stride, limit: scatter.limit, combiner: scatter.combiner, drops: scatter.drops))
        code.append(
          Instruction(
            kind: .scatter, scope: scope, a: scatter.selector.index, b: scatter.value.index,
            buffer: Int32(scatter.buffer), index: add(scatter.base), selection: Int32(selections.count - 1)))
      case .accumulator(let result, let combiner):
        code.append(Instruction(kind: .accumulator, combiner: combiner, scope: scope, result: result.index))
      case .accumulate(let accumulator, let value):
        code.append(Instruction(kind: .accumulate, scope: scope, a: value.index, b: accumulator.index))
      case .finish(let result, let accumulator):
        code.append(Instruction(kind: .finish, scope: scope, result: result.index, a: accumulator.index))
      }
    }
  }

  private mutating func add(_ index: AffineIndex) -> Int32 {
    affines.append(index)
    return Int32(affines.count - 1)
  }

  private mutating func nest(_ axis: AxisID, _ body: [Statement], in parent: Int32, isTile: Bool) {
    let scope = Int32(scopes.count)
    scopes.append(
      Scope(
        parent: parent, depth: scopes[Int(parent)].depth + 1, start: Int32(code.count), end: 0,
        tileAxis: isTile ? Int32(axis) : scopes[Int(parent)].tileAxis, isTile: isTile))
    code.append(Instruction(kind: isTile ? .tile : .loop, scope: scope, index: Int32(axis)))
    append(body, scope: scope)
    scopes[Int(scope)].end = Int32(code.count)
    code.append(Instruction(kind: .end, scope: scope, index: Int32(axis)))
  }

  /// The tile axis around an instruction, or -1.
  func tileAxis(_ instruction: Instruction) -> Int { Int(scopes[Int(instruction.scope)].tileAxis) }

  /// The coefficient of the tile axis in the index of an instruction; 0 outside tiles.
  func tileCoefficient(_ instruction: Instruction) -> Int {
    let axis = tileAxis(instruction)
    return axis < 0 ? 0 : affines[Int(instruction.index)].coefficient(of: axis)
  }
}
