import Basics
import KernelIR

/// Whether factors are what a routine promises, up to rounding.
struct FactorisationCheck {
  let routine: LibraryRoutine
  let dtype: DType
  let inputs: [[Double]]
  let outputs: [[Double]]

  /// What is wrong, if anything is.
  var defect: String? {
    let p = routine.parameters
    switch routine.function {
    case .cholesky: return cholesky(p[0])
    case .triangularSolve: return triangularSolve(p)
    case .lu: return lu(p[0], p[1])
    case .adjugate: return adjugate(p[0])
    case .qr: return qr(p[0], p[1])
    case .eigh: return eigh(p[0])
    case .svd: return svd(p[0], p[1])
    case .argsort: return argsort(descending: p[1] == 1)
    case .cumsum, .cumprod, .cummax, .cummin, .linearRecurrence: return recurrence()
    }
  }

  /// Every place once, in order, equal elements as they stand, NaN last.
  private func argsort(descending: Bool) -> String? {
    let (x, order) = (inputs[0], outputs[0].map { Int($0) })
    if order.sorted() != Array(x.indices) { return "the order is no permutation" }
    let isOrdered = zip(order, order.dropFirst()).allSatisfy { a, b in
      if x[a].isNaN || x[b].isNaN { return x[b].isNaN && (!x[a].isNaN || a < b) }
      return x[a] == x[b] ? a < b : (x[a] < x[b]) != descending
    }
    return isOrdered ? nil : "the elements are not in order"
  }

  /// Rounded after every operation: the same to the bit, but for the payload of a NaN.
  private func recurrence() -> String? {
    let due = routine.evaluate(inputs.map { .floating($0) }, dtype)[0].doubles
    let isRight = zip(due, outputs[0]).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
    return isRight && due.count == outputs[0].count ? nil : "due is \(due)"
  }

  private var isFinite: Bool { inputs[0].allSatisfy { $0.isFinite } }
  private var isAllNaN: Bool { outputs.allSatisfy { $0.allSatisfy { $0.isNaN } } }

  private func matrix(_ values: [Double], _ columns: Int) -> Matrix { Matrix(values: values, columns: columns) }

