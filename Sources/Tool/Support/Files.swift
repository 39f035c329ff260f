import Foundation
import GradC

/// Reading and writing files with errors that name them.
enum Files {
  static func text(at path: String) throws(Diagnostic) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Diagnostic("\(path): there is no such file")
    }
    if isFolder.boolValue { throw Diagnostic("\(path): the file can't be read: it is a folder") }
    do {
      return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    } catch {
      throw Diagnostic("\(path): the file can't be read\(reason(error))")
    }
  }

  /// What the system said, as the end of a message: `: Permission denied`.
  private static func reason(_ error: any Error) -> String {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? error
    guard let cause = cause as? POSIXError else { return "" }
    return ": \(String(cString: strerror(cause.code.rawValue)))"
  }

  /// Writes a text, to standard output if there is no path.
  static func write(_ text: String, to path: String?) throws(Diagnostic) {
    let text = text.hasSuffix("\n") ? text : text + "\n"
    guard let path else {
      print(text, terminator: "")
      return
    }
    if path.isEmpty { throw Diagnostic("a file to write to needs a name") }
    try makeFolder((path as NSString).deletingLastPathComponent)
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Diagnostic("\(path): the file can't be written\(reason(error))")
    }
  }

  /// Writes a text to standard error; that it can't be read any more is no reason to stop.
  static func writeError(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

  static func makeFolder(_ path: String) throws(Diagnostic) {
    if path.isEmpty { return }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Diagnostic("\(path): the folder can't be made\(reason(error))")
    }
  }

  /// Writes every array as `name.npy` into a folder.
  ///
  /// - Returns: The paths.
  @discardableResult
  static func writeArrays(_ arrays: [(name: String, array: NDArray)], to folder: String) throws -> [String] {
    try makeFolder(folder)
    var used: Set<String> = []
    return try arrays.map { name, array in
      let base = String(name.map { $0 == "/" || $0 == "\0" ? "_" : $0 })
      var candidate = base
      var suffix = 2
      while !used.insert(candidate).inserted {
        candidate = "\(base)_\(suffix)"
        suffix += 1
      }
      let path = (folder as NSString).appendingPathComponent(candidate + ".npy")
      try array.write(toNPYFile: path)
      return path
    }
  }
}
