import Basics
import KernelIR
import TestSupport
import Testing

/// Sine and cosine of one angle as one statement have the bits of the two ops, in both tiers.
@Suite struct SineCosineCodeTests {
  private static func program(_ dtype: DType, isPaired: Bool) throws -> Program {
    func both(_ sine: Int, _ cosine: Int, _ angle: Int, _ kind: String) -> String {
      isPaired
        ? "%\(sine), %\(cosine): \(kind)\(dtype) = sincos %\(angle)"
        : "%\(sine): \(kind)\(dtype) = sin %\(angle)\n%\(cosine): \(kind)\(dtype) = cos %\(angle)"
    }
    return try Program(
      parsing: """
        program angles arena 0 {
          buffer x: \(dtype)[300] = parameter 0
          buffer y: \(dtype)[300] = result 0
          buffer z: \(dtype)[300] = result 1
          buffer s: \(dtype)[4] = result 2
          kernel tiles {
            axis i0 = 300
            tile i0 {
              %0: tile \(dtype) = load x[i0]
              \(both(1, 2, 0, "tile "))
              store y[i0], %1
              %3: tile \(dtype) = mul %1, %2
              \(both(4, 5, 3, "tile "))
              %6: tile \(dtype) = add %4, %5
              store z[i0], %6
            }
          }
          kernel elements {
            %0: \(dtype) = load x[1]
            \(both(1, 2, 0, ""))
            store s[0], %1
            store s[1], %2
            %3: \(dtype) = load x[7]
            \(both(4, 5, 3, ""))
            store s[2], %4
            %6: \(dtype) = sub %3, %5
            store s[3], %6
          }
        }
        """)
  }

  @Test(arguments: [DType.f32, .f64]) func bits(_ dtype: DType) throws {
    var random = SplitMix(seed: 12)
    let edges = [0, -0.0, 1e6, -.infinity, .nan, 20_000, 1e30, -3.5]
    let numbers = edges + (0..<292).map { _ in Double(Int64(random.next() % 200_000) - 100_000) / 3000 }
    let input = HostBuffer(TensorType(dtype, [300]), numbers.map { Scalar($0, as: dtype) })
    let (paired, separate) = (try Self.program(dtype, isPaired: true), try Self.program(dtype, isPaired: false))
    #expect(try Program(parsing: paired.description) == paired)
    #expect(bufferMismatch(try separate.interpret([input]), try paired.interpret([input])) == nil)
    let expected = try RandomProgramTests.run(separate, [input])
    let mismatch = bufferMismatch(expected, try RandomProgramTests.run(paired, [input]))
    #expect(mismatch == nil, "\(mismatch ?? "")")
    for compiler in ["gcc", "clang"] {
      let code = try VectorPrograms([paired, separate], compiler: compiler)
      for index in 0..<2 {
        let mismatch = bufferMismatch(expected, try code.run(index, [input]))
        #expect(mismatch == nil, "\(compiler): \(mismatch ?? "")")
      }
    }
  }
}
