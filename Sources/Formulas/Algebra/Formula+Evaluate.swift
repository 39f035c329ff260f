#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import Basics
import KernelIR

extension Formula {
  /// The value, where `symbol` says what symbols other than π and e stand for, elements having numbers for indices. Roots of odd degree of negative numbers
  /// are negative.
  package func value(_ symbol: (Symbol) -> Double) -> Double {
    switch kind {
    case .number(let number): return number.value
    case .symbol(.pi): return .pi
    case .symbol(.e): return exp(1)
    case .symbol(.variable(let name, let indices)) where !indices.isEmpty:
      return symbol(.variable(name, indices.map { .number(Int(exactly: $0.value(symbol)) ?? -1) }))
    case .symbol(let other): return symbol(other)
    case .sum(let monomials): return monomials.reduce(0) { $0 + $1.value(symbol) }
    case .product(let monomial): return monomial.value(symbol)
    case .apply(let function, let operands): return function.value(operands.map { $0.value(symbol) })
    case .total(let index, let body):
      return (0..<index.extent).reduce(0) { sum, place in
        sum + body.value { $0 == .index(index) ? Double(place) : symbol($0) }
      }
    }
  }
}

extension Monomial {
  fileprivate func value(_ symbol: (Symbol) -> Double) -> Double {
    factors.reduce(coefficient.value) { product, factor in
      let base = factor.base.value(symbol)
      if case .rational(let p, let q)? = factor.exponent.number, q % 2 == 1, base < 0 {
        return product * (p % 2 == 0 ? 1 : -1) * powerOf(-base, Double(p) / Double(q))
      }
      return product * powerOf(base, factor.exponent.value(symbol))
    }
  }
}

func powerOf(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

extension FormulaFunction {
  fileprivate func value(_ x: [Double]) -> Double {
    switch self {
    case .cases: return x[0] != 0 ? x[1] : x[2]
    case .and: return x[0] != 0 && x[1] != 0 ? 1 : 0
    case .or: return x[0] != 0 || x[1] != 0 ? 1 : 0
    case .xor: return (x[0] != 0) != (x[1] != 0) ? 1 : 0
    case .not: return x[0] != 0 ? 0 : 1
    case .digamma: return psi(x[0])
    default:
      guard let op = scalarOp else { return .nan }
      let operands = x.map { Scalar($0, as: .f64) }
      let result = op.evaluate(operands[0], operands.count > 1 ? operands[1] : nil)
      return result.dtype == .bool ? (result.isZero ? 0 : 1) : result.doubleValue
    }
  }

  /// The operation that computes it.
  private var scalarOp: ScalarOp? { ScalarOp(name: "\(self)") }
}

/// `ψ(x)` by recurrence and the asymptotic series (Abramowitz & Stegun 6.3.5, 6.3.18), by reflection for negative x.
private func psi(_ x: Double) -> Double {
  if x < 0 { return psi(1 - x) - .pi / tan(.pi * x) }
  var (x, sum) = (x, 0.0)
  while x < 12 {
    sum -= 1 / x
    x += 1
  }
  let inverse = 1 / (x * x)
  let series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse / 132))))
  return sum + log(x) - 0.5 / x - series
}
