/// What memory, operations and launches cost: the constants that every decision of the schedule goes through.
///
/// Measured on one core of a Zen 5 server with AVX-512 (32 MB of last-level cache), in nanoseconds; only ratios matter, and
/// those are much the same on other CPUs. `gradc bench costs` measures those of calls, loops and bytes again.
package struct CostModel: Sendable {
  /// A call of a tile kernel by code that libtcc compiled: operations on tiles of 32.
  package var launch = 1.5
  /// A loop of steps goes round once, and finds its slices: 3.2 with a kernel that adds a number.
  package var iteration = 4.0
  /// A call of BLAS beyond its arithmetic: `sgemm` of 3 × 3 × 3, 15 with OpenBLAS' kernels for AVX-512, 75 with others.
  package var product = 40.0
  /// A byte read or written in the last-level cache, and in memory: `memcpy` of 8 MB, of 128 MB.
  package var lastLevelByte = 0.010
  package var memoryByte = 0.021
  /// A byte read or written in the second-level cache: `memcpy` of 128 kB.
  package var nearByte = 0.0045
  /// One in the first-level cache: stages of a Runge–Kutta step on arrays of 8 kB and of 80 kB.
  package var nearestByte = 0.0015
  /// Bytes that one core keeps near: three quarters of a second-level cache of 1 MB.
  package var nearBytes = 768 << 10
  /// Bytes that kernels one after the other find in the first-level cache.
  package var nearestBytes = 32 << 10
  /// Bytes of the last-level cache that a program may count on.
  package var lastLevelBytes = 16 << 20
  /// What has to be gained for each nanosecond that a change costs, since costs are estimates.
  package var caution = 1.5

  /// Smaller arrays that two kernels read do not make them one.
  package var leastMergedBytes = 2048

  /// Above this many operations (`ScalarOp.work`) a value with several uses is kept in memory instead of being computed for
  /// each: an addition on tiles costs about a third of storing and loading a tile.
  package static let greatestRecomputation: Int32 = 6
  /// Above this many it is kept even if memory is scarce.
  package static let greatestScarceRecomputation: Int32 = 64
  /// More roots that share nothing do not share a kernel: their tiles would push each other out of the cache.
  package static let greatestUnrelatedCount = 12
  /// Tensors put side by side that one loop writes; more tiles do not fit into a first-level cache.
  package static let greatestStack = 128
  /// Rows of a recurrence that are worth a routine of their own.
  package static let leastRoutineRow = 16
  /// Elements of a reduction at most that are combined by statements of their own instead of a loop: a loop inside a tile
  /// costs a launch for its accumulator, and computes what it reads anew for everything that follows.
  package static let greatestUnrolledReduction = 16
  /// A tile axis is unrolled, and a longer one tiled in its place, if it has at most so many elements, and the other at
  /// least so many: `tile_load` with a stride against tiles of a few elements each.
  package static let greatestUnrolledAxis = 4
  package static let leastTileInstead = 64
  /// A reduction over an innermost axis of so many elements at most goes over tiles of the next axis instead, if that is
  /// as long as `leastTileInstead`: a sum of tiles of 16 elements took 45 ns, of which 4 are arithmetic.
  package static let greatestMovedReduction = 64
  /// A transposed operand is copied if each element is read so often: strided loads cost four to eight times as much as
  /// others, and a copy twice.
  package static let leastReuse = 8
  /// Where steps are looped a scope of so many elements at most is written out, if no more statements come of its kernel: on
  /// two numbers a call of the runtime costs more than their arithmetic.
  package static let greatestWrittenScope = 4
  package static let greatestWrittenKernel = 48
  /// Bytes of a temporary at most that is a variable of the function that runs the steps.
  package static let greatestLocal = 64
  /// Rows that are computed side by side where all read the same array, and the loads of it that make that worth it.
  package static let greatestJam = 4
  package static let leastJammedLoads = 8
  /// Elements of a parameter at least whose transposition is carried down, where it is read by elementwise ops, to what does not
  /// care for the order of axes; and how many of them are tried, each by a run of the pass.
  package static let leastCarriedElements = 4096
  package static let greatestCarriedCount = 4
  /// Statements that unrolling may make of a kernel.
  package static let greatestUnrolledKernel = 768
  /// Places in windows that do not overlap, which are put back by statements of their own.
  package static let greatestUnrolledWindow = 16

  /// Kernels of more values are not merged with others: their tiles would push each other out of the cache.
  package static let greatestMergedKernel = 96
  /// Steps before a kernel among which one is looked for to merge it with.
  package static let mergingWindow = 16

  /// Multiply-adds that OpenBLAS does without copying its operands, on CPUs with AVX-512; elsewhere parts of this size are
  /// as fast as the whole. Measured on 6 × 50,176 × 25 and its transposes: 45 GFLOP/s as one, 84 in parts.
  package static let greatestDirectProduct = 1_000_000
  /// A product with more rows and columns is worth the copies.
  package static let fewRows = 32
  /// Parts of fewer columns are not worth their calls.
  package static let leastPart = 64

  /// An addition or multiplication of a large product.
  package static let singleOperation = 0.01
  package static let doubleOperation = 0.02
  /// A copy across the diagonal, in those of a byte: 2.4 µs for a matrix of 100 × 100 f64.
  package static let transposedCopy = 7.0

  // MARK: What is decided elsewhere

  /// A convolution of a batch of at least so many tensors, with rows of fewer elements than that, has the batch innermost:
  /// rows are then no runs of memory worth a tile each, and windows of all tensors of the batch are copied as one.
  package static let leastInnerBatch = 16
  package static let leastConvolvedRow = 64
  /// Shorter axes beside a recurrence are not worth tiles when these lie far apart in memory.
  package static let leastRecurrenceTile = 16
  /// Columns put side by side become rows, and back: at most so many, of at least so many elements.
  package static let greatestRowCount = 128
  package static let leastRow = 4

  /// Bytes of all tiles of a kernel at most: half of a first-level cache.
  package static let tileBytes = 16384
  /// Elements of a tile at least, so that a shorter axis needs no loop, and at most: for more, calls are lost in the work.
  package static let leastTileWidth = 64
  package static let greatestTileWidth = 2048

  /// Extents and multiply-adds of products for which BLAS is not called: OpenBLAS 0.3.21 against the runtime's kernels, from 1 ×
  /// 4 × 16 (17 and 7 ns) to 16 × 16 × 16 (97 and 80 ns, transposed 320 and 170).
  package static let greatestSmallExtent = 32
  package static let greatestSmallProduct = 4096
  /// Rows for which a transposed right factor is worth a copy.
  package static let fewestCopiedRows = 4

  package init() {}

  /// Whether to compute half of a symmetric product and copy it to the other side of the diagonal gains time: arithmetic, against
  /// a call for each strip of rows and the copies.
  package func gainsBySymmetry(_ gemm: Gemm) -> Bool {
    guard gemm.dtype.isFloating, gemm.m == gemm.n, gemm.m > gemm.strip else { return false }
    let (rows, rate) = (Double(gemm.m), gemm.dtype == .f32 ? Self.singleOperation : Self.doubleOperation)
    let saved = 2 * rows * rows * Double(gemm.k) * rate * (1 - gemm.shareBySymmetry)
    let calls = rows / Double(gemm.strip) * product
    let bytes = rows * rows * Double(gemm.dtype.byteCount)
    return saved > caution * (calls + Self.transposedCopy * byte(far: Int(bytes)) * bytes)
  }

  /// The cost of a byte of something that was last touched when `bytes` others came after it.
  package func byte(far bytes: Int) -> Double {
    bytes <= nearBytes ? nearByte : bytes <= lastLevelBytes ? lastLevelByte : memoryByte
  }
}
