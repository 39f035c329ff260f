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
  /// BLAS copies the other factor for every chunk of rows or columns, which takes as long as 10 of these: with fewer than so
  /// many in each of many chunks that costs too much. Of two chunks each may have a third of them.
  package var leastProductLength: Int
  /// OpenBLAS takes a lock for some 100 ns in every call, but for small products that its kernels for AVX-512 do without
  /// copies, where b is not transposed: threads that call it for slices of a batch that take less than this wait for
  /// each other.
  package var leastSliceNanoseconds: Double
  /// A chunk of a matrix product takes at least so long.
  package var productNanoseconds: Double
  /// A part of a loop over blocks of rows takes at least so long, and there are at most so many: every part has blocks and
  /// sums of its own.
  package var partNanoseconds: Double
  package var greatestPartCount: Int
  /// A part of the rows of a loop has at least so many: its products are as fast for each as those of all.
  package var leastPartRows: Int
  /// Rows of a loop are not shared where steps that threads share anyway are more than this of its time, and launches for all
  /// parts take at most this of it.
  package var greatestSharedPart: Double
  package var greatestLaunchPart: Double

  package init(
    leastNanoseconds: Double, chunkNanoseconds: Double, greatestChunkCount: Int, leastProductLength: Int,
    leastSliceNanoseconds: Double, productNanoseconds: Double, partNanoseconds: Double, greatestPartCount: Int,
    leastPartRows: Int, greatestSharedPart: Double, greatestLaunchPart: Double
  ) {
    self.leastNanoseconds = leastNanoseconds
    self.chunkNanoseconds = chunkNanoseconds
    self.greatestChunkCount = greatestChunkCount
    self.leastProductLength = leastProductLength
    self.leastSliceNanoseconds = leastSliceNanoseconds
    self.productNanoseconds = productNanoseconds
    self.partNanoseconds = partNanoseconds
    self.greatestPartCount = greatestPartCount
    self.leastPartRows = leastPartRows
    self.greatestSharedPart = greatestSharedPart
    self.greatestLaunchPart = greatestLaunchPart
  }

  package static let standard = Parallelism(
    leastNanoseconds: 40_000, chunkNanoseconds: 12_000, greatestChunkCount: 64, leastProductLength: 192,
    leastSliceNanoseconds: 400, productNanoseconds: 30_000, partNanoseconds: 30_000, greatestPartCount: 16,
    leastPartRows: 16, greatestSharedPart: 0.5, greatestLaunchPart: 0.1)

  /// Whatever can be cut is cut, for tests on small arrays.
  package static let everywhere = Parallelism(
    leastNanoseconds: 0, chunkNanoseconds: 0, greatestChunkCount: 7, leastProductLength: 1, leastSliceNanoseconds: 0,
    productNanoseconds: 0, partNanoseconds: 0, greatestPartCount: 7, leastPartRows: 1, greatestSharedPart: 1,
    greatestLaunchPart: 1e9)

  /// What `lowered` takes without being told; `nil` for programs without chunks. Tests change it.
  @TaskLocal package static var current: Parallelism? = .standard

  /// How many chunks a step gets that takes so long; 1 if it is not worth it.
  func chunkCount(_ nanoseconds: Double) -> Int {
    guard nanoseconds >= leastNanoseconds else { return 1 }
    let count = count(nanoseconds, each: chunkNanoseconds, upTo: greatestChunkCount)
    // Few chunks are a power of two, which most numbers of threads share evenly.
    guard chunkNanoseconds > 0, count > 2, count < 16 else { return count }
    return 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
  }

  /// How many parts a loop over blocks gets that takes so long and has sums of so many bytes; 1 if it is not worth it.
  func partCount(_ nanoseconds: Double, sumBytes: Int) -> Int {
    guard nanoseconds >= leastNanoseconds else { return 1 }
    let most = count(nanoseconds, each: partNanoseconds, upTo: greatestPartCount)
    if partNanoseconds <= 0 { return most }
    // To set sums to zero and to add them takes a twentieth at most.
    return min(most, Int(min(nanoseconds / 20 / (Double(sumBytes) * Self.sumByte + 1), 1000)))
  }

  /// Of a byte of a sum that is written, read, and read again, in the last-level cache.
  private static let sumByte = 0.03

  func count(_ nanoseconds: Double, each: Double, upTo greatest: Int) -> Int {
    each <= 0 ? greatest : Int(max(min(nanoseconds / each, Double(greatest)), 1))
  }
}
