package import Basics

extension Program {
  /// Reads the text form.
  ///
  ///     program p arena 64 {
  ///       buffer x: f32[2,3] = parameter 0
  ///       buffer c: i32[2] = constant [1, -2]
  ///       buffer t: f32[2] = temporary 0
  ///       buffer "any name": f32[] = result 0
  ///       kernel k from "exp", "add" {
  ///         axis i0 = 3
  ///         %0: accumulator f32 = add
  ///         tile i0 {
  ///           %1: tile f32 = load x[i0 + 3]
  ///           %2: tile f32 = mul %1, %1
  ///           accumulate %0, %2
  ///         }
  ///         %3: f32 = finish %0
  ///         store #3[0], %3
  ///       }
  ///       gemm f32 m 2 n 2 k 3 batch 1 accumulates from "dot" {
  ///         c = t[0] rows 2 slices 0
  ///         a = x[0] rows 3 slices 0
  ///         b = x[0] rows 3 slices 0 transposed
  ///       }
  ///       call cholesky f32 n 2 batch 1 from "cholesky" {
  ///         input t[0] slices 4
  ///         output #3[0] slices 4
  ///       }
  ///     }
  ///
  /// Steps are also loops and branches of steps; tapes are declared before buffers:
  ///
  ///     tape saved: f32[3]
  ///     buffer row: f32[3] = slice of x in l0 from 0 step 3
  ///     buffer last: f32[3] = row of saved in l2 reversed
  ///     loop l0 = 10 index t records saved from "scan" { … }
  ///     while l1 limit 99 index t trips n records saved from "while" { condition p { … } body { … } }
  ///     loop l2 = n limit 99 { … }
  ///     branch s from "cond" { case { … } case { … } }
  ///
  /// Steps that threads may share say so before their origins: `kernel k parallel i0 by 4096`,
  /// `gemm … parallel rows 256` (or `columns`, `slices`), `call … parallel 8`, `loop l0 = 8 parallel`. `accuracy low` after the
  /// arena lets exp and the like be 3.5 ulp off.
  ///
  /// Other statements are `loop i0 {…}`, `%1: f32 = constant 1.5`, `%1: i32 = index 2*i0 + 1`, `%1: f32 = cast %0`,
  /// `%1: f32 = gather x[i0], %0, stride 3, limit 2` and `scatter add x[i0], %0, stride 3, limit 2, %1`, in
  /// which `drops` may follow the limit. A buffer is
  /// named, or numbered as `#3`; line breaks are free; `//` starts a comment.
  /// - Throws: what is wrong with the text, with its line. The program is not verified.
  package init(parsing text: String, file: String = "program") throws(Diagnostic) {
    var parser = try ProgramParser(text, file: file)
    self = try parser.program()
  }
}

struct ProgramParser {
  var lexer: ProgramLexer
  var token: ProgramToken
  /// The line of `token`.
  var line: Int
  var buffers: [Buffer] = []
  /// -1 for a name of several buffers.
  var buffersByName: [String: Int] = [:]
  var tapes: [Tape] = []
  /// -1 for a name of several tapes.
  var tapesByName: [String: Int] = [:]
  /// The definitions of the kernel that is read.
  var definitions: [(value: Int32, info: ValueInfo)] = []
  /// Loops of the kernel around the current statement.
  var depth = 0
  /// Lists of steps around the current step.
  var stepDepth = 0
  static let greatestDepth = 64

  init(_ text: String, file: String) throws(Diagnostic) {
    lexer = ProgramLexer(text, file: file)
    token = try lexer.next()
    line = lexer.line
  }

  func failure(_ message: String) -> Diagnostic {
    Diagnostic(message, at: SourceLocation(file: lexer.file, line: line))
  }

  mutating func advance() throws(Diagnostic) {
    token = try lexer.next()
    line = lexer.line
  }

  mutating func expect(_ mark: Character) throws(Diagnostic) {
    guard take(mark) else { throw failure("expected “\(mark)” instead of \(token.text)") }
    try advance()
  }

  func take(_ mark: Character) -> Bool {
    if case .mark(let byte) = token { return byte == mark.asciiValue }
    return false
  }

