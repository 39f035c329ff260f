import Foundation
import JIT
import TestSupport
import Testing

/// Libraries that are kept on disk: what is damaged or foreign is not used.
@Suite struct DiskCacheTests {
  private let place: TemporaryFolder
  private let cache: DiskCache
  private let key = DiskCache.key([[1, 2], [3]])
  private let bytes = Array("the library".utf8)

  init() throws {
    place = try TemporaryFolder()
    cache = DiskCache(folder: place.file("deep/cache").path, byteLimit: 1 << 20)
  }

  private var file: String { cache.folder + "/\(key).so" }

  private func setMode(_ mode: Int, _ path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  @Test func keysDependOnEveryPart() {
    // The hash of FIPS 180-4's first example, of one part.
    #expect(DiskCache.key([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    let keys = [[[1, 2], [3]], [[1], [2, 3]], [[1, 2, 3]], [[1, 2], [3], []], [[1, 2], [4]]].map {
      DiskCache.key($0)
    }
    #expect(Set(keys).count == keys.count)
    #expect(Set(DiskCache.key([Array(repeating: 7, count: 1000)])).isSubset(of: Set("0123456789abcdef")))
  }

  @Test func keepsWhatIsStored() throws {
    #expect(cache.bytes(for: key) == nil)
    cache.store(bytes, for: key)
    #expect(cache.bytes(for: key) == bytes)
    #expect(cache.bytes(for: DiskCache.key([[9]])) == nil)
    let mode = try FileManager.default.attributesOfItem(atPath: cache.folder)[.posixPermissions] as? Int
    #expect(mode == 0o700)
  }

  @Test func damagedFilesAreMissing() throws {
    for damage in 0..<4 {
      cache.store(bytes, for: key)
      var content = try Data(contentsOf: URL(filePath: file))
      switch damage {
      case 0: content.removeLast()
      case 1: content[content.count - 1] ^= 1
      case 2: content = Data()
      default: content[0] ^= 1
      }
      try content.write(to: URL(filePath: file))
      try setMode(0o600, file)
      #expect(cache.bytes(for: key) == nil, "damage \(damage)")
      // It is gone, so that it is made anew.
      #expect(!FileManager.default.fileExists(atPath: file))
    }
    cache.store(bytes, for: key)
    #expect(cache.bytes(for: key) == bytes)
  }

  @Test(arguments: [0o620, 0o602, 0o666]) func filesThatOthersMayWriteAreRefused(_ mode: Int) throws {
    cache.store(bytes, for: key)
    try setMode(mode, file)
    #expect(cache.bytes(for: key) == nil)
    // One of our own takes its place.
    cache.store(bytes, for: key)
    #expect(cache.bytes(for: key) == bytes)
  }

  @Test(arguments: [0o770, 0o707]) func foldersThatOthersMayWriteAreRefused(_ mode: Int) throws {
    cache.store(bytes, for: key)
    try setMode(mode, cache.folder)
    #expect(cache.bytes(for: key) == nil)
    let other = DiskCache.key([[5]])
    cache.store(bytes, for: other)
    try setMode(0o700, cache.folder)
    #expect(cache.bytes(for: other) == nil)
    #expect(cache.bytes(for: key) == bytes)
  }

  @Test func linksAreRefused() throws {
    cache.store(bytes, for: key)
    let elsewhere = place.file("elsewhere").path
    try FileManager.default.moveItem(atPath: file, toPath: elsewhere)
    try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: elsewhere)
    #expect(cache.bytes(for: key) == nil)
    cache.store(bytes, for: key)
    #expect(cache.bytes(for: key) == bytes)

    let link = place.file("link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: cache.folder)
    #expect(DiskCache(folder: link, byteLimit: 1 << 20).bytes(for: key) == nil)
  }

  @Test(.enabled(if: geteuid() == 0)) func filesOfOthersAreRefused() throws {
    cache.store(bytes, for: key)
    #expect(chown(file, 65534, 65534) == 0)
    #expect(cache.bytes(for: key) == nil)
    cache.store(bytes, for: key)
    #expect(cache.bytes(for: key) == bytes)
    #expect(chown(cache.folder, 65534, 65534) == 0)
    #expect(cache.bytes(for: key) == nil)
  }

  @Test func whatIsNotAFileIsRefused() throws {
    cache.store(bytes, for: key)
    try FileManager.default.removeItem(atPath: file)
    #expect(mkfifo(file, 0o600) == 0)
    #expect(cache.bytes(for: key) == nil)
  }

  @Test func theLeastRecentlyUsedGoes() throws {
    let small = DiskCache(folder: cache.folder, byteLimit: 10_000)
    let keys = (0..<12).map { DiskCache.key([[UInt8($0)]]) }
    for (index, key) in keys.enumerated() {
      small.store(Array(repeating: UInt8(index), count: 1000), for: key)
      // The first is used again and again.
      #expect(small.bytes(for: keys[0]) != nil)
      usleep(20_000)
    }
    let kept = keys.indices.filter { small.bytes(for: keys[$0]) != nil }
    #expect(kept.contains(0) && kept.contains(11) && !kept.contains(1))
    #expect(kept.count >= 8 && kept.count <= 9, "\(kept)")
    small.store(Array(repeating: 0, count: 20_000), for: key)
    #expect(small.bytes(for: key) == nil)
  }

  @Test func manyMayWriteAtOnce() async {
    let cache = cache
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for round in 0..<40 {
            let key = DiskCache.key([[UInt8(round % 5)]])
            let expected = Array(repeating: UInt8(round % 5), count: 3000)
            if let found = cache.bytes(for: key) { #expect(found == expected) }
            if (round + task) % 3 == 0 { cache.store(expected, for: key) }
          }
        }
      }
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: cache.folder)) ?? []
    #expect(names.allSatisfy { $0.hasSuffix(".so") } && names.count == 5, "\(names)")
  }
}
