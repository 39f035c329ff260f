import Basics
import KernelIR
import TensorIR

/// Turns a loop group into a kernel: loops over the kept axes, and inside them, pass by pass, loops over the reduced
/// ones. The last axis of the domain that is longer than 1 is the tile axis, whichever kind it is. Short axes are unrolled:
/// each of their values has statements of its own.
struct GroupLowering {
  private let view: LoweringView
  private let plan: FusionPlan
  private let buffers: [BufferID?]
  private let group: LoopGroup
  /// The group's roots by pass, each in order.
  private let stages: [[LoopGroup.Root]]
  private var code: ExpressionLowering
  /// The kernel's axis for every axis of the domain, `nil` for those of extent 1 and unrolled ones.
  private var axisOf: [AxisID?] = []
  private let unrolled: [Int]

  /// - Parameter unrolled: Axes that are unrolled, besides short reduced ones.
  init(
    _ group: LoopGroup, job: Int, _ view: LoweringView, _ plan: FusionPlan, _ buffers: [BufferID?],
    unrolling unrolled: [Int] = []
  ) {
    self.unrolled = (unrolled + GroupLowering.shortReducedAxes(group)).sorted()
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

  /// The reduced axes, if all of them together have few enough elements to be unrolled: half as many where tiles are short,
  /// or the reduced axes are innermost, so that loads have strides.
  private static func shortReducedAxes(_ group: LoopGroup) -> [Int] {
    let wide = (group.reducedAxes ?? []).filter { group.domain[$0] != 1 }
    let count = wide.reduce(1) { $0.multipliedReportingOverflow(by: group.domain[$1]).partialValue }
    let tile = group.domain.extents.indices.last { group.domain[$0] != 1 }
    let hasLongTiles = tile.map { !wide.contains($0) && group.domain[$0] >= CostModel.leastTileInstead } ?? false
    return 1...(CostModel.greatestUnrolledReduction / (hasLongTiles ? 1 : 2)) ~= count ? wide : []
  }

  /// Where an element is, and the values of unrolled axes there.
  private typealias Place = [Int: Int]

  private func map(_ axes: [Int], _ place: Place) -> IndexMap {
    IndexMap(
      axes.map { axis in
        axisOf[axis].map { AffineIndex(terms: [.init(axis: $0, coefficient: 1)]) }
          ?? AffineIndex(offset: place[axis] ?? 0)
      })
  }

  /// All values of some of the unrolled axes, in row-major order.
  private func places(_ axes: [Int]) -> [Place] {
    axes.reduce([[:]]) { places, axis in
      places.flatMap { place in (0..<group.domain[axis]).map { place.merging([axis: $0]) { $1 } } }
    }
  }

  mutating func run(name: String) -> Kernel {
    if group.domain.rank == 0 { code.kernel.reserve(view.function.instructions.count) }
    axisOf = group.domain.extents.enumerated().map { axis, extent in
      extent == 1 || unrolled.contains(axis) ? nil : code.kernel.addAxis(extent: extent)
    }
    let wide = group.domain.extents.indices.filter { axisOf[$0] != nil }
    let kept = wide.filter { !isReduced($0) }
    let reduced = wide.filter { isReduced($0) }
    let tile = wide.last
    let keptPlaces = places(unrolled.filter { !isReduced($0) })
    let reducedPlaces = places(unrolled.filter { isReduced($0) })

    func open(_ axes: [Int], _ code: inout ExpressionLowering, _ axisOf: [AxisID?]) {
      for axis in axes {
        guard let number = axisOf[axis] else { continue }
        if axis == tile { code.openTile(number) } else { code.openLoop(number) }
      }
    }

    open(kept, &code, axisOf)
    if group.reducedAxes == nil {
      for place in keptPlaces {
        computeInner(stage: 0, place)
        computeOuter(stage: 0, place)
      }
    } else {
      for stage in stages.indices {
        let accumulators = reduced.isEmpty ? [] : keptPlaces.map { _ in declareAccumulators(stage) }
        open(reduced, &code, axisOf)
        for (number, keptPlace) in keptPlaces.enumerated() {
          var results: [Value: ValueID] = [:]
          for reducedPlace in reducedPlaces {
            let place = keptPlace.merging(reducedPlace) { $1 }
            computeInner(stage: stage, place)
            for root in stages[stage] where root.level == .reduction {
              let element = computeElement(of: root.value, place)
              if reduced.isEmpty {
                results[root.value] = combined(results[root.value], element, root.value)
              } else if let accumulator = accumulators[number].first(where: { $0.root == root.value }) {
                code.kernel.accumulate(accumulator.accumulator, element)
              }
            }
          }
          if reduced.isEmpty {
            for root in stages[stage] where root.level == .reduction {
              if let result = results[root.value] { finish(root.value, as: result, keptPlace) }
            }
          }
        }
        for _ in reduced { code.close() }
        for (place, accumulators) in zip(keptPlaces, accumulators) {
          for (root, accumulator) in accumulators { finish(root, as: code.kernel.finish(accumulator), place) }
        }
        for root in stages[stage] where root.level == .inner && hasBuffer(root) { code.markStored(root.value) }
        for place in keptPlaces { computeOuter(stage: stage, place) }
      }
    }
    for _ in kept { code.close() }
    return code.kernel.finished(name: name, origins: code.origins.texts)
  }

  private mutating func computeElement(of reduction: Value, _ place: Place) -> ValueID {
    guard let instruction = view.function.definition(of: reduction) else { return .none }
    let element = code.compute(
      view.operand(0, of: instruction), at: map(Array(group.domain.extents.indices), place))
    code.origins.add(instruction)
    return element
  }

  private mutating func combined(_ result: ValueID?, _ element: ValueID, _ reduction: Value) -> ValueID {
    guard let result, case .reduce(let combiner, _)? = view.rule(of: reduction) else { return element }
    return code.kernel.compute(combiner.scalarOp, result, element)
  }

  private func hasBuffer(_ root: LoopGroup.Root) -> Bool { plan.hasBuffer[Int(root.value.index)] }

  private mutating func computeInner(stage: Int, _ place: Place) {
    let point = map(Array(group.domain.extents.indices), place)
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

  private mutating func computeOuter(stage: Int, _ place: Place) {
    let point = map(group.keptAxes, place)
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

  private mutating func finish(_ value: Value, as result: ValueID, _ place: Place) {
    let point = map(group.keptAxes, place)
    code.define(value, at: point, as: result)
    if plan.hasBuffer[Int(value.index)], let buffer = buffers[Int(value.index)] {
      code.kernel.store(result, buffer, point.linear(in: view.function.type(of: value).shape))
    }
  }
}
