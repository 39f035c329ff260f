import KernelIR

extension Program {
  /// The program with products that are added to an array where they are, `w += a b`, instead of being computed elsewhere and
  /// added by a kernel: the gradient of a weight in a loop.
  func addingProductsInPlace() -> Program {
    var touches = [Int](repeating: 0, count: buffers.count)
    steps.forEachBuffer { buffer, _ in touches[root(of: buffer)] += 1 }
    var program = self
    program.steps = addingProducts(steps, touches)
    return program
  }

  /// - Parameter touches: By buffer, how often it is read or written.
  private func addingProducts(_ steps: [Step], _ touches: [Int]) -> [Step] {
    var result = steps.map { step in step.mapLists { addingProducts($0, touches) } }
    var index = 0
    while index < result.count {
      if case .gemm(var gemm) = result[index], let sum = sum(of: gemm, after: index, in: result, touches) {
        gemm.c.buffer = sum.target
        gemm.accumulates = true
        if case .kernel(let kernel) = result[sum.position] { gemm.origins += kernel.origins }
        result[index] = .gemm(gemm)
        result.remove(at: sum.position)
      }
      index += 1
    }
    return result
  }

  /// Steps between a product and its sum at most.
  private static let greatestDistance = 8

  /// The kernel that adds a product to an array, where the product has no other use, and nothing touches the array in between.
  private func sum(
    of gemm: Gemm, after index: Int, in steps: [Step], _ touches: [Int]
  ) -> (position: Int, target: BufferID)? {
    let product = gemm.c.buffer
    // A symmetric product is added to symmetric arrays only, which this one need not be.
    guard case .temporary = buffers[product].role, !gemm.accumulates, gemm.order != .symmetry, touches[product] == 2,
      Step.gemm(gemm).footprint(buffers).contains(where: { $0.buffer == product && $0.kills })
    else { return nil }
    for position in steps.indices.dropFirst(index + 1).prefix(Self.greatestDistance) {
      guard case .kernel(let kernel) = steps[position],
        let target = kernel.addedBuffers(buffers)?.target(adding: product)
      else { continue }
      let memory = root(of: target)
      if [gemm.a.buffer, gemm.b.buffer].contains(where: { sharesMemory($0, memory) }) { return nil }
      var isTouched = false
      Array(steps[(index + 1)..<position]).forEachBuffer { buffer, _ in
        if sharesMemory(buffer, memory) { isTouched = true }
      }
      return isTouched ? nil : (position, target)
    }
    return nil
  }

  private func sharesMemory(_ buffer: BufferID, _ root: BufferID) -> Bool {
    let own = self.root(of: buffer)
    if case .row(let tape, _, _) = buffers[own].role, case .row(tape, _, _) = buffers[root].role { return true }
    return own == root
  }
}

/// `target = first + second`, elementwise, over all of them.
struct BufferSum {
  var first: BufferID
  var second: BufferID
  var target: BufferID

  /// The target, if this adds a buffer to it in place.
  func target(adding buffer: BufferID) -> BufferID? {
    guard buffer != target, (first == buffer && second == target) || (first == target && second == buffer) else {
      return nil
    }
    return target
  }
}

extension Kernel {
  /// The sum, for a kernel that does nothing else.
  func addedBuffers(_ buffers: [Buffer]) -> BufferSum? {
    guard values.count == 3 else { return nil }
    var list = body
    while list.count == 1, let (_, inner) = list[0].scope { list = inner }
    guard list.count == 4, case .load(let one, let first, let index) = list[0],
      case .load(let other, let second, index) = list[1], case .compute(let sum, .add, let a, let b, _) = list[2],
      case .store(let target, index, sum) = list[3], (a == one && b == other) || (a == other && b == one)
    else { return nil }
    let type = buffers[target].type
    guard [first, second].allSatisfy({ buffers[$0].type.elementCount == type.elementCount }) else { return nil }
    // Every element once.
    let scopes = accesses(to: target).last?.axes ?? []
    let iterations = scopes.reduce(1) { $0 * axes[$1].extent }
    guard iterations == type.elementCount, axes.run(of: index, in: scopes) == 0..<iterations else { return nil }
    return BufferSum(first: first, second: second, target: target)
  }
}
