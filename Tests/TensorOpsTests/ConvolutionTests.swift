import Basics
import KernelIR
import TensorIR
import TensorOps
import TestSupport
import Testing

/// Convolutions against loops, and each layout and form against the others.
@Suite struct ConvolutionTests {
  private func run(_ inputs: [ReferenceTensor], _ body: ([Term]) -> Term) throws -> ReferenceTensor {
    try evaluate(inputs) { [body($1)] }[0]
  }

  private func sample(_ shape: Shape, _ random: inout SplitMix) -> ReferenceTensor {
    .sample(TensorType(.f64, shape), from: .range(-1...1), &random)
  }

  /// By its definition, element by element.
  private func direct(_ x: ReferenceTensor, _ w: ReferenceTensor, _ geometry: ConvolutionGeometry) -> ReferenceTensor {
    let count = x.shape.rank - 2
    let places = (0..<count).map { axis -> Int in
      let dilated = max((x.shape[2 + axis] - 1) * geometry.inputDilation[axis] + 1, 0)
      let extent = dilated + geometry.padding[axis].low + geometry.padding[axis].high
      let span = (w.shape[2 + axis] - 1) * geometry.kernelDilation[axis] + 1
      return extent < span ? 0 : (extent - span) / geometry.strides[axis] + 1
    }
    let shape = Shape([x.shape[0], w.shape[0]] + places)
    let (inputs, outputs) = (w.shape[1], w.shape[0] / geometry.groups)
    let kernel = Shape(Array(w.shape.extents[1...]))
    let (xs, ws) = (x.doubles, w.doubles)
    let sums = (0..<shape.elementCount).map { position -> Double in
      let index = shape.index(at: position)
      return (0..<kernel.elementCount).reduce(0.0) { sum, tap in
        let k = kernel.index(at: tap)
        var source = [index[0], index[1] / outputs * inputs + k[0]]
        for axis in 0..<count {
          let place =
            index[2 + axis] * geometry.strides[axis] + k[1 + axis] * geometry.kernelDilation[axis]
            - geometry.padding[axis].low
          guard place >= 0, place % geometry.inputDilation[axis] == 0,
            place / geometry.inputDilation[axis] < x.shape[2 + axis]
          else { return sum }
          source.append(place / geometry.inputDilation[axis])
        }
        let from = zip(source, x.shape.strides).reduce(0) { $0 + $1.0 * $1.1 }
        return sum + xs[from] * ws[index[1] * kernel.elementCount + tap]
      }
    }
    return ReferenceTensor(floating: sums, type: TensorType(.f64, shape))
  }

  private static let geometries: [(shape: Shape, kernel: Shape, ConvolutionGeometry)] = [
    ([2, 3, 5], [4, 3, 2], .init(strides: [1], padding: [(0, 0)], inputDilation: [1], kernelDilation: [1])),
    ([1, 2, 7], [2, 2, 3], .init(strides: [2], padding: [(2, 1)], inputDilation: [1], kernelDilation: [2])),
    ([1, 2, 7], [2, 2, 3], .init(strides: [1], padding: [(-1, -2)], inputDilation: [2], kernelDilation: [1])),
    (
      [2, 4, 5, 6], [6, 2, 3, 2],
      .init(strides: [2, 1], padding: [(1, 1), (0, 1)], inputDilation: [1, 1], kernelDilation: [1, 2], groups: 2)
    ),
    (
      [1, 3, 4, 4], [3, 1, 3, 3],
      .init(strides: [1, 1], padding: [(1, 1), (1, 1)], inputDilation: [1, 1], kernelDilation: [1, 1], groups: 3)
    ),
    (
      [1, 2, 4, 3, 5], [2, 2, 2, 1, 3],
      .init(
        strides: [1, 2, 2], padding: [(0, 0), (0, 0), (1, 0)], inputDilation: [1, 1, 1], kernelDilation: [1, 1, 1])
    ),
    ([1, 1, 2], [1, 1, 5], .init(strides: [1], padding: [(0, 0)], inputDilation: [1], kernelDilation: [1])),
  ]

  @Test func definition() throws {
    var random = SplitMix(seed: 1)
    for (shape, kernel, geometry) in Self.geometries {
      let (x, w) = (sample(shape, &random), sample(kernel, &random))
      let due = direct(x, w, geometry)
      let found = try run([x, w]) { $0[0].convolved($0[1], geometry) }
      #expect(agree(found, due, tolerance: 1e-12), "\(geometry)")
      // Channels last: x[n, i…, c], kernel[k…, c, f].
      let count = shape.rank - 2
      let last = try run([x, w]) {
        let moved = $0[0].movingAxis(1, to: count + 1)
        let taps = $0[1].transposed(Array(2..<2 + count) + [1, 0])
        return moved.convolvedChannelsLast(taps, geometry).movingAxis(count + 1, to: 1)
      }
      #expect(agree(last, due, tolerance: 1e-12), "channels last, \(geometry)")
    }
  }

  /// `⟨conv(x, w), u⟩ = ⟨x, convᵀ(u, w)⟩`.
  @Test func transposed() throws {
    var random = SplitMix(seed: 2)
    for (shape, kernel, geometry) in Self.geometries where geometry.inputDilation.allSatisfy({ $0 == 1 }) {
      let (x, w) = (sample(shape, &random), sample(kernel, &random))
      let y = direct(x, w, geometry)
      guard y.count > 0 else { continue }
      let u = sample(y.shape, &random)
      // What strides leave over at the end.
      let extra = (0..<shape.rank - 2).map { axis -> Int in
        let span = (kernel[2 + axis] - 1) * geometry.kernelDilation[axis] + 1
        let padded = shape[2 + axis] + geometry.padding[axis].low + geometry.padding[axis].high
        return (padded - span) % geometry.strides[axis]
      }
      let back = try run([u, w]) { $0[0].transposeConvolved($0[1], geometry, extra: extra) }
      #expect(back.shape == shape, "\(geometry)")
      let left = zip(y.doubles, u.doubles).reduce(0) { $0 + $1.0 * $1.1 }
      let right = zip(x.doubles, back.doubles).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(left - right) < 1e-12, "\(geometry)")
    }
  }

  @Test func poolingByLoops() throws {
    var random = SplitMix(seed: 3)
    let x = sample([2, 6, 5], &random)
    let geometry = WindowGeometry(rank: 3, axes: [1, 2], sizes: [2, 3], strides: [2, 1])
    let found = try run([x]) { $0[0].reducingWindows(.max, geometry) }
    #expect(found.shape == [2, 3, 3])
    for position in 0..<found.count {
      let i = found.shape.index(at: position)
      var due = -Double.infinity
      for a in 0..<2 { for b in 0..<3 { due = max(due, x.doubles[i[0] * 30 + (2 * i[1] + a) * 5 + i[2] + b]) } }
      #expect(found.doubles[position] == due)
    }
  }
}
