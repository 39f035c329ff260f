import Basics
import KernelIR
import TensorIR

/// Turns a loop group into a kernel: loops over the kept axes, and inside them, pass by pass, loops over the reduced
/// ones. The last axis of the domain that is longer than 1 is the tile axis, whichever kind it is.
struct GroupLowering {
  private let view: LoweringView
  private let plan: FusionPlan
  private let buffers: [BufferID?]
  private let group: LoopGroup
  /// The group's roots by pass, each in order.
  private let stages: [[LoopGroup.Root]]
  private var code: ExpressionLowering
  /// The kernel's axis for every axis of the domain, `nil` for those of extent 1.
  private var axisOf: [AxisID?] = []

  init(_ group: LoopGroup, job: Int, _ view: LoweringView, _ plan: FusionPlan, _ buffers: [BufferID?]) {
    self.view = view
    self.plan = plan
    self.buffers = buffers
    self.group = group
    var stages = [[LoopGroup.Root]](repeating: [], count: group.stageCount)
    for root in group.roots { stages[root.stage].append(root) }
    self.stages = stages
    code = ExpressionLowering(view, plan, buffers, job: job)
  }

  private func isReduced(_ axis: Int) -> Bool { group.reducedAxes?.contains(axis) ?? false }

  private func map(_ axes: [Int]) -> IndexMap {
    IndexMap(
      axes.map { axis in
        axisOf[axis].map { AffineIndex(terms: [.init(axis: $0, coefficient: 1)]) } ?? AffineIndex()
      })
  }

  mutating func run(name: String) -> Kernel {
    if group.domain.rank == 0 { code.kernel.reserve(view.function.instructions.count) }
    axisOf = group.domain.extents.map { $0 == 1 ? nil : code.kernel.addAxis(extent: $0) }
    let wide = group.domain.extents.indices.filter { group.domain[$0] != 1 }
    let kept = wide.filter { !isReduced($0) }
    let reduced = wide.filter { isReduced($0) }
    let tile = wide.last

    func open(_ axes: [Int], _ code: inout ExpressionLowering, _ axisOf: [AxisID?]) {
      for axis in axes {
        guard let number = axisOf[axis] else { continue }
        if axis == tile { code.openTile(number) } else { code.openLoop(number) }
      }
    }

    open(kept, &code, axisOf)
    if group.reducedAxes == nil {
      computeInner(stage: 0)
      computeOuter(stage: 0)
    } else {
      for stage in stages.indices {
        let accumulators = declareAccumulators(stage)
        open(reduced, &code, axisOf)
        computeInner(stage: stage)
        for (root, accumulator) in accumulators {
          guard let operand = view.function.definition(of: root).map({ view.operand(0, of: $0) }) else { continue }
          let element = code.compute(operand, at: map(Array(group.domain.extents.indices)))
          code.kernel.accumulate(accumulator, element)
          if let reduction = view.function.definition(of: root) { code.origins.add(reduction) }
        }
        for _ in reduced { code.close() }
        finish(accumulators)
        for root in stages[stage] where root.level == .inner && hasBuffer(root) { code.markStored(root.value) }
        computeOuter(stage: stage)
      }
    }
    for _ in kept { code.close() }
    return code.kernel.finished(name: name, origins: code.origins.texts)
  }

  private func hasBuffer(_ root: LoopGroup.Root) -> Bool { plan.hasBuffer[Int(root.value.index)] }

  private mutating func computeInner(stage: Int) {
    let point = map(Array(group.domain.extents.indices))
    for root in stages[stage] {
      switch root.level {
      case .inner: store(root, code.compute(root.value, at: point), point)
      case .stacked: storeStacked(root, point)
      case .reduction, .outer: break
      }
    }
  }

  private mutating func storeStacked(_ root: LoopGroup.Root, _ point: IndexMap) {
    guard let instruction = view.function.definition(of: root.value), let boxes = StackedBoxes(instruction, view),
      let buffer = buffers[Int(root.value.index)]
    else { return }
    let shape = view.function.type(of: root.value).shape
    for (number, source) in boxes.sources.enumerated() {
      code.kernel.store(code.compute(source, at: point), buffer, boxes.map(number, at: point).linear(in: shape))
    }
    code.origins.add(instruction)
  }

  private mutating func computeOuter(stage: Int) {
    let point = map(group.keptAxes)
    for root in stages[stage] where root.level == .outer {
      let result = code.compute(root.value, at: point)
      store(root, result, point)
    }
  }

  private mutating func store(_ root: LoopGroup.Root, _ result: ValueID, _ point: IndexMap) {
    guard hasBuffer(root), let buffer = buffers[Int(root.value.index)] else { return }
    code.kernel.store(result, buffer, point.linear(in: view.function.type(of: root.value).shape))
  }

  private mutating func declareAccumulators(_ stage: Int) -> [(root: Value, accumulator: ValueID)] {
    var accumulators: [(Value, ValueID)] = []
    for root in stages[stage] where root.level == .reduction {
      guard case .reduce(let combiner, _)? = view.rule(of: root.value) else { continue }
      let dtype = view.function.type(of: root.value).dtype
      accumulators.append((root.value, code.kernel.accumulator(combiner, dtype)))
    }
    return accumulators
  }

  private mutating func finish(_ accumulators: [(root: Value, accumulator: ValueID)]) {
    let point = map(group.keptAxes)
    for (value, accumulator) in accumulators {
      let result = code.kernel.finish(accumulator)
      code.define(value, at: point, as: result)
      if plan.hasBuffer[Int(value.index)], let buffer = buffers[Int(value.index)] {
        code.kernel.store(result, buffer, point.linear(in: view.function.type(of: value).shape))
      }
    }
  }
}
