import Basics

extension Program: CustomStringConvertible {
  /// The text form; `Program(parsing:)` reads it back exactly. The grammar is described there.
  package var description: String {
    var printer = ProgramPrinter(program: self)
    printer.print()
    return printer.writer.string
  }
}

struct ProgramPrinter {
  let program: Program
  /// What refers to each buffer.
  private let references: [[UInt8]]
  private let tapeReferences: [String]
  var writer = ByteWriter()

  init(program: Program) {
    self.program = program
    references = Self.references(program.buffers.map(\.name)).map { Array($0.utf8) }
    tapeReferences = Self.references(program.tapes.map(\.name))
  }

  /// Plain names that no other has, and numbers for the rest.
  private static func references(_ names: [String]) -> [String] {
    var uses: [String: Int] = [:]
    for name in names { uses[name, default: 0] += 1 }
    return names.enumerated().map { isPlainName($1) && uses[$1] == 1 ? $1 : "#\($0)" }
  }

  mutating func print() {
    let accuracy = program.accuracy == .high ? "" : " accuracy \(program.accuracy)"
    writer.line("program \(quoted(program.name)) arena \(program.arenaByteCount)\(accuracy) {")
    writer.indentation = 1
    for tape in program.tapes { writer.line("tape \(quoted(tape.name)): \(tape.rowType)") }
    for buffer in program.buffers { print(buffer) }
    print(program.steps)
    writer.indentation = 0
    writer.line("}")
  }

  mutating func print(_ steps: [Step]) {
    for step in steps {
      switch step {
      case .kernel(let kernel): print(kernel)
      case .gemm(let gemm): print(gemm)
      case .loop(let loop): print(loop)
      case .whileLoop(let loop): print(loop)
      case .branch(let branch): print(branch)
      case .call(let call): print(call)
      }
    }
  }

  mutating func print(_ buffer: Buffer) {
    writer.indent()
    writer.write("buffer ")
    writer.write(string: quoted(buffer.name))
    writer.write(": ")
    writer.write(string: buffer.type.description)
    switch buffer.role {
    case .parameter(let position):
      writer.write(" = parameter ")
      writer.write(position)
    case .result(let position):
      writer.write(" = result ")
      writer.write(position)
      if buffer.isStreamed { writer.write(" streamed") }
    case .updated(let parameter, let result):
      writer.write(" = parameter ")
      writer.write(parameter)
      writer.write(" result ")
      writer.write(result)
    case .temporary(let offset):
      writer.write(" = temporary ")
      writer.write(offset)
    case .slice(let base, let loop, let offset, let step):
      writer.write(" = slice of ")
      printReference(base)
      writer.write(string: " in l\(loop) from \(offset) step \(step)")
    case .row(let tape, let loop, let reversed):
      writer.write(" = row of ")
      printReference(tape: tape)
      writer.write(string: " in l\(loop)" + (reversed ? " reversed" : ""))
    case .constant(let elements):
      writer.write(" = constant [")
      for (position, element) in elements.enumerated() {
        if position > 0 { writer.write(", ") }
        writer.write(string: element.description)
      }
      writer.write("]")
    }
    writer.newline()
  }

  mutating func printOrigins(_ origins: [String]) {
    for (position, origin) in origins.enumerated() {
      if position == 0 { writer.write(" from ") } else { writer.write(", ") }
      writer.write(string: quoted(origin, always: true))
    }
    writer.write(" {\n")
  }

  mutating func print(_ gemm: Gemm) {
    writer.indent()
    writer.write("gemm ")
    writer.write(string: gemm.dtype.name)
    for (label, extent) in [(" m ", gemm.m), (" n ", gemm.n), (" k ", gemm.k), (" batch ", gemm.batchCount)] {
      writer.write(string: label)
      writer.write(extent)
    }
    if gemm.accumulates { writer.write(" accumulates") }
    if gemm.order != .library { writer.write(string: " by \(gemm.order.rawValue)") }
    if let partition = gemm.partition {
      writer.write(string: " parallel \(partition.direction.rawValue) \(partition.chunk)")
    }
    printOrigins(gemm.origins)
    writer.indentation += 1
    for (label, matrix) in [("c = ", gemm.c), ("a = ", gemm.a), ("b = ", gemm.b)] {
      writer.indent()
      writer.write(string: label)
      printReference(matrix.buffer)
      writer.write("[")
      writer.write(matrix.offset)
      writer.write("] rows ")
      writer.write(matrix.leadingDimension)
      writer.write(" slices ")
      writer.write(matrix.batchStride)
      if matrix.transposed { writer.write(" transposed") }
      writer.newline()
    }
    writer.indentation -= 1
    writer.line("}")
  }

  mutating func print(_ kernel: Kernel) {
    writer.indent()
    writer.write("kernel ")
    writer.write(string: quoted(kernel.name))
    if let partition = kernel.partition {
      writer.write(string: " parallel i\(partition.axis) by \(partition.chunk)")
    }
    printOrigins(kernel.origins)
    writer.indentation += 1
    for (number, axis) in kernel.axes.enumerated() {
      writer.indent()
      writer.write("axis i")
      writer.write(number)
      writer.write(" = ")
      writer.write(axis.extent)
      writer.newline()
    }
    print(kernel.body, kernel)
    writer.indentation -= 1
    writer.line("}")
  }

