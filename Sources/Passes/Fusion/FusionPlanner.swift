import Basics
import KernelIR
import TensorIR

extension FusionPlan {
  /// Plans a function: selects roots, then puts each, in order, into the last group with its domain if everything it
  /// needs is computed before that group, or in it at the same point.
  ///
  /// - Parameter recomputation: What is computed again to save memory; it is told what could be.
  static func make(for function: Function, _ recomputation: Recomputation.Scope? = nil) -> FusionPlan {
    var planner = FusionPlanner(LoweringView(function), recomputation)
    planner.run()
    return planner.finished()
  }
}

extension FusionPlan.Job {
  /// Why it is a step of its own.
  fileprivate var reason: String {
    switch self {
    case .loops: "loops"
    case .dot: "a matrix product, for BLAS"
    case .place: "boxes of several tensors are written one after the other"
    case .scatter: "elements are combined where integers say, in order"
    case .cumulate: "each element waits for the one before it"
    case .foldWindows: "windows are added up where they overlap"
    case .controlFlow: "functions inside are planned by themselves"
    case .call: "a routine on whole matrices or rows"
    }
  }
}

/// A group that still grows; a reference, so that growing it copies nothing.
private final class GroupDraft {
  let domain: Shape
  @exclusivity(unchecked) var reducedAxes: [Int]?
  @exclusivity(unchecked) var roots: [LoopGroup.Root] = []

  init(domain: Shape, reducedAxes: [Int]?) {
    self.domain = domain
    self.reducedAxes = reducedAxes
  }

  var keptAxes: [Int] { domain.extents.indices.filter { !(reducedAxes ?? []).contains($0) } }
  var keptShape: Shape { domain.removing(reducedAxes ?? []) }
}

private struct FusionPlanner {
  private let view: LoweringView
  private let isRoot: [Bool]
  private let dots: [Int: DotPlan]
  private let calls: [Int: CallPlan]
  private var collector: NeedCollector
  private var plan: FusionPlan
  /// By job; `nil` for jobs that are no loops.
  private var drafts: [GroupDraft?] = []
  private var lastGroup: [Shape: Int] = [:]
  /// Of roots in groups: its place in `LoopGroup.roots`.
  private var placeInGroup: [Int32]

  init(_ view: LoweringView, _ recomputation: Recomputation.Scope?) {
    self.view = view
    let function = view.function
    var dots: [Int: DotPlan] = [:]
    var calls: [Int: CallPlan] = [:]
    for (number, instruction) in function.instructions.enumerated() {
      switch view.rule(instruction) {
      case .dot(let axes): dots[number] = DotPlan.make(instruction, axes, view)
      case .library(let rule): calls[number] = CallPlan.make(instruction, rule, view)
      case .cumulate(let recurrence):
        let type = function.type(of: Value(Int(instruction.firstResult)))
        if let rule = recurrence.libraryRule(for: type) { calls[number] = CallPlan.make(instruction, rule, view) }
      default: break
      }
    }
    self.dots = dots
    self.calls = calls
    isRoot = RootSelection.select(view, dots: dots, calls: calls, recomputation)
    collector = NeedCollector(view, isRoot)
    plan = FusionPlan(
      jobOfValue: [Int32](repeating: -1, count: function.valueCount),
      hasBuffer: [Bool](repeating: false, count: function.valueCount))
    placeInGroup = [Int32](repeating: -1, count: function.valueCount)
  }

  mutating func run() {
    for (number, instruction) in view.function.instructions.enumerated() {
      let value = Value(Int(instruction.firstResult))
      if case .controlFlow = view.rule(instruction) {
        let results = view.function.results(of: instruction)
        add(.controlFlow(number), computing: results)
        keepAll(view.function.operands(of: instruction) + results)
        continue
      }
      guard isRoot[Int(value.index)] else { continue }
      switch view.rule(instruction) {
      case .dot:
        guard let dot = dots[number] else { continue }
        add(.dot(number, dot), computing: value)
        keepAll([dot.a.base, dot.b.base, value])
      case .library: addCall(number, instruction)
      case .cumulate where calls[number] != nil: addCall(number, instruction)
      case .place:
        if let boxes = StackedBoxes(instruction, view) {
          addStacked(value, boxes)
          continue
        }
        add(.place(number), computing: value)
        keepOperands(of: instruction)
      case .scatter, .dynamicUpdate:
        add(.scatter(number), computing: value)
        keepOperands(of: instruction)
      case .cumulate:
        add(.cumulate(number), computing: value)
        keepOperands(of: instruction)
      case .foldWindows:
        add(.foldWindows(number), computing: value)
        keepOperands(of: instruction)
      case .reduce(_, let axes): addReduction(value, view.operand(0, of: instruction), axes)
      default: addElementwise(value)
      }
    }
    keepAll(view.function.results.map(\.value))
  }

