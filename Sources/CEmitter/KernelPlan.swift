import Basics
import KernelIR

/// The decisions for one kernel, in linear time: liveness, expressions, fused tile operations, places.
struct KernelPlan {
  let flat: FlatKernel
  let dialect: Dialect
  private let pairsFunctions: Bool
  let buffers: [Buffer]
  private(set) var memory: MemoryClasses
  /// By position.
  var isLive: [Bool]
  /// Where the instruction is emitted: further down for one that is part of an expression.
  var emission: [Int32]
  /// Scopes that hold a live instruction.
  var isScopeLive: [Bool]
  /// By value.
  var definition: [Int32]
  var place: [Place]
  var isTile: [Bool]
  /// The last emission that reads it; the `end` of a loop for values that come from outside it.
  var lastUse: [Int32]
  /// For `destination` the position of the store; for `alias` the accumulator.
  var partner: [Int32]
  /// Position of `end` → values that it frees.
  var freedAtEnd: [Int32: [Int32]] = [:]

  private(set) var useCount: [Int32]
  /// The position of the last live use.
  private(set) var user: [Int32]
  /// By position, how an operation takes in others; empty without tiles.
  var forms: [FusedForm] = []
  /// By the value that a polynomial has after a step: its variable and its degree.
  var hornerDegrees: [Int32: (x: Int32, degree: Int)] = [:]
  /// Scopes of tiles that are one call of the runtime, which needs no scratch memory and so no loop.
  var isSingleCall: [Bool]
  /// The last `accumulate` of an accumulator.
  private var lastAccumulate: [Int32]

  /// Nested operators of one expression at most; tcc's stack is limited.
  static let greatestExpressionDepth = 12
  static let greatestExpressionSize = 24
  /// A polynomial of a higher degree is cut.
  static let greatestDegree = 32
  /// A number that is used more often than this gets a variable for libtcc.
  private static let greatestLiteralCount: Int32 = 16

  init(_ kernel: Kernel, dialect: Dialect, pairsFunctions: Bool, program: Program, loops: LoopTable) {
    flat = FlatKernel(kernel)
    self.pairsFunctions = pairsFunctions
    buffers = program.buffers
    self.dialect = dialect
    let valueCount = flat.values.count
    isLive = [Bool](repeating: false, count: flat.code.count)
    emission = [Int32](repeating: 0, count: flat.code.count)
    isScopeLive = [Bool](repeating: false, count: flat.scopes.count)
    definition = [Int32](repeating: -1, count: valueCount)
    place = [Place](repeating: .dead, count: valueCount)
    isTile = [Bool](repeating: false, count: valueCount)
    lastUse = [Int32](repeating: -1, count: valueCount)
    partner = [Int32](repeating: -1, count: valueCount)
    useCount = [Int32](repeating: 0, count: valueCount)
    user = [Int32](repeating: -1, count: valueCount)
    lastAccumulate = [Int32](repeating: -1, count: valueCount)
    isSingleCall = [Bool](repeating: false, count: flat.scopes.count)
    memory = MemoryClasses()
    for position in flat.code.indices where flat.code[position].result >= 0 {
      definition[Int(flat.code[position].result)] = Int32(position)
    }
    markLive()
    memory = MemoryClasses(flat, isLive: isLive, program: program, loops: loops)
    markTiles()
    countUses()
    chooseExpressions()
    if dialect == .tile { fuseTiles() }
    findEmissions()
    findLastUses()
    if dialect == .tile {
      placeTiles()
      findSingleCalls()
    }
    if dialect == .vector { placeVectors() }
    collectFrees()
  }

  func info(_ value: Int32) -> ValueInfo { flat.values[Int(value)] }

  /// Whether two results, that of this instruction and of the next, are computed here as one.
  func isPair(_ position: Int) -> Bool {
    flat.code[position].isPairedWithNext && pairsFunctions && isLive[position] && isLive[position + 1]
  }

  /// Whether the instruction before computes the result of this one.
  func isSecondOfPair(_ position: Int) -> Bool { position > 0 && isPair(position - 1) }

  /// Calls `body` with each operand of an instruction.
  @inline(__always)
  static func forOperands(_ instruction: FlatKernel.Instruction, _ body: (Int32) -> Void) {
    if instruction.a >= 0 { body(instruction.a) }
    if instruction.b >= 0 { body(instruction.b) }
    if instruction.c >= 0 { body(instruction.c) }
  }

