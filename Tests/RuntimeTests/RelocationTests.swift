#if os(Linux)
  import Foundation
  import GradCRuntime
  import TestSupport
  import Testing

  /// Calls of mprotect from this image go through the runtime, as those of a libtcc linked into it do.
  @Suite struct RelocationTests {
    /// The permissions of the page, as the system sees them.
    private func permissions(of page: UnsafeMutableRawPointer) throws -> String {
      // The file reports a size of 0, so it is read to its end.
      let file = try #require(FileHandle(forReadingAtPath: "/proc/self/maps"))
      let maps = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
      for line in maps.split(separator: "\n") {
        let fields = line.split(separator: " ")
        let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        if bounds.count == 2, (bounds[0]..<bounds[1]).contains(UInt(bitPattern: page)) { return String(fields[1]) }
      }
      return "none"
    }

    @Test func pagesAreNeverWritableAndExecutable() throws {
      let size = 4096
      let page = try #require(mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
      defer { munmap(page, size) }
      let all = PROT_READ | PROT_WRITE | PROT_EXEC
      let before = gradc_relocation_refusals()
      gradc_relocation_begin()
      #expect(mprotect(page, size, all) == 0)
      #expect(try permissions(of: page).hasPrefix("rw-"))
      #expect(mprotect(page, size, PROT_READ | PROT_EXEC) == 0)
      #expect(try permissions(of: page).hasPrefix("r-x"))
      gradc_relocation_end()
      #expect(gradc_relocation_refusals() == before + 1)
      #expect(mprotect(page, size, PROT_READ | PROT_WRITE) == 0)
      #expect(try permissions(of: page).hasPrefix("rw-"))
      try pageRights.withLock { (_) throws in
        #expect(mprotect(page, size, all) == 0)
        #expect(try permissions(of: page).hasPrefix("rwx"))
        #expect(mprotect(page, size, PROT_READ) == 0)
      }
      #expect(gradc_relocation_refusals() == before + 1)
    }

    @Test func endWithoutBeginIsHarmless() {
      gradc_relocation_end()
      gradc_relocation_begin()
      gradc_relocation_end()
    }
  }
#endif
