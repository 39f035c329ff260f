import Basics
import GradCRuntime
import Testing

/// Products of small matrices, in the order of sums that they promise.
@Suite struct ProductTests {
  private typealias Rows =
    @convention(c) (
      Int, Int, Int, UnsafeRawPointer, Int, Int, UnsafeRawPointer, Int, Int, UnsafeMutableRawPointer, Int, Int32
    ) -> Void
  private typealias Dots =
    @convention(c) (
      Int, Int, Int, UnsafeRawPointer, Int, UnsafeRawPointer, Int, UnsafeMutableRawPointer, Int, Int32
    ) -> Void

  @Test(arguments: Kernel.isas) func f32(isa: String) throws { try check(Float.self, "f32", isa) }

  @Test(arguments: Kernel.isas) func f64(isa: String) throws { try check(Double.self, "f64", isa) }

  private func check<T: BinaryFloatingPoint & BitwiseCopyable>(_ type: T.Type, _ dtype: String, _ isa: String) throws {
    let rows = unsafeBitCast(try #require(gradc_isa_symbol(isa, "product_rows_\(dtype)")), to: Rows.self)
    let dots = unsafeBitCast(try #require(gradc_isa_symbol(isa, "product_dots_\(dtype)")), to: Dots.self)
    var generator = SplitMix(seed: 9)
    func numbers(_ count: Int) -> [T] {
      (0..<count).map { _ in T(Int.random(in: -1000...1000, using: &generator)) / 7 }
    }
    for (m, n, k) in [
      (1, 1, 1), (1, 16, 4), (1, 3, 17), (2, 5, 7), (3, 9, 8), (4, 4, 4), (5, 33, 2), (7, 31, 33), (8, 17, 9),
      (2, 2, 0),
      (16, 16, 16),
    ] {
      // Rows are further apart than they are long, and what is between them stays.
      let (a, b, c) = (numbers((m + 1) * (k + 1)), numbers((n + 1) * (k + 1)), numbers(m * (n + 2)))
      for form in 0..<5 {
        let (isLeftTransposed, isRightTransposed) = (form & 1 == 1, form & 2 == 2 || form == 4)
        let (rowA, columnA) = isLeftTransposed ? (1, m + 1) : (k + 1, 1)
        let (rowB, columnB) = isRightTransposed ? (1, k + 1) : (n + 1, 1)
        for adds in [false, true] {
          var (expected, found) = (c, c)
          for (i, j) in (0..<m).flatMap({ i in (0..<n).map { (i, $0) } }) {
            var parts = [T](repeating: 0, count: form == 4 ? 64 / MemoryLayout<T>.size : 1)
            for l in 0..<k {
              parts[l % parts.count].addProduct(a[i * rowA + l * columnA], b[l * rowB + j * columnB])
            }
            while parts.count > 1 { parts = (0..<parts.count / 2).map { parts[$0] + parts[$0 + parts.count / 2] } }
            expected[i * (n + 2) + j] = adds ? c[i * (n + 2) + j] + parts[0] : parts[0]
          }
          if form == 4 {
            dots(m, n, k, a, rowA, b, columnB, &found, n + 2, adds ? 1 : 0)
          } else {
            rows(m, n, k, a, rowA, columnA, b, rowB, columnB, &found, n + 2, adds ? 1 : 0)
          }
          #expect(found == expected, "\(isa) \(dtype): \(m) × \(k) × \(n), form \(form)")
        }
      }
    }
  }
}
