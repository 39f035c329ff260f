import Basics
import Foundation
import KernelIR
import TestSupport
import Testing

@testable import CEmitter

/// Names can be any text; C must not notice.
@Suite struct NameTests {
  static let hostile = [
    "", "x", "x", "x_2", "int", "*/ #error", "a\nb", "\"; exit(1); \"", "naïve 😀", "1st", "_", "tile_add_f32_vv", "i0",
    "n0", "f0", "tf0", "af0", "v0", "k0_k", "exp", "expf", "NAN", "main", "arena", "scratch", "workspace", "buffers",
    "constant_0", "bits_f32_0", "width", "int64_t", "INT32_MAX", "linux", "bool", "restrict", "M_PI", "free", "y0",
    "memcpy", "??/", "\\", "\u{202e}abc", String(repeating: "long", count: 100), "gradc_entry", "spill_f", "max_f32",
    "clamp_index", "f32_to_i32", "gemm_f32", "sum", "exp_f32", "accumulate", "a_row", "I", "static",
    "EXP__WORKSPACE_BYTES", "GRADC_PROGRAM_H", "k0_",
  ]

  /// Every buffer is read, most by a kernel of a hostile name; one more is written.
  private func program(named name: String) -> Program {
    var buffers = Self.hostile.enumerated().map { position, name in
      Buffer(name: name, type: TensorType(.f32, [70]), role: .parameter(position))
    }
    buffers.append(Buffer(name: "x", type: TensorType(.f32, [70]), role: .result(0)))
    let elements = [Scalar](repeating: Scalar(1.5, as: .f32), count: 70)
    buffers.append(Buffer(name: "NULL", type: TensorType(.f32, [70]), role: .constant(elements)))
    buffers.append(Buffer(name: name, type: TensorType(.f32, [70]), role: .temporary(offset: 0)))
    let (result, constant, temporary) = (Self.hostile.count, Self.hostile.count + 1, Self.hostile.count + 2)
    let along = AffineIndex(terms: [.init(axis: 0, coefficient: 1)])
    var values: [ValueInfo] = []
    var body: [Statement] = []
    func add(_ statement: (ValueID) -> Statement) -> ValueID {
      values.append(ValueInfo(.f32, .tile))
      body.append(statement(ValueID(values.count - 1)))
      return ValueID(values.count - 1)
    }
    var sum = add { .load($0, constant, along) }
    for buffer in Self.hostile.indices {
      let next = add { .load($0, buffer, along) }
      sum = add { .compute($0, .max, sum, next, .none) }
      sum = add { .compute($0, .add, sum, next, .none) }
    }
    body.append(.store(temporary, along, sum))
    body.append(.store(result, along, add { .compute($0, .exp, sum, .none, .none) }))
    let kernel = Kernel(
      name: name, origins: [name, "*/ int bad; /*", "?" + "?/"], axes: [Axis(extent: 70)], values: values,
      body: [.tile(0, body)])
    return Program(name: name, buffers: buffers, steps: [.kernel(kernel), .kernel(kernel)], arenaByteCount: 320)
  }

  @Test func helpersAreReserved() {
    var helpers: [PortableHelper] = [.clampIndex, .isIndex, .reserveRows]
    for dtype in DType.allCases {
      helpers += [.gemm(dtype, isSymmetric: false), .gemm(dtype, isSymmetric: true)]
      helpers += ScalarOp.allCases.map { .op($0, dtype) } + DType.allCases.map { .cast(dtype, $0) }
      helpers += LibraryFunction.allCases.map { .library(LibrarySignature($0, dtype)) }
    }
    for helper in helpers { #expect(Identifiers.isReserved(helper.name)) }
  }

  @Test(arguments: ["", "*/", "int", "exp", "printf", "\n#error", "a\\", "日本"])
  func compile(_ name: String) throws {
    let program = program(named: name)
    try program.verify()
    let directory = try TemporaryFolder()
    let source = PortableEmitter.emit(program)
    try Data(source.source).write(to: directory.file("model.c"))
    try Data(source.header).write(to: directory.file("model.h"))
    for compiler in compilers {
      try run(compiler, strict + ["-fsyntax-only", "-Wtrigraphs", "-Wcomment", "model.c"], in: directory.url)
    }
    try Data(TileEmitter.emit(program).source).write(to: directory.file("tile.c"))
    if hasTCC { try run("tcc", ["-c", "-Wall", "-Werror", "tile.c"], in: directory.url) }
    #expect(TileEmitter.emit(program) == TileEmitter.emit(program))
    #expect(PortableEmitter.emit(program) == source)
  }

  @Test func identifiers() {
    var identifiers = Identifiers()
    #expect(identifiers.allocate("x", fallback: "b") == "x")
    #expect(identifiers.allocate("x", fallback: "b") == "x_2")
    #expect(identifiers.allocate("x_2", fallback: "b") == "x_2_2")
    #expect(identifiers.allocate("layer 1.weight", fallback: "b") == "layer_1_weight")
    #expect(identifiers.allocate("int", fallback: "b") == "int_")
    #expect(identifiers.allocate("😀", fallback: "b") == "b")
    #expect(identifiers.allocate("b1", fallback: "b") == "b1")
  }

  @Test func comments() {
    #expect(commentText("a */ b /* c") == "a * / b / * c")
    #expect(commentText("a\nb\\") == "a b/")
    #expect(!commentText("*\\").contains("*/"))
    #expect(commentText(String(repeating: "x", count: 1000)).count < 110)
  }
}

let hasTCC = (try? run("tcc", ["-v"], in: URL(fileURLWithPath: "/"))) != nil
