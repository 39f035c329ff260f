import KernelIR

/// How a tile operation takes in the operations of its operands, each of which nothing else uses.
enum FusedForm: UInt8 {
  /// On its own, or as a pair, chain or join of adds, subs and muls: `Place.fused` says which operands are in it.
  case plain
  /// `fma(inner, b, c)`.
  case multiplied
  /// `fma(a, b, inner)`.
  case addend
  /// `op(fma(a, b, c), d)`.
  case outer
  /// `inner * inner`.
  case square
  /// `inner * inner * c`.
  case squareMul
  /// `fma(inner, inner, c)`.
  case squareAdd
  /// `fma(a, b, -c)`.
  case minusAddend
  /// `fma(-a, b, c)`.
  case minusProduct
  /// `inner(a, s) * a`.
  case own
  /// That, or `fma(±a, a, s)`, times something.
  case ownMul
  /// `select(comparison, a, b)`.
  case selectBy
  /// `fma(… fma(s0, x, s1) …, x, sk)`.
  case horner
}

extension KernelPlan {
  /// The definition of a tile operation that only `position` uses and that a combined kernel can take in.
  private func operation(_ value: Int32, for position: Int) -> FlatKernel.Instruction? {
    guard value >= 0, isTile[Int(value)], place[Int(value)] != .fused else { return nil }
    let defined = Int(definition[Int(value)])
    let instruction = flat.code[defined]
    guard instruction.kind == .compute, isMovable(value, defined), user[Int(value)] == Int32(position) else {
      return nil
    }
    return info(value).dtype.isFloating || info(value).dtype == .bool ? instruction : nil
  }

  private func isFusable(_ value: Int32, into position: Int) -> FlatKernel.Instruction? {
    guard let instruction = operation(value, for: position), instruction.isSumOrProduct else { return nil }
    return form(of: value) == .plain ? instruction : nil
  }

  /// The form of the operation that defines a value.
  func form(of value: Int32) -> FusedForm { forms[Int(definition[Int(value)])] }

  private func areTiles(_ instruction: FlatKernel.Instruction) -> Bool {
    isTile[Int(instruction.a)] && isTile[Int(instruction.b)]
  }

  /// The operands of an operation that are done together with it.
  private func fusedOperands(_ instruction: FlatKernel.Instruction) -> [Int32] {
    [instruction.a, instruction.b, instruction.c].filter { $0 >= 0 && place[Int($0)] == .fused }
  }

  /// Whether nothing is fused into an operation yet.
  private func isPlain(_ instruction: FlatKernel.Instruction) -> Bool { fusedOperands(instruction).isEmpty }

  /// Whether an operation is plain, or a pair, which one more operation makes a chain.
  private func isExtensible(_ instruction: FlatKernel.Instruction) -> Bool {
    let fused = fusedOperands(instruction)
    guard let inner = fused.first else { return true }
    return fused.count == 1 && isPlain(flat.code[Int(definition[Int(inner)])])
  }

  /// Whether an operation can be one side of a join: its first operand, perhaps after a swap, is a tile.
  private func isJoinable(_ instruction: FlatKernel.Instruction) -> Bool {
    isPlain(instruction) && (instruction.op != .sub || isTile[Int(instruction.a)])
  }

  /// Chooses the tile operations that are done together with their user.
  mutating func fuseTiles() {
    forms = [FusedForm](repeating: .plain, count: flat.code.count)
    for position in flat.code.indices where isLive[position] {
      let instruction = flat.code[position]
      switch instruction.kind {
      case .compute:
        guard instruction.result >= 0, isTile[Int(instruction.result)] else { continue }
        switch instruction.op {
        case .fma: fuseIntoFMA(instruction, position)
        case .select: fuseIntoSelect(instruction, position)
        case .add, .sub, .mul:
          guard info(instruction.result).dtype.isFloating else { continue }
          if !fuseSquare(instruction, position), !fuseOwn(instruction, position), !fuseFMA(into: instruction, position)
          {
            fuseChain(instruction, position)
          }
        default: break
        }
      case .accumulate:
        let accumulator = flat.code[Int(definition[Int(instruction.b)])]
        guard accumulator.combiner == .add, let value = isFusable(instruction.a, into: position) else { continue }
        let isProduct = value.op == .mul && areTiles(value) && isPlain(value)
        if isTile[Int(instruction.b)] ? isExtensible(value) : isProduct { place[Int(instruction.a)] = .fused }
      default: break
      }
    }
  }

