import KernelIR

/// Where tiles are: in the scratch memory, or in the buffers they come from and go to.
extension KernelPlan {
  /// Places of tile values that are not fused.
  mutating func placeTiles() {
    var storeOf: [Int32: Int32] = [:]
    for position in flat.code.indices where isLive[position] && flat.code[position].kind == .store {
      let value = flat.code[position].a
      if isTile[Int(value)], storeOf[value] == nil { storeOf[value] = Int32(position) }
    }
    var writes = memory.emptyTimelines
    // By class, until when a value lives in the memory it is stored to.
    var occupied = [Int32](repeating: -1, count: writes.count)
    for position in flat.code.indices where isLive[position] {
      let instruction = flat.code[position]
      let value = instruction.result
      if value >= 0, isTile[Int(value)], place[Int(value)] != .fused, place[Int(value)] != .alias {
        place[Int(value)] = .slot
        if !isReadInPlace(instruction), instruction.kind != .accumulator, let store = storeOf[value],
          isComputableInPlace(value, definedAt: Int32(position), storedAt: store),
          occupied[memory.classOf(flat.code[Int(store)].buffer)] < Int32(position)
        {
          occupied[memory.classOf(flat.code[Int(store)].buffer)] = lastUse[Int(value)]
          place[Int(value)] = .destination
          partner[Int(value)] = store
        }
      }
    }
    for position in flat.code.indices where isLive[position] {
      let instruction = flat.code[position]
      guard instruction.kind == .store || instruction.kind == .scatter else { continue }
      let isInPlace =
        instruction.kind == .store && isTile[Int(instruction.a)] && place[Int(instruction.a)] == .destination
        && partner[Int(instruction.a)] == Int32(position)
      let time = isInPlace ? definition[Int(instruction.a)] : Int32(position)
      writes[memory.classOf(instruction.buffer)].append((time, Int32(position)))
    }
    for index in writes.indices { writes[index].sort { $0.time < $1.time } }
    for position in flat.code.indices where isLive[position] {
      let instruction = flat.code[position]
      let value = instruction.result
      guard instruction.kind == .load || instruction.kind == .gather, place[Int(value)] == .slot,
        flat.tileCoefficient(instruction) == 1
      else { continue }
      if instruction.kind == .gather {
        // The row that one integer picks; its variable is needed wherever the row is.
        guard !isTile[Int(instruction.a)], place[Int(instruction.a)] == .local else { continue }
      }
      guard isReadableInPlace(value, loadedAt: Int32(position), writes) else { continue }
      place[Int(value)] = .pointer
      if instruction.kind == .gather {
        lastUse[Int(instruction.a)] = max(lastUse[Int(instruction.a)], lastUse[Int(value)])
      }
    }
  }

  /// Whether a load's elements lie side by side, so that it need not be copied anywhere.
  private func isReadInPlace(_ instruction: FlatKernel.Instruction) -> Bool {
    instruction.kind == .load && flat.tileCoefficient(instruction) == 1
  }

  /// Whether a value can be computed straight into the buffer that a later store writes it to.
  private func isComputableInPlace(_ value: Int32, definedAt: Int32, storedAt: Int32) -> Bool {
    let store = flat.code[Int(storedAt)]
    let instruction = flat.code[Int(definedAt)]
    guard store.scope == instruction.scope, flat.tileCoefficient(store) == 1, !isStreamed(store) else { return false }
    let kind = memory.classOf(store.buffer)
    // What a load reads lies elsewhere.
    if instruction.kind == .load, memory.classOf(instruction.buffer) == kind { return false }
    return !memory.isAccessed(kind, after: definedAt, before: storedAt)
      && !memory.isWritten(kind, after: storedAt, through: lastUse[Int(value)])
  }

  /// Whether the memory a value is loaded from stays as it is until the value's last use.
  private func isReadableInPlace(
    _ value: Int32, loadedAt: Int32, _ writes: [[(time: Int32, position: Int32)]]
  ) -> Bool {
    let load = flat.code[Int(loadedAt)]
    let timeline = writes[memory.classOf(load.buffer)]
    var low = 0
    var high = timeline.count
    while low < high {
      let middle = (low + high) / 2
      if timeline[middle].time > loadedAt { high = middle } else { low = middle + 1 }
    }
    guard low < timeline.count, timeline[low].time <= lastUse[Int(value)] else { return true }
    let (time, position) = timeline[low]
    let store = flat.code[Int(position)]
    guard load.kind == .load else { return false }
    // The operation that reads it last writes its result to the same elements.
    return time == lastUse[Int(value)] && position != time && flat.code[Int(time)].kind == .compute
      && (low + 1 == timeline.count || timeline[low + 1].time > time)
      && memory.isSame(load, store, flat) && info(value).dtype == info(store.a).dtype
  }

  /// Finds the tile scopes whose only call reads and writes buffers alone.
  mutating func findSingleCalls() {
    var calls = [Int32](repeating: 0, count: flat.scopes.count)
    for position in flat.code.indices where isLive[position] || flat.code[position].kind == .loop {
      let scope = Int(flat.code[position].scope)
      guard flat.scopes[scope].tileAxis >= 0 else { continue }
      calls[scope] += flat.scopes[scope].isTile ? callCount(position) : 2
      // A loop inside a tile.
      if !flat.scopes[scope].isTile { calls[Int(flat.scopes[scope].parent)] += 2 }
    }
    for scope in calls.indices where flat.scopes[scope].isTile { isSingleCall[scope] = calls[scope] == 1 }
  }

  /// The calls that an instruction of a tile scope becomes; 2 also for what needs scratch memory.
  private func callCount(_ position: Int) -> Int32 {
    let instruction = flat.code[position]
    guard emission[position] == Int32(position) else { return 0 }
    let (value, a) = (instruction.result, instruction.a)
    switch instruction.kind {
    case .compute, .cast:
      guard isTile[Int(value)] else { return 0 }
      if instruction.op == .select && instruction.kind == .compute && !isTile[Int(a)] { return 2 }
      return place[Int(value)] == .destination ? 1 : 2
    case .load, .gather:
      if !isTile[Int(value)] || place[Int(value)] == .pointer { return 0 }
      return instruction.kind == .load && place[Int(value)] == .destination ? 1 : 2
    case .store:
      if place[Int(a)] == .destination && partner[Int(a)] == Int32(position) { return 0 }
      return isTile[Int(a)] || flat.tileCoefficient(instruction) == 1 ? 1 : 2
    case .accumulate: return isTile[Int(a)] && place[Int(instruction.b)] == .lanes ? 1 : 2
    case .constant: return 0
    default: return 2
    }
  }
}
