/// When steps are cut into chunks for threads, and into how many: a cost model of sizes alone, so that the chunks, and with
/// them all bits of the results, are the same for every number of threads and every machine.
///
/// To share a piece of work costs its caller about 1 µs while workers look for it, 3 to 5 µs to wake them, and 10 to 50 µs
/// until they have come. A step that takes one thread `leastNanoseconds` gains even if they come late. A chunk costs
/// some 20 ns by itself; it takes at least `chunkNanoseconds`, so that this does not count, and there are at most
/// `greatestChunkCount`, enough for threads of different speed to end together.
package struct Parallelism: Sendable, Hashable {
  package var leastNanoseconds: Double
  package var chunkNanoseconds: Double
  package var greatestChunkCount: Int
  /// BLAS copies the other factor for every chunk of rows or columns: with fewer than these that costs more than 3%.
  package var leastProductLength: Int
  /// OpenBLAS takes a lock for some 100 ns in every call: threads that call it for slices of a batch that take less than
  /// this wait for each other.
  package var leastSliceNanoseconds: Double
  /// A chunk of a matrix product takes at least so long.
  package var productNanoseconds: Double

  package init(
    leastNanoseconds: Double, chunkNanoseconds: Double, greatestChunkCount: Int, leastProductLength: Int,
    leastSliceNanoseconds: Double, productNanoseconds: Double
  ) {
    self.leastNanoseconds = leastNanoseconds
    self.chunkNanoseconds = chunkNanoseconds
    self.greatestChunkCount = greatestChunkCount
    self.leastProductLength = leastProductLength
    self.leastSliceNanoseconds = leastSliceNanoseconds
    self.productNanoseconds = productNanoseconds
  }

  package static let standard = Parallelism(
    leastNanoseconds: 40_000, chunkNanoseconds: 12_000, greatestChunkCount: 64, leastProductLength: 192,
    leastSliceNanoseconds: 400, productNanoseconds: 100_000)

  /// Whatever can be cut is cut, for tests on small arrays.
  package static let everywhere = Parallelism(
    leastNanoseconds: 0, chunkNanoseconds: 0, greatestChunkCount: 7, leastProductLength: 1, leastSliceNanoseconds: 0,
    productNanoseconds: 0)

  /// What `lowered` takes without being told; `nil` for programs without chunks. Tests change it.
  @TaskLocal package static var current: Parallelism? = .standard

  /// How many chunks a step gets that takes so long; 1 if it is not worth it.
  func chunkCount(_ nanoseconds: Double) -> Int {
    guard nanoseconds >= leastNanoseconds else { return 1 }
    return count(nanoseconds, each: chunkNanoseconds, upTo: greatestChunkCount)
  }

  func count(_ nanoseconds: Double, each: Double, upTo greatest: Int) -> Int {
    each <= 0 ? greatest : Int(max(min(nanoseconds / each, Double(greatest)), 1))
  }
}
