package import Basics

/// Makes the op of a name from its attributes; throws if there is none, or what is wrong with the attributes.
package typealias OpFactory =
  @Sendable (_ name: String, _ attributes: AttributeReader) throws(Diagnostic) -> any Op

extension Module {
  /// Reads functions in the text form; throws everything that is wrong, each with `file` and its line.
  package init(parsing text: String, file: String = "<text>", ops: @escaping OpFactory) throws(Diagnostics) {
    try self.init(parsing: Array(text.utf8), file: file, ops: ops)
  }

  /// Reads functions in the text form, which should be UTF-8 but need not be.
  package init(parsing bytes: [UInt8], file: String = "<text>", ops: @escaping OpFactory) throws(Diagnostics) {
    var parser = Parser(bytes, file: file, makeOp: ops)
    self.init(try parser.module())
  }
}

extension Function {
  /// Reads one function in the text form; throws everything that is wrong.
  package init(parsing text: String, file: String = "<text>", ops: @escaping OpFactory) throws(Diagnostics) {
    let module = try Module(parsing: text, file: file, ops: ops)
    guard module.functions.count == 1 else {
      let place = SourceLocation(file: file, line: 1)
      throw Diagnostics([Diagnostic("there should be one function, not \(module.functions.count)", at: place)])
    }
    self = module.functions[0]
  }
}

/// Reads tensor IR by recursive descent, straight from bytes. Functions go through `FunctionBuilder`, so that types are
/// inferred, written ones are only compared, and equal instructions become one.
///
/// After a mistake it goes on at the next line; values that could not be made are poison, about which nothing more is
/// said.
struct Parser {
  /// Functions may be nested this deep: the parser recurses.
  static let maximumDepth = 32
  /// A text ends being read at this many mistakes.
  static let maximumDiagnostics = 50

  var tokenizer: Tokenizer
  /// The token that comes next.
  var token: Token
  let file: String
  let makeOp: OpFactory
  var diagnostics: [Diagnostic] = []
  /// A splat of few bytes can stand for a tensor of any size; this many elements may come from splats in one text.
  var splatBudget = 1 << 26
  private var depth = 0
  /// Ops without attributes, by name.
  private var plainOps: [String: any Op] = [:]

  init(_ bytes: [UInt8], file: String, makeOp: @escaping OpFactory) {
    tokenizer = Tokenizer(bytes)
    token = tokenizer.next()
    self.file = file
    self.makeOp = makeOp
  }

  mutating func module() throws(Diagnostics) -> [Function] {
    var functions: [Function] = []
    var names: Set<String> = []
    while token.kind != .end, diagnostics.count < Parser.maximumDiagnostics {
      let start = token
      do throws(Diagnostic) {
        guard let function = try function() else { continue }
        if !names.insert(function.name).inserted {
          record("there is already a function '\(function.name)'", at: start)
        }
        functions.append(function)
      } catch {
        diagnostics.append(error)
        repeat { advance() } while token.kind != .end && !isWord("func")
      }
    }
    if functions.isEmpty, diagnostics.isEmpty { record("the text holds no function", at: token) }
    if !diagnostics.isEmpty { throw Diagnostics(diagnostics) }
    return functions
  }

  /// What the body of one function has defined so far.
  private struct Scope {
    static let undefined = Value(-2)

    let builder = FunctionBuilder()
    var numbered: [Value] = []
    var named: [String: Value] = [:]
    /// Diagnostics of the builder that have been taken over.
    var seenDiagnostics = 0
  }

  /// A function, or `nil` if something in it was wrong and has been recorded.
  mutating func function() throws(Diagnostic) -> Function? {
    let mistakesBefore = diagnostics.count
    depth += 1
    defer { depth -= 1 }
    guard depth <= Parser.maximumDepth else {
      throw error("functions are nested more than \(Parser.maximumDepth) deep", at: token)
    }
    try expectWord("func")
    var name = ""
    if token.kind == .atWord || token.kind == .atString {
      name = try nameText(token)
      advance()
    }
    var scope = Scope()
    try parameters(&scope)
    if token.kind != .arrow { throw expected("'->'") }
    advance()
    let declared = try resultList()
    try expect("{")
    let results = try body(&scope, resultCount: declared.count, of: name)
    guard diagnostics.count == mistakesBefore, let results else { return nil }

    for (result, value) in zip(declared, results) where scope.builder.type(of: value) != result.type {
      record(
        "result '\(result.name)' is declared \(result.type), but is \(scope.builder.type(of: value))", at: result.token)
    }
    guard diagnostics.count == mistakesBefore else { return nil }
    scope.builder.location = nil
    do {
      return try scope.builder.finish(name: name, results: zip(declared, results).map { .init($0.name, $1) })
    } catch {
      diagnostics += error.all
      return nil
    }
  }

