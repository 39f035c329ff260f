import Basics

/// Writes tensor IR as text; `docs/tensor-ir.md` describes it. `Parser` reads it back.
///
/// Ops and types are rendered once for each distinct one, so that an instruction costs a few copies of bytes.
struct Printer {
  var writer: TextWriter

  init(indentation: Int = 0) { writer = TextWriter(indentation: indentation) }

  mutating func write(_ function: Function) {
    let parameterNames = Printer.references(to: function.parameters)
    let types = function.types.map { Array($0.description.utf8) }

    writer.write("func @")
    writer.write(name: function.name)
    writer.write("(")
    writer.list(function.parameters.enumerated()) { writer, entry in
      let (index, parameter) = entry
      writer.write(bytes: parameterNames[index])
      if parameterNames[index] == Printer.number(index) {
        writer.write(" as ")
        writer.write(quoted: parameter.name)
      }
      writer.write(": ")
      writer.write(parameter.type.description)
    }
    writer.write(") -> (")
    writer.list(function.results) { writer, result in
      writer.write(name: result.name)
      writer.write(": ")
      writer.write(bytes: types[Int(function.valueTypes[Int(result.value.index)])])
    }
    writer.write(") {")
    writer.indentation += 1
    writeBody(function, parameterNames, types)
    writer.indentation -= 1
    writer.newline()
    writer.write("}")
  }

  private mutating func writeBody(_ function: Function, _ parameterNames: [[UInt8]], _ types: [[UInt8]]) {
    let names = function.ops.map { Array($0.name.utf8) }
    let attributes = function.ops.map { Printer.render($0.attributes, indentation: writer.indentation) }
    let parameterCount = parameterNames.count

    func writeValue(_ value: Value, _ writer: inout TextWriter) {
      let index = Int(value.index)
      if index < parameterCount {
        writer.write(bytes: parameterNames[index])
      } else {
        writer.write("%")
        writer.write(index)
      }
    }

    for instruction in function.instructions {
      writer.newline()
      let firstResult = Int(instruction.firstResult)
      for offset in 0..<Int(instruction.resultCount) {
        if offset > 0 { writer.write(", ") }
        writer.write("%")
        writer.write(firstResult + offset)
      }
      if instruction.resultCount > 0 { writer.write(" = ") }
      writer.write(bytes: names[Int(instruction.op)])
      let firstOperand = Int(instruction.firstOperand)
      for offset in 0..<Int(instruction.operandCount) {
        if offset > 0 { writer.write(", ") } else { writer.write(" ") }
        writeValue(function.operandPool[firstOperand + offset], &writer)
      }
      writer.write(bytes: attributes[Int(instruction.op)])
      writer.write(" : ")
      if instruction.resultCount == 1 {
        writer.write(bytes: types[Int(function.valueTypes[firstResult])])
      } else {
        writer.write("(")
        writer.list(firstResult..<firstResult + Int(instruction.resultCount)) { writer, index in
          writer.write(bytes: types[Int(function.valueTypes[index])])
        }
        writer.write(")")
      }
    }
    writer.newline()
    writer.write("return")
    for (index, result) in function.results.enumerated() {
      writer.write(index > 0 ? ", " : " ")
      writeValue(result.value, &writer)
    }
  }

  private static func number(_ index: Int) -> [UInt8] { Array("%\(index)".utf8) }

  /// How the parameters are written: by name, or by number if the name was taken before.
  private static func references(to parameters: [Function.Parameter]) -> [[UInt8]] {
    var seen: Set<String> = []
    return parameters.enumerated().map { index, parameter in
      guard seen.insert(parameter.name).inserted else { return number(index) }
      var writer = TextWriter()
      writer.write("%")
      writer.write(name: parameter.name)
      return writer.bytes
    }
  }

  // MARK: Attributes

  private static func render(_ attributes: [Attribute], indentation: Int) -> [UInt8] {
    guard !attributes.isEmpty else { return [] }
    var printer = Printer(indentation: indentation)
    printer.writer.write(" {")
    for (index, attribute) in attributes.enumerated() {
      if index > 0 { printer.writer.write(", ") }
      printer.writer.write(attribute.name)
      printer.writer.write(" = ")
      printer.write(attribute.value)
    }
    printer.writer.write("}")
    return printer.writer.bytes
  }

  private mutating func write(_ value: AttributeValue) {
    switch value {
    case .integer(let value): writer.write(value)
    case .integers(let values):
      writer.write("[")
      writer.list(values) { $0.write($1) }
      writer.write("]")
    case .dtype(let dtype): writer.write(dtype.name)
    case .shape(let shape): writer.write(shape.description)
    case .scalar(let scalar): writer.write("\(scalar.dtype.name)(\(scalar))")
    case .tensor(let tensor): write(tensor)
    case .string(let text): writer.write(quoted: text)
    case .function(let function): write(function)
    }
  }

  private mutating func write(_ tensor: ReferenceTensor) {
    writer.write(tensor.type.description)
    if let uniform = tensor.uniform {
      writer.write(" splat<\(uniform)>")
    } else {
      writer.write(" dense<")
      writer.list(0..<tensor.count) { $0.write(tensor.scalar(at: $1).description) }
      writer.write(">")
    }
  }
}

extension Function: CustomStringConvertible {
  /// The function in the text form, without a newline at its end.
  package var description: String {
    var printer = Printer()
    printer.write(self)
    return printer.writer.text
  }
}

extension Module: CustomStringConvertible {
  /// The functions in the text form, an empty line between each two, with a newline at the end.
  package var description: String {
    var printer = Printer()
    for (index, function) in functions.enumerated() {
      if index > 0 { printer.writer.newline() }
      printer.write(function)
      printer.writer.newline()
    }
    return printer.writer.text
  }
}
