import Basics
import KernelIR

/// What the functions of one C file share: names, and what has to be declared before them.
struct CUnit {
  let dialect: Dialect
  let program: Program
  /// The identifier of each buffer.
  let bufferNames: [[UInt8]]
  let functionName: String
  /// The positions of parameters and results among the caller's buffers.
  let callerPositions: [BufferID: Int]
  /// The loops of steps, the variables that count their iterations, and those that hold numbers of iterations.
  let loops: LoopTable
  let counterNames: [LoopID: String]
  let countNames: [LoopID: String]
  let tapeNames: [String]
  /// By loop, the buffers that move with it, ascending.
  let movingBuffers: [LoopID: [BufferID]]
  let tapesOfLoops: [LoopID: [TapeID]]
  /// Temporaries that are variables instead of parts of the arena.
  let localBuffers: Set<BufferID>
  /// Moving buffers that steps write.
  private let writtenMoving: Set<BufferID>
  /// Functions of the runtime that are called.
  private(set) var runtimeFunctions: [RuntimeFunction] = []
  private var runtimeNames: [[UInt8]] = []
  private var runtimeChains = HashChains()
  private var scalarNames = [[UInt8]](repeating: [], count: ScalarOp.allCases.count * DType.allCases.count)
  /// Constants without a literal.
  private(set) var bitConstants: Set<Scalar> = []
  /// Helpers of the portable dialect that are called.
  private(set) var helpers: Set<PortableHelper> = []
  /// Buffers that are read or written.
  var usedBuffers: Set<Int> = []
  /// Bytes of the scratch memory that the largest kernel needs.
  var scratchByteCount = 0
  /// Whether what is written runs in a function of a loop that threads share, which has scratch memory and an array of
  /// buffers of its own.
  var isInSharedLoop = false
  /// Whether some loop makes room for rows of tapes.
  var reservesTapes = false

  /// Of the vector dialect: what it is written for, and what comes before names where a file has several programs.
  let vectorTarget: VectorTarget
  let prefix: String
  private(set) var vectorLaneCounts: Set<Int> = []
  /// How often each is written.
  private(set) var vectorUses: [VectorUse: Int] = [:]
  private(set) var scalarUses: [VectorTarget.Function: Int] = [:]
  private(set) var scalarPairUses: [DType: Int] = [:]
  /// Whether sine and cosine of an angle are one call, which there is of high accuracy only: both have the bits that they have
  /// alone.
  let pairsFunctions: Bool

  init(
    _ program: Program, dialect: Dialect, functionName: String? = nil,
    target: VectorTarget = VectorTarget(byteCount: 16), prefix: String = ""
  ) {
    self.dialect = dialect
    vectorTarget = target
    self.prefix = prefix
    pairsFunctions =
      switch dialect {
      case .tile: program.accuracy == .high
      case .vector:
        program.accuracy == .high
          && [DType.f32, .f64].allSatisfy { InlineFunctions.has(VectorTarget.Function(.sin, $0, .high), target) }
      case .portable: false
      }
    self.program = program
    callerPositions = Dictionary(
      uniqueKeysWithValues: program.callerBuffers.enumerated().map { ($0.element, $0.offset) })
    var identifiers = Identifiers()
    self.functionName = identifiers.allocate(functionName ?? program.name, fallback: "program")
    bufferNames = program.buffers.map { Array(identifiers.allocate($0.name, fallback: "buffer").utf8) }
    tapeNames = program.tapes.map { identifiers.allocate($0.name, fallback: "rows") }
    loops = LoopTable(program)
    tapesOfLoops = program.tapesOfLoops()
    localBuffers =
      dialect.hasTiles
      ? program.localBuffers(
        greatestParameterCount: TileDialect.greatestParameterCount, greatestInlineCount: Self.greatestInlineCount,
        greatestInlinedCount: Self.greatestInlinedCount) : []
    var moving: [LoopID: [BufferID]] = [:]
    for (number, buffer) in program.buffers.enumerated() {
      switch buffer.role {
      case .slice(_, let loop, _, _), .row(_, let loop, _): moving[loop, default: []].append(number)
      case .parameter, .result, .updated, .constant, .temporary: break
      }
    }
    movingBuffers = moving
    var written: Set<BufferID> = []
    if !moving.isEmpty {
      // Also through slices of them.
      program.steps.forEachBuffer { buffer, isWritten in
        var buffer = buffer
        while isWritten, program.buffers[buffer].role.isMoving {
          written.insert(buffer)
          guard case .slice(let base, _, _, _) = program.buffers[buffer].role else { break }
          buffer = base
        }
      }
    }
    writtenMoving = written
    var names = LoopNames(identifiers)
    names.visit(program.steps, depth: 0)
    (counterNames, countNames) = (names.counters, names.counts)
  }

  /// Kernels of more statements are functions, and those after so many statements have been written where they are run.
  static let greatestInlineCount = 512
  static let greatestInlinedCount = 8192

  /// The symbol of a runtime function, which gets a declaration.
  mutating func use(_ function: RuntimeFunction) -> [UInt8] {
    let function = program.accuracy == .high ? function : function.with(program.accuracy)
    let hash = function.hashValue
    if let known = runtimeChains.position(of: hash, where: { runtimeFunctions[$0] == function }) {
      return runtimeNames[known]
    }
    let name = Array(function.name.utf8)
    runtimeFunctions.append(function)
    runtimeNames.append(name)
    runtimeChains.append(hash)
    return name
  }