  // MARK: Header

  private mutating func parameters(_ scope: inout Scope) throws(Diagnostic) {
    try expect("(")
    while !isPunctuation(")") {
      let nameToken = token
      guard isValueName else { throw expected("a parameter such as '%x: f32[2]'") }
      advance()
      var name = nameToken.kind == .percentNumber ? "" : try nameText(nameToken)
      if nameToken.kind == .percentNumber, isWord("as") {
        advance()
        guard token.kind == .string else { throw expected("the parameter's name in quotes") }
        name = try nameText(token)
        advance()
      } else if nameToken.kind == .percentNumber {
        name = tokenizer.text(of: nameToken)
      }
      try expect(":")
      let type = try tensorType()
      scope.builder.location = place(of: nameToken)
      try define(nameToken, scope.builder.parameter(name, type), &scope)
      if !isPunctuation(",") { break }
      advance()
    }
    try expect(")")
  }

  private struct DeclaredResult {
    var name: String
    var type: TensorType
    var token: Token
  }

  private mutating func resultList() throws(Diagnostic) -> [DeclaredResult] {
    var results: [DeclaredResult] = []
    try expect("(")
    while !isPunctuation(")") {
      let nameToken = token
      guard token.kind == .word || token.kind == .string else { throw expected("a result such as 'loss: f32[]'") }
      let name = try nameText(token)
      advance()
      try expect(":")
      results.append(DeclaredResult(name: name, type: try tensorType(), token: nameToken))
      if !isPunctuation(",") { break }
      advance()
    }
    try expect(")")
    return results
  }

  // MARK: Body

  /// Instructions up to `return` and the closing brace; `nil` if the results are of no use.
  private mutating func body(
    _ scope: inout Scope, resultCount: Int, of name: String
  ) throws(Diagnostic) -> [Value]? {
    var names: [Token] = []
    while diagnostics.count < Parser.maximumDiagnostics {
      if isWord("return") { return try results(&scope, count: resultCount) }
      if isPunctuation("}") {
        record("function '\(name)' ends without 'return'", at: token)
        advance()
        return nil
      }
      if token.kind == .end || isWord("func") { throw error("function '\(name)' has no closing '}'", at: token) }
      names.removeAll(keepingCapacity: true)
      do throws(Diagnostic) {
        try instruction(&names, &scope)
      } catch {
        diagnostics.append(error)
        for name in names { try? define(name, .poison, &scope, silently: true) }
        skipLine()
      }
    }
    return nil
  }

  private mutating func results(_ scope: inout Scope, count: Int) throws(Diagnostic) -> [Value]? {
    let start = token
    advance()
    var values: [Value] = []
    while isValueName {
      values.append(try use(&scope))
      if !isPunctuation(",") { break }
      advance()
    }
    try expect("}")
    guard values.count == count else {
      record("'return' should give \(count) result(s), not \(values.count)", at: start)
      return nil
    }
    return values.contains(.poison) ? nil : values
  }

  /// `%a, %b = op %c, %d {attributes} : types`
  private mutating func instruction(_ names: inout [Token], _ scope: inout Scope) throws(Diagnostic) {
    let start = token
    while isValueName {
      names.append(token)
      advance()
      if !isPunctuation(",") { break }
      advance()
    }
    if !names.isEmpty { try expect("=") }
    guard token.kind == .word else { throw expected(names.isEmpty ? "an instruction or 'return'" : "an op") }
    let opToken = token
    advance()
    var operands: [Value] = []
    var isKnown = true
    while isValueName {
      let value = try use(&scope)
      if value == .poison { isKnown = false }
      operands.append(value)
      if !isPunctuation(",") { break }
      advance()
      if !isValueName { throw expected("an operand") }
    }
    let mistakesBefore = diagnostics.count
    let attributes = isPunctuation("{") ? try self.attributes() : []
    let types = isPunctuation(":") ? try writtenTypes() : nil
    guard isValueName || token.kind == .word || token.kind == .end || isPunctuation("}") else {
      throw expected("another instruction or 'return'")
    }

    scope.builder.location = place(of: start)
    let op = diagnostics.count == mistakesBefore ? op(opToken, attributes) : nil
    guard isKnown, let op else {
      for name in names { try define(name, .poison, &scope) }
      return
    }
    var values = scope.builder.emit(op, operands)
    let recorded = scope.builder.diagnostics
    if recorded.count > scope.seenDiagnostics {
      diagnostics += recorded[scope.seenDiagnostics...]
      scope.seenDiagnostics = recorded.count
      values = [Value](repeating: .poison, count: names.count)
    } else if !check(values, types, of: opToken, names: names.count, at: start, scope) {
      values = [Value](repeating: .poison, count: names.count)
    }
    for (name, value) in zip(names, values) { try define(name, value, &scope) }
  }

