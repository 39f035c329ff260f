import Basics
import KernelIR

/// How a dialect writes kernels and library calls.
protocol StepDialect {
  /// What an origin comment starts with after `/*`.
  static var originMarker: String { get }
  static func writeFunction(_ writer: KernelWriter, _ number: Int, _ unit: inout CUnit, to out: inout ByteWriter)
  static func writeCall(_ writer: KernelWriter, _ number: Int, _ unit: CUnit, to out: inout ByteWriter)
  static func writeGemm(_ gemm: Gemm, _ unit: inout CUnit, to out: inout ByteWriter)
  /// Declares the variables of a kernel that is no function of its own; whether there are any.
  static func writeVariables(_ writer: KernelWriter, to out: inout ByteWriter) -> Bool
  /// A tape's memory, as a C expression.
  static func rows(of tape: String) -> String
  /// A statement that makes room for rows of a tape, or ends the program.
  static func reservation(_ tape: String, _ rows: String, _ rowBytes: Int, _ unit: inout CUnit) -> String
}

/// Writes steps as the body of a program's function, and the functions of their kernels.
struct StepWriter<Dialect: StepDialect> {
  var unit: CUnit
  var functions = ByteWriter()
  /// Kernels and library calls so far.
  private(set) var number = 0
  /// Instructions of kernels that are no functions of their own: libtcc gives each variable memory of its own.
  private var inlinedCount = 0

  private static var greatestInlineCount: Int { CUnit.greatestInlineCount }
  private static var greatestInlinedCount: Int { CUnit.greatestInlinedCount }

  init(_ unit: CUnit) { self.unit = unit }

  mutating func write(_ steps: [Step], to out: inout ByteWriter) {
    for step in steps {
      switch step {
      case .kernel(let kernel):
        write(kernel, to: &out)
        number += 1
      case .gemm(let gemm):
        unit.usedBuffers.formUnion([gemm.a.buffer, gemm.b.buffer, gemm.c.buffer])
        if !writeShared(gemm, to: &out) { Dialect.writeGemm(gemm, &unit, to: &out) }
        number += 1
      case .call(let call):
        if !writeShared(call, to: &out) { unit.writeCall(call, to: &out) }
        number += 1
      case .loop(let loop): write(loop, to: &out)
      case .whileLoop(let loop): write(loop, to: &out)
      case .branch(let branch): write(branch, to: &out)
      }
    }
  }

  // MARK: Kernels

  private mutating func write(_ kernel: Kernel, to out: inout ByteWriter) {
    let isInline = out.indentation > 1 && isInlined(kernel)
    var writer = KernelWriter(
      kernel, unit: unit, name: unit.kernelName(number, kernel), indentation: isInline ? out.indentation : 1)
    writer.writeBody()
    unit = writer.unit
    unit.usedBuffers.formUnion(writer.plan.memory.buffers.map(Int.init))
    guard !writer.out.bytes.isEmpty else { return }
    if isInline {
      writeInline(kernel, writer, to: &out)
    } else {
      Dialect.writeFunction(writer, number, &unit, to: &functions)
      Dialect.writeCall(writer, number, unit, to: &out)
    }
  }

  /// Arithmetic on a few numbers inside a loop costs less than a call.
  private mutating func isInlined(_ kernel: Kernel) -> Bool {
    guard kernel.body.count <= Self.greatestInlineCount, inlinedCount <= Self.greatestInlinedCount else { return false }
    let isStraight = kernel.isStraight
    if isStraight { inlinedCount += kernel.body.count }
    return isStraight
  }

  private func writeInline(_ kernel: Kernel, _ writer: KernelWriter, to out: inout ByteWriter) {
    writeOrigins(kernel.origins, to: &out)
    var declarations = ByteWriter()
    declarations.indentation = out.indentation + 1
    defer { out.write(string: writer.fence) }
    guard Dialect.writeVariables(writer, to: &declarations) else { return out.write(bytes: writer.out.bytes) }
    out.line("{")
    out.write(bytes: declarations.bytes)
    // Written without the braces; now each line stands two spaces further in.
    var isLineStart = true
    for byte in writer.out.bytes {
      if isLineStart { out.write("  ") }
      out.write(byte: byte)
      isLineStart = byte == UInt8(ascii: "\n")
    }
    out.line("}")
  }

