import Basics
import KernelIR

/// The file around programs in the vector dialect.
struct VectorFile {
  private let target: VectorTarget
  private var programs: [CUnit] = []
  private var helpers: [CUnit.VectorUse: Int] = [:]
  private var scalars: [VectorTarget.Function: Int] = [:]
  private var scalarPairs: [DType: Int] = [:]
  private var laneCounts: Set<Int> = []
  private var functions: Set<RuntimeFunction> = []
  private var bitConstants: Set<String> = []
  private var constants = ByteWriter()
  private var text = ByteWriter()
  /// In `text`, the functions of kernels and of chunks.
  private var functionRanges: [Range<Int>] = []

  init(_ target: VectorTarget) { self.target = target }

  mutating func add(_ unit: CUnit, _ functions: ByteWriter, _ main: ByteWriter) {
    helpers.merge(unit.vectorUses, uniquingKeysWith: +)
    scalars.merge(unit.scalarUses, uniquingKeysWith: +)
    scalarPairs.merge(unit.scalarPairUses, uniquingKeysWith: +)
    laneCounts.formUnion(unit.vectorLaneCounts)
    self.functions.formUnion(unit.runtimeFunctions)
    bitConstants.formUnion(unit.bitConstantDeclarations)
    unit.writeHeading(["Written by GradC for a C compiler and GradC's runtime."], to: &text)
    for (number, buffer) in unit.program.buffers.enumerated() {
      guard case .constant = buffer.role else { continue }
      constants.line("const \(buffer.type.dtype.cName) *\(TileFile.constantSymbol(number, unit));")
    }
    let start = text.bytes.count
    functionRanges += DividedFile.functions(in: functions.bytes).map { $0.shifted(by: start) }
    text.write(bytes: functions.bytes)
    text.newline()
    writeEntry(unit, main)
    programs.append(unit)
  }

  private mutating func writeEntry(_ unit: CUnit, _ main: ByteWriter) {
    text.line("int \(entryName(unit))(void *const *buffers)")
    text.write("{\n")
    text.indentation = 1
    TileFile.writePointers(Array(unit.program.buffers.indices), unit, to: &text)
    if !unit.program.tapes.isEmpty { text.line("struct gradc_tape *tapes = \(TileFile.tapes(unit));") }
    for (number, name) in unit.tapeNames.enumerated() { text.line("struct gradc_tape *\(name) = tapes + \(number);") }
    text.write(bytes: main.bytes)
    text.line("return 0;")
    text.indentation = 0
    text.write("}\n\n")
  }

  private func entryName(_ unit: CUnit) -> String { unit.prefix + VectorEmitter.entryName }

