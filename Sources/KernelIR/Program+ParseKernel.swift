import Basics

extension ProgramParser {
  mutating func kernel() throws(Diagnostic) -> Kernel {
    let name = try name()
    var partition: KernelPartition?
    if try skip(word: "parallel") { partition = KernelPartition(axis: try axis(), chunk: try labelled("by")) }
    let origins = try origins()
    var axes: [Axis] = []
    while try skip(word: "axis") {
      let number = try axis()
      guard number == axes.count else { throw failure("the next axis must be i\(axes.count)") }
      try expect("=")
      axes.append(Axis(extent: try integer()))
    }
    definitions = []
    depth = 0
    let body = try statements()
    return Kernel(name: name, origins: origins, axes: axes, values: try values(), body: body, partition: partition)
  }

  /// The definitions in the order of their numbers, which have to be dense.
  private func values() throws(Diagnostic) -> [ValueInfo] {
    var values = [ValueInfo?](repeating: nil, count: definitions.count)
    for (number, info) in definitions {
      guard Int(number) < values.count else {
        throw failure("the kernel before defines %\(number), but has \(values.count) values, numbered from %0")
      }
      guard values[Int(number)] == nil else { throw failure("the kernel before defines %\(number) twice") }
      values[Int(number)] = info
    }
    return values.compactMap { $0 }
  }

  /// Everything up to and with “}”.
  private mutating func statements() throws(Diagnostic) -> [Statement] {
    var statements: [Statement] = []
    while try !skip("}") { statements.append(try statement()) }
    return statements
  }

  private mutating func statement() throws(Diagnostic) -> Statement {
    switch token {
    case .value: return try definition()
    case .word("loop"):
      try advance()
      return .loop(try axis(), try scope())
    case .word("tile"):
      try advance()
      return .tile(try axis(), try scope())
    case .word("store"):
      try advance()
      let (buffer, index) = try element()
      try expect(",")
      return .store(buffer, index, try value())
    case .word("accumulate"):
      try advance()
      let accumulator = try value()
      try expect(",")
      return .accumulate(accumulator, try value())
    case .word("scatter"):
      try advance()
      guard case .word(let word) = token, let combiner = ScatterCombiner.allCases.first(where: { $0.name == word })
      else { throw failure("expected add, mul, max, min, set instead of \(token.text)") }
      try advance()
      let (buffer, base) = try element()
      let (selector, stride, limit) = try selection()
      let drops = try skip(word: "drops")
      try expect(",")
      return .scatter(
        ScatterStatement(
          combiner, buffer, base: base, selector: selector, stride: stride, limit: limit, drops: drops,
          value: try value()))
    default: throw failure("expected a statement or “}” instead of \(token.text)")
    }
  }

  private mutating func scope() throws(Diagnostic) -> [Statement] {
    try expect("{")
    depth += 1
    guard depth <= Self.greatestDepth else { throw failure("more than \(Self.greatestDepth) nested loops") }
    let body = try statements()
    depth -= 1
    return body
  }

  private mutating func definition() throws(Diagnostic) -> Statement {
    let result = try value()
    try expect(":")
    let kind: ValueInfo.Kind =
      if try skip(word: "tile") { .tile } else if try skip(word: "accumulator") { .accumulator } else { .uniform }
    let dtype = try dtype()
    definitions.append((result.index, ValueInfo(dtype, kind)))
    try expect("=")
    guard case .word(let word) = token else { throw failure("expected an operation instead of \(token.text)") }
    if kind == .accumulator {
      guard let combiner = Combiner.allCases.first(where: { $0.name == word }) else {
        throw failure("expected add, mul, max, min, and, or instead of \(token.text)")
      }
      try advance()
      return .accumulator(result, combiner)
    }
    try advance()
    switch word {
    case "cast": return .cast(result, try value())
    case "finish": return .finish(result, try value())
    case "index": return .index(result, try affine())
    case "constant":
      var constantDType = dtype
      if case .word(let word) = token, let other = DType(name: word) {
        constantDType = other
        try advance()
      }
      return .constant(result, try scalar(constantDType))
    case "load":
      let (buffer, index) = try element()
      return .load(result, buffer, index)
    case "gather":
      let (buffer, base) = try element()
      let (selector, stride, limit) = try selection()
      return .gather(result, buffer, base: base, selector: selector, stride: stride, limit: limit)
    default:
      guard let op = ScalarOp(name: word) else { throw failure("there is no operation “\(word.prefix(40))”") }
      var operands = [ValueID.none, .none, .none]
      for place in 0..<op.arity {
        if place > 0 { try expect(",") }
        operands[place] = try value()
      }
      return .compute(result, op, operands[0], operands[1], operands[2])
    }
  }

  private mutating func value() throws(Diagnostic) -> ValueID {
    guard case .value(let number) = token else { throw failure("expected a value instead of \(token.text)") }
    try advance()
    return ValueID(Int(number))
  }

  /// `i3`.
  private mutating func axis() throws(Diagnostic) -> AxisID {
    guard case .word(let word) = token, word.first == "i", let number = Int(word.dropFirst()), number >= 0 else {
      throw failure("expected an axis instead of \(token.text)")
    }
    try advance()
    return number
  }

  private mutating func element() throws(Diagnostic) -> (BufferID, AffineIndex) {
    let buffer = try reference()
    try expect("[")
    let index = try affine()
    try expect("]")
    return (buffer, index)
  }

  /// `, %1, stride 3, limit 5`.
  private mutating func selection() throws(Diagnostic) -> (ValueID, Int, Int) {
    try expect(",")
    let selector = try value()
    try expect(",")
    let stride = try labelled("stride")
    try expect(",")
    return (selector, stride, try labelled("limit"))
  }

  /// `8*i0 + i1 - 3`.
  private mutating func affine() throws(Diagnostic) -> AffineIndex {
    var index = AffineIndex()
    var subtracts = false
    while true {
      let (term, coefficient) = try affineTerm(negated: subtracts)
      if let axis = term {
        let (_, overflow) = index.coefficient(of: axis).addingReportingOverflow(coefficient)
        if overflow { throw failure("a coefficient is too large") }
        index.add(axis, times: coefficient)
      } else {
        let (sum, overflow) = index.offset.addingReportingOverflow(coefficient)
        if overflow { throw failure("an offset is too large") }
        index.offset = sum
      }
      subtracts = take("-")
      guard subtracts || take("+") else { return index }
      try advance()
    }
  }

  private mutating func affineTerm(negated: Bool) throws(Diagnostic) -> (AxisID?, Int) {
    if case .word = token { return (try axis(), negated ? -1 : 1) }
    let number = try integer()
    let (opposite, overflow) = (0).subtractingReportingOverflow(number)
    if negated && overflow { throw failure("a number is too large") }
    return (try skip("*") ? try axis() : nil, negated ? opposite : number)
  }
}