  private func writeOrigins(_ origins: [String], to out: inout ByteWriter) {
    if origins.isEmpty { return }
    // Lines of a comment after its first start with the indentation of this one.
    let indentation = String(repeating: "  ", count: out.indentation)
    let comment = CUnit.originComment(origins, marker: Dialect.originMarker)
    for (position, line) in comment.split(separator: "\n").enumerated() {
      out.write(string: position == 0 ? indentation : "\n" + indentation)
      out.write(string: String(line))
    }
    out.newline()
  }

  // MARK: Loops

  private func name(_ buffer: BufferID) -> String { String(decoding: unit.bufferNames[buffer], as: UTF8.self) }

  /// A scalar buffer's element.
  private mutating func element(_ buffer: BufferID) -> String {
    unit.usedBuffers.insert(buffer)
    return "\(name(buffer))[0]"
  }

  private mutating func write(_ loop: StepLoop, to out: inout ByteWriter) {
    if loop.bound == 0 || writeShared(loop, to: &out) { return }
    let t = unit.counterNames[loop.id] ?? "t"
    writeOrigins(loop.origins, to: &out)
    let count: String
    switch loop.count {
    case .fixed(let number): count = "\(number)"
    case .buffer(let buffer, let limit):
      count = unit.countNames[loop.id] ?? "count"
      let value = element(buffer)
      let clamped = limit == .max ? value : "\(value) < \(limit) ? \(value) : \(limit)"
      out.line("const int64_t \(count) = \(value) < 0 ? 0 : \(clamped);")
    }
    for tape in unit.tapesOfLoops[loop.id] ?? [] { writeReservation(tape, rows: count, to: &out) }
    writeIterations(of: loop, t, from: "0", to: count, to: &out)
  }

  mutating func writeIterations(
    of loop: StepLoop, _ t: String, from first: String, to count: String, to out: inout ByteWriter
  ) {
    out.line("for (int64_t \(t) = \(first); \(t) < \(count); ++\(t)) {")
    var body = ByteWriter()
    body.indentation = out.indentation + 1
    if let index = loop.index { body.line("\(element(index)) = \(t);") }
    write(loop.body, to: &body)
    out.indentation += 1
    writeMoving(loop.id, t, count, rows: true, to: &out)
    out.indentation -= 1
    out.write(bytes: body.bytes)
    out.line("}")
  }

  private mutating func write(_ loop: StepWhile, to out: inout ByteWriter) {
    let t = unit.counterNames[loop.id] ?? "t"
    writeOrigins(loop.origins, to: &out)
    let limit = loop.limit.map { "\(t) < \($0)" } ?? ""
    if loop.tripCount != nil {
      out.line("int64_t \(t);")
      out.line("for (\(t) = 0; \(limit); ++\(t)) {".replacing("; ;", with: ";;"))
    } else if loop.index != nil || loop.limit != nil || unit.movingBuffers[loop.id] != nil || !loop.records.isEmpty {
      out.line("for (int64_t \(t) = 0; \(limit); ++\(t)) {".replacing("; ;", with: ";;"))
    } else {
      out.line("for (;;) {")
    }
    let start = out.indentation
    var inside = ByteWriter()
    inside.indentation = start + 1
    if let index = loop.index { inside.line("\(element(index)) = \(t);") }
    write(loop.condition, to: &inside)
    inside.line("if (!\(element(loop.predicate))) break;")
    for tape in loop.records { writeReservation(tape, rows: "\(t) + 1", to: &inside) }
    var body = ByteWriter()
    body.indentation = start + 1
    write(loop.body, to: &body)
    out.indentation += 1
    writeMoving(loop.id, t, "", rows: false, to: &out)
    out.write(bytes: inside.bytes)
    writeMoving(loop.id, t, "", rows: true, onlyRows: true, to: &out)
    out.indentation -= 1
    out.write(bytes: body.bytes)
    out.line("}")
    if let count = loop.tripCount { out.line("\(element(count)) = \(t);") }
  }

