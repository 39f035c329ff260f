/// A place in Swift source or in a text that GradC read.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
  /// The file, as `#fileID` or the path that was read.
  public let file: String
  /// The line, counted from 1.
  public let line: Int

  /// A place in a file.
  public init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  /// File and line: `file:line`.
  public var description: String { "\(file):\(line)" }
}

/// One thing that is wrong, with its place.
public struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
  /// Who has to act.
  public enum Kind: String, Hashable, Sendable {
    /// The input is wrong; the message says how to put it right.
    case error
    /// The input is meaningful, but GradC can't do it.
    case unsupported
    /// GradC broke one of its own rules.
    case bug
  }

  /// Who has to act.
  public let kind: Kind
  /// What is wrong, in a sentence without its place.
  public let message: String
  /// Where, if known.
  public let location: SourceLocation?

  /// A diagnostic of a kind, by default the user's error.
  public init(_ message: String, kind: Kind = .error, at location: SourceLocation? = nil) {
    self.kind = kind
    self.message = message
    self.location = location
  }

  /// The same diagnostic with a place, unless it has one.
  public func located(at location: SourceLocation?) -> Diagnostic {
    self.location == nil ? Diagnostic(message, kind: kind, at: location) : self
  }

  /// Where, of what kind and what, in the form compilers use: `file:line: error: message`.
  public var description: String {
    let place = location.map { "\($0): " } ?? ""
    let label = kind == .bug ? "bug in GradC" : kind.rawValue
    return "\(place)\(label): \(message)"
  }
}

/// Several diagnostics thrown at once, in the order in which they were found.
public struct Diagnostics: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was found, at least one.
  public let all: [Diagnostic]

  /// An error that holds all of them.
  public init(_ all: [Diagnostic]) { self.all = all }

  /// A message a line.
  public var description: String { all.map(\.description).joined(separator: "\n") }
}