  /// Adds, subs and muls among themselves.
  private mutating func fuseChain(_ instruction: FlatKernel.Instruction, _ position: Int) {
    let left = isFusable(instruction.a, into: position).flatMap { isExtensible($0) ? $0 : nil }
    let right = isFusable(instruction.b, into: position).flatMap { isExtensible($0) ? $0 : nil }
    if let left, let right, isJoinable(left), isJoinable(right) {
      place[Int(instruction.a)] = .fused
      place[Int(instruction.b)] = .fused
    } else if let left, right.map({ isPlain($0) || !isPlain(left) }) ?? true {
      place[Int(instruction.a)] = .fused
    } else if right != nil {
      place[Int(instruction.b)] = .fused
    }
  }

  // MARK: Contracted operations

  /// A value whose operation, an add, sub, mul or fma with nothing in it yet, can be the inner one.
  private func isInner(_ value: Int32, for position: Int) -> Bool {
    guard let instruction = operation(value, for: position) else { return false }
    return canBeInner(instruction) && form(of: value) == .plain
  }

  /// Whether a tile operation is an add, sub, mul or an fma with a tile among its factors, and nothing is in it yet.
  private func canBeInner(_ instruction: FlatKernel.Instruction) -> Bool {
    (instruction.isSumOrProduct || instruction.op == .fma && hasTileFactor(instruction)) && isPlain(instruction)
  }

  private func hasTileFactor(_ product: FlatKernel.Instruction) -> Bool {
    isTile[Int(product.a)] || isTile[Int(product.b)]
  }

  private mutating func fuse(_ value: Int32, _ form: FusedForm, into position: Int) {
    place[Int(value)] = .fused
    forms[position] = form
  }

  private mutating func fuseIntoFMA(_ fma: FlatKernel.Instruction, _ position: Int) {
    guard hasTileFactor(fma), !fuseHorner(fma, position) else { return }
    if fma.a == fma.b, isSquareBase(fma.a, for: position), inner(fma.a).op != .fma {
      fuse(fma.a, .squareAdd, into: position)
    } else if let factor = [fma.a, fma.b].first(where: { isInner($0, for: position) }), fma.a != fma.b {
      fuse(factor, .multiplied, into: position)
    } else if isInner(fma.c, for: position) {
      fuse(fma.c, .addend, into: position)
    } else if isNegation(fma.c, for: position) {
      fuse(fma.c, .minusAddend, into: position)
    } else if let factor = [fma.a, fma.b].first(where: { isNegation($0, for: position) }) {
      fuse(factor, .minusProduct, into: position)
    }
  }

  private func isNegation(_ value: Int32, for position: Int) -> Bool {
    operation(value, for: position)?.op == .neg
  }

  private func inner(_ value: Int32) -> FlatKernel.Instruction { flat.code[Int(definition[Int(value)])] }

  /// Whether `position` is the only user of a value, which it multiplies with itself, and whose operation can be inner.
  private func isSquareBase(_ value: Int32, for position: Int) -> Bool {
    guard isTile[Int(value)], place[Int(value)] != .fused, useCount[Int(value)] == 2 else { return false }
    let operation = inner(value)
    return user[Int(value)] == Int32(position) && operation.kind == .compute
      && operation.scope == flat.code[position].scope && form(of: value) == .plain && canBeInner(operation)
  }

  private mutating func fuseSquare(_ instruction: FlatKernel.Instruction, _ position: Int) -> Bool {
    guard instruction.op == .mul else { return false }
    if instruction.a == instruction.b {
      guard isSquareBase(instruction.a, for: position) else { return false }
      fuse(instruction.a, .square, into: position)
      return true
    }
    for value in [instruction.a, instruction.b] {
      guard let square = operation(value, for: position), form(of: value) == .square, inner(square.a).op != .fma else {
        continue
      }
      fuse(value, .squareMul, into: position)
      return true
    }
    return false
  }

