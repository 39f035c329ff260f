import Basics
import KernelIR

extension KernelWriter {
  mutating func prepareParts() {
    parts = KernelParts(plan.flat, name: parts.name)
    if parts.range.isEmpty { return }
    var (scalars, tiles): (Set<DType>, Set<DType>) = ([], [])
    for value in plan.flat.values.indices where plan.definition[value] >= 0 && isSpilled(Int32(value)) {
      let dtype = plan.info(Int32(value)).dtype
      if plan.isTile[value] { tiles.insert(dtype) } else { scalars.insert(dtype) }
    }
    parts.spilledDTypes = DType.allCases.filter(scalars.contains)
    parts.spilledTileDTypes = DType.allCases.filter(tiles.contains)
  }

  /// Whether a value is defined in one function and used in another.
  func isSpilled(_ value: Int32) -> Bool {
    guard !parts.range.isEmpty, plan.place[Int(value)] == .local else { return false }
    let definition = Int(plan.definition[Int(value)])
    let start = plan.isSecondOfPair(definition) ? definition - 1 : definition
    let last = Int(plan.lastUse[Int(value)])
    if start < parts.range.lowerBound { return last >= parts.range.lowerBound }
    return parts.part(start) != parts.part(last)
  }

  // MARK: What the functions share

  /// The kernel's parameters as declarations and names.
  var parameterTexts: [(declaration: String, name: String)] {
    parameters.map { buffer in
      let (name, memory) = (String(decoding: unit.bufferNames[Int(buffer)], as: UTF8.self), plan.memory)
      let type = unit.program.buffers[Int(buffer)].type.dtype.cName
      let pointer = (memory.isWrittenItself(buffer) ? "" : "const ") + type + " *"
      return (pointer + (memory.isUnshared(buffer) ? "restrict " : "") + name, name)
    }
  }

  /// The counters of the loops around the body that is divided.
  private var counters: [String] {
    guard parts.isInLoop else { return [] }
    var names: [String] = []
    var scope = plan.flat.code[parts.range.lowerBound - 1].scope
    while scope > 0 {
      names.append("i\(plan.flat.code[Int(plan.flat.scopes[Int(scope)].start)].index)")
      scope = plan.flat.scopes[Int(scope)].parent
    }
    return names
  }

  private func letter(_ dtype: DType) -> String { String(UnicodeScalar(dtype.letter)) }

  /// Arrays of values that one function defines and another one uses.
  private var arrays: [(type: String, name: String, count: Int, byteCount: Int)] {
    var arrays: [(type: String, name: String, count: Int, byteCount: Int)] = []
    for dtype in parts.spilledDTypes {
      arrays.append((dtype.cName, "spill_\(letter(dtype))", spills.count(dtype), dtype.byteCount))
    }
    for dtype in parts.spilledTileDTypes {
      let count = parts.tileSpills.count(dtype) * parts.copyCount
      arrays.append((vectorType(dtype), "spill_tile_\(letter(dtype))", count, 8 * vectors.laneCount))
    }
    return arrays
  }

  /// More than that is not on the stack of whoever calls: a thread has it once.
  private static var greatestStackByteCount: Int { 65536 }

  /// Declares the arrays; after the body, when their lengths are known.
  func writePartArrays(to out: inout ByteWriter) {
    let byteCount = arrays.reduce(0) { $0 + $1.count * $1.byteCount }
    let storage = byteCount > Self.greatestStackByteCount ? "static __thread " : ""
    for array in arrays { out.line("  \(storage)\(array.type) \(array.name)[\(max(array.count, 1))];") }
  }

  /// The element of an array that a vector is in.
  mutating func writeTileSpill(_ value: Int32) {
    out.write("spill_tile_")
    out.write(byte: plan.info(value).dtype.letter)
    out.write("[")
    out.write(Int(number[Int(value)]) * parts.copyCount + vectors.copy)
    out.write("]")
  }

  // MARK: The body that is divided

  /// Where it begins, after the head of its loop, if that stands at this position.
  mutating func beginParts(_ position: Int) {
    guard !parts.range.isEmpty, position + 1 == parts.range.lowerBound else { return }
    parts.starts = [out.bytes.count]
    parts.copyCount = vectors.greatestCopyCount
  }

  /// Makes functions of what has been written of it, if it ends here, and puts their calls in its place.
  mutating func endParts(_ position: Int) {
    guard position == parts.range.upperBound, let first = parts.starts.first else { return }
    let (bounds, indentation) = (parts.starts + [out.bytes.count], out.indentation)
    var all = parameterTexts
    for counter in counters { all.append((declaration: "int64_t \(counter)", name: counter)) }
    for array in arrays { all.append((declaration: "\(array.type) *restrict \(array.name)", name: array.name)) }
    var calls = ByteWriter()
    calls.indentation = indentation
    for (start, end) in zip(bounds, bounds.dropFirst()) {
      let name = "\(parts.name)_part_\(parts.count)"
      parts.count += 1
      // Hundreds of arguments that are not needed would take compilers longer than the rest.
      let words = CText.identifiers(in: out.bytes[start..<end])
      let used = all.filter { words.contains($0.name) }
      let declarations = used.isEmpty ? "void" : used.map(\.declaration).joined(separator: ", ")
      parts.functions.line("static __attribute__((noinline)) void \(name)(\(declarations))")
      parts.functions.write("{\n")
      parts.functions.write(bytes: Array(out.bytes[start..<end]))
      parts.functions.write("}\n\n")
      calls.line("\(name)(\(used.map(\.name).joined(separator: ", ")));")
    }
    out.bytes.removeLast(out.bytes.count - first)
    out.write(bytes: calls.bytes)
    parts.starts = []
  }
}
