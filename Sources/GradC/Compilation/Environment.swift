#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the system says.
enum Environment {
  /// An environment variable.
  static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// The number of this process.
  static var process: Int32 { getpid() }

  static func pause(microseconds: UInt32) { usleep(microseconds) }
}
