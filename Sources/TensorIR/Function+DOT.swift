import Basics

extension Function {
  /// The function as a graph for Graphviz: boxes for parameters and instructions, an edge for every operand.
  package var dot: String {
    var writer = TextWriter()
    writer.write("digraph ")
    writer.write(dotString: name)
    writer.write(" {")
    writer.indentation += 1
    writer.newline()
    writer.write("node [shape = box, style = rounded, fontname = \"Helvetica\"]")
    for (index, parameter) in parameters.enumerated() {
      writer.newline()
      writer.write("v\(index) [style = filled, fillcolor = \"#dce8f7\", label = ")
      writer.write(dotString: "\(parameter.name)\n\(parameter.type)")
      writer.write("]")
    }
    let labels = ops.map(Function.label)
    for (number, instruction) in instructions.enumerated() {
      let types = results(of: instruction).map { type(of: $0).description }.joined(separator: ", ")
      writer.newline()
      writer.write("i\(number) [label = ")
      writer.write(dotString: "\(labels[Int(instruction.op)])\n\(types)")
      writer.write("]")
      for (position, operand) in operands(of: instruction).enumerated() {
        edge(from: operand, to: "i\(number)", label: instruction.operandCount > 1 ? "\(position)" : "", &writer)
      }
    }
    for (index, result) in results.enumerated() {
      writer.newline()
      writer.write("r\(index) [style = filled, fillcolor = \"#dff3df\", label = ")
      writer.write(dotString: "\(result.name)\n\(type(of: result.value))")
      writer.write("]")
      edge(from: result.value, to: "r\(index)", label: "", &writer)
    }
    writer.indentation -= 1
    writer.newline()
    writer.write("}\n")
    return writer.text
  }

  private func edge(from value: Value, to target: String, label: String, _ writer: inout TextWriter) {
    writer.newline()
    let definition = definitions[Int(value.index)]
    writer.write(definition < 0 ? "v\(value.index)" : "i\(definition)")
    writer.write(" -> ")
    writer.write(target)
    var labels: [String] = []
    if definition >= 0, instructions[Int(definition)].resultCount > 1 {
      labels.append("taillabel = \"\(value.index - instructions[Int(definition)].firstResult)\"")
    }
    if !label.isEmpty { labels.append("headlabel = \"\(label)\"") }
    if !labels.isEmpty { writer.write(" [" + labels.joined(separator: ", ") + ", fontsize = 9]") }
  }

  /// An op's name and its short attributes; long ones are left to the text form.
  private static func label(_ op: any Op) -> String {
    var lines = [op.name]
    for attribute in op.attributes {
      let text: String
      switch attribute.value {
      case .integer(let value): text = "\(value)"
      case .integers(let values): text = "\(values)"
      case .dtype(let dtype): text = "\(dtype)"
      case .shape(let shape): text = "\(shape)"
      case .scalar(let scalar): text = "\(scalar)"
      case .tensor(let tensor): text = tensor.uniform.map { "\($0)" } ?? "\(tensor.type)"
      case .string(let value): text = value
      case .function(let function): text = "\(function.name) of \(function.instructions.count) instructions"
      }
      lines.append("\(attribute.name) = \(text.count <= 40 ? text : text.prefix(40) + "…")")
    }
    return lines.joined(separator: "\n")
  }
}

extension TextWriter {
  /// A quoted identifier of the DOT language, where `\n` breaks a line.
  fileprivate mutating func write(dotString text: String) {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\n": "\\n"
      case "\0"..<" ", "\u{7F}": "?"
      default: String(scalar)
      }
    }
    write("\"" + escaped.joined() + "\"")
  }
}
