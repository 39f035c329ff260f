import Basics
import CEmitter
import KernelIR
import TestSupport
import Testing

/// Products by symmetry, of small integers, whose sums are exact in any order: the elements of the interpreter, in both tiers.
@Suite struct SymmetricProductTests {
  private static let extents = [(1, 3), (31, 5), (32, 2), (33, 7), (100, 40), (97, 1), (257, 3), (300, 2), (40, 0)]

  /// Aᵀ diag(d) A, both factors as they are or transposed, whole and in chunks of rows, then added to.
  private static func program(_ dtype: DType) throws -> (Program, [HostBuffer]) {
    var (buffers, steps, inputs) = ("", "", [HostBuffer]())
    var random = SplitMix(seed: 5)
    for (number, (n, k)) in extents.enumerated() {
      let d = (0..<k).map { _ in Int(random.next() % 7) - 3 }
      let a = (0..<n * k).map { _ in Int(random.next() % 9) - 4 }
      let weighted = a.enumerated().map { $1 * d[$0 / n] }
      func transposed(_ elements: [Int]) -> [Int] { (0..<n * k).map { elements[$0 % k * n + $0 / k] } }
      for (name, elements) in [("a", a), ("b", weighted), ("c", transposed(a)), ("d", transposed(weighted))] {
        buffers += "buffer \(name)\(number): \(dtype)[\(n * k)] = parameter \(inputs.count)\n"
        inputs.append(HostBuffer(TensorType(dtype, [n * k]), elements.map { Scalar(Int64($0), as: dtype) }))
      }
      for form in 0..<4 {
        let y = "y\(number)_\(form)"
        buffers += "buffer \(y): \(dtype)[\(n * n)] = result \(4 * number + form)\n"
        for accumulates in ["", " accumulates"] {
          let (asRows, asColumns) = ("rows \(max(k, 1)) slices 0", "rows \(n) slices 0")
          let left = form & 1 == 0 ? "a\(number)[0] \(asColumns) transposed" : "c\(number)[0] \(asRows)"
          let right = form & 2 == 0 ? "b\(number)[0] \(asColumns)" : "d\(number)[0] \(asRows) transposed"
          steps += """
            gemm \(dtype) m \(n) n \(n) k \(k) batch 1\(accumulates) by symmetry\(form == 3 ? " parallel rows 48" : "") {
              c = \(y)[0] rows \(n) slices 0
              a = \(left)
              b = \(right)
            }

            """
        }
      }
    }
    return (try Program(parsing: "program products arena 0 {\n\(buffers)\(steps)}"), inputs)
  }

  @Test(arguments: [DType.f32, .f64]) func elements(_ dtype: DType) throws {
    let (program, inputs) = try Self.program(dtype)
    let expected = try program.interpret(inputs)
    let mismatch = bufferMismatch(expected, try RandomProgramTests.run(program, inputs))
    #expect(mismatch == nil, "\(mismatch ?? "")")
    let found = try VectorPrograms([program], compiler: "gcc").run(0, inputs)
    let other = bufferMismatch(expected, found)
    #expect(other == nil, "\(other ?? "")")
    for (number, (n, _)) in Self.extents.enumerated() {
      let y = expected[4 * number].elements
      #expect((0..<n * n).allSatisfy { y[$0] == y[$0 % n * n + $0 / n] })
    }
  }
}