  mutating func print(_ statements: [Statement], _ kernel: Kernel) {
    for statement in statements {
      writer.indent()
      switch statement {
      case .loop(let axis, let body):
        writer.write("loop i")
        printBody(axis, body, kernel)
      case .tile(let axis, let body):
        writer.write("tile i")
        printBody(axis, body, kernel)
      case .compute(let result, let op, let a, let b, let c):
        define(result, kernel)
        writer.write(bytes: op.nameBytes)
        writer.write(" ")
        print(a)
        if op.arity > 1 {
          writer.write(", ")
          print(b)
        }
        if op.arity > 2 {
          writer.write(", ")
          print(c)
        }
      case .sineCosine(let sine, let cosine, let a):
        print(sine)
        writer.write(", ")
        define(cosine, kernel)
        writer.write("sincos ")
        print(a)
      case .cast(let result, let value):
        define(result, kernel)
        writer.write("cast ")
        print(value)
      case .constant(let result, let scalar):
        define(result, kernel)
        writer.write("constant ")
        if scalar.dtype != (info(result, kernel)?.dtype) {
          writer.write(string: scalar.dtype.name)
          writer.write(" ")
        }
        writer.write(string: scalar.description)
      case .index(let result, let index):
        define(result, kernel)
        writer.write("index ")
        print(index)
      case .load(let result, let buffer, let index):
        define(result, kernel)
        writer.write("load ")
        print(buffer, index)
      case .gather(let result, let buffer, let base, let selector, let stride, let limit):
        define(result, kernel)
        writer.write("gather ")
        print(buffer, base)
        printSelector(selector, stride, limit)
      case .store(let buffer, let index, let value):
        writer.write("store ")
        print(buffer, index)
        writer.write(", ")
        print(value)
      case .scatter(let scatter):
        writer.write("scatter ")
        writer.write(string: scatter.combiner.name)
        writer.write(" ")
        print(scatter.buffer, scatter.base)
        printSelector(scatter.selector, scatter.stride, scatter.limit)
        if scatter.drops { writer.write(" drops") }
        writer.write(", ")
        print(scatter.value)
      case .accumulator(let result, let combiner):
        define(result, kernel)
        writer.write(string: combiner.name)
      case .accumulate(let accumulator, let value):
        writer.write("accumulate ")
        print(accumulator)
        writer.write(", ")
        print(value)
      case .finish(let result, let accumulator):
        define(result, kernel)
        writer.write("finish ")
        print(accumulator)
      }
      writer.newline()
    }
  }

  mutating func printBody(_ axis: AxisID, _ body: [Statement], _ kernel: Kernel) {
    writer.write(axis)
    writer.write(" {\n")
    writer.indentation += 1
    print(body, kernel)
    writer.indentation -= 1
    writer.indent()
    writer.write("}")
  }

  func info(_ value: ValueID, _ kernel: Kernel) -> ValueInfo? {
    kernel.values.indices.contains(Int(value.index)) ? kernel.values[Int(value.index)] : nil
  }

  mutating func define(_ value: ValueID, _ kernel: Kernel) {
    print(value)
    writer.write(": ")
    if let info = info(value, kernel) {
      switch info.kind {
      case .uniform: break
      case .tile: writer.write("tile ")
      case .accumulator: writer.write("accumulator ")
      }
      writer.write(string: info.dtype.name)
    }
    writer.write(" = ")
  }

  mutating func print(_ value: ValueID) {
    writer.write("%")
    writer.write(Int(value.index))
  }

  mutating func printReference(_ buffer: BufferID) {
    if references.indices.contains(buffer) {
      writer.write(bytes: references[buffer])
    } else {
      writer.write("#")
      writer.write(buffer)
    }
  }

  mutating func printReference(tape: TapeID) {
    writer.write(string: tapeReferences.indices.contains(tape) ? tapeReferences[tape] : "#\(tape)")
  }

  mutating func print(_ buffer: BufferID, _ index: AffineIndex) {
    printReference(buffer)
    writer.write("[")
    print(index)
    writer.write("]")
  }

  mutating func printSelector(_ selector: ValueID, _ stride: Int, _ limit: Int) {
    writer.write(", ")
    print(selector)
    writer.write(", stride ")
    writer.write(stride)
    writer.write(", limit ")
    writer.write(limit)
  }

  /// `8*i0 + i1 - 3`.
  mutating func print(_ index: AffineIndex) {
    var first = true
    for term in index.terms {
      if !first { writer.write(" + ") }
      first = false
      if term.coefficient != 1 {
        writer.write(term.coefficient)
        writer.write("*")
      }
      writer.write("i")
      writer.write(term.axis)
    }
    if first {
      writer.write(index.offset)
    } else if index.offset != 0 {
      writer.write(" + ")
      writer.write(index.offset)
    }
  }
}

/// Whether a name can stand in the text form without quotes.
func isPlainName(_ name: String) -> Bool {
  var first = true
  for byte in name.utf8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): break
    case UInt8(ascii: "0")...UInt8(ascii: "9"): if first { return false }
    default: return false
    }
    first = false
  }
  return !first
}

/// The name in quotes, with escapes, unless it is plain.
func quoted(_ name: String, always: Bool = false) -> String {
  if !always && isPlainName(name) { return name }
  var text = "\""
  for scalar in name.unicodeScalars {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\n": text += "\\n"
    default:
      if scalar.value < 32 || (0x7f...0x9f).contains(scalar.value) || [0x2028, 0x2029, 0xfeff].contains(scalar.value) {
        text += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }
  return text + "\""
}
