import Basics
import Foundation
import GradC
import TestSupport
import Testing

private let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "Fixtures")

private func fixture(_ name: String) throws -> NDArray {
  try NDArray(contentsOfNPYFile: fixtures.appending(path: name + ".npy").path)
}

private func fixtureBytes(_ name: String) throws -> [UInt8] {
  Array(try Data(contentsOf: fixtures.appending(path: name + ".npy")))
}

private func file(header: String, version: UInt8 = 1, data: [UInt8] = []) -> [UInt8] {
  let count = header.utf8.count
  var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [version, 0, UInt8(count & 255), UInt8(count >> 8)]
  if version > 1 { bytes += [0, 0] }
  return bytes + Array(header.utf8) + data
}

@Suite struct NPYReadingTests {
  @Test(arguments: ["", "_big"])
  func everyDType(suffix: String) throws {
    let expected = try NDArray([[-2, -1, 0], [1, 2, 3]])
    for (name, dtype) in [("f4", DType.f32), ("f8", .f64), ("i4", .i32), ("i8", .i64)] {
      #expect(try fixture(name + suffix) == expected.cast(to: dtype))
      let bytes = try fixtureBytes(name + suffix)
      #expect(try NDArray(npy: bytes) == expected.cast(to: dtype))
    }
  }

  @Test func fortranOrderIsTransposed() throws {
    #expect(try fixture("f4_fortran") == NDArray([[0, 1, 2], [3, 4, 5]], dtype: .f32))
    #expect(try fixture("f8_fortran_big_3d") == NDArray((0..<24).map(Double.init), shape: [2, 3, 4]))
  }

  @Test func otherContents() throws {
    #expect(try fixture("bool") == NDArray([[true, false, true], [false, true, false]]))
    #expect(try fixture("scalar") == NDArray(2.5))
    #expect(try fixture("empty") == NDArray.zeros([3, 0, 2]))
    #expect(try fixture("vector").description == "[ 1.5 -0.   inf -inf  nan]")
    #expect(try fixture("version2") == NDArray([[0, 1, 2], [3, 4, 5]], dtype: .i32))
    #expect(try fixture("version3") == NDArray([[0, 1, 2], [3, 4, 5]], dtype: .i32))
  }

  @Test func truthValuesAreNormalized() throws {
    let bytes = file(header: "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}", data: [0, 1, 255])
    #expect(try NDArray(npy: bytes) == NDArray([false, true, true]))
  }

  @Test func otherSpellings() throws {
    let data: [UInt8] = [1, 0, 0, 0, 2, 0, 0, 0]
    for header in [
      "{\"shape\":(2L,),\"fortran_order\":True,\"descr\":\"<i4\"}",
      "{'descr':'=i4','fortran_order':False,'shape':(2,),}\n",
      " { 'descr' : 'i4' , 'fortran_order' : False , 'shape' : ( 1 , 2 ) } ",
    ] {
      #expect(try NDArray(npy: file(header: header, data: data)).array(of: Int32.self) == [1, 2])
    }
  }