  func assemble() -> VectorSource {
    let uses = helpers.keys.sorted { $0.name < $1.name }
    var called = functions
    called.formUnion(uses.compactMap { $0.helper.memoryFunction($0.laneCount, target) })
    let linked = called.filter { !VectorPrelude.defines($0, target) }.sorted { $0.name < $1.name }
    var out = ByteWriter(capacity: text.bytes.count + 65536)
    let divided = DividedFile(text.bytes, functionRanges)
    let storage = divided == nil ? "static" : DividedFile.pointerStorage
    if divided != nil { out.write(string: DividedFile.storageClasses) }
    out.write(string: VectorPrelude(target: target, laneCounts: laneCounts.sorted()).text)
    writeInlineFunctions(uses, storage, to: &out)
    out.line("struct gradc_tape { void *rows; int64_t capacity; };")
    for function in linked {
      let prototype = function.prototype
      out.line("\(storage) \(prototype.replacing(" \(function.name)(", with: " (*\(function.name))("));")
    }
    for use in uses { out.write(string: use.helper.definition(use.laneCount, target, storage)) }
    for declaration in bitConstants.sorted() { out.line(declaration) }
    for line in constants.bytes.split(separator: UInt8(ascii: "\n")) {
      out.write(string: "\(storage) ")
      out.write(bytes: Array(line))
      out.newline()
    }
    var units: [[Range<Int>]] = []
    if let divided {
      units = divided.write(to: &out)
    } else {
      out.newline()
      out.write(bytes: text.bytes)
    }
    let linkStart = out.bytes.count
    let links = writeLink(linked, uses, to: &out)
    if !units.isEmpty { units[0].append(linkStart..<out.bytes.count) }
    return VectorSource(
      source: out.bytes, units: units, entryNames: programs.map(entryName), linkName: VectorEmitter.linkName,
      links: links)
  }

  /// Functions whose text the runtime has, for the vectors and elements that they are called with.
  private func inlineForms(_ uses: [CUnit.VectorUse]) -> [InlineFunctions] {
    var forms: Set<InlineFunctions> = []
    for use in uses {
      switch use.helper {
      case .call(let function) where InlineFunctions.has(function, target):
        forms.insert(InlineFunctions(dtype: function.dtype, laneCount: use.laneCount))
      case .sineCosine(let dtype): forms.insert(InlineFunctions(dtype: dtype, laneCount: use.laneCount))
      default: break
      }
    }
    for function in functions {
      switch function {
      case .scalar(let op, let dtype, let accuracy)
      where InlineFunctions.has(VectorTarget.Function(op, dtype, accuracy), target):
        forms.insert(InlineFunctions(dtype: dtype, laneCount: nil))
      case .scalarSineCosine(let dtype): forms.insert(InlineFunctions(dtype: dtype, laneCount: nil))
      default: break
      }
    }
    return forms.sorted()
  }

  private var hasLowAccuracy: Bool { programs.contains { $0.program.accuracy == .low } }

  private func writeInlineFunctions(_ uses: [CUnit.VectorUse], _ storage: String, to out: inout ByteWriter) {
    for form in inlineForms(uses) {
      out.write(string: form.text(target, hasLowAccuracy: hasLowAccuracy, pointers: storage))
    }
    for use in uses {
      switch use.helper {
      case .call(let function) where InlineFunctions.has(function, target):
        let form = InlineFunctions(dtype: function.dtype, laneCount: use.laneCount)
        out.write(string: form.definition(function, useCount: helpers[use] ?? 0))
      case .sineCosine(let dtype):
        let form = InlineFunctions(dtype: dtype, laneCount: use.laneCount)
        out.write(string: form.sineCosineDefinition(useCount: helpers[use] ?? 0))
      default: break
      }
    }
    for (dtype, count) in scalarPairs.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      out.write(string: InlineFunctions(dtype: dtype, laneCount: nil).sineCosineDefinition(useCount: count))
    }
    for (function, count) in scalars.sorted(by: { $0.key.name < $1.key.name })
    where InlineFunctions.has(function, target) {
      let form = InlineFunctions(dtype: function.dtype, laneCount: nil)
      out.write(string: form.definition(function, useCount: count))
    }
  }

  /// The function that takes the addresses.
  private func writeLink(
    _ linked: [RuntimeFunction], _ uses: [CUnit.VectorUse], to out: inout ByteWriter
  ) -> [VectorSource.Link] {
    var links: [VectorSource.Link] = []
    out.line("void \(VectorEmitter.linkName)(void *const *addresses)")
    out.write("{\n")
    out.indentation = 1
    func link(_ name: String, _ link: VectorSource.Link) {
      out.line("*(void **)&\(name) = addresses[\(links.count)];")
      links.append(link)
    }
    for function in linked { link(function.name, .runtime(function.name)) }
    for form in inlineForms(uses) {
      for (name, symbol) in form.links(target) { link(name, .runtime(symbol)) }
    }
    for use in uses where use.helper.isInRegisters(use.laneCount, target) {
      if case .call(let function) = use.helper { link(use.name, .registers(function)) }
    }
    for (number, unit) in programs.enumerated() {
      for (buffer, value) in unit.program.buffers.enumerated() {
        guard case .constant = value.role else { continue }
        link(TileFile.constantSymbol(buffer, unit), .constant(program: number, buffer: buffer))
      }
    }
    out.line("(void)addresses;")
    out.indentation = 0
    out.write("}\n")
    return links
  }
}
