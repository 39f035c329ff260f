import KernelIR

/// The algebra rules as one table of nodes, children before parents, so that matching follows integers.
struct CompiledRules: Sendable {
  enum Node: Sendable {
    case variable(Int)
    case number(Double)
    case constant(Int, isNegative: Bool)
    /// Children are consecutive nodes.
    case op(ScalarOp, Range<Int>)
  }

  struct Row: Sendable {
    let name: String
    /// How much more work the right side is than the root of the left one alone: if that is positive, inner ops of the
    /// left side have to go.
    let growth: Int
    let needsUnshared: Bool
    let domain: AlgebraRule.Domain
    let left: Int
    let right: Int
  }

  /// What is known of operands before a rule is matched: a known number, or the op that makes one.
  struct Kinds: Sendable, Equatable {
    private var a = Kinds.other
    private var b = Kinds.other
    private var c = Kinds.other

    private static let other: Int16 = -1
    private static let number: Int16 = -2
    private static let any: Int16 = -3

    subscript(place: Int) -> Int16 {
      get { place == 0 ? a : place == 1 ? b : c }
      set { if place == 0 { a = newValue } else if place == 1 { b = newValue } else { c = newValue } }
    }

    mutating func setNumber(_ place: Int) { self[place] = Kinds.number }
    mutating func set(_ op: ScalarOp?, _ place: Int) { self[place] = op.map { Int16($0.rawValue) } ?? Kinds.other }

    func isNumber(_ place: Int) -> Bool { self[place] == Kinds.number }

    mutating func swapFirst() { (a, b) = (b, a) }

    /// What a rule asks of its operands.
    init(needed children: [Pattern]) {
      self.init()
      for place in 0..<3 {
        guard place < children.count else {
          self[place] = Kinds.any
          continue
        }
        switch children[place] {
        case .variable: self[place] = Kinds.any
        case .number, .constant, .negative: setNumber(place)
        case .op(let op, _): set(op, place)
        }
      }
    }

    init() {}

    /// Whether operands of these kinds may match what is needed.
    func allow(_ kinds: Kinds) -> Bool {
      (a == Kinds.any || a == kinds.a) && (b == Kinds.any || b == kinds.b) && (c == Kinds.any || c == kinds.c)
    }
  }

  private(set) var nodes: [Node] = []
  private(set) var rows: [Row] = []
  /// By row: nearly all rules fail at this.
  private(set) var needs: [Kinds] = []
  /// By op: the rules whose left side it is.
  private var ranges: [Range<Int>] = []

  static let all = CompiledRules(AlgebraRules.all)

  init(_ rules: [AlgebraRule]) {
    for op in ScalarOp.allCases {
      let start = rows.count
      for rule in rules {
        guard case .op(op, let children) = rule.left else { continue }
        needs.append(Kinds(needed: children))
        let left = add(rule.left)
        rows.append(
          Row(
            name: rule.name, growth: rule.right.work - op.work, needsUnshared: rule.needsUnshared,
            domain: rule.domain, left: left,
            right: add(rule.right)))
      }
      ranges.append(start..<rows.count)
    }
  }

  func rules(of root: ScalarOp) -> Range<Int> { ranges[Int(root.rawValue)] }

  /// A child of an op node.
  func child(_ index: Int, of node: Int) -> Int {
    guard case .op(_, let children) = nodes[node] else { return node }
    return children.lowerBound + index
  }

  private mutating func add(_ pattern: Pattern) -> Int {
    let node = compile(pattern)
    nodes.append(node)
    return nodes.count - 1
  }

  private mutating func compile(_ pattern: Pattern) -> Node {
    switch pattern {
    case .variable(let index): return .variable(index)
    case .number(let number): return .number(number)
    case .constant(let index): return .constant(index, isNegative: false)
    case .negative(let index): return .constant(index, isNegative: true)
    case .op(let op, let children):
      // Grandchildren first, so that the children stand together.
      let compiled = children.map { compile($0) }
      let start = nodes.count
      nodes += compiled
      return .op(op, start..<nodes.count)
    }
  }
}
