import TensorIR

extension Rewriter {
  /// Up to three operands, or up to five bindings of a rule; unused places are poison.
  struct Operands {
    var a: Value
    var b = Value.poison
    var c = Value.poison
    private var d = Value.poison
    private var e = Value.poison

    init(_ a: Value, _ b: Value = .poison, _ c: Value = .poison) {
      self.a = a
      self.b = b
      self.c = c
    }

    subscript(index: Int) -> Value {
      switch index {
      case 0: a
      case 1: b
      case 2: c
      case 3: d
      default: e
      }
    }

    /// Makes a place hold a value, if it holds no other.
    mutating func bind(_ index: Int, _ value: Value) -> Bool {
      if self[index] != .poison { return self[index] == value }
      switch index {
      case 0: a = value
      case 1: b = value
      case 2: c = value
      case 3: d = value
      default: e = value
      }
      return true
    }

    func array(_ count: Int) -> [Value] { (0..<count).map { self[$0] } }
  }
}
