import Basics
import Foundation
import KernelIR
import TestSupport
import Testing

@testable import CEmitter

@Suite struct TileEmitterTests {
  /// The calls that a kernel of tiles over x, y, z (f32[100]), k (i32[100]) and the result r consists of.
  private func calls(_ body: String, arena: String = "") throws -> [String] {
    let program = try Program(
      parsing: """
        program p arena 1024 {
          buffer x: f32[100] = parameter 0
          buffer y: f32[100] = parameter 1
          buffer z: f32[100] = parameter 2
          buffer k: i32[100] = parameter 3
          buffer r: f32[100] = result 0
          buffer t: f32[100] = temporary 0
          buffer u: f32[100] = temporary 0
          kernel k { axis i0 = 100 axis i1 = 5 \(body) }
        }
        """)
    try program.verify()
    let source = TileEmitter.emit(program)
    let text = String(decoding: source.source, as: UTF8.self)
    for symbol in source.runtimeSymbols { #expect(text.contains(" \(symbol)(")) }
    return text.split(separator: "\n").filter { $0.hasPrefix("  ") && $0.contains(" tile_") }
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }

  @Test func pairs() throws {
    #expect(
      try calls(
        """
        tile i0 { %0: tile f32 = load x[i0] %1: tile f32 = load y[i0] %2: f32 = load z[0]
          %3: tile f32 = mul %2, %0
          %4: tile f32 = sub %1, %3
          store r[i0], %4 }
        """) == ["tile_mul_rsub_f32_vsv(r, x, z[0], y, 100);"])
  }

  /// Only floating operations have combined kernels.
  @Test func integerSquares() throws {
    let calls = try calls(
      """
      tile i0 { %0: tile i32 = load k[i0] %1: i32 = constant 3
        %2: tile i32 = sub %0, %1
        %3: tile i32 = mul %2, %2
        %4: tile i32 = mul %3, %0
        %5: tile f32 = cast %4
        store r[i0], %5 }
      """)
    let names = calls.map { $0.prefix { $0 != "(" } }
    #expect(names == ["tile_sub_i32_vs", "tile_mul_i32_vv", "tile_mul_i32_vv", "tile_cast_i32_f32"])
  }

