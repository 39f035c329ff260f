import Foundation
import GradCRuntime
import Synchronization
import Testing

/// Matrix products against three loops; small whole numbers, so that every sum is exact.
@Suite struct BLASTests {
  private typealias Gemm<T> = (
    Int32, Int32, Int, Int, Int, T, UnsafePointer<T>, Int, UnsafePointer<T>, Int, T, UnsafeMutablePointer<T>, Int
  ) -> Void

  private typealias F32 =
    @convention(c) (
      Int32, Int32, Int, Int, Int, Float, UnsafePointer<Float>, Int, UnsafePointer<Float>, Int, Float,
      UnsafeMutablePointer<Float>, Int
    ) -> Void

  private typealias F64 =
    @convention(c) (
      Int32, Int32, Int, Int, Int, Double, UnsafePointer<Double>, Int, UnsafePointer<Double>, Int, Double,
      UnsafeMutablePointer<Double>, Int
    ) -> Void

  private typealias I32 =
    @convention(c) (
      Int32, Int32, Int, Int, Int, Int32, UnsafePointer<Int32>, Int, UnsafePointer<Int32>, Int, Int32,
      UnsafeMutablePointer<Int32>, Int
    ) -> Void

  private typealias I64 =
    @convention(c) (
      Int32, Int32, Int, Int, Int, Int64, UnsafePointer<Int64>, Int, UnsafePointer<Int64>, Int, Int64,
      UnsafeMutablePointer<Int64>, Int
    ) -> Void

  private static let sizes = [
    (3, 4, 5), (1, 7, 6), (7, 1, 6), (1, 1, 9), (8, 8, 1), (0, 3, 2), (3, 0, 2), (3, 2, 0), (33, 17, 40), (37, 1, 21),
    (1, 37, 21),
    (9, 1, 8), (1, 70, 100), (21, 1, 131), (131, 1, 33), (1, 33, 9),
  ]

  private func check<T: Numeric>(_ name: String, _ number: (Int) -> T, _ gemm: Gemm<T>) {
    for (m, n, k) in Self.sizes {
      for flags in 0..<4 {
        let (transA, transB) = (flags & 1 != 0, flags & 2 != 0)
        for (alpha, beta) in [(1, 0), (2, 1), (-1, 3), (0, 2)] {
          let lda = (transA ? m : k) + 2
          let ldb = (transB ? k : n) + 1
          let ldc = n + 3
          let a = (0..<max(1, (transA ? k : m) * lda)).map { number($0 * 7 % 11 - 5) }
          let b = (0..<max(1, (transB ? n : k) * ldb)).map { number($0 * 5 % 13 - 6) }
          var c = (0..<max(1, m * ldc)).map { number($0 % 9 - 4) }
          var expected = c
          for i in 0..<m {
            for j in 0..<n {
              var sum: T = 0
              for l in 0..<k {
                sum += (transA ? a[l * lda + i] : a[i * lda + l]) * (transB ? b[j * ldb + l] : b[l * ldb + j])
              }
              expected[i * ldc + j] = number(alpha) * sum + number(beta) * c[i * ldc + j]
            }
          }
          gemm(transA ? 1 : 0, transB ? 1 : 0, m, n, k, number(alpha), a, lda, b, ldb, number(beta), &c, ldc)
          #expect(c == expected, "\(name) \(m)x\(n)x\(k) \(flags) \(alpha) \(beta)")
        }
      }
    }
  }