  /// Products in which one operand is read twice.
  private mutating func fuseOwn(_ product: FlatKernel.Instruction, _ position: Int) -> Bool {
    guard product.op == .mul, isTile[Int(product.a)], isTile[Int(product.b)] else { return false }
    for (value, other) in [(product.a, product.b), (product.b, product.a)] {
      guard let factor = operation(value, for: position) else { continue }
      if factor.op == .add || factor.op == .sub, form(of: value) == .plain, isPlain(factor) {
        let isOwn = factor.a == other && !isTile[Int(factor.b)] || factor.b == other && !isTile[Int(factor.a)]
        guard isOwn else { continue }
        fuse(value, .own, into: position)
        return true
      }
      if form(of: value) == .own || isOwnFMA(factor, form(of: value)) {
        fuse(value, .ownMul, into: position)
        return true
      }
    }
    return false
  }

  /// Whether an fma is `fma(a, a, s)` or `fma(-a, a, s)`.
  func isOwnFMA(_ fma: FlatKernel.Instruction, _ form: FusedForm) -> Bool {
    guard fma.op == .fma, isTile[Int(fma.a)], isTile[Int(fma.b)], !isTile[Int(fma.c)] else { return false }
    if form == .plain { return fma.a == fma.b && isPlain(fma) }
    guard form == .minusProduct else { return false }
    return place[Int(fma.a)] == .fused ? inner(fma.a).a == fma.b : inner(fma.b).a == fma.a
  }

  private mutating func fuseFMA(into instruction: FlatKernel.Instruction, _ position: Int) -> Bool {
    guard instruction.a != instruction.b else { return false }
    for value in [instruction.a, instruction.b] where isInner(value, for: position) && inner(value).op == .fma {
      fuse(value, .outer, into: position)
      return true
    }
    return false
  }

  private mutating func fuseIntoSelect(_ select: FlatKernel.Instruction, _ position: Int) {
    guard let comparison = operation(select.a, for: position), comparison.op.isComparison else { return }
    let dtype = info(comparison.a).dtype
    if dtype.isFloating && dtype == info(select.result).dtype { fuse(select.a, .selectBy, into: position) }
  }

  // MARK: Polynomials

  /// The operand of an fma that is the step before in a polynomial, `step * x + s`: the first, or of the same x.
  private func hornerStep(_ fma: FlatKernel.Instruction, _ position: Int) -> Int32? {
    guard !isTile[Int(fma.c)], fma.a != fma.b else { return nil }
    for (value, x) in [(fma.a, fma.b), (fma.b, fma.a)] where isTile[Int(x)] {
      guard let step = operation(value, for: position) else { continue }
      let known = hornerDegrees[value]
      if let known {
        if known.x == x && known.degree < KernelPlan.greatestDegree { return value }
      } else if form(of: value) == .plain, isPlain(step), hornerStart(step, x) != nil {
        return value
      }
    }
    return nil
  }

  private mutating func fuseHorner(_ fma: FlatKernel.Instruction, _ position: Int) -> Bool {
    guard let step = hornerStep(fma, position) else { return false }
    hornerDegrees[fma.result] = (step == fma.a ? fma.b : fma.a, (hornerDegrees[step]?.degree ?? 1) + 1)
    fuse(step, .horner, into: position)
    return true
  }

  /// The coefficients that a polynomial in x starts with: those of `x * s0 + s1` or of `x + s1`, with nothing for 1.
  func hornerStart(_ step: FlatKernel.Instruction, _ x: Int32) -> (leading: Int32?, next: Int32)? {
    switch step.op {
    case .fma where !isTile[Int(step.c)]:
      if step.a == x && !isTile[Int(step.b)] { return (step.b, step.c) }
      if step.b == x && !isTile[Int(step.a)] { return (step.a, step.c) }
    case .add:
      if step.a == x && !isTile[Int(step.b)] { return (nil, step.b) }
      if step.b == x && !isTile[Int(step.a)] { return (nil, step.a) }
    default: break
    }
    return nil
  }
}

extension FlatKernel.Instruction {
  /// Whether it is an add, sub or mul.
  var isSumOrProduct: Bool { op == .add || op == .sub || op == .mul }
}