  mutating func use(scalar op: ScalarOp, _ dtype: DType) -> [UInt8] {
    let index = Int(op.rawValue) * DType.allCases.count + Int(dtype.rawValue)
    if dialect == .vector, op.isTranscendental { scalarUses[function(op, dtype), default: 0] += 1 }
    if scalarNames[index].isEmpty {
      scalarNames[index] =
        dialect.hasTiles ? use(.scalar(op, dtype)) : Array(PortableHelper.functionName(op, dtype, &helpers).utf8)
    }
    return scalarNames[index]
  }

  /// An op of the vector dialect as accurate as the program has it.
  func function(_ op: ScalarOp, _ dtype: DType) -> VectorTarget.Function {
    VectorTarget.Function(op, dtype, op.available(program.accuracy, dtype))
  }

  mutating func useScalarSineCosine(_ dtype: DType) -> [UInt8] {
    if dialect == .vector { scalarPairUses[dtype, default: 0] += 1 }
    return use(.scalarSineCosine(dtype))
  }

  mutating func use(helper: PortableHelper) -> String {
    helpers.insert(helper)
    return helper.name
  }

  mutating func useVectors(of laneCount: Int) { vectorLaneCounts.insert(laneCount) }

  /// A helper of the vector dialect at a length of vectors.
  struct VectorUse: Hashable {
    var helper: VectorHelper
    var laneCount: Int
    var name: String { helper.name(laneCount) }
  }

  mutating func use(_ helper: VectorHelper, _ laneCount: Int) {
    vectorUses[VectorUse(helper: helper, laneCount: laneCount), default: 0] += 1
  }

  /// `const float *`: of buffers that steps can't write, and of moving ones that they don't.
  func pointerType(_ buffer: BufferID) -> String {
    let isMoving = program.buffers[buffer].role.isMoving
    let isWritten = isMoving ? writtenMoving.contains(buffer) : program.isWritable(buffer)
    return "\(isWritten ? "" : "const ")\(program.buffers[buffer].type.dtype.cName) *"
  }

  /// A constant as a C expression.
  mutating func literal(_ scalar: Scalar) -> String {
    if scalar.hasLiteral { return scalar.cLiteral }
    switch dialect {
    case .portable:
      if scalar.doubleValue.isNaN { return "NAN" }
      return scalar.doubleValue < 0 ? "-INFINITY" : "INFINITY"
    case .tile, .vector:
      bitConstants.insert(scalar)
      return "*(const \(scalar.dtype.cName) *)&bits_\(scalar.dtype)_\(String(scalar.bits, radix: 16))"
    }
  }

  /// Declarations of the constants without a literal.
  var bitConstantDeclarations: [String] {
    bitConstants.sorted { ($0.dtype.rawValue, $0.bits) < ($1.dtype.rawValue, $1.bits) }.map {
      let hex = String($0.bits, radix: 16)
      return $0.dtype == .f32
        ? "static const uint32_t bits_f32_\(hex) = 0x\(hex)u;" : "static const uint64_t bits_f64_\(hex) = 0x\(hex)ULL;"
    }
  }

  /// A kernel as a C function.
  func kernelName(_ number: Int, _ kernel: Kernel) -> String {
    let name = Identifiers.sanitised(kernel.numberedName(number))
    return prefix + (name.contains("_") ? name : name + "_kernel")
  }

  /// The comment before a kernel, which leads from lines of C back to tensor ops.
  static func originComment(_ origins: [String], marker: String) -> String {
    var lines: [String] = []
    for origin in origins.prefix(24).map({ commentText($0, limit: 200) }) {
      if let last = lines.last, last.count + origin.count < 100 {
        lines[lines.count - 1] = last + "; " + origin
      } else {
        lines.append(origin)
      }
    }
    if origins.count > 24 { lines.append("... (\(origins.count) in all)") }
    // Joined once more, so that nothing that two lines make together ends the comment.
    let text = lines.map { commentText($0, limit: 400) }.joined(separator: ";\n * ")
    return "/*\(marker) \(text) */"
  }
}

/// Gives loops of steps their variables.
private struct LoopNames {
  private var identifiers: Identifiers
  /// Loops side by side count with the same variable.
  private var counterOfDepth: [String] = []
  private(set) var counters: [LoopID: String] = [:]
  private(set) var counts: [LoopID: String] = [:]

  init(_ identifiers: Identifiers) { self.identifiers = identifiers }

  mutating func visit(_ steps: [Step], depth: Int) {
    for step in steps {
      var inside = depth
      switch step {
      case .loop(let loop):
        counters[loop.id] = counter(depth)
        if case .buffer = loop.count { counts[loop.id] = identifiers.allocate("count", fallback: "count") }
        inside += 1
      case .whileLoop(let loop):
        // Declared before the loop, and read after it.
        counters[loop.id] = loop.tripCount == nil ? counter(depth) : identifiers.allocate("t", fallback: "t")
        inside += 1
      case .kernel, .gemm, .call, .branch: break
      }
      for list in step.lists { visit(list, depth: inside) }
    }
  }

  private mutating func counter(_ depth: Int) -> String {
    while counterOfDepth.count <= depth { counterOfDepth.append(identifiers.allocate("t", fallback: "t")) }
    return counterOfDepth[depth]
  }
}