  /// Errors grow with the number of rows, and with the size of what is computed with.
  private func isClose(_ a: Matrix, _ b: Matrix, scale: Double) -> Bool {
    let unit = dtype == .f32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
    // What underflows is gone.
    let least = dtype == .f32 ? Double(Float.leastNormalMagnitude) : Double.leastNormalMagnitude
    let limit = 8 * unit * Double(a.columns + 8) * scale + least
    return a.values.count == b.values.count && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= limit }
  }

  private func identity(_ n: Int) -> Matrix {
    matrix((0..<n * n).map { $0 / n == $0 % n ? 1 : 0 }, n)
  }

  private func isUpper(_ a: Matrix) -> Bool {
    a.values.indices.allSatisfy { $0 / a.columns <= $0 % a.columns || a.values[$0] == 0 }
  }

  private func cholesky(_ n: Int) -> String? {
    let expected = routine.evaluate(inputs.map { .floating($0) })[0].doubles
    if expected.contains(where: { $0.isNaN }) {
      return isAllNaN || isAlmostSingular(n) ? nil : "not positive definite, but not NaN"
    }
    if outputs[0].contains(where: { $0.isNaN }) {
      return isAlmostSingular(n) ? nil : "positive definite, but NaN"
    }
    let l = matrix(outputs[0], max(n, 1))
    guard isUpper(l.transposed) else { return "L is not lower triangular" }
    if !isFinite { return nil }
    let a = matrix(inputs[0], max(n, 1))
    return isClose(l.times(l.transposed), a.symmetricFromLower, scale: a.greatest) ? nil : "L Lᵀ is not A"
  }

  /// Whether rounding decides on the sign of a pivot: in the ones and in what has rank one.
  private func isAlmostSingular(_ n: Int) -> Bool { n > 1 }

  private func triangularSolve(_ p: [Int]) -> String? {
    let (n, k, isLeft) = (p[0], p[1], p[5] == 1)
    if n * k == 0 { return nil }
    var a = matrix(inputs[0], n)
    for i in 0..<n {
      for j in 0..<n {
        if (p[2] == 1) != (j <= i) && i != j { a.values[i * n + j] = 0 }
        if i == j && p[4] == 1 { a.values[i * n + j] = 1 }
      }
    }
    if p[3] == 1 { a = a.transposed }
    let x = matrix(outputs[0], isLeft ? k : n)
    let product = isLeft ? a.times(x) : x.times(a)
    let scale = a.greatest * max(x.greatest, 1)
    return isClose(product, matrix(inputs[1], isLeft ? k : n), scale: scale) ? nil : "not the solution"
  }

  private func lu(_ m: Int, _ n: Int) -> String? {
    let (k, permutation, pivots) = (min(m, n), outputs[2].map { Int($0) }, outputs[1].map { Int($0) })
    guard permutation.sorted() == Array(0..<m) else { return "no permutation" }
    var swapped = Array(0..<m)
    for (row, pivot) in pivots.enumerated() { swapped.swapAt(row, pivot) }
    guard swapped == permutation else { return "pivots and permutation differ" }
    guard isFinite, k > 0 else { return nil }
    let a = matrix(inputs[0], n)
    var lower = [Double](repeating: 0, count: m * k)
    var upper = [Double](repeating: 0, count: k * n)
    for i in 0..<m {
      for j in 0..<n where j < i && j < k { lower[i * k + j] = outputs[0][i * n + j] }
      if i < k { lower[i * k + i] = 1 }
    }
    for i in 0..<k { for j in i..<n { upper[i * n + j] = outputs[0][i * n + j] } }
    guard lower.allSatisfy({ abs($0) <= 1 }) else { return "L has elements above 1" }
    let permuted = matrix(permutation.flatMap { row in inputs[0][row * n..<(row + 1) * n] }, n)
    let scale = max(a.greatest, upper.reduce(0) { max($0, abs($1)) })
    return isClose(matrix(lower, k).times(matrix(upper, n)), permuted, scale: scale) ? nil : "P A is not L U"
  }

  private func adjugate(_ n: Int) -> String? {
    guard isFinite, n > 0 else { return nil }
    let expected = matrix(routine.evaluate(inputs.map { .floating($0) })[0].doubles, n)
    let scale = (0..<n - 1).reduce(1.0) { product, _ in product * matrix(inputs[0], n).greatest * 2 }
    // Beyond the range of the dtype, anything.
    if !(scale < (dtype == .f32 ? 1e37 : 1e307)) { return nil }
    return isClose(matrix(outputs[0], n), expected, scale: scale) ? nil : "not the adjugate \(expected)"
  }

  private func qr(_ m: Int, _ n: Int) -> String? {
    guard isFinite else { return isAllNaN ? nil : "not finite, but not NaN" }
    if m == 0 { return nil }
    let inner = outputs[0].count / m
    if inner == 0 { return nil }
    let q = matrix(outputs[0], inner)
    guard isClose(q.transposed.times(q), identity(inner), scale: 1) else { return "Q is not orthogonal" }
    if n == 0 { return nil }
    let (a, r) = (matrix(inputs[0], n), matrix(outputs[1], n))
    guard isUpper(r) else { return "R is not upper triangular" }
    guard (0..<min(inner, n)).allSatisfy({ r.values[$0 * n + $0] >= 0 }) else { return "R has a negative diagonal" }
    return isClose(q.times(r), a, scale: a.greatest) ? nil : "Q R is not A"
  }

  private func eigh(_ n: Int) -> String? {
    let read = (0..<n).flatMap { row in inputs[0][row * n...row * n + row] }
    guard read.allSatisfy({ $0.isFinite }) else { return isAllNaN ? nil : "not finite, but not NaN" }
    if n == 0 { return nil }
    let (a, w) = (matrix(inputs[0], n).symmetricFromLower, outputs[0])
    if outputs[1].isEmpty {
      let expected = routine.evaluate(inputs.map { .floating($0) })[0].doubles
      return isClose(matrix(w, n), matrix(expected, n), scale: a.greatest * Double(n)) ? nil : "other eigenvalues"
    }
    let v = matrix(outputs[1], n)
    guard zip(w, w.dropFirst()).allSatisfy({ $0 <= $1 }) else { return "eigenvalues do not ascend" }
    guard isClose(v.transposed.times(v), identity(n), scale: 1) else { return "V is not orthogonal" }
    guard signsAreRight(v) else { return "a vector has the other sign" }
    let scaled = matrix(v.values.indices.map { v.values[$0] * w[$0 % n] }, n)
    return isClose(a.times(v), scaled, scale: a.greatest) ? nil : "A V is not V diag(w)"
  }

  private func svd(_ m: Int, _ n: Int) -> String? {
    guard isFinite else { return isAllNaN ? nil : "not finite, but not NaN" }
    let k = min(m, n)
    if k == 0 { return nil }
    let (a, s) = (matrix(inputs[0], n), outputs[1])
    if outputs[0].isEmpty {
      let expected = routine.evaluate(inputs.map { .floating($0) })[1].doubles
      return isClose(matrix(s, k), matrix(expected, k), scale: a.greatest * Double(k)) ? nil : "other singular values"
    }
    let (u, vh) = (matrix(outputs[0], k), matrix(outputs[2], n))
    guard s.allSatisfy({ $0 >= 0 }), zip(s, s.dropFirst()).allSatisfy({ $0 >= $1 }) else {
      return "singular values do not descend"
    }
    guard isClose(u.transposed.times(u), identity(k), scale: 1) else { return "U is not orthogonal" }
    guard isClose(vh.times(vh.transposed), identity(k), scale: 1) else { return "V is not orthogonal" }
    guard signsAreRight(u) else { return "a vector has the other sign" }
    let scaled = matrix(u.values.indices.map { u.values[$0] * s[$0 % k] }, k)
    return isClose(scaled.times(vh), a, scale: a.greatest) ? nil : "U diag(s) Vᵀ is not A"
  }

  /// Near the limit of 9/10 rounding may decide.
  private func signsAreRight(_ vectors: Matrix) -> Bool {
    vectors.transposed.rows.allSatisfy { vector in
      let greatest = vector.reduce(0) { max($0, abs($1)) }
      let first = vector.first { abs($0) >= 0.9 * greatest } ?? 0
      return first > 0 || abs(abs(first) - 0.9 * greatest) < 1e-4 * greatest
    }
  }
}

/// A matrix by rows.
private struct Matrix {
  var values: [Double]
  let columns: Int

  var rows: [[Double]] { (0..<values.count / columns).map { Array(values[$0 * columns..<($0 + 1) * columns]) } }
  var greatest: Double { values.reduce(0) { max($0, abs($1)) } }

  var transposed: Matrix {
    let count = values.count / columns
    return Matrix(values: (0..<values.count).map { values[$0 % count * columns + $0 / count] }, columns: max(count, 1))
  }

  var symmetricFromLower: Matrix {
    let n = columns
    return Matrix(
      values: values.indices.map { values[max($0 / n, $0 % n) * n + min($0 / n, $0 % n)] }, columns: n)
  }

  func times(_ other: Matrix) -> Matrix {
    let (m, k, n) = (values.count / columns, columns, other.columns)
    var product = [Double](repeating: 0, count: m * n)
    for i in 0..<m {
      for l in 0..<k {
        for j in 0..<n { product[i * n + j] += values[i * k + l] * other.values[l * n + j] }
      }
    }
    return Matrix(values: product, columns: n)
  }
}
