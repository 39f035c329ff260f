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
  var plainOps: [String: any Op] = [:]

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
  struct Scope {
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
    guard depth <= Function.maximumNesting else {
      throw error("functions are nested more than \(Function.maximumNesting) deep", at: token)
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
}
