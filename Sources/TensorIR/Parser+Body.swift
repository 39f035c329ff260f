import Basics

// What stands between the braces of a function.
extension Parser {
  /// Instructions up to `return` and the closing brace; `nil` if the results are of no use.
  mutating func body(
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

  var isValueName: Bool {
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

  mutating func define(
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
