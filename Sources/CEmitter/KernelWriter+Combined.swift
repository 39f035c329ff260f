import Basics
import KernelIR

/// Calls of runtime kernels that do several operations at once.
extension KernelWriter {
  mutating func writeTileCompute(_ instruction: FlatKernel.Instruction, _ position: Int, into value: Int32) {
    switch plan.forms[position] {
    case .plain: return writePlain(instruction, into: value)
    case .horner: return writeHorner(instruction, into: value)
    case .selectBy: return writeSelectBy(instruction, into: value)
    default: break
    }
    let (steps, operands) = combination(instruction, plan.forms[position])
    beginCall(.combined(steps, plan.info(value).dtype, kinds: operands.map { isTile($0) }))
    writeOperand(value)
    writeOperands(operands)
    endCall()
  }

  private mutating func writePlain(_ instruction: FlatKernel.Instruction, into value: Int32) {
    let (a, b, c) = (instruction.a, instruction.b, instruction.c)
    if instruction.op == .select { return writeTileSelect(instruction, into: value) }
    let dtype = plan.info(a).dtype
    let isLeftFused = isFused(a)
    let isRightFused = b >= 0 && isFused(b)
    if isLeftFused && isRightFused { return writeJoin(instruction, into: value, dtype) }
    if isLeftFused || isRightFused {
      let outer = ChainLink(instruction.op, reversed: isRightFused && instruction.op == .sub)
      return writeChain(fusedOperation(isLeftFused ? a : b), outer, other: isLeftFused ? b : a, dtype) { writer in
        writer.writeOperand(value)
      }
    }
    let operands = [a, b, c].prefix(instruction.op.arity)
    beginCall(.tile(instruction.op, dtype, kinds: operands.count == 1 ? [] : operands.map { isTile($0) }))
    writeOperand(value)
    writeOperands(Array(operands))
    endCall()
  }

  private func isFused(_ value: Int32) -> Bool { plan.place[Int(value)] == .fused }

  func fusedOperation(_ value: Int32) -> FlatKernel.Instruction {
    plan.flat.code[Int(plan.definition[Int(value)])]
  }

  // MARK: Pairs, chains, joins

  /// The operands of an inner operation with a tile first where it commutes.
  private func tileFirst(_ inner: FlatKernel.Instruction) -> (Int32, Int32) {
    inner.op != .sub && !isTile(inner.a) ? (inner.b, inner.a) : (inner.a, inner.b)
  }

  private mutating func writeJoin(_ instruction: FlatKernel.Instruction, into value: Int32, _ dtype: DType) {
    let (first, second) = (fusedOperation(instruction.a), fusedOperation(instruction.b))
    let ((a, b), (c, e)) = (tileFirst(first), tileFirst(second))
    let kinds = [true, isTile(b), true, isTile(e)]
    beginCall(.join(first: first.op, second: second.op, outer: instruction.op, dtype, kinds: kinds))
    writeOperand(value)
    writeOperands([a, b, c, e])
    endCall()
  }

  /// `outer(head, other)`, where the head is an operation on two values or on the result of an inner operation and one.
  mutating func writeChain(
    _ head: FlatKernel.Instruction, _ outer: ChainLink, other: Int32, _ dtype: DType,
    destination: (inout KernelWriter) -> Void
  ) {
    let isLeftFused = isFused(head.a)
    let isRightFused = isFused(head.b)
    var operands: [Int32]
    if isLeftFused || isRightFused {
      let inner = fusedOperation(isLeftFused ? head.a : head.b)
      var link = ChainLink(inner.op)
      var (a, b) = tileFirst(inner)
      if !isTile(a) {
        (a, b) = (b, a)
        link.isReversed = true
      }
      operands = [a, b, isLeftFused ? head.b : head.a, other]
      let middle = ChainLink(head.op, reversed: isRightFused && head.op == .sub)
      beginCall(.chain(inner: link, middle: middle, outer: outer, dtype, kinds: operands.map { isTile($0) }))
    } else {
      let (a, b) = tileFirst(head)
      operands = [a, b, other]
      beginCall(
        .pair(
          inner: head.op, outer: outer.op, reversed: outer.isReversed, dtype, kinds: operands.map { isTile($0) }))
    }
    destination(&self)
    writeOperands(operands)
    endCall()
  }

  // MARK: Around an fma or a square