  /// Everything that a store or scatter needs.
  private mutating func markLive() {
    var accumulates: [Int32: [Int32]] = [:]
    for position in flat.code.indices where flat.code[position].kind == .accumulate {
      accumulates[flat.code[position].b, default: []].append(Int32(position))
    }
    // Uses stand after definitions; an accumulator also needs what feeds it, wherever that stands.
    var pending: [Int32] = []
    for position in flat.code.indices.reversed() {
      let kind = flat.code[position].kind
      guard isLive[position] || kind == .store || kind == .scatter else { continue }
      isLive[position] = true
      markOperandsLive(flat.code[position], &pending, accumulates)
    }
    while let position = pending.popLast() { markOperandsLive(flat.code[Int(position)], &pending, accumulates) }
    for position in flat.code.indices where isLive[position] {
      var scope = flat.code[position].scope
      while scope >= 0 && !isScopeLive[Int(scope)] {
        isScopeLive[Int(scope)] = true
        scope = flat.scopes[Int(scope)].parent
      }
    }
  }

  private mutating func markOperandsLive(
    _ instruction: FlatKernel.Instruction, _ pending: inout [Int32], _ accumulates: [Int32: [Int32]]
  ) {
    Self.forOperands(instruction) { value in
      let defined = Int(definition[Int(value)])
      guard defined >= 0, !isLive[defined] else { return }
      isLive[defined] = true
      if !accumulates.isEmpty { pending.append(Int32(defined)) }
    }
    guard instruction.kind == .accumulator else { return }
    for position in accumulates[instruction.result] ?? [] where !isLive[Int(position)] {
      isLive[Int(position)] = true
      pending.append(position)
    }
  }

  /// Which values differ between the positions of a tile.
  private mutating func markTiles() {
    guard dialect.hasTiles else { return }
    for position in flat.code.indices where isLive[position] {
      let instruction = flat.code[position]
      guard instruction.result >= 0 else { continue }
      var tile = false
      switch instruction.kind {
      case .load, .index: tile = flat.tileCoefficient(instruction) != 0
      case .gather: tile = flat.tileCoefficient(instruction) != 0 || isTile[Int(instruction.a)]
      case .compute, .cast, .finish: Self.forOperands(instruction) { tile = tile || isTile[Int($0)] }
      case .accumulator: tile = flat.tileAxis(instruction) >= 0
      default: break
      }
      isTile[Int(instruction.result)] = tile
    }
  }

  private mutating func countUses() {
    for position in flat.code.indices where isLive[position] {
      let instruction = flat.code[position]
      Self.forOperands(instruction) { value in
        useCount[Int(value)] += 1
        user[Int(value)] = Int32(position)
      }
      if instruction.kind == .accumulate { lastAccumulate[Int(instruction.b)] = Int32(position) }
    }
  }

  /// Whether an accumulator is an array of lanes: declared outside the tiles that feed it.
  func hasLanes(_ accumulator: Int32) -> Bool {
    guard dialect.hasTiles, !isTile[Int(accumulator)] else { return false }
    let last = lastAccumulate[Int(accumulator)]
    return last >= 0 && flat.tileAxis(flat.code[Int(last)]) >= 0
  }

  /// Whether an instruction with one user in the same list of statements can move to it.
  func isMovable(_ value: Int32, _ position: Int) -> Bool {
    let use = user[Int(value)]
    return useCount[Int(value)] == 1 && use >= 0 && flat.code[Int(use)].scope == flat.code[position].scope
      && flat.code[Int(use)].kind.rawValue > FlatKernel.Instruction.Kind.end.rawValue
  }

  /// Whether bits are masked with a number, in portable C: compilers warn of comparing that in the same expression.
  private func isMask(_ instruction: FlatKernel.Instruction) -> Bool {
    guard dialect == .portable, instruction.kind == .compute, instruction.op == .and || instruction.op == .or else {
      return false
    }
    return place[Int(instruction.a)] == .literal || place[Int(instruction.b)] == .literal
  }

