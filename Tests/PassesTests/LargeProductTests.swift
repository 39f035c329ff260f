import Basics
import Passes
import TensorOps
import TensorIR
import Testing

/// Extents that BLAS can't count are refused, not cut off.
@Suite struct LargeProductTests {
  @Test(arguments: ["f32[3000000000,4]", "f32[4,3000000000]"])
  func refused(type: String) throws {
    let columns = type.hasSuffix(",4]") ? 4 : 3_000_000_000
    let rows = columns == 4 ? 3_000_000_000 : 4
    let text = """
      func @f(%x: \(type), %w: f32[\(columns),2]) -> (y: f32[\(rows),2]) {
        %1 = dot_general %x, %w {left_contracting = [1], right_contracting = [0], left_batch = [], right_batch = []}
        return %1
      }
      """
    let function = try #require(try Module(parsing: text, ops: OpRegistry.make).functions.first)
    let error = #expect(throws: Diagnostics.self) { _ = try function.lowered() }
    #expect(error?.all.first?.kind == .unsupported && error?.description.contains("3000000000") == true)
  }

  /// Operations that no integer counts, of operands that fit in memory.
  @Test func moreOperationsThanIntegers() throws {
    let text = """
      func @f(%x: f32[3000000,3000000], %w: f32[3000000,3000000]) -> (y: f32[3000000,3000000]) {
        %1 = dot_general %x, %w {left_contracting = [1], right_contracting = [0], left_batch = [], right_batch = []}
        return %1
      }
      """
    let function = try #require(try Module(parsing: text, ops: OpRegistry.make).functions.first)
    #expect(try function.lowered().steps.count == 1)
  }
}
