import Basics

extension ProgramParser {
  mutating func tape() throws(Diagnostic) {
    let name = try name()
    try expect(":")
    let type = TensorType(try dtype(), try shape())
    tapesByName[name] = tapesByName[name] == nil ? tapes.count : -1
    tapes.append(Tape(name: name, rowType: type))
  }

  /// The steps up to and with “}”.
  mutating func steps() throws(Diagnostic) -> [Step] {
    var steps: [Step] = []
    stepDepth += 1
    guard stepDepth <= Self.greatestDepth + 1 else {
      throw failure("more than \(Self.greatestDepth) nested loops and branches")
    }
    while try !skip("}") {
      if try skip(word: "kernel") {
        steps.append(.kernel(try kernel()))
      } else if try skip(word: "gemm") {
        steps.append(.gemm(try gemm()))
      } else if try skip(word: "call") {
        steps.append(.call(try call()))
      } else if try skip(word: "loop") {
        steps.append(.loop(try stepLoop()))
      } else if try skip(word: "while") {
        steps.append(.whileLoop(try stepWhile()))
      } else if try skip(word: "branch") {
        steps.append(.branch(try stepBranch()))
      } else {
        throw failure("expected a step or “}” instead of \(token.text)")
      }
    }
    stepDepth -= 1
    return steps
  }

  private mutating func stepLoop() throws(Diagnostic) -> StepLoop {
    let id = try loopID()
    try expect("=")
    let count: StepLoop.Count
    switch token {
    case .word, .string, .buffer: count = .buffer(try reference(), limit: try labelled("limit"))
    default: count = .fixed(try integer())
    }
    let isParallel = try skip(word: "parallel")
    let index = try optionalReference("index")
    let records = try records()
    let origins = try origins()
    return StepLoop(
      id: id, count: count, index: index, records: records, isParallel: isParallel, body: try steps(), origins: origins)
  }

  private mutating func stepWhile() throws(Diagnostic) -> StepWhile {
    let id = try loopID()
    let limit = try skip(word: "limit") ? try integer() : nil
    let index = try optionalReference("index")
    let tripCount = try optionalReference("trips")
    let records = try records()
    let origins = try origins()
    try expect(word: "condition")
    let predicate = try reference()
    try expect("{")
    let condition = try steps()
    try expect(word: "body")
    try expect("{")
    let body = try steps()
    try expect("}")
    return StepWhile(
      id: id, index: index, limit: limit, condition: condition, predicate: predicate, records: records, body: body,
      tripCount: tripCount, origins: origins)
  }

  private mutating func stepBranch() throws(Diagnostic) -> StepBranch {
    let selector = try reference()
    let origins = try origins()
    var branches: [[Step]] = []
    while try !skip("}") {
      try expect(word: "case")
      try expect("{")
      branches.append(try steps())
    }
    return StepBranch(selector: selector, branches: branches, origins: origins)
  }

  private mutating func optionalReference(_ label: String) throws(Diagnostic) -> BufferID? {
    try skip(word: label) ? try reference() : nil
  }

  private mutating func records() throws(Diagnostic) -> [TapeID] {
    var tapes: [TapeID] = []
    if try skip(word: "records") {
      repeat { tapes.append(try tapeReference()) } while try skip(",")
    }
    return tapes
  }

  /// `l3`.
  mutating func loopID() throws(Diagnostic) -> LoopID {
    guard case .word(let word) = token, word.first == "l", let number = Int(word.dropFirst()), number >= 0 else {
      throw failure("expected a loop, as l0, instead of \(token.text)")
    }
    try advance()
    return number
  }

  /// What follows “slice”.
  mutating func slice() throws(Diagnostic) -> Buffer.Role {
    try expect(word: "of")
    let base = try reference()
    try expect(word: "in")
    return .slice(of: base, loop: try loopID(), offset: try labelled("from"), step: try labelled("step"))
  }

  /// What follows “row”.
  mutating func row() throws(Diagnostic) -> Buffer.Role {
    try expect(word: "of")
    let tape = try tapeReference()
    try expect(word: "in")
    return .row(tape: tape, loop: try loopID(), reversed: try skip(word: "reversed"))
  }

  private mutating func tapeReference() throws(Diagnostic) -> TapeID {
    try number(of: "tape", tapesByName, count: tapes.count)
  }
}