  /// Places of uniform values.
  private mutating func chooseExpressions() {
    var depth = [UInt8](repeating: 0, count: flat.values.count)
    var size = [UInt8](repeating: 0, count: flat.values.count)
    for position in flat.code.indices where isLive[position] {
      let instruction = flat.code[position]
      let value = instruction.result
      guard value >= 0, !isTile[Int(value)] || instruction.kind == .finish else { continue }
      var chosen = isTile[Int(value)] ? Place.slot : .local
      switch instruction.kind {
      // tcc reads a variable faster than a number with a fraction.
      case .constant:
        let isCostly = dialect == .tile && info(value).dtype.isFloating
        chosen = isCostly && useCount[Int(value)] > Self.greatestLiteralCount ? .local : .literal
      case .accumulator: chosen = hasLanes(value) ? .lanes : .local
      case .load:
        if memory.isWritten(instruction.buffer) {
          // Unless something is written in between; see `findEmissions`.
          if flat.tileAxis(instruction) < 0, isMovable(value, position) { chosen = .inline }
        } else if flat.affines[Int(instruction.index)].terms.isEmpty {
          chosen = .element
        } else if isMovable(value, position) {
          chosen = .inline
        }
      case .gather:
        if !memory.isWritten(instruction.buffer) && isMovable(value, position) { chosen = .inline }
      case .finish:
        let declared = flat.code[Int(definition[Int(instruction.a)])]
        let isFinal = declared.scope == instruction.scope && lastAccumulate[Int(instruction.a)] < Int32(position)
        if hasLanes(instruction.a) {
          if isFinal && isMovable(value, position) { chosen = .inline }
        } else if isFinal {
          // A tile accumulator keeps its tile, a uniform one its variable.
          chosen = .alias
          partner[Int(value)] = instruction.a
        }
      case .index, .compute, .cast:
        // What stands inside tiles would be computed for each vector.
        let isRepeated = dialect == .vector && flat.tileAxis(instruction) >= 0
        if isMovable(value, position), !isMask(instruction), !isRepeated, !isPair(position), !isSecondOfPair(position) {
          chosen = .inline
        }
      default: break
      }
      if chosen == .inline {
        var deepest: UInt8 = 0
        var total: Int = 1
        var hasOnlyLiterals = instruction.kind == .compute || instruction.kind == .cast
        Self.forOperands(instruction) { operand in
          if place[Int(operand)] != .literal { hasOnlyLiterals = false }
          if place[Int(operand)] == .inline {
            deepest = max(deepest, depth[Int(operand)])
            total += Int(size[Int(operand)])
          }
        }
        depth[Int(value)] = deepest + 1
        size[Int(value)] = UInt8(min(total, 255))
        // tcc folds literals in long double, which rounds twice.
        if hasOnlyLiterals || Int(deepest) + 1 >= Self.greatestExpressionDepth || total >= Self.greatestExpressionSize {
          chosen = .local
        }
      }
      place[Int(value)] = chosen
    }
  }

  private mutating func findEmissions() {
    for position in flat.code.indices.reversed() {
      emission[position] = Int32(position)
      let value = flat.code[position].result
      guard value >= 0, place[Int(value)] == .inline || place[Int(value)] == .fused else { continue }
      let use = emission[Int(user[Int(value)])]
      if flat.code[position].kind == .load, place[Int(value)] == .inline, isLive[position],
        memory.isWritten(memory.classOf(flat.code[position].buffer), after: Int32(position), through: use - 1)
      {
        place[Int(value)] = .local
      } else {
        emission[position] = use
      }
    }
  }

  private mutating func findLastUses() {
    for position in flat.code.indices where isLive[position] {
      let instruction = flat.code[position]
      Self.forOperands(instruction) { operand in
        var use = emission[position]
        let home = flat.code[Int(definition[Int(operand)])].scope
        if home != instruction.scope {
          let homeDepth = flat.scopes[Int(home)].depth
          var scope = instruction.scope
          while flat.scopes[Int(scope)].depth > homeDepth + 1 { scope = flat.scopes[Int(scope)].parent }
          use = max(use, flat.scopes[Int(scope)].end)
        }
        lastUse[Int(operand)] = max(lastUse[Int(operand)], use)
        // An alias keeps its accumulator alive.
        if place[Int(operand)] == .alias {
          let accumulator = Int(partner[Int(operand)])
          lastUse[accumulator] = max(lastUse[accumulator], use)
        }
      }
    }
  }

  private mutating func collectFrees() {
    for value in lastUse.indices {
      let last = Int(lastUse[value])
      if last >= 0, last < flat.code.count, flat.code[last].kind == .end {
        freedAtEnd[Int32(last), default: []].append(Int32(value))
      }
    }
  }
}