  private mutating func writeReservation(_ tape: TapeID, rows: String, to out: inout ByteWriter) {
    unit.reservesTapes = true
    out.line(Dialect.reservation(unit.tapeNames[tape], rows, unit.program.tapes[tape].rowType.byteCount, &unit))
  }

  /// Declares the buffers that move with a loop and are used.
  private mutating func writeMoving(
    _ loop: LoopID, _ t: String, _ count: String, rows: Bool, onlyRows: Bool = false, to out: inout ByteWriter
  ) {
    // A slice uses what it is a slice of, which stands before it.
    for buffer in (unit.movingBuffers[loop] ?? []).reversed() where unit.usedBuffers.contains(buffer) {
      if case .slice(let base, _, _, _) = unit.program.buffers[buffer].role { unit.usedBuffers.insert(base) }
    }
    for number in unit.movingBuffers[loop] ?? [] where unit.usedBuffers.contains(number) {
      let buffer = unit.program.buffers[number]
      let pointer = unit.pointerType(number)
      switch buffer.role {
      case .slice(let base, _, let offset, let step) where !onlyRows:
        out.line("\(pointer)\(name(number)) = \(name(base))\(Self.displacement(offset, step, t));")
      case .row(let tape, _, let reversed) where rows:
        let row = reversed ? "(\(count) - 1 - \(t))" : t
        let place = Self.displacement(0, buffer.type.elementCount, row)
        out.line("\(pointer)\(name(number)) = (\(pointer))\(Dialect.rows(of: unit.tapeNames[tape]))\(place);")
      default: break
      }
    }
  }

  /// ` + 27 - 3 * t`.
  private static func displacement(_ offset: Int, _ step: Int, _ t: String) -> String {
    let start = offset == 0 ? "" : " + \(offset)"
    if step == 0 { return start }
    return start + (step < 0 ? " - " : " + ") + (step.magnitude == 1 ? "" : "\(step.magnitude) * ") + t
  }

  // MARK: Branches

  private mutating func write(_ branch: StepBranch, to out: inout ByteWriter) {
    var texts: [[UInt8]] = []
    let isBool = unit.program.buffers[branch.selector].type.dtype == .bool
    for list in isBool ? branch.branches.prefix(2) : branch.branches[...] {
      var text = ByteWriter()
      text.indentation = out.indentation + 1
      write(list, to: &text)
      texts.append(text.bytes)
    }
    if texts.allSatisfy(\.isEmpty) { return }
    writeOrigins(branch.origins, to: &out)
    if texts.count == 1 {
      out.line("{")
      out.write(bytes: texts[0])
      return out.line("}")
    }
    let selector = element(branch.selector)
    func conditions(_ number: Int) -> String {
      if isBool { return number == 0 ? "!\(selector)" : selector }
      if number == 0 { return "\(selector) <= 0" }
      return number == texts.count - 1 ? "\(selector) > \(number - 1)" : "\(selector) == \(number)"
    }
    // The last case has no condition, unless it is all that there is.
    let written = texts.indices.filter { !texts[$0].isEmpty }
    let order = texts.count == 2 && written.count == 2 && isBool ? [1, 0] : written
    let isComplete = written.count == texts.count
    for (position, number) in order.enumerated() {
      let isElse = isComplete && position == order.count - 1
      let head = isElse ? "else {" : "if (\(conditions(number))) {"
      if position == 0 { out.line(head) } else { out.line("} " + (isElse ? head : "else " + head)) }
      out.write(bytes: texts[number])
    }
    out.line("}")
  }
}
