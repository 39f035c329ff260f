import Basics
import KernelIR

/// Tile values in registers.
extension KernelPlan {
  /// Every tile value is a variable.
  mutating func placeVectors() {
    for position in flat.code.indices where isLive[position] {
      let value = flat.code[position].result
      if value >= 0, isTile[Int(value)], place[Int(value)] != .alias { place[Int(value)] = .local }
    }
  }

  /// Bytes of the widest elements that vectors of this kernel have; all of them have the same number of elements.
  var widestVectorElement: Int {
    var widest = 4
    for position in flat.code.indices where isLive[position] && flat.tileAxis(flat.code[position]) >= 0 {
      let instruction = flat.code[position]
      switch instruction.kind {
      case .store, .scatter, .accumulate: break
      case .loop, .tile, .end: continue
      default:
        guard isTile[Int(instruction.result)] else { continue }
        widest = max(widest, info(instruction.result).dtype.byteCount)
        if instruction.kind == .index, !fits32(flat.affines[Int(instruction.index)], info(instruction.result).dtype) {
          widest = 8
        }
      }
      Self.forOperands(instruction) { widest = max(widest, info($0).dtype.byteCount) }
    }
    return widest
  }

  /// Whether the numbers of an index can be computed with 32 bits, and are exact in the dtype, as are their parts.
  func fits32(_ index: AffineIndex, _ dtype: DType) -> Bool {
    var bound = Double(index.offset).magnitude
    for term in index.terms {
      bound += Double(term.coefficient).magnitude * Double(flat.axes[term.axis].extent)
    }
    return dtype == .i32 || bound < (dtype == .f32 ? 0x1p24 : 0x1p31)
  }
}

extension KernelPlan {
  /// Vectors that a turn of a tile scope's loop has. A processor looks ahead a few hundred instructions: where a turn is
  /// longer than that, or calls functions that are, only vectors of one turn are computed side by side.
  func vectorsPerTurn(_ scope: FlatKernel.Scope, lanesVectorCount: Int) -> Int {
    var count = 0
    var callCount = 0
    var feedsLanes = false
    for position in Int(scope.start)...Int(scope.end) where isLive[position] {
      let instruction = flat.code[position]
      if instruction.kind == .accumulate, place[Int(instruction.b)] == .lanes { feedsLanes = true }
      guard instruction.result >= 0, isTile[Int(instruction.result)] else { continue }
      count += 1
      if instruction.kind == .compute, instruction.op.isTranscendental { callCount += 1 }
    }
    let wanted = callCount > 0 ? (count > 1024 ? 2 : 4) : count > 64 ? 1 : count > 12 ? 2 : 4
    // Each vector has lanes of its own.
    return feedsLanes ? (wanted + lanesVectorCount - 1) / lanesVectorCount * lanesVectorCount : wanted
  }
}
