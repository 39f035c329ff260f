extension ProgramPrinter {
  mutating func print(_ loop: StepLoop) {
    writer.indent()
    writer.write(string: "loop l\(loop.id) = ")
    switch loop.count {
    case .fixed(let count): writer.write(count)
    case .buffer(let buffer, let limit):
      printReference(buffer)
      writer.write(" limit ")
      writer.write(limit)
    }
    if loop.isParallel { writer.write(" parallel") }
    print(" index ", loop.index)
    print(loop.records)
    printOrigins(loop.origins)
    printBlock(loop.body)
  }

  mutating func print(_ loop: StepWhile) {
    writer.indent()
    writer.write(string: "while l\(loop.id)")
    if let limit = loop.limit { writer.write(string: " limit \(limit)") }
    print(" index ", loop.index)
    print(" trips ", loop.tripCount)
    print(loop.records)
    printOrigins(loop.origins)
    writer.indentation += 1
    writer.indent()
    writer.write("condition ")
    printReference(loop.predicate)
    writer.write(" {\n")
    printBlock(loop.condition)
    writer.line("body {")
    printBlock(loop.body)
    writer.indentation -= 1
    writer.line("}")
  }

  mutating func print(_ branch: StepBranch) {
    writer.indent()
    writer.write("branch ")
    printReference(branch.selector)
    printOrigins(branch.origins)
    writer.indentation += 1
    for list in branch.branches {
      writer.line("case {")
      printBlock(list)
    }
    writer.indentation -= 1
    writer.line("}")
  }

  /// The steps of a block that has been opened, and its end.
  private mutating func printBlock(_ steps: [Step]) {
    writer.indentation += 1
    print(steps)
    writer.indentation -= 1
    writer.line("}")
  }

  private mutating func print(_ label: StaticString, _ buffer: BufferID?) {
    guard let buffer else { return }
    writer.write(label)
    printReference(buffer)
  }

  private mutating func print(_ records: [TapeID]) {
    for (position, tape) in records.enumerated() {
      if position == 0 { writer.write(" records ") } else { writer.write(", ") }
      printReference(tape: tape)
    }
  }
}
