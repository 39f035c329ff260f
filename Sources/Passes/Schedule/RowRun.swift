import Basics
import KernelIR

/// Steps to be cut, and those between them that go before or behind the loop.
struct RowRun {
  var count: Int
  var members: [(position: Int, rows: StepRows)]
  var before: [Int] = []
  var after: [Int] = []
  /// By buffer; those in `sums` and `writtenAfter` apart.
  private(set) var motions: [BufferID: RowMotion] = [:]
  private(set) var sums: Set<BufferID> = []
  private(set) var writtenAfter: Set<BufferID> = []
  /// Nanoseconds won by what is found in the cache, and lost by launches and repeated reads.
  var gain = 0.0
  /// Rows of matrices and arrays that make one of the run's rows.
  private(set) var share = 1
  /// Rows of a block, if that is not left to the size of the cache.
  var rowsOfBlock: Int?
  let costs: BlockCosts

  var last: Int { members.last?.position ?? 0 }

  /// - Parameter steps: The members as they stand in the program.
  init(count: Int, members: [(position: Int, rows: StepRows)], steps: [Step], costs: BlockCosts = BlockCosts()) {
    self.count = count
    self.members = members
    self.costs = costs
    for ((_, rows), step) in zip(members, steps) {
      for (buffer, motion) in rows.motions { motions[buffer] = motions[buffer]?.union(motion) ?? motion }
      if let sum = rows.sum { sums.insert(sum) }
      writtenAfter.formUnion(rows.writtenAfter)
      switch (rows.axis, step) {
      case (.kernel(let axes), .kernel(let kernel)):
        for axis in axes { share = max(share, kernel.axes[axis].extent / count) }
      case (.m, .gemm(let gemm)): share = max(share, gemm.m / count)
      case (.k, .gemm(let gemm)): share = max(share, gemm.k / count)
      default: break
      }
    }
  }
}

/// What a loop over blocks of a run's rows touches and does.
struct BlockCosts {
  /// Of what moves from row to row, and of what all rows see or add up in.
  private(set) var rowBytes = 0
  private(set) var fixedBytes = 0
  private var memberCount = 0
  private var productCount = 0
  private var kernelCount = 0

  mutating func join(_ axis: StepRows.Axis) {
    memberCount += 1
    switch axis {
    case .m, .k: productCount += 1
    case .kernel: kernelCount += 1
    case .batch, .loop: break
    }
  }

  /// Notes how a buffer moves, before known with another reach.
  mutating func add(_ motion: RowMotion, after known: RowMotion?, byteCount: Int) {
    if motion.step > 0 {
      if known == nil { rowBytes += motion.step * byteCount }
    } else {
      fixedBytes += (motion.reach(of: 1) - (known?.reach(of: 1) ?? 0)) * byteCount
    }
  }

  mutating func add(sumOf byteCount: Int) { fixedBytes += byteCount }

  private func greatestRows(_ model: CostModel) -> Int {
    let fixed = min(fixedBytes, model.nearBytes / 2)
    return max((model.nearBytes - fixed) / 2 / max(rowBytes, 1), 1)
  }

  /// Rows of a block: as many of so many as stay near.
  func rowsOfBlock(of count: Int, _ model: CostModel) -> Int {
    let most = greatestRows(model)
    if most >= count { return count }
    // A divisor leaves no rest behind the loop.
    let divisor = stride(from: most, to: most / 2, by: -1).first { count % $0 == 0 }
    return divisor ?? most
  }

  /// Nanoseconds that a loop over so many rows takes beside its steps' work; `nil` where one block has them all, or that is
  /// more than `most`.
  func nanoseconds(_ count: Int, _ model: CostModel, most: Double) -> Double? {
    let greatest = greatestRows(model)
    // To look for a divisor takes long; without one blocks are at least as large.
    guard greatest < count, nanoseconds(count, greatest, model) <= most else { return nil }
    return nanoseconds(count, rowsOfBlock(of: count, model), model)
  }

  private func nanoseconds(_ count: Int, _ rows: Int, _ model: CostModel) -> Double {
    let rounds = Double((count + rows - 1) / rows)
    // Weights are read, and sums are read and written, once more in every round.
    return rounds * (launchNanoseconds(model) + Double(fixedBytes) * model.nearByte * 2 * model.caution)
  }

  /// What it takes to launch every step once more, beside its work.
  func launchNanoseconds(_ model: CostModel) -> Double {
    model.caution
      * (model.iteration * Double(memberCount) + model.product * Double(productCount)
        + model.launch * 4 * Double(kernelCount))
  }
}