  /// Skips the mark if it is next.
  mutating func skip(_ mark: Character) throws(Diagnostic) -> Bool {
    guard take(mark) else { return false }
    try advance()
    return true
  }

  mutating func skip(word: String) throws(Diagnostic) -> Bool {
    guard token == .word(word) else { return false }
    try advance()
    return true
  }

  mutating func expect(word: String) throws(Diagnostic) {
    guard try skip(word: word) else { throw failure("expected “\(word)” instead of \(token.text)") }
  }

  mutating func name() throws(Diagnostic) -> String {
    switch token {
    case .word(let name), .string(let name):
      try advance()
      return name
    default: throw failure("expected a name instead of \(token.text)")
    }
  }

  mutating func integer() throws(Diagnostic) -> Int {
    let sign = try skip("-") ? "-" : ""
    guard case .number(let digits) = token else { throw failure("expected an integer instead of \(token.text)") }
    guard let number = Int(sign + digits) else { throw failure("\(token.text) is not a 64-bit integer") }
    try advance()
    return number
  }

  mutating func labelled(_ label: String) throws(Diagnostic) -> Int {
    try expect(word: label)
    return try integer()
  }

  mutating func dtype() throws(Diagnostic) -> DType {
    guard case .word(let word) = token, let dtype = DType(name: word) else {
      throw failure("expected a dtype instead of \(token.text)")
    }
    try advance()
    return dtype
  }

  mutating func scalar(_ dtype: DType) throws(Diagnostic) -> Scalar {
    let sign = try skip("-") ? "-" : ""
    guard case .word(let word) = token else {
      guard case .number(let digits) = token else { throw failure("expected a constant instead of \(token.text)") }
      try advance()
      return try scalar(dtype, sign + digits)
    }
    try advance()
    guard word == "nan", try skip("(") else { return try scalar(dtype, sign + word) }
    guard case .number(let digits) = token, digits.hasPrefix("0x"), let bits = UInt64(digits.dropFirst(2), radix: 16)
    else { throw failure("expected the bits of a NaN, as 0x7fc00001") }
    let scalar = Scalar(dtype: dtype, bits: bits)
    guard dtype.isFloating, scalar.isCanonical(dtype), scalar.doubleValue.isNaN else {
      throw failure("\(token.text) is not a constant of \(dtype): these are not the bits of a NaN")
    }
    try advance()
    try expect(")")
    return scalar
  }

  private func scalar(_ dtype: DType, _ text: String) throws(Diagnostic) -> Scalar {
    guard let scalar = Scalar(text: text, dtype: dtype) else {
      throw failure("“\(text.prefix(40))” is not a constant of \(dtype)")
    }
    return scalar
  }

  mutating func program() throws(Diagnostic) -> Program {
    try expect(word: "program")
    let name = try name()
    let arena = try labelled("arena")
    let accuracy = try skip(word: "accuracy") ? try accuracy() : .high
    try expect("{")
    while try skip(word: "tape") { try tape() }
    while try skip(word: "buffer") { try buffer() }
    let steps = try steps()
    guard token == .end else { throw failure("nothing may follow the program, but there is \(token.text)") }
    var program = Program(name: name, buffers: buffers, steps: steps, arenaByteCount: arena, tapes: tapes)
    program.accuracy = accuracy
    return program
  }

  private mutating func accuracy() throws(Diagnostic) -> FunctionAccuracy {
    guard case .word(let word) = token, let accuracy = FunctionAccuracy(rawValue: word) else {
      throw failure("expected “high” or “low” instead of \(token.text)")
    }
    try advance()
    return accuracy
  }