  @Test(arguments: [
    ("", "':' expected"), ("{}", "lacks one"), ("{'descr': '<f4', 'shape': (1,)}", "lacks one"),
    ("{'descr': '<f4', 'descr': '<f4'}", "repeated key 'descr'"), ("{'other': 1}", "unexpected"),
    ("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", "neither True nor False"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1)}", "no tuple"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "no number"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,,)}", "no number"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2", "')' expected"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "64 bits"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807,)}", "bytes"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "counted"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}", "needs 4000000000000"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "has 4 bytes of elements; f32[2] needs 8"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", "goes on"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (\(String(repeating: "1,", count: 65)))}", "64 axes"),
    ("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "'<c8'"),
    ("{'descr': '|f4', 'fortran_order': False, 'shape': (1,)}", "'|f4'"),
    ("{'descr': '', 'fortran_order': False, 'shape': (1,)}", "''"), ("{'descr", "without end"),
    ("{'de\\'scr': 1}", "escape"), ("{'descr': ('<f4', (2,))}", "expected"),
  ])
  func malformedHeadsAreDiagnosed(header: String, message: String) throws {
    let error = try #require(throws: Diagnostic.self) {
      try NDArray(npy: file(header: header, data: [0, 0, 0, 0]))
    }
    #expect(header.isEmpty || error.message.contains(message), "\(error)")
  }

  @Test func unsupportedContents() throws {
    for name in ["half", "record"] {
      let error = try #require(throws: Diagnostic.self) { try fixture(name) }
      #expect(error.kind == .unsupported)
      #expect(error.message.contains(name + ".npy: "))
    }
    var bytes = try fixtureBytes("f4")
    bytes[6] = 9
    #expect(throws: Diagnostic.self) { try NDArray(npy: bytes) }
  }

  @Test func everyTruncationIsDiagnosed() throws {
    for name in ["f4", "version2"] {
      let bytes = try fixtureBytes(name)
      for count in bytes.indices {
        #expect(throws: Diagnostic.self) { try NDArray(npy: Array(bytes.prefix(count))) }
      }
    }
  }

  @Test func hostileHeadLengths() {
    let start: [UInt8] = [0x93] + Array("NUMPY".utf8)
    #expect(throws: Diagnostic.self) { try NDArray(npy: start + [2, 0, 255, 255, 255, 255]) }
    #expect(throws: Diagnostic.self) { try NDArray(npy: start + [1, 0, 255, 255]) }
    #expect(throws: Diagnostic.self) { try NDArray(npy: []) }
  }

  @Test func unreadableFiles() throws {
    for path in ["/no/such/file.npy", "/", "/dev/zero", ""] {
      let error = try #require(throws: Diagnostic.self) { try NDArray(contentsOfNPYFile: path) }
      #expect(error.message.hasPrefix(path))
      #expect(throws: Diagnostic.self) { try NDArray(1).write(toNPYFile: "/no/such/folder/file.npy") }
    }
  }

  @Test func mutatedFilesNeverStopTheProcess() throws {
    var random = SplitMix(seed: 1)
    let originals = try ["f4", "f8_fortran_big_3d", "bool", "scalar", "empty", "version3"].map(fixtureBytes)
    let alphabet = Array("{}()[],:'\"\\ 0123456789<>|=fibLTrueFalse\n".utf8)
    var accepted = 0
    for round in 0..<6000 {
      var bytes = originals[round % originals.count]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<min(bytes.count, 100), using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[index] = alphabet[Int.random(in: alphabet.indices, using: &random)]
        case 2: bytes.remove(at: index)
        default: bytes.insert(alphabet[Int.random(in: alphabet.indices, using: &random)], at: index)
        }
      }
      do {
        let array = try NDArray(npy: bytes)
        #expect(array.byteCount <= bytes.count)
        #expect(try NDArray(npy: array.npyBytes()) == array)
        accepted += 1
      } catch {
        #expect(!error.message.isEmpty)
      }
    }
    #expect(accepted > 0)
  }
}

@Suite struct NPYWritingTests {
  private static var arrays: [NDArray] {
    get throws {
      let numbers = try NDArray((0..<24).map(Double.init), shape: [2, 3, 4])
      let cast = try DType.allCases.map { dtype throws(Diagnostic) in try numbers.cast(to: dtype) }
      return try cast + [NDArray(1.5), NDArray([1, 2, 3]), NDArray.zeros([0, 3]), NDArray([Float.nan, -0.0])]
    }
  }

  @Test func readsWhatItWrites() throws {
    for array in try Self.arrays {
      let bytes = array.npyBytes()
      #expect((bytes.count - array.byteCount) % 64 == 0)
      #expect(try NDArray(npy: bytes) == array)
    }
  }

  @Test func writesWhatNumPyWrites() throws {
    for name in ["f4", "f8", "i4", "i8", "bool", "scalar", "empty", "vector"] {
      #expect(try fixture(name).npyBytes() == fixtureBytes(name))
    }
  }

  @Test func filesRoundTrip() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).npy").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    for array in try Self.arrays {
      try array.write(toNPYFile: path)
      #expect(try NDArray(contentsOfNPYFile: path) == array)
    }
  }

  @Test(.enabled(if: NumPy.isAvailable)) func numPyReadsWhatItWrites() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let numbers = try NDArray((0..<6).map(Double.init), shape: [2, 3])
    for dtype in DType.allCases {
      try numbers.cast(to: dtype).write(toNPYFile: folder.appending(path: "\(dtype).npy").path)
    }
    let output = try NumPy.run(
      """
      for name in ['f32', 'f64', 'i32', 'i64', 'bool']:
          a = numpy.load('\(folder.path)/' + name + '.npy')
          print(a.dtype, a.shape, a.flags.c_contiguous, a.astype('i4').tolist())
      """)
    let rest = "(2, 3) True [[0, 1, 2], [3, 4, 5]]"
    #expect(
      output.split(separator: "\n") == [
        "float32 \(rest)", "float64 \(rest)", "int32 \(rest)", "int64 \(rest)",
        "bool (2, 3) True [[0, 1, 1], [1, 1, 1]]",
      ])
  }
}

/// A Python with NumPy, if the machine has one.
private enum NumPy {
  static let isAvailable = (try? run("print(1)")) == "1\n"

  static func run(_ script: String) throws -> String {
    try Subprocess.run("python3", ["-c", "import numpy\n" + script]).output
  }
}
