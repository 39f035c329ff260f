import Basics
import CEmitter
import GradCRuntime
import KernelIR
import TestSupport
import Testing

/// Products of small matrices have the bits of the interpreter, in both tiers.
@Suite struct SmallProductTests {
  private static let extents = [
    (1, 1, 1), (1, 16, 4), (1, 3, 17), (2, 5, 7), (3, 9, 8), (4, 4, 4), (5, 33, 2), (6, 7, 16), (8, 8, 9), (9, 17, 33),
    (16, 16, 16), (3, 3, 0),
  ]

  private static func program(_ dtype: DType) throws -> (Program, [HostBuffer]) {
    var (buffers, steps, inputs) = ("", "", [HostBuffer]())
    var random = SplitMix(seed: 3)
    func input(_ count: Int) -> HostBuffer {
      HostBuffer(
        TensorType(dtype, [count]),
        (0..<count).map { _ in Scalar(Double(Int64(random.next() % 2000) - 1000) / 7, as: dtype) })
    }
    for (number, (m, n, k)) in extents.enumerated() {
      buffers += "buffer a\(number): \(dtype)[\(2 * m * (k + 1))] = parameter \(2 * number)\n"
      buffers += "buffer b\(number): \(dtype)[\(2 * n * (k + 1))] = parameter \(2 * number + 1)\n"
      inputs += [input(2 * m * (k + 1)), input(2 * n * (k + 1))]
      for form in 0..<5 {
        let (byLanes, left, right) = (form == 4, form & 1 == 1, form & 2 == 2 || form == 4)
        let c = "c\(number)_\(form)"
        buffers += "buffer \(c): \(dtype)[\(2 * m * n)] = result \(5 * number + form)\n"
        let a = left ? "rows \(m) slices \(m * k) transposed" : "rows \(k + 1) slices \(m * k)"
        let b = right ? "rows \(k + 1) slices \(n * k) transposed" : "rows \(n) slices \(n * k)"
        for accumulates in ["", " accumulates"] {
          steps += """
            gemm \(dtype) m \(m) n \(n) k \(k) batch 2\(accumulates) by \(byLanes ? "lanes" : "rows") {
              c = \(c)[0] rows \(n) slices \(m * n)
              a = a\(number)[0] \(a)
              b = b\(number)[0] \(b)
            }

            """
        }
      }
    }
    return (try Program(parsing: "program products arena 0 {\n\(buffers)\(steps)}"), inputs)
  }

  @Test(arguments: [DType.f32, .f64]) func bits(_ dtype: DType) throws {
    let (program, inputs) = try Self.program(dtype)
    let expected = try program.interpret(inputs)
    let mismatch = bufferMismatch(expected, try RandomProgramTests.run(program, inputs))
    #expect(mismatch == nil, "\(mismatch ?? "")")
    for compiler in ["gcc", "clang"] {
      let found = try VectorPrograms([program], compiler: compiler).run(0, inputs)
      let mismatch = bufferMismatch(expected, found)
      #expect(mismatch == nil, "\(compiler): \(mismatch ?? "")")
    }
    #expect(Gemm.greatestCopy == Int(GRADC_PRODUCT_COPY))
  }
}