  @Test func joins() throws {
    #expect(
      try calls(
        """
        tile i0 { %0: tile f32 = load x[i0] %1: tile f32 = load y[i0] %2: tile f32 = load z[i0]
          %3: tile f32 = mul %0, %1
          %4: tile f32 = add %1, %2
          %5: tile f32 = sub %3, %4
          store r[i0], %5 }
        """) == ["tile_join_mul_add_sub_f32_vvvv(r, x, y, y, z, 100);"])
  }

  @Test func chains() throws {
    // r = (z[0] - x) * y - x, in the runtime's order of operands.
    #expect(
      try calls(
        """
        tile i0 { %0: tile f32 = load x[i0] %1: tile f32 = load y[i0] %2: f32 = load z[0]
          %3: tile f32 = sub %2, %0
          %4: tile f32 = mul %1, %3
          %5: tile f32 = sub %4, %0
          store r[i0], %5 }
        """) == ["tile_chain_rsub_mul_sub_f32_vsvv(r, x, z[0], y, x, 100);"])
    // Four operations are a chain of three and one more.
    #expect(
      try calls(
        """
        tile i0 { %0: tile f32 = load x[i0] %1: tile f32 = load y[i0]
          %2: tile f32 = mul %0, %1
          %3: tile f32 = add %2, %0
          %4: tile f32 = mul %3, %1
          %5: tile f32 = add %4, %0
          store r[i0], %5 }
        """) == [
          "tile_chain_mul_add_mul_f32_vvvv(tf0, x + i0, y + i0, x + i0, y + i0, n0);",
          "tile_add_f32_vv(r + i0, tf0, x + i0, n0);",
        ])
  }

  @Test func sharedOperandsStaySingle() throws {
    #expect(
      try calls(
        """
        tile i0 { %0: tile f32 = load x[i0] %1: tile f32 = load y[i0]
          %2: tile f32 = mul %0, %1
          %3: tile f32 = add %2, %0
          %4: tile f32 = add %3, %2
          store r[i0], %4 }
        """) == ["tile_mul_f32_vv(tf0, x + i0, y + i0, n0);", "tile_add_add_f32_vvv(r + i0, tf0, x + i0, tf0, n0);"])
  }

  @Test func aroundFMA() throws {
    let loads = "%0: tile f32 = load x[i0] %1: tile f32 = load y[i0] %2: tile f32 = load z[i0] %3: f32 = load z[0]"
    let examples = [
      ("%4: tile f32 = sub %0, %1 %5: tile f32 = fma %2, %4, %3", "tile_sub_fma_f32_vvvs(r, x, y, z, z[0], 100);"),
      ("%4: tile f32 = mul %0, %1 %5: tile f32 = fma %3, %2, %4", "tile_mul_mac_f32_vvvs(r, x, y, z, z[0], 100);"),
      ("%4: tile f32 = fma %0, %1, %3 %5: tile f32 = sub %2, %4", "tile_fma_rsub_f32_vvsv(r, x, y, z[0], z, 100);"),
      ("%4: tile f32 = neg %2 %5: tile f32 = fma %0, %1, %4", "tile_fms_f32_vvv(r, x, y, z, 100);"),
      ("%4: tile f32 = neg %1 %5: tile f32 = fma %0, %4, %2", "tile_fnma_f32_vvv(r, y, x, z, 100);"),
      ("%4: tile f32 = sub %0, %1 %5: tile f32 = mul %4, %4", "tile_sub_square_f32_vv(r, x, y, 100);"),
      ("%4: tile f32 = sub %0, %3 %5: tile f32 = fma %4, %4, %1", "tile_sub_square_add_f32_vsv(r, x, z[0], y, 100);"),
      ("%4: tile f32 = sub %3, %0 %5: tile f32 = mul %0, %4", "tile_rsub_self_f32_vs(r, x, z[0], 100);"),
      (
        "%4: tile bool = gt %0, %3 %5: tile f32 = select %4, %1, %3",
        "tile_select_lt_f32_svvs(r, z[0], x, y, z[0], 100);"
      ),
    ]
    for (body, call) in examples {
      let found = try calls("tile i0 { \(loads) \(body) store r[i0], %5 }")
      #expect(found == [call])
    }
    // Three fmas of one factor are a polynomial; x (1 - x) y reads x once.
    #expect(
      try calls(
        """
        tile i0 { %0: tile f32 = load x[i0] %1: f32 = load z[0] %2: f32 = constant 2.0
          %3: tile f32 = fma %0, %1, %2
          %4: tile f32 = fma %0, %3, %1
          %5: tile f32 = fma %4, %0, %2
          store r[i0], %5 }
        """) == ["tile_horner_f32(r, x, (const float[]){z[0], 2.0f, z[0], 2.0f}, 4, 100);"])
    #expect(
      try calls(
        """
        tile i0 { %0: tile f32 = load x[i0] %1: tile f32 = load y[i0] %2: f32 = constant 1.0
          %3: tile f32 = sub %2, %0
          %4: tile f32 = mul %3, %0
          %5: tile f32 = mul %4, %1
          store r[i0], %5 }
        """) == ["tile_rsub_self_mul_f32_vsv(r, x, 1.0f, y, 100);"])
  }

  @Test func inPlaceWithoutCopy() throws {
    #expect(
      try calls(
        """
        tile i0 { %0: tile f32 = load t[i0] %1: tile f32 = exp %0 store u[i0], %1 }
        """) == ["tile_exp_f32(u, t, 100);"])
  }

  @Test func overwrittenOperandIsCopied() throws {
    // The load is needed after its memory is written, or the written place is another.
    #expect(
      try calls(
        """
        tile i0 { %0: tile f32 = load t[i0] %1: tile f32 = exp %0 store t[i0], %1 %2: tile f32 = sin %0 store r[i0], %2 }
        """) == [
          "tile_copy_f32(tf0, t + i0, n0);", "tile_exp_f32(t + i0, tf0, n0);", "tile_sin_f32(r + i0, tf0, n0);",
        ])
    #expect(
      try calls("tile i0 { %0: tile f32 = load t[-1*i0 + 99] %1: tile f32 = exp %0 store u[i0], %1 }")
        == ["tile_load_f32(tf0, t + -1 * i0 + 99, -1, n0);", "tile_exp_f32(u + i0, tf0, n0);"])
  }

  @Test func dots() throws {
    #expect(
      try calls(
        """
        %0: accumulator f32 = add
        tile i0 { %1: tile f32 = load x[i0] %2: tile f32 = load y[i0] %3: tile f32 = mul %1, %2 accumulate %0, %3 }
        %4: f32 = finish %0
        store r[0], %4
        """) == ["tile_reduce_mul_add_f32_vv(af0, x, y, 100);"])
  }

  @Test func largeIndicesAreConverted() throws {
    // 2²⁴ + 1 is not a float, so its parts may not be added as floats.
    #expect(
      try calls("tile i0 { %0: tile f32 = index i0 + 16777216 store r[i0], %0 }")
        == ["tile_iota_i64(tl0, i0 + 16777216, 1, n0);", "tile_cast_i64_f32(r + i0, tl0, n0);"])
    #expect(
      try calls("tile i0 { %0: tile f32 = index 2*i0 + 1 store r[i0], %0 }")
        == ["tile_iota_f32(r + i0, 2 * i0 + 1, 2, n0);"])
  }

  /// A long scalar kernel compiles with tcc, its values that live long in the scratch memory.
  @Test func longScalarKernel() throws {
    var values: [ValueInfo] = [ValueInfo(.f64, .uniform)]
    var body: [Statement] = [.load(ValueID(0), 0, AffineIndex())]
    for index in 1...3000 {
      values.append(ValueInfo(.f64, .uniform))
      body.append(.compute(ValueID(index), .mul, ValueID(index - 1), ValueID(0), .none))
    }
    for index in 3001...6000 {
      values.append(ValueInfo(.f64, .uniform))
      body.append(.compute(ValueID(index), .add, ValueID(index - 1), ValueID(6001 - index), .none))
    }
    body.append(.store(1, AffineIndex(), ValueID(6000)))
    let kernel = Kernel(name: "long", origins: ["mul", "add"], axes: [], values: values, body: body)
    let type = TensorType(.f64, [])
    let program = Program(
      name: "p",
      buffers: [
        Buffer(name: "x", type: type, role: .parameter(0)), Buffer(name: "y", type: type, role: .result(0)),
      ], steps: [.kernel(kernel)], arenaByteCount: 0)
    try program.verify()
    let source = TileEmitter.emit(program)
    #expect(source.arenaByteCount > 8 * 2700 && source.arenaByteCount < 8 * 3000)
    let directory = try TemporaryFolder()
    try Data(source.source).write(to: directory.file("tile.c"))
    if hasTCC { try run("tcc", ["-c", "-Wall", "-Werror", "tile.c"], in: directory.url) }
  }

  /// tcc takes no call with more than 255 arguments.
  @Test func manyBuffers() throws {
    let count = 1000
    let along = AffineIndex(terms: [.init(axis: 0, coefficient: 1)])
    let type = TensorType(.f32, [80])
    var buffers = (0..<count).map { Buffer(name: "x", type: type, role: .parameter($0)) }
    buffers.append(Buffer(name: "y", type: type, role: .result(0)))
    buffers.append(Buffer(name: "t", type: type, role: .temporary(offset: 0)))
    buffers.append(
      Buffer(name: "c", type: type, role: .constant([Scalar](repeating: Scalar(1.0, as: .f32), count: 80))))
    var body: [Statement] = [.load(ValueID(0), count + 2, along)]
    for buffer in 0..<count {
      body.append(.load(ValueID(2 * buffer + 1), buffer, along))
      body.append(.compute(ValueID(2 * buffer + 2), .max, ValueID(2 * buffer), ValueID(2 * buffer + 1), .none))
    }
    body += [.store(count + 1, along, ValueID(2 * count)), .store(count, along, ValueID(2 * count))]
    let values = [ValueInfo](repeating: ValueInfo(.f32, .tile), count: 2 * count + 1)
    let kernel = Kernel(name: "k", origins: [], axes: [Axis(extent: 80)], values: values, body: [.tile(0, body)])
    let program = Program(name: "p", buffers: buffers, steps: [.kernel(kernel)], arenaByteCount: 320)
    try program.verify()
    let directory = try TemporaryFolder()
    try Data(TileEmitter.emit(program).source).write(to: directory.file("tile.c"))
    if hasTCC { try run("tcc", ["-c", "-Wall", "-Werror", "tile.c"], in: directory.url) }
  }

  /// Code that is longer than the caches says ahead what it will run; other code has no need.
  @Test(arguments: [(1000, false), (40000, true)]) func longCodeIsPrefetched(_ count: Int, _ isLong: Bool) throws {
    var text =
      "program p arena 0 { buffer x: f64[1] = parameter 0 buffer r: f64[1] = result 0 kernel k0 { %0: f64 = load x[0]\n"
    for number in 1...count { text += "%\(number): f64 = \(number % 2 == 0 ? "sin" : "cos") %\(number - 1)\n" }
    let program = try Program(parsing: text + "store r[0], %\(count) } }")
    let source = TileEmitter.emit(program)
    let calls =
      String(decoding: source.source, as: UTF8.self).components(separatedBy: "  gradc_prefetch_code();").count - 1
    #expect(source.runtimeSymbols.contains("gradc_prefetch_code") == isLong)
    #expect(isLong ? (source.source.count / 12000...source.source.count / 5000).contains(calls) : calls == 0)
  }
}