  private mutating func addCall(_ number: Int, _ instruction: Function.Instruction) {
    guard let call = calls[number] else { return }
    add(.call(number, call), computing: view.function.results(of: instruction))
    keepAll(call.operands.map(\.base) + view.function.results(of: instruction))
  }

  func finished() -> FusionPlan {
    var finished = plan
    for (number, draft) in drafts.enumerated() {
      guard let draft else { continue }
      finished.jobs[number] = .loops(
        LoopGroup(domain: draft.domain, reducedAxes: draft.reducedAxes, roots: draft.roots))
    }
    return finished
  }

  private mutating func add(_ job: FusionPlan.Job, computing value: Value) { add(job, computing: [value]) }

  private mutating func add(_ job: FusionPlan.Job, computing values: [Value]) {
    for value in values { plan.jobOfValue[Int(value.index)] = Int32(plan.jobs.count) }
    plan.jobs.append(job)
    plan.reasons.append(job.reason)
    drafts.append(nil)
  }

  private mutating func append(_ root: LoopGroup.Root, to number: Int) {
    guard let draft = drafts[number] else { return }
    placeInGroup[Int(root.value.index)] = Int32(draft.roots.count)
    plan.jobOfValue[Int(root.value.index)] = Int32(number)
    draft.roots.append(root)
  }

  private mutating func open(
    _ domain: Shape, reducing axes: [Int]?, with root: LoopGroup.Root, _ needs: [Need]
  ) {
    plan.reasons.append(reason(domain, axes, needs))
    lastGroup[domain] = plan.jobs.count
    drafts.append(GroupDraft(domain: domain, reducedAxes: axes))
    plan.jobs.append(.loops(LoopGroup(domain: domain, reducedAxes: axes, roots: [])))
    append(root, to: plan.jobs.count - 1)
  }

  // MARK: Roots

  private mutating func addElementwise(_ value: Value) {
    let shape = view.function.type(of: value).shape
    let needs = collector.collect(value, expanding: true)
    // After a reduction: one element per kept point, in the group of the last reduction it needs.
    if let number = lastJob(needs), let candidate = drafts[number], candidate.reducedAxes != nil,
      candidate.domain != shape, candidate.keptShape == shape,
      let stage = stage(needs, in: number, candidate, outer: true)
    {
      append(.init(value: value, level: .outer, stage: stage), to: number)
      keep(needs, for: number, stage)
    } else if let number = lastGroup[shape], let candidate = drafts[number],
      let stage = stage(needs, in: number, candidate, outer: false), isRelated(needs, number, candidate)
    {
      append(.init(value: value, level: .inner, stage: stage), to: number)
      keep(needs, for: number, stage)
    } else {
      open(shape, reducing: nil, with: .init(value: value, level: .inner, stage: 0), needs)
      keep(needs, for: plan.jobs.count - 1, 0)
    }
  }

  private mutating func addStacked(_ value: Value, _ boxes: StackedBoxes) {
    var needs: [Need] = []
    var seen: Set<Need> = []
    for source in boxes.sources {
      for need in collector.collect(source, expanding: !isRoot[Int(source.index)]) where seen.insert(need).inserted {
        needs.append(need)
      }
    }
    if let number = lastGroup[boxes.domain], let candidate = drafts[number],
      let stage = stage(needs, in: number, candidate, outer: false), isRelated(needs, number, candidate)
    {
      append(.init(value: value, level: .stacked, stage: stage), to: number)
      keep(needs, for: number, stage)
    } else {
      open(boxes.domain, reducing: nil, with: .init(value: value, level: .stacked, stage: 0), needs)
      keep(needs, for: plan.jobs.count - 1, 0)
    }
    keepAll([value])
  }

  private mutating func addReduction(_ value: Value, _ operand: Value, _ axes: [Int]) {
    let domain = view.function.type(of: operand).shape
    let needs = collector.collect(operand, expanding: !isRoot[Int(operand.index)])
    if let number = lastGroup[domain], let candidate = drafts[number],
      candidate.reducedAxes == nil || candidate.reducedAxes == axes, domain.rank > 0,
      let stage = stage(needs, in: number, candidate, outer: false), isRelated(needs, number, candidate)
    {
      candidate.reducedAxes = axes
      append(.init(value: value, level: .reduction, stage: stage), to: number)
      keep(needs, for: number, stage)
    } else {
      open(domain, reducing: axes, with: .init(value: value, level: .reduction, stage: 0), needs)
      keep(needs, for: plan.jobs.count - 1, 0)
    }
  }

