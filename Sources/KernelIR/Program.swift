package import Basics

/// What C is written from: buffers, and steps that run in order. Steps may be loops and branches of steps.
///
/// A program corresponds to one tensor IR function. Its parameters and results are buffers of the caller; temporaries
/// live at planned offsets of one arena; constants are part of the program.
package struct Program: Hashable, Sendable {
  package var name: String
  package var buffers: [Buffer]
  package var steps: [Step]
  /// Bytes of the arena, a multiple of 64. The sum over planned temporaries after sharing.
  package var arenaByteCount: Int
  /// Memory for what loops record whose numbers of iterations are not known before they run.
  package var tapes: [Tape]
  /// Of the functions in its kernels.
  package var accuracy = FunctionAccuracy.high

  package init(name: String, buffers: [Buffer], steps: [Step], arenaByteCount: Int, tapes: [Tape] = []) {
    self.name = name
    self.buffers = buffers
    self.steps = steps
    self.arenaByteCount = arenaByteCount
    self.tapes = tapes
  }
}

/// The number of a buffer in its program.
package typealias BufferID = Int

/// A dense run of elements in memory.
package struct Buffer: Hashable, Sendable {
  package enum Role: Hashable, Sendable {
    /// The caller's, read only; the number is the position among the parameters.
    case parameter(Int)
    /// The caller's, written by the program; the number is the position among the results.
    case result(Int)
    /// The caller's, a parameter that becomes a result: read, and written in place.
    case updated(parameter: Int, result: Int)
    /// Part of the program; row-major elements.
    case constant([Scalar])
    /// In the arena, at a byte offset that is a multiple of 64.
    case temporary(offset: Int)
    /// In iteration t of a loop of steps the memory of another buffer from element `offset + step · t` on.
    case slice(of: BufferID, loop: LoopID, offset: Int, step: Int)
    /// In iteration t of a loop of steps row t of a tape; reversed, row count - 1 - t.
    case row(tape: TapeID, loop: LoopID, reversed: Bool)
  }

  /// Any text; emitters turn it into an identifier.
  package var name: String
  package var type: TensorType
  package var role: Role
  /// A result that is written but never read, and does not stay in a cache anyhow: stores may go past the caches.
  package var isStreamed: Bool

  package init(name: String, type: TensorType, role: Role, isStreamed: Bool = false) {
    self.name = name
    self.type = type
    self.role = role
    self.isStreamed = isStreamed
  }
}

extension Buffer.Role {
  /// Whether the place of its memory depends on the iteration of a loop.
  package var isMoving: Bool {
    switch self {
    case .slice, .row: true
    case .parameter, .result, .updated, .constant, .temporary: false
    }
  }

  /// The position among the parameters, if it is one.
  package var parameterPosition: Int? {
    switch self {
    case .parameter(let position), .updated(let position, _): position
    case .result, .constant, .temporary, .slice, .row: nil
    }
  }

  /// The position among the results, if it is one.
  package var resultPosition: Int? {
    switch self {
    case .result(let position), .updated(_, let position): position
    case .parameter, .constant, .temporary, .slice, .row: nil
    }
  }
}

/// One thing a program does.
package enum Step: Hashable, Sendable {
  case kernel(Kernel)
  case gemm(Gemm)
  indirect case loop(StepLoop)
  indirect case whileLoop(StepWhile)
  indirect case branch(StepBranch)
  case call(LibraryCall)
}

/// `c[i,j] = Σ_k a[i,k] b[k,j] + beta c[i,j]`, for each of `batch.count` slices.
package struct Gemm: Hashable, Sendable {
  /// A row-major matrix inside a buffer; `transposed` says that its rows are stored as columns.
  package struct Matrix: Hashable, Sendable {
    package var buffer: BufferID
    package var offset: Int
    /// Elements between stored rows.
    package var leadingDimension: Int
    package var transposed: Bool
    /// Elements between the slices of a batch.
    package var batchStride: Int

    package init(buffer: BufferID, offset: Int, leadingDimension: Int, transposed: Bool, batchStride: Int) {
      self.buffer = buffer
      self.offset = offset
      self.leadingDimension = leadingDimension
      self.transposed = transposed
      self.batchStride = batchStride
    }
  }

  /// Who does it, which decides in which order sums are added.
  package enum Order: String, Hashable, Sendable {
    /// BLAS, in an order of its own.
    case library
    /// One sum for every element, in order, each product rounded once with its sum.
    case rows
    /// As many partial sums as 64 bytes have elements: number q has the products q, q + count, … in order, each rounded once
    /// with its sum. They are put together by halves: q with q + count / 2, and so on.
    case lanes
    /// BLAS, for a product that is its own transposition: `strip` rows at a time as far as the diagonal; elements above it are
    /// copies of those below. What is added to is symmetric, too.
    case symmetry

    /// How many partial sums there are.
    package func partCount(_ dtype: DType) -> Int { self == .lanes ? 64 / dtype.byteCount : 1 }
  }

  /// Rows that a product by symmetry computes at a time: narrow strips compute less above the diagonal, wide ones keep BLAS at
  /// its pace. Of the time of the whole product, k being 200 and the dtype f64, strips of 32 rows take 0.53 for 100 rows and 0.70
  /// for 256, strips of 96 rows 0.72 for 784.
  package var strip: Int { m <= 256 ? 32 : 96 }

  /// Elements of b at most of a product by `rows` whose b is transposed.
  package static let greatestCopy = 1024

  package var dtype: DType
  package var m: Int
  package var n: Int
  package var k: Int
  package var batchCount: Int
  package var a: Matrix
  package var b: Matrix
  /// Never transposed.
  package var c: Matrix
  /// `false`: c is overwritten (beta = 0, whatever it held); `true`: added to.
  package var accumulates: Bool
  package var order: Order
  /// The chunks that threads may share; `nil` if it is one call for every slice.
  package var partition: GemmPartition?
  /// The tensor ops this call came from, for comments.
  package var origins: [String]

  package init(
    dtype: DType, m: Int, n: Int, k: Int, batchCount: Int, a: Matrix, b: Matrix, c: Matrix, accumulates: Bool,
    order: Order = .library, partition: GemmPartition? = nil, origins: [String]
  ) {
    self.dtype = dtype
    self.m = m
    self.n = n
    self.k = k
    self.batchCount = batchCount
    self.a = a
    self.b = b
    self.c = c
    self.accumulates = accumulates
    self.order = order
    self.partition = partition
    self.origins = origins
  }
}
