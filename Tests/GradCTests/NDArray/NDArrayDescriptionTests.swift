import Basics
import GradC
import Testing

/// The expected texts are what NumPy prints for the same arrays.
@Suite struct NDArrayDescriptionTests {
  @Test func scalarsAndVectors() throws {
    #expect(NDArray(2.5).description == "2.5")
    #expect(NDArray(7).description == "7")
    #expect(NDArray(1e-7).description == "1e-07")
    #expect(NDArray(Double.nan).description == "nan")
    #expect(NDArray([1, -20, 3]).description == "[  1 -20   3]")
    #expect(NDArray([true, false]).description == "[ true false]")
    #expect(NDArray([] as [Float]).description == "[]")
  }

  @Test func columnsAreAligned() throws {
    #expect(NDArray([1.0, 2.5, 3.125]).description == "[1.    2.5   3.125]")
    #expect(NDArray([-1.0, 2.5]).description == "[-1.   2.5]")
    #expect(NDArray([0.1, 100] as [Float]).description == "[  0.1 100. ]")
    #expect(try NDArray([[1, 2], [3, 40]]).description == "[[ 1  2]\n [ 3 40]]")
    #expect(
      try NDArray([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]).description
        == "[[[1 2]\n  [3 4]]\n\n [[5 6]\n  [7 8]]]")
  }

  @Test func digitsAreRounded() throws {
    #expect(NDArray([1.0 / 3, 2.0 / 3]).description == "[0.33333333 0.66666667]")
    #expect(NDArray([0.999999999, 0.5]).description == "[1.  0.5]")
    #expect(NDArray([1.0 / 3] as [Float]).description == "[0.33333334]")
  }

  @Test func extremesAreScientific() throws {
    #expect(NDArray([1e-10, 1.0]).description == "[1.e-10 1.e+00]")
    #expect(NDArray([1.5e10, -2]).description == "[ 1.5e+10 -2.0e+00]")
    #expect(NDArray([1e300, 0]).description == "[1.e+300 0.e+000]")
  }

  @Test func specialValues() throws {
    #expect(NDArray([Double.nan, .infinity, -.infinity, 1]).description == "[ nan  inf -inf   1.]")
    #expect(NDArray([-0.0, 0]).description == "[-0.  0.]")
  }

  @Test func longArraysAreElided() throws {
    #expect(NDArray(Array(0..<1001)).description == "[   0    1    2 ...  998  999 1000]")
    let matrix = try NDArray(Array(0..<2000)).reshaped([2, 1000])
    #expect(matrix.description == "[[   0    1    2 ...  997  998  999]\n [1000 1001 1002 ... 1997 1998 1999]]")
    let tall = try NDArray(Array(0..<2000)).reshaped([1000, 2])
    let lines = tall.description.split(separator: "\n")
    #expect(lines.count == 7)
    #expect(lines[3] == " ...")
    // Neither time nor memory for what is not shown.
    #expect(try NDArray.zeros([3000, 1000]).description.count < 300)
  }

  @Test func longLinesAreBroken() throws {
    let lines = NDArray(Array(0..<100)).description.split(separator: "\n")
    #expect(lines.count > 1)
    #expect(lines.allSatisfy { $0.count <= 75 })
    #expect(lines[1].hasPrefix(" "))
  }

  @Test func emptyAxes() throws {
    #expect(try NDArray.zeros([2, 0]).debugDescription.hasPrefix("f32[2,0]\n"))
    #expect(try NDArray.zeros([0, 2]).description == "[]")
    #expect(try NDArray([[1, 2]]).debugDescription == "i64[1,2]\n[[1 2]]")
  }
}