  mutating func buffer() throws(Diagnostic) {
    let name = try name()
    try expect(":")
    let type = TensorType(try dtype(), try shape())
    try expect("=")
    let role: Buffer.Role
    var isStreamed = false
    if try skip(word: "parameter") {
      let position = try integer()
      role = try skip(word: "result") ? .updated(parameter: position, result: try integer()) : .parameter(position)
    } else if try skip(word: "result") {
      role = .result(try integer())
      isStreamed = try skip(word: "streamed")
    } else if try skip(word: "temporary") {
      role = .temporary(offset: try integer())
    } else if try skip(word: "constant") {
      try expect("[")
      var elements: [Scalar] = []
      while !take("]") {
        if !elements.isEmpty { try expect(",") }
        elements.append(try scalar(type.dtype))
      }
      try expect("]")
      role = .constant(elements)
    } else if try skip(word: "slice") {
      role = try slice()
    } else if try skip(word: "row") {
      role = try row()
    } else {
      throw failure("expected the role of a buffer instead of \(token.text)")
    }
    buffersByName[name] = buffersByName[name] == nil ? buffers.count : -1
    buffers.append(Buffer(name: name, type: type, role: role, isStreamed: isStreamed))
  }

  mutating func shape() throws(Diagnostic) -> Shape {
    try expect("[")
    var extents: [Int] = []
    while !take("]") {
      if !extents.isEmpty { try expect(",") }
      extents.append(try integer())
    }
    let shape = Shape(extents)
    guard let count = shape.checkedElementCount, !count.multipliedReportingOverflow(by: 8).overflow else {
      throw failure("the shape has a negative extent or too many elements")
    }
    try expect("]")
    return shape
  }

  mutating func origins() throws(Diagnostic) -> [String] {
    var origins: [String] = []
    if try skip(word: "from") {
      repeat { origins.append(try name()) } while try skip(",")
    }
    try expect("{")
    return origins
  }

  mutating func gemm() throws(Diagnostic) -> Gemm {
    let dtype = try dtype()
    let (m, n, k) = (try labelled("m"), try labelled("n"), try labelled("k"))
    let batch = try labelled("batch")
    let accumulates = try skip(word: "accumulates")
    let order = try skip(word: "by") ? try gemmOrder() : .library
    let partition = try skip(word: "parallel") ? try gemmPartition() : nil
    let origins = try origins()
    let (c, a, b) = (try matrix("c"), try matrix("a"), try matrix("b"))
    try expect("}")
    return Gemm(
      dtype: dtype, m: m, n: n, k: k, batchCount: batch, a: a, b: b, c: c, accumulates: accumulates,
      order: order, partition: partition, origins: origins)
  }

  private mutating func gemmOrder() throws(Diagnostic) -> Gemm.Order {
    guard case .word(let word) = token, let order = Gemm.Order(rawValue: word) else {
      throw failure("expected rows or lanes instead of \(token.text)")
    }
    try advance()
    return order
  }

  private mutating func gemmPartition() throws(Diagnostic) -> GemmPartition {
    guard case .word(let word) = token, let direction = GemmPartition.Direction(rawValue: word) else {
      throw failure("expected rows, columns or slices instead of \(token.text)")
    }
    try advance()
    return GemmPartition(direction, chunk: try integer())
  }

  mutating func matrix(_ label: String) throws(Diagnostic) -> Gemm.Matrix {
    try expect(word: label)
    try expect("=")
    let buffer = try reference()
    try expect("[")
    let offset = try integer()
    try expect("]")
    let rows = try labelled("rows")
    let slices = try labelled("slices")
    return Gemm.Matrix(
      buffer: buffer, offset: offset, leadingDimension: rows, transposed: try skip(word: "transposed"),
      batchStride: slices)
  }

  mutating func reference() throws(Diagnostic) -> BufferID {
    try number(of: "buffer", buffersByName, count: buffers.count)
  }

  /// The number of a named or numbered buffer or tape.
  mutating func number(
    of kind: String, _ numbersByName: [String: Int], count: Int
  ) throws(Diagnostic) -> Int {
    switch token {
    case .buffer(let number):
      guard number < count else { throw failure("there is no \(kind) #\(number)") }
      try advance()
      return number
    case .word(let name), .string(let name):
      guard let number = numbersByName[name] else { throw failure("there is no \(kind) \(quoted(name))") }
      guard number >= 0 else { throw failure("several \(kind)s are named \(quoted(name)), use its number") }
      try advance()
      return number
    default: throw failure("expected a \(kind) instead of \(token.text)")
    }
  }
}
