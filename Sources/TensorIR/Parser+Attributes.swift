package import Basics

extension Parser {
  /// `{name = value, …}`. A nested function with mistakes leaves its attribute out, and a record.
  mutating func attributes() throws(Diagnostic) -> [Attribute] {
    var attributes: [Attribute] = []
    var names: Set<String> = []
    try expect("{")
    while !isPunctuation("}") {
      guard token.kind == .word else { throw expected("an attribute such as 'axes = [0]'") }
      let name = tokenizer.text(of: token)
      if !names.insert(name).inserted { record("attribute '\(name)' is given twice", at: token) }
      advance()
      try expect("=")
      if let value = try attributeValue() { attributes.append(Attribute(name, value)) }
      if !isPunctuation(",") { break }
      advance()
    }
    try expect("}")
    return attributes
  }

  private mutating func attributeValue() throws(Diagnostic) -> AttributeValue? {
    switch token.kind {
    case .number: return .integer(try integer())
    case .string:
      let text = try nameText(token)
      advance()
      return .string(text)
    case .punctuation where isPunctuation("["): return .integers(try integers())
    case .word:
      if isWord("func") { return try function().map { .function($0) } }
      if let dtype = dtype(token) { return try typedValue(dtype) }
    default: break
    }
    throw expected("an integer, a list, a dtype, a tensor, a scalar, a string or a function")
  }

  /// What starts with a dtype: the dtype itself, a scalar `f32(1.5)`, or a tensor `f32[2] dense<1.0, 2.0>`.
  private mutating func typedValue(_ dtype: DType) throws(Diagnostic) -> AttributeValue {
    let start = token
    advance()
    if isPunctuation("(") {
      advance()
      let value = try scalar(dtype)
      try expect(")")
      return .scalar(value)
    }
    guard isPunctuation("[") else { return .dtype(dtype) }
    let type = try checked(TensorType(dtype, Shape(try integers())), at: start)
    if isWord("splat") {
      advance()
      try expect("<")
      let value = try scalar(dtype)
      try expect(">")
      guard type.elementCount <= splatBudget else {
        throw error("the splats of a text may have \(1 << 26) elements in all; \(type) is too large", at: start)
      }
      splatBudget -= type.elementCount
      return .tensor(ReferenceTensor(repeating: value, shape: type.shape))
    }
    guard isWord("dense") else { throw expected("'dense' or 'splat'") }
    advance()
    return .tensor(try denseTensor(type))
  }

  private mutating func denseTensor(_ type: TensorType) throws(Diagnostic) -> ReferenceTensor {
    let start = token
    try expect("<")
    var floating: [Double] = []
    var integer: [Int64] = []
    while !isPunctuation(">") {
      let value = try scalar(type.dtype)
      if type.dtype.isFloating {
        floating.append(value.doubleValue)
      } else {
        integer.append(value.integerValue)
      }
      if !isPunctuation(",") { break }
      advance()
    }
    try expect(">")
    let count = floating.count + integer.count
    guard count == type.elementCount else {
      throw error("\(type) has \(type.elementCount) element(s), not \(count)", at: start)
    }
    return type.dtype.isFloating
      ? ReferenceTensor(floating: floating, type: type) : ReferenceTensor(integer: integer, type: type)
  }

  private mutating func scalar(_ dtype: DType) throws(Diagnostic) -> Scalar {
    let start = token
    guard token.kind == .number || token.kind == .word else { throw expected("an element of \(dtype)") }
    var end = token.end
    advance()
    if tokenizer.matches(start, "nan"), isPunctuation("(") {
      advance()
      guard token.kind == .number else { throw expected("the bits of a NaN") }
      advance()
      end = token.end
      try expect(")")
    }
    let text = String(decoding: tokenizer.bytes[start.start..<end], as: UTF8.self)
    guard let value = Scalar(text: text, dtype: dtype) else { throw error("'\(text)' is not of \(dtype)", at: start) }
    return value
  }

  // MARK: Integers and types

  private mutating func integer() throws(Diagnostic) -> Int {
    guard token.kind == .number else { throw expected("an integer") }
    guard let value = tokenizer.integer(token) else {
      throw error("'\(tokenizer.text(of: token))' is not an integer of 64 bits", at: token)
    }
    advance()
    return value
  }

  private mutating func integers() throws(Diagnostic) -> [Int] {
    var values: [Int] = []
    try expect("[")
    while !isPunctuation("]") {
      values.append(try integer())
      if !isPunctuation(",") { break }
      advance()
    }
    try expect("]")
    return values
  }

  private func dtype(_ token: Token) -> DType? {
    guard token.kind == .word, token.end - token.start <= 4 else { return nil }
    return DType.allCases.first { dtype in
      dtype.name.utf8.elementsEqual(tokenizer.bytes[token.start..<token.end])
    }
  }

  /// `f32[2,3]`
  mutating func tensorType() throws(Diagnostic) -> TensorType {
    let start = token
    guard let dtype = dtype(token) else { throw expected("a type such as 'f32[2,3]'") }
    advance()
    return try checked(TensorType(dtype, Shape(try integers())), at: start)
  }

  private func checked(_ type: TensorType, at token: Token) throws(Diagnostic) -> TensorType {
    guard type.isRepresentable else { throw error("\(type) is no type: \(TensorType.extentRule)", at: token) }
    return type
  }
}

extension TensorType {
  /// `true` if no extent is negative and the bytes can be counted in an `Int`.
  package var isRepresentable: Bool {
    guard let count = shape.checkedElementCount else { return false }
    return !count.multipliedReportingOverflow(by: 16).overflow
  }

  static let extentRule = "extents are at least 0, and their product is below 2^59"
}
