import Basics
import CEmitter
import KernelIR
import TestSupport
import Testing

/// Stores past the caches, of whole lines and vectors and of others, at addresses of whole ones and of others.
@Suite struct StreamedStoreTests {
  /// A program that streams y, whose value z and a sum use too, and its input.
  private static func made(
    _ dtype: DType, _ rows: Int, _ length: Int, _ offset: Int, _ random: inout SplitMix
  ) throws -> (Program, [HostBuffer]) {
    let program = try Program(
      parsing: """
        program streams arena 0 {
          buffer x: \(dtype)[\(rows),\(length)] = parameter 0
          buffer y: \(dtype)[\(rows * length + offset)] = result 0 streamed
          buffer z: \(dtype)[\(rows),\(length)] = result 1
          buffer sum: \(dtype)[] = result 2
          kernel k {
            axis i0 = \(rows)
            axis i1 = \(length)
            %2: accumulator \(dtype) = add
            loop i0 {
              tile i1 {
                %0: tile \(dtype) = load x[\(length)*i0 + i1]
                %1: tile \(dtype) = mul %0, %0
                store y[\(length)*i0 + i1 + \(offset)], %1
                store z[\(length)*i0 + i1], %0
                accumulate %2, %1
              }
            }
            %3: \(dtype) = finish %2
            store sum[0], %3
          }
        }
        """)
    try program.verify()
    let parsed = try Program(parsing: program.description)
    #expect(parsed == program && parsed.buffers[1].isStreamed)
    let type = program.buffers[0].type
    let input = HostBuffer(
      type, (0..<type.elementCount).map { _ in Scalar(Int64(random.next() % 200) - 100, as: type.dtype) })
    return (program, [input])
  }

  private static func all() throws -> [(Program, [HostBuffer])] {
    var random = SplitMix(seed: 6)
    let sizes = [
      (1, 1000, 0), (1, 999, 1), (3, 128, 0), (5, 67, 3), (1, 7, 0), (2, 5000, 0), (1, 4099, 5), (3, 96, 16),
      (9, 16, 0),
      (4, 999, 0), (1, 999, 0),
    ]
    return try [DType.f32, .f64, .i32].flatMap { dtype in
      try sizes.map { try made(dtype, $0.0, $0.1, $0.2, &random) }
    }
  }

  private static func rowByteCount(_ program: Program) -> Int {
    program.buffers[0].type.shape[1] * program.buffers[0].type.dtype.byteCount
  }

  @Test func tiles() throws {
    for (program, inputs) in try Self.all() {
      let mismatch = bufferMismatch(try program.interpret(inputs), try RandomProgramTests.run(program, inputs))
      #expect(mismatch == nil, "\(mismatch ?? "")\n\(program)")
      let symbols = TileEmitter.emit(program).runtimeSymbols
      let type = program.buffers[0].type
      let (row, offset) = (Self.rowByteCount(program), program.buffers[1].type.byteCount - type.byteCount)
      // Rows of tiles start lines.
      let isStreamed =
        type.dtype.isFloating && row >= 64 && (type.shape[0] == 1 || row % 64 == 0) && offset % 64 == 0
      #expect(symbols.contains("tile_stream_\(type.dtype)") == isStreamed)
      #expect(symbols.contains("gradc_end_streams") == isStreamed)
    }
  }

  @Test(arguments: ["gcc", "clang"]) func vectors(_ compiler: String) throws {
    let all = try Self.all()
    let code = try VectorPrograms(all.map(\.0), compiler: compiler)
    for (index, (program, inputs)) in all.enumerated() {
      let text = String(decoding: VectorEmitter.emit(program, for: .runtime).source, as: UTF8.self)
      let isStreamed = program.buffers[0].type.dtype.isFloating && Self.rowByteCount(program) >= 64
      #expect(text.contains("      vector_stream_") == isStreamed)
      let mismatch = bufferMismatch(try program.interpret(inputs), try code.run(index, inputs))
      #expect(mismatch == nil, "\(mismatch ?? "")\n\(program)")
    }
  }
}
