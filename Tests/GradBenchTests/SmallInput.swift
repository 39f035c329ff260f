import Foundation
import GradBenchModels
import GradC
import GradCBenchmarks
import Testing

/// An input of an eval, so small that the interpreter and differences can tell.
struct SmallInput: CustomTestStringConvertible, @unchecked Sendable {
  let eval: String
  /// What a message says.
  let value: Any

  var testDescription: String { eval }

  /// The problem that a function makes of it, through JSON.
  func problem(_ function: String) throws -> Problem {
    let message = try JSONSerialization.data(withJSONObject: ["input": value])
    let found = try #require(Eval.named(eval)?.functions.first { $0.name == function })
    return try found.tracer(decoding: message)()
  }

  /// The answer to a function, as JSON that was read again.
  func answer(_ function: String) throws -> Any {
    let problem = try problem(function)
    let output = try problem.output(problem.graph.compile()(problem.inputs))
    return try JSONSerialization.jsonObject(with: JSONEncoder().encode(output), options: .fragmentsAllowed)
  }

  /// The numbers of the answer, in order of what JSON has.
  func numbers(_ function: String) throws -> [Double] { flatNumbers(try answer(function)) }

  /// The same input with another value of a field, or without it.
  func with(_ field: String, _ value: Any?) -> SmallInput {
    var fields = self.value as? [String: Any] ?? [:]
    fields[field] = value
    return SmallInput(eval: eval, value: fields)
  }

  subscript(_ field: String) -> Any? { (value as? [String: Any])?[field] }
  func list(_ field: String) -> [Double] { flatNumbers(self[field] ?? []) }
  func rows(_ field: String) -> [[Double]] { self[field] as? [[Double]] ?? [] }
  func integer(_ field: String) -> Int { self[field] as? Int ?? 0 }
}

/// The numbers in lists of lists.
func flatNumbers(_ json: Any) -> [Double] {
  if let list = json as? [Any] { return list.flatMap(flatNumbers) }
  return (json as? Double).map { [$0] } ?? []
}

extension RandomNumbers {
  fileprivate mutating func list(_ count: Int) -> [Double] { (0..<count).map { _ in 2 * uniform() - 1 } }
  fileprivate mutating func rows(_ count: Int, _ width: Int) -> [[Double]] { (0..<count).map { _ in list(width) } }
}

extension SmallInput {
  static let hello = SmallInput(eval: "hello", value: 1.5)

  static let leastSquares = make("llsq") { ["x": $0.list(5), "n": 7] }
  static let logSumExp = make("lse") { ["x": $0.list(9)] }
  static let ode = make("ode") { ["x": $0.list(6), "s": 3] }
  static let determinant = make("det") { ["A": $0.list(16), "ell": 4] }

  static let mixture = make("gmm") {
    [
      "d": 3, "k": 2, "n": 5, "m": 1, "gamma": 1.5, "alpha": $0.list(2), "mu": $0.rows(2, 3), "q": $0.rows(2, 3),
      "l": $0.rows(2, 3), "x": $0.rows(5, 3),
    ]
  }

  static let bundle = make("ba") {
    [
      "n": 3, "m": 7, "p": 20, "cam": $0.list(3) + [3, 4, 5, 40, 5, -8, 0.09, 0.003], "x": $0.list(3), "w": 0.4,
      "feat": [27.0, 83.0],
    ]
  }

  static let means = make("kmeans") {
    let points = $0.rows(12, 3)
    return ["points": points, "centroids": Array(points.suffix(4))]
  }

  static let lstm = make("lstm") {
    [
      "main_params": $0.rows(4, 12), "extra_params": $0.rows(3, 3), "state": $0.rows(4, 3), "sequence": $0.rows(5, 3),
    ]
  }

  static let hand = make("ht") { hand(&$0, hasCoordinates: false) }
  static let handWithCoordinates = make("ht") { hand(&$0, hasCoordinates: true) }

  static let saddle = SmallInput(eval: "saddle", value: ["start": [1.0, 1.0]])
  static let particle = SmallInput(eval: "particle", value: ["w": 0.0])

  static let all = [
    hello, leastSquares, logSumExp, ode, determinant, mixture, bundle, means, lstm, hand, handWithCoordinates, saddle,
    particle,
  ]

  /// The same; descents that are over at once, as the interpreter takes milliseconds for a step of a trajectory.
  static let brief =
    all.dropLast(2) + [saddle.with("start", [1e-5, 1e-5]), particle.with("w", 0.2071918746)]

  private static func make(_ eval: String, _ value: (inout RandomNumbers) -> [String: Any]) -> SmallInput {
    var random = RandomNumbers(seed: 5)
    return SmallInput(eval: eval, value: value(&random))
  }

  private static func hand(_ random: inout RandomNumbers, hasCoordinates: Bool) -> [String: Any] {
    let parents = [-1] + (1..<22).map { $0 % 4 == 1 ? 0 : $0 - 1 }
    let model: [String: Any] = [
      "parents": parents, "base_relatives": parents.map { _ in random.rows(3, 4) + [[0, 0, 0, 1]] },
      "inverse_base_absolutes": parents.map { _ in random.rows(3, 4) + [[0, 0, 0, 1]] },
      "base_positions": random.rows(6, 3).map { $0 + [1] }, "weights": random.rows(6, parents.count),
      "triangles": [[0, 1, 2], [3, 4, 5], [5, 1, 3]], "is_mirrored": true,
    ]
    return [
      "theta": random.list(26),
      "data": ["model": model, "correspondences": [2, 0, 1, 2], "points": random.rows(4, 3)] as [String: Any],
      "us": hasCoordinates ? random.rows(4, 2) : [],
    ]
  }
}