  private func lastJob(_ needs: [Need]) -> Int? {
    needs.lazy.map { Int(plan.jobOfValue[Int($0.root.index)]) }.filter { $0 >= 0 }.max()
  }

  /// Whether sharing a kernel is worth it: a need in common with the group, or a group that is still small.
  private func isRelated(_ needs: [Need], _ number: Int, _ candidate: GroupDraft) -> Bool {
    candidate.domain.rank == 0 || candidate.roots.count < CostModel.greatestUnrelatedCount
      || needs.contains { plan.jobOfValue[Int($0.root.index)] == Int32(number) }
  }

  /// The pass in which a root with these needs can be computed in a group, or `nil` if it can't.
  private func stage(_ needs: [Need], in number: Int, _ candidate: GroupDraft, outer: Bool) -> Int? {
    var stage = 0
    for need in needs {
      let job = Int(plan.jobOfValue[Int(need.root.index)])
      if job < number { continue }
      guard job == number else { return nil }
      let root = candidate.roots[Int(placeInGroup[Int(need.root.index)])]
      if root.level == .stacked { return nil }
      let axes = root.level == .inner ? Array(candidate.domain.extents.indices) : candidate.keptAxes
      // Outer roots see the kept axes alone, numbered from 0.
      let seen = outer ? Array(candidate.keptAxes.indices) : axes
      if outer, root.level == .inner { return nil }
      guard need.isAt(seen, domain: outer ? candidate.keptShape : candidate.domain)
      else { return nil }
      stage = max(stage, root.level == .inner || outer ? root.stage : root.stage + 1)
    }
    return stage
  }

  // MARK: Reasons

  /// Why a root starts a kernel instead of joining the last one over its domain.
  private func reason(_ domain: Shape, _ axes: [Int]?, _ needs: [Need]) -> String {
    guard let number = lastGroup[domain], let candidate = drafts[number] else {
      return "the first kernel over \(domain)"
    }
    let before = "the last kernel over \(domain)"
    if let axes, let other = candidate.reducedAxes, other != axes {
      return "reduces axes \(axes), and \(before) reduces \(other)"
    }
    for need in needs {
      let job = Int(plan.jobOfValue[Int(need.root.index)])
      let name = view.function.definition(of: need.root).map { view.function.op(of: $0).name } ?? "a parameter"
      if job > number { return "needs “\(name)”, which is computed after \(before)" }
      guard job == number else { continue }
      let root = candidate.roots[Int(placeInGroup[Int(need.root.index)])]
      if root.level == .stacked { return "reads “\(name)”, which \(before) puts together" }
      let seen = root.level == .inner ? Array(candidate.domain.extents.indices) : candidate.keptAxes
      if !need.isAt(seen, domain: candidate.domain) {
        return "reads “\(name)” at other places than \(before) computes it at"
      }
    }
    if !isRelated(needs, number, candidate) {
      return "shares nothing with \(before), which has \(candidate.roots.count) results already"
    }
    return "comes after \(before) has been reduced"
  }

  // MARK: Buffers

  private mutating func keepAll(_ values: [Value]) {
    for value in values where plan.isRoot(value) { plan.hasBuffer[Int(value.index)] = true }
  }

  private mutating func keepOperands(of instruction: Function.Instruction) {
    keepAll([Value(Int(instruction.firstResult))])
    for operand in view.function.operands(of: instruction) {
      keepAll(collector.collect(operand, expanding: !isRoot[Int(operand.index)]).map(\.root))
    }
  }

  /// Gives buffers to the roots that a root of pass `stage` of a group reads from another job or another pass.
  private mutating func keep(_ needs: [Need], for number: Int, _ stage: Int) {
    for need in needs where plan.isRoot(need.root) && !plan.hasBuffer[Int(need.root.index)] {
      if Int(plan.jobOfValue[Int(need.root.index)]) == number, let group = drafts[number] {
        let root = group.roots[Int(placeInGroup[Int(need.root.index)])]
        if root.level != .inner || root.stage == stage { continue }
      }
      plan.hasBuffer[Int(need.root.index)] = true
    }
  }
}
