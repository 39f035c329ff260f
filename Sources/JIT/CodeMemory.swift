import CLibTCC

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Pages that hold machine code. They are writable until `seal`, then readable and executable, never both.
final class CodeMemory: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  let byteCount: Int

  /// Writable, zeroed pages for at least `byteCount` bytes; `nil` if the system has none.
  init?(byteCount: Int) {
    let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    let (padded, overflow) = max(byteCount, 1).addingReportingOverflow(pageSize - 1)
    if overflow { return nil }
    self.byteCount = padded / pageSize * pageSize
    let pages = mmap(nil, self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let pages, pages != MAP_FAILED else { return nil }
    start = pages
  }

  /// Takes the right to write away and gives the right to execute.
  func seal() -> Bool {
    guard mprotect(start, byteCount, PROT_READ | PROT_EXEC) == 0 else { return false }
    #if arch(arm64)
      gradc_clear_instruction_cache(start, start + byteCount)
    #endif
    return true
  }

  deinit { munmap(start, byteCount) }
}
