import GradCRuntime
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A program that runs beside this one, in a process group of its own: a compiler with the programs that it starts. It ends with
/// the last reference at the latest.
final class ChildProcess {
  private let id: pid_t
  /// How it ended, once that is known.
  private var outcome: Outcome?

  /// How a program ended.
  enum Outcome: Hashable {
    case exited(Int32)
    case killed(signal: Int32)
    case outOfTime
    /// Someone else has waited for it.
    case unknown
  }

  /// Starts the program at a path; what it prints goes to a file of a folder, where it puts its temporary files, too, and it
  /// reads nothing. `nil` if it can't be started.
  ///
  /// On Linux no process of it takes more than ten minutes of a processor and 8 GB, nor writes a file of more than 256 MB,
  /// whatever becomes of this one.
  init?(_ path: String, _ arguments: [String], log: String, in folder: TemporaryFolder) {
    if ChildProcess.isEnding.load(ordering: .relaxed) { return nil }
    var actions = posix_spawn_file_actions_t()
    guard posix_spawn_file_actions_init(&actions) == 0 else { return nil }
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    let standardFlags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    // Files and sockets of the program are none of a compiler's business.
    #if canImport(Darwin)
      let flags = standardFlags | POSIX_SPAWN_CLOEXEC_DEFAULT
    #else
      let flags = standardFlags
      withUnsafeMutablePointer(to: &actions) { gradc_close_files(UnsafeMutableRawPointer($0)) }
    #endif
    var attributes = posix_spawnattr_t()
    guard posix_spawnattr_init(&attributes) == 0 else { return nil }
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    // A compiler that is told to ignore the ends of its children does not see its passes end.
    var standard = sigset_t()
    sigemptyset(&standard)
    for signal in [SIGCHLD, SIGPIPE, SIGINT, SIGTERM] { sigaddset(&standard, signal) }
    posix_spawnattr_setsigdefault(&attributes, &standard)
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var texts: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    texts.append(nil)
    defer { for text in texts { free(text) } }
    var variables = Self.environment(except: "TMPDIR=")
    let place = strdup("TMPDIR=\(folder.path)")
    defer { free(place) }
    variables += [place, nil]
    var child: pid_t = 0
    guard posix_spawn(&child, path, &actions, &attributes, texts, variables) == 0 else { return nil }
    id = child
    // Before it starts others, which inherit the limits.
    gradc_limit_process(child, 600, 8 << 30, 256 << 20)
    ChildProcess.running.insert(child)
  }

  /// How it ended; `nil` if it runs.
  func poll() -> Outcome? {
    if let outcome { return outcome }
    var status: Int32 = 0
    let found = waitpid(id, &status, WNOHANG)
    if found == 0 || (found < 0 && errno == EINTR) { return nil }
    return finish(found == id ? Self.outcome(status) : .unknown)
  }

  /// Ends it, with all that it has started, if it runs.
  func end() {
    if outcome != nil { return }
    kill(-id, SIGKILL)
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 && errno == EINTR {}
    _ = finish(.outOfTime)
  }

  deinit { end() }

  private func finish(_ outcome: Outcome) -> Outcome {
    self.outcome = outcome
    ChildProcess.running.remove(id)
    return outcome
  }

  /// Waits for the end, and ends the program when the time is over.
  func wait(until deadline: ContinuousClock.Instant) -> Outcome {
    var pause = Pause()
    while true {
      if let outcome = poll() { return outcome }
      if ContinuousClock.now >= deadline {
        end()
        return .outOfTime
      }
      pause.sleep()
    }
  }

  /// Between two looks at programs that run, longer and longer.
  struct Pause {
    private var microseconds: UInt32 = 500

    mutating func sleep() {
      usleep(microseconds)
      microseconds = min(microseconds * 5 / 4, 10_000)
    }
  }

  private static func outcome(_ status: Int32) -> Outcome {
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
  }

  // MARK: The end of this process

  private static let running = ProcessSet<pid_t>()

  private static let isEnding = Atomic<Bool>(false)

  /// Ends what still runs, and starts no more.
  static func killAll() {
    isEnding.store(true, ordering: .relaxed)
    for id in running.elements { kill(-id, SIGKILL) }
  }

  /// The variables of this process without one of them.
  private static func environment(except name: String) -> [UnsafeMutablePointer<CChar>?] {
    var found: [UnsafeMutablePointer<CChar>?] = []
    var place: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
    while let variable = place.pointee {
      if strncmp(variable, name, name.utf8.count) != 0 { found.append(variable) }
      place += 1
    }
    return found
  }
}