  /// Compares what an op gave with what is written; records what differs.
  private mutating func check(
    _ values: [Value], _ types: [TensorType]?, of op: Token, names: Int, at start: Token, _ scope: Scope
  ) -> Bool {
    if values.count != names {
      record("'\(tokenizer.text(of: op))' has \(values.count) result(s), not \(names)", at: start)
      return false
    }
    let inferred = values.map { scope.builder.type(of: $0) }
    for type in inferred where !type.isRepresentable {
      record("'\(tokenizer.text(of: op))' gives \(type), which is no type: \(TensorType.extentRule)", at: start)
      return false
    }
    if let types, types != inferred {
      let written = types.map(\.description).joined(separator: ", ")
      let given = inferred.map(\.description).joined(separator: ", ")
      record("the type is written \(written), but '\(tokenizer.text(of: op))' gives \(given)", at: start)
      return false
    }
    return true
  }

  private mutating func writtenTypes() throws(Diagnostic) -> [TensorType] {
    advance()
    guard isPunctuation("(") else { return [try tensorType()] }
    advance()
    var types: [TensorType] = []
    while !isPunctuation(")") {
      types.append(try tensorType())
      if !isPunctuation(",") { break }
      advance()
    }
    try expect(")")
    return types
  }

  /// The op, or `nil` after recording why there is none.
  private mutating func op(_ token: Token, _ attributes: [Attribute]) -> (any Op)? {
    let name = tokenizer.text(of: token)
    if attributes.isEmpty, let op = plainOps[name] { return op }
    do throws(Diagnostic) {
      let op = try makeOp(name, AttributeReader(opName: name, attributes: attributes))
      if attributes.isEmpty {
        plainOps[name] = op
      } else {
        let known = op.attributes.map(\.name)
        if let unknown = attributes.first(where: { !known.contains($0.name) }) {
          throw Diagnostic("'\(name)' has no attribute '\(unknown.name)'")
        }
      }
      return op
    } catch {
      diagnostics.append(error.located(at: place(of: token)))
      return nil
    }
  }

  // MARK: Values

  private var isValueName: Bool {
    switch token.kind {
    case .percentWord, .percentNumber, .percentString: true
    default: false
    }
  }

  /// The index of a numbered value. A number above the length of the text would only cost memory.
  private func number(_ token: Token) throws(Diagnostic) -> Int {
    guard let number = tokenizer.integer(token), number <= tokenizer.bytes.count else {
      throw error("the number of '%\(tokenizer.text(of: token))' is too large", at: token)
    }
    return number
  }

  private mutating func define(
    _ name: Token, _ value: Value, _ scope: inout Scope, silently: Bool = false
  ) throws(Diagnostic) {
    let isNew: Bool
    if name.kind == .percentNumber {
      let number = try number(name)
      while scope.numbered.count <= number { scope.numbered.append(Scope.undefined) }
      isNew = scope.numbered[number] == Scope.undefined
      if isNew { scope.numbered[number] = value }
    } else {
      let text = try nameText(name)
      isNew = scope.named[text] == nil
      if isNew { scope.named[text] = value }
    }
    if !isNew, !silently { record("'%\(tokenizer.text(of: name))' is defined twice", at: name) }
  }

  /// The value that the next token names; poison after recording that there is none.
  private mutating func use(_ scope: inout Scope) throws(Diagnostic) -> Value {
    let name = token
    advance()
    if name.kind == .percentNumber {
      let number = try number(name)
      if number < scope.numbered.count, scope.numbered[number] != Scope.undefined { return scope.numbered[number] }
    } else if let value = scope.named[try nameText(name)] {
      return value
    }
    record("there is no value '%\(tokenizer.text(of: name))' here", at: name)
    return .poison
  }
}
