import Foundation
import GradC
import GradCBenchmarks

extension HandTracking {
  static let workloads: [Eval.Workload] = [100, 1600, 51200].map { count in
    .init("c=\(count)") { input(&$0, vertices: 10_000, triangles: 1084, points: count, hasCoordinates: true) }
  }

  /// A hand of random bones and skin.
  static func input(
    _ random: inout RandomNumbers, vertices: Int, triangles: Int, points: Int, hasCoordinates: Bool
  ) -> Input {
    // A wrist, and five fingers that begin at it.
    let parents = [-1] + (1..<22).map { bone in bone % 4 == 1 ? 0 : bone - 1 }
    func transforms() -> [[[Double]]] {
      parents.map { _ in
        let (angle, shift) = (random.uniform(1, in: -3...3)[0], random.uniform(3, in: -0.5...0.5))
        let (c, s) = (Foundation.cos(angle), Foundation.sin(angle))
        return [[c, -s, 0, shift[0]], [s, c, 0, shift[1]], [0, 0, 1, shift[2]], [0, 0, 0, 1]]
      }
    }
    let weights = random.uniform(vertices, parents.count).map { row in
      let sum = row.reduce(0, +)
      return row.map { $0 / sum }
    }
    let model = Model(
      parents: parents, base_relatives: transforms(), inverse_base_absolutes: transforms(),
      base_positions: random.uniform(vertices, 3, in: -1...1).map { $0 + [1] }, weights: weights,
      triangles: (0..<triangles).map { _ in (0..<3).map { _ in random.index(below: vertices) } }, is_mirrored: false)
    let data = Observations(
      model: model,
      correspondences: (0..<points).map { _ in random.index(below: hasCoordinates ? triangles : vertices) },
      points: random.uniform(points, 3, in: -1...1))
    return Input(
      theta: random.uniform(26, in: -0.5...0.5), data: data,
      us: hasCoordinates ? random.uniform(points, 2, in: 0...0.5) : [])
  }
}