  /// An inner operation as the runtime names it, its operands with a tile first.
  private func innermost(_ value: Int32) -> (TileStep, [Int32]) {
    let inner = fusedOperation(value)
    switch inner.op {
    case .fma: return (.fma, isTile(inner.a) ? [inner.a, inner.b, inner.c] : [inner.b, inner.a, inner.c])
    case .sub: return isTile(inner.a) ? (.sub, [inner.a, inner.b]) : (.rsub, [inner.b, inner.a])
    default:
      let (a, b) = tileFirst(inner)
      return (inner.op == .add ? .add : .mul, [a, b])
    }
  }

  private func combination(_ instruction: FlatKernel.Instruction, _ form: FusedForm) -> ([TileStep], [Int32]) {
    let (a, b, c) = (instruction.a, instruction.b, instruction.c)
    let (fused, other) = isFused(a) ? (a, b) : (b, a)
    switch form {
    case .multiplied:
      let (step, operands) = innermost(fused)
      return ([step, .fma], operands + [other, c])
    case .addend:
      let (step, operands) = innermost(c)
      return ([step, .mac], operands + (isTile(a) ? [a, b] : [b, a]))
    case .outer:
      let (step, operands) = innermost(fused)
      let outer: TileStep =
        switch instruction.op {
        case .add: .add
        case .mul: .mul
        default: fused == a ? .sub : .rsub
        }
      return ([step, outer], operands + [other])
    case .square:
      let (step, operands) = innermost(a)
      return ([step, .square], operands)
    case .squareAdd:
      let (step, operands) = innermost(a)
      return ([step, .square, .add], operands + [c])
    case .squareMul:
      let (step, operands) = innermost(fusedOperation(fused).a)
      return ([step, .square, .mul], operands + [other])
    case .minusAddend:
      let addend = fusedOperation(c).a
      return ([.fms], isTile(a) ? [a, b, addend] : [b, a, addend])
    case .minusProduct:
      if plan.isOwnFMA(instruction, form) { return ([.fnma, .own], [other, c]) }
      return ([.fnma], [fusedOperation(fused).a, other, c])
    case .own:
      let (step, operands) = innermost(fused)
      return ([step, .own], operands)
    case .ownMul:
      let factor = fusedOperation(fused)
      if factor.op == .fma {
        let isNegated = isFused(factor.a) || isFused(factor.b)
        return ([isNegated ? .fnma : .fma, .own, .mul], [isFused(factor.a) ? factor.b : factor.a, factor.c, other])
      }
      let (steps, operands) = combination(factor, .own)
      return (steps + [.mul], operands + [other])
    case .plain, .horner, .selectBy: return ([], [])
    }
  }

  // MARK: Selection, polynomials

  private mutating func writeSelectBy(_ select: FlatKernel.Instruction, into value: Int32) {
    let comparison = fusedOperation(select.a)
    var (a, b) = (comparison.a, comparison.b)
    var (c, e) = (select.b, select.c)
    let step: TileStep
    switch comparison.op {
    case .lt: step = .lt
    case .le: step = .le
    case .gt:
      step = .lt
      (a, b) = (b, a)
    case .ge:
      step = .le
      (a, b) = (b, a)
    case .ne:
      step = .eq
      (c, e) = (e, c)
    default: step = .eq
    }
    let operands = [a, b, c, e]
    beginCall(.combined([.select, step], plan.info(value).dtype, kinds: operands.map { isTile($0) }))
    writeOperand(value)
    writeOperands(operands)
    endCall()
  }

  /// `tile_horner_f32(y, x, (const float[]){2.0f, -1.0f, 0.5f}, 3, n)`.
  private mutating func writeHorner(_ last: FlatKernel.Instruction, into value: Int32) {
    let dtype = plan.info(value).dtype
    guard let x = plan.hornerDegrees[last.result]?.x else { return }
    var coefficients: [Int32] = []
    var step = last
    while plan.form(of: step.result) == .horner {
      coefficients.append(step.c)
      step = fusedOperation(isFused(step.a) ? step.a : step.b)
    }
    guard let (leading, next) = plan.hornerStart(step, x) else { return }
    coefficients.append(next)
    beginCall(.horner(dtype))
    writeOperand(value)
    writeOperands([x])
    out.write(", (const ")
    out.write(string: dtype.cName)
    out.write("[]){")
    if let leading { writeValue(leading) } else { out.write(string: unit.literal(Scalar(Int64(1), as: dtype))) }
    for coefficient in coefficients.reversed() {
      out.write(", ")
      writeValue(coefficient)
    }
    out.write("}, ")
    out.write(coefficients.count + 1)
    endCall()
  }
}