  @Test func products() throws {
    check("f32", { Float($0) }, unsafeBitCast(try #require(gradc_symbol("blas_gemm_f32")), to: F32.self))
    check("f64", { Double($0) }, unsafeBitCast(try #require(gradc_symbol("blas_gemm_f64")), to: F64.self))
    check("i32", { Int32($0) }, unsafeBitCast(try #require(gradc_symbol("blas_gemm_i32")), to: I32.self))
    check("i64", { Int64($0) }, unsafeBitCast(try #require(gradc_symbol("blas_gemm_i64")), to: I64.self))
  }

  /// A matrix of rows times a vector: 32 partial sums, combined by halves, and rows added in order, with every instruction
  /// set, however many rows are read at once. Only dots of small matrices of f64 are left to BLAS where registers are short.
  @Test func orderOfSums() throws {
    let f32 = unsafeBitCast(try #require(gradc_symbol("blas_gemm_f32")), to: F32.self)
    let f64 = unsafeBitCast(try #require(gradc_symbol("blas_gemm_f64")), to: F64.self)
    for (rows, columns) in [(5, 8), (4, 32), (7, 100), (19, 75), (33, 1024), (41, 300), (611, 100), (6001, 9)] {
      checkOrder(rows, columns) { (a: [Float], x, across, result) in
        if across {
          f32(0, 0, 1, columns, rows, 1, x, rows, a, columns, 0, &result, columns)
        } else {
          f32(0, 1, rows, 1, columns, 1, a, columns, x, columns, 0, &result, 1)
        }
        return true
      }
      let isLarge = rows * columns > 30_000
      checkOrder(rows, columns) { (a: [Double], x, across, result) in
        if across {
          f64(0, 0, 1, columns, rows, 1, x, rows, a, columns, 0, &result, columns)
        } else {
          f64(0, 1, rows, 1, columns, 1, a, columns, x, columns, 0, &result, 1)
          if !isLarge && gradc_vector_byte_count() < 64 { return false }
        }
        return true
      }
    }
  }

  private func checkOrder<T: BinaryFloatingPoint>(
    _ rows: Int, _ columns: Int, _ multiply: (_ a: [T], _ x: [T], _ across: Bool, _ result: inout [T]) -> Bool
  ) {
    let a = (0..<rows * columns).map { T($0 * 7919 % 1009) / 977 - 0.4 }
    let x = (0..<max(rows, columns)).map { T($0 * 31 % 101) / 97 - 0.3 }
    var dots = [T](repeating: 0, count: rows)
    var isSame = true
    // Otherwise they are BLAS's.
    let isOwn = multiply(a, x, false, &dots)
    for i in 0..<rows where isOwn {
      var lanes = [T](repeating: 0, count: 32)
      for l in 0..<columns { lanes[l % 32] += a[i * columns + l] * x[l] }
      for half in [16, 8, 4, 2, 1] { for k in 0..<half { lanes[k] += lanes[k + half] } }
      if dots[i] != lanes[0] { isSame = false }
    }
    #expect(isSame, "dots of \(rows)x\(columns) \(T.self)")
    var sums = [T](repeating: 0, count: columns)
    #expect(multiply(a, x, true, &sums))
    for j in 0..<columns {
      var sum: T = 0
      for i in 0..<rows { sum += a[i * columns + j] * x[i] }
      #expect(sums[j] == sum, "column \(j) of \(rows)x\(columns) \(T.self)")
    }
  }

  @Test func manyThreadsAtOnce() throws {
    let gemm = unsafeBitCast(try #require(gradc_symbol("blas_gemm_f32")), to: F32.self)
    let size = 96
    let a = (0..<size * size).map { Float($0 * 7 % 11 - 5) }
    @Sendable func product() -> [Float] {
      var c = [Float](repeating: 0, count: size * size)
      gemm(0, 1, size, size, size, 1, a, size, a, size, 0, &c, size)
      return c
    }
    let expected = product()
    let wrong = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 64) { _ in
      if product() != expected { wrong.withLock { $0 += 1 } }
    }
    #expect(wrong.withLock { $0 } == 0)
  }

  @Test func zeroBetaDoesNotReadTheOldResult() throws {
    let gemm = unsafeBitCast(try #require(gradc_symbol("blas_gemm_f32")), to: F32.self)
    for (m, n, k) in [(2, 2, 2), (1, 2, 2), (2, 1, 2), (2, 2, 0)] {
      var c = [Float](repeating: .nan, count: m * n)
      gemm(0, 0, m, n, k, 1, [1, 1, 1, 1], max(k, 1), [1, 1, 1, 1], n, 0, &c, n)
      #expect(c == Array(repeating: Float(k), count: m * n))
    }
  }
}
