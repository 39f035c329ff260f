/// By which machine code a graph is to run: that of libtcc, which is there in milliseconds, or that of a C compiler of the
/// system, which takes some tenths of a second and more and is faster. Results have the same bits.
///
/// The compiler is what `GRADC_CC` names, a program and maybe options after it with spaces between, or else the first that
/// works of `cc`, `clang` and `gcc`. It runs as a process of its own, long code in pieces by several at once, as many as
/// threads share work, with files in a folder of their own in `TMPDIR`. `GRADC_CC` set to nothing says that there is none.
public enum Tier: String, Sendable, Hashable, CaseIterable {
  /// libtcc's code at once; a compiler of the system works beside it, and when it is done, calls run its code. Where there
  /// is no compiler, or none may be started, libtcc's code stays.
  case automatic
  /// libtcc's code. No process is started and no file is written.
  case tier0
  /// The code of a compiler of the system, for which the call waits.
  case tier1

  /// What is compiled where nothing is said: what the environment variable `GRADC_TIER` names, `auto`, `0` or `1`, or
  /// else ``tier0``: a library should start processes only where it is asked to.
  public static var standard: Tier { forced ?? .tier0 }

  /// What `GRADC_TIER` names.
  private static var forced: Tier? {
    switch Environment.value("GRADC_TIER") {
    case "0": .tier0
    case "1": .tier1
    case "auto": .automatic
    default: nil
    }
  }

  /// What is done: `GRADC_TIER` decides for ``automatic``, too.
  var resolved: Tier { self == .automatic ? Self.forced ?? self : self }
}

/// How far the machine code of a graph is.
public enum TierState: Sendable, Hashable {
  /// libtcc's code runs, and no other was asked for.
  case tier0
  /// libtcc's code runs, while a compiler of the system works.
  case building
  /// The code of a compiler of the system runs.
  case tier1
  /// libtcc's code runs, as there is no other: why.
  case unavailable(String)
}
